"""Faults on demand: what is to go wrong, on which route, and whether the request is executed first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sandbox.clock import chance, happens

if TYPE_CHECKING:
    from sandbox.ledger import Route

Kind = Literal[
    # before anything is sent: in-process only (on a socket they reset the connection)
    "connect_error", "connect_timeout",
    # the connection
    "hang", "reset", "half_body", "slow", "close_idle",
    # the answer
    "refuse", "401", "429", "500", "504", "html_403", "redirect", "bad_json", "wrong_types", "wrong_shape", "huge",
    # what becomes of a purchase ("init" only)
    "fail", "fail_delivered", "fewer", "more", "foreign", "late",
]  # fmt: skip
CONNECT = frozenset[Kind]({"connect_error", "connect_timeout"})
OUTCOMES = frozenset[Kind]({"fail", "fail_delivered", "fewer", "more", "foreign", "late"})
RANDOM: tuple[Kind, ...] = (
    "hang", "reset", "half_body", "slow", "429", "500", "504", "html_403", "bad_json", "wrong_types", "wrong_shape",
)  # fmt: skip


@dataclass(slots=True)
class Fault:
    kind: Kind
    route: Route | Literal["*"]
    after: bool = False
    """Whether the request is executed, and then goes wrong."""
    times: int | None = 1
    """None is for ever."""
    error: tuple[int, str] = (400, "Claw machine is out of stock")
    """Of "refuse": status and text."""
    seconds: float = 30.0
    """Of "slow", and by how much the items of "late" come after the result."""
    count: int = 1
    """How many items "fewer" and "more" are off by."""


@dataclass
class Faults:
    seed: int = 0
    rate: float = 0.0
    """Share of requests, besides those asked for, that go wrong at random."""
    waiting: list[Fault] = field(default_factory=list[Fault])

    def __post_init__(self) -> None:
        self._dice = chance(self.seed, "faults")

    def add(
        self,
        route: Route | Literal["*"],
        kind: Kind,
        *,
        after: bool = False,
        times: int | None = 1,
        error: tuple[int, str] = (400, "Claw machine is out of stock"),
        seconds: float = 30.0,
        count: int = 1,
    ) -> None:
        """Queues a fault for the next `times` requests of the route (None: all, until `clear`)."""
        self.waiting.append(Fault(kind, route, after, times, error, seconds, count))

    def clear(self) -> None:
        """Nothing goes wrong any more; also not at random."""
        self.waiting.clear()
        self.rate = 0.0

    def take(self, route: Route, kinds: frozenset[Kind]) -> Fault | None:
        """Uses up the oldest fault for the route, if its kind is among these."""
        for fault in self.waiting:
            if fault.route in (route, "*") and (fault.kind in OUTCOMES) == (kinds <= OUTCOMES):
                return self._use(fault) if fault.kind in kinds else None
        return None

    def random(self, route: Route) -> Fault | None:
        """The share `rate` of calls gets one."""
        if not happens(self._dice, self.rate):
            return None
        return Fault(self._dice.choice(RANDOM), route, after=happens(self._dice, 0.5), seconds=5.0)

    def _use(self, fault: Fault) -> Fault:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
        return fault
