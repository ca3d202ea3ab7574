"""The bad days of the partner and of Discord during a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.clock import happens
from sandbox.faults import RANDOM, Fault, Faults

if TYPE_CHECKING:
    from sandbox import Sandbox
    from sandbox.ledger import Route
    from tests.wire.world import World

MONEY = ("init", "buyback")
LONGEST = 1.3
"""Seconds: what is late is carried out before the settle time is over, as that one promises."""


class Weather(Faults):
    """Faults by what a call does: `money` is the share of calls that move money which go wrong, `reads` of the rest.

    A read doesn't hang, since the bot rightly gives it half a minute.
    """

    money = reads = 0.0
    hits = 0

    def random(self, route: Route) -> Fault | None:
        is_money = route in MONEY
        if not happens(self._dice, self.money if is_money else self.reads):
            return None
        self.hits += 1
        kind = self._dice.choice([kind for kind in RANDOM if is_money or kind != "hang"])
        return Fault(kind, route, after=happens(self._dice, 0.5), seconds=self._dice.uniform(0.1, LONGEST))

    def clear(self) -> None:
        super().clear()
        self.money = self.reads = 0.0


def bring(partner: Sandbox, seed: int) -> Weather:
    """Gives the partner such faults, none yet."""
    weather = Weather(seed)
    partner.faults = partner.engine.faults = weather
    return weather


def trouble(world: World) -> None:
    """Discord limits, breaks and loses some answers about interactions and messages."""
    routes = " /(interactions|webhooks|channels)/"
    for kind, share, executed in (
        ("429", 0.04, False),
        ("500", 0.01, False),
        ("503", 0.02, True),
        ("reset", 0.03, True),
    ):
        world.faults.add(kind, routes, times=None, share=share, executed=executed)
