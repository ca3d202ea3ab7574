"""A run: the partner, a Discord, a database, bots that die all the time, and people who know nothing of it."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.store.engine import Store
from sandbox import Sandbox
from sandbox.server import serving as serving_partner
from tests.torture import weather
from tests.torture.audit import Audit, Rows
from tests.torture.people import Person
from tests.torture.report import Figures
from tests.wire.discord import serving
from tests.wire.forge import Bot, Forge, settings
from tests.wire.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.torture.weather import Weather
    from tests.wire.model import Channel

SETTLE = 3.0
LEASE = SETTLE / 2
"""As `Timing.settling` makes it."""
FEW = {"sandlot-starter": 9, "soccer-sprint": 7, "hardwood-rookies": 8, "pokemon-starter": 6}
"""Packs, and how many cards each is left: so few that a sold one soon comes to somebody else."""
MANY = (*FEW, "diamond-classics", "gridiron-blitz", "world-strikers", "ice-breakers")
"""Packs with all their 21 cards."""
ENDS_IN = 60.0
"""Seconds after which everything must have ended, once nothing goes wrong any more."""


@dataclass
class Run:
    """`labels` are the bots': several share the servers out, and take each other's work over."""

    world: World
    partner: Sandbox
    weather: Weather
    forge: Forge
    store: Store
    url: str
    folder: Path
    seed: int
    labels: tuple[str, ...]
    packs: tuple[str, ...]
    others: dict[str, str]
    dice: random.Random
    people: list[Person] = field(default_factory=list[Person])
    bots: dict[str, Bot] = field(default_factory=dict[str, Bot])
    dead: list[Bot] = field(default_factory=list[Bot])
    channels: list[Channel] = field(default_factory=list["Channel"])
    kills: int = 0
    stalls: int = 0
    stops: int = 0
    began: float = field(default_factory=time.monotonic)

    # --- bots

    async def start(self, label: str, **others: str) -> Bot:
        """A bot with that label, whose last one has ended. It isn't online yet."""
        if len(self.labels) > 1:
            others["SHARDS"] = f"{self.labels.index(label)}/{len(self.labels)}"
        chosen = {"DATABASE_URL": self.url, "SETTLE_SECONDS": str(SETTLE), **self.others, **others}
        env = settings(self.world, self.partner.public_url, self.folder / label, label=label, **chosen)
        made = self.bots[label] = await self.forge.bot(env, label=label)
        return made

    async def online(self, label: str, seconds: float = 20.0) -> None:
        bot = self.bots[label]
        try:
            await self.world.online(label, seconds)
        except TimeoutError:
            raise AssertionError(f"{label} doesn't come online ({bot.code}):\n{bot.text()[-3000:]}") from None

    async def gone(self, label: str, seconds: float = 20.0) -> int:
        """Waits until the bot has ended, and Discord knows it."""
        bot = self.bots[label]
        code = await bot.wait(seconds)
        self.dead.append(bot)
        # A SIGTERM before it listens to it ends it at once.
        assert code in {0, -signal.SIGKILL, -signal.SIGTERM}, f"{label} ended by itself ({code}):\n{bot.text()[-3000:]}"
        self.kills += code == -signal.SIGKILL
        await self.world.until(lambda: not self.world.gateway.live(label), seconds)
        return code

    async def kill(self, label: str) -> None:
        self.bots[label].kill()
        await self.gone(label)

    async def begin(self) -> None:
        """All bots, online."""
        for label in self.labels:
            await self.start(label)
        for label in self.labels:
            await self.online(label)

    # --- people

    def person(self, channel: Channel | None = None) -> Person:
        number = len(self.people)
        where = channel or self.channels[number % len(self.channels)]
        made = Person(
            self.world,
            self.world.member(f"person{number}"),
            where,
            self.packs,
            random.Random(f"{self.seed}/{number}"),
        )
        self.people.append(made)
        return made

    @asynccontextmanager
    async def living(self, count: int) -> AsyncGenerator[None]:
        """So many people buy and sell meanwhile."""
        lives = [asyncio.create_task(self.person().live()) for _ in range(count)]
        try:
            yield
            for life in lives:
                assert not life.done(), f"somebody has stopped: {life.exception()}"
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    # --- trouble

    async def storm(self, kills: int) -> None:
        """Kills, stops and stalls bots until so many have been killed."""
        while self.kills < kills:
            label = self.dice.choice(self.labels)
            if self.dice.random() < 0.85:  # the others die while they start
                await self.online(label)
            await asyncio.sleep(self.dice.uniform(0.0, 1.5))
            match self.dice.choices(("kill", "stop", "stall", "delete"), (80, 7, 7, 6))[0]:
                case "kill":
                    await self.kill(label)
                    if len(self.labels) > 1 and self.dice.random() < 0.3:
                        await asyncio.sleep(LEASE + 0.5)  # the other one takes over
                    await self.start(label)
                case "stop":
                    await self.stop(label, patience=self.dice.choice((0.2, 10)))
                    await self.start(label)
                case "stall":
                    await self.stall(label)
                case _:
                    shown = [one for one in self.world.messages.values() if not (one.ephemeral or one.deleted)]
                    if shown:
                        self.dice.choice(shown[-20:]).delete()

    async def stop(self, label: str, patience: float = 10.0) -> None:
        """SIGTERM, and SIGKILL for who takes longer than `patience` seconds."""
        bot = self.bots[label]
        bot.kill(signal.SIGTERM)
        self.stops += 1
        with suppress(TimeoutError):
            await bot.wait(patience)
        bot.kill()
        await self.gone(label)

    async def stall(self, label: str, seconds: float = LEASE + 1.0) -> None:
        bot = self.bots[label]
        bot.stop()
        self.stalls += 1
        await asyncio.sleep(seconds)
        bot.cont()

    async def calm(self, seconds: float = ENDS_IN) -> Rows:
        """Nothing goes wrong any more: waits until everything has ended, at most so long."""
        self.weather.clear()
        self.world.faults.clear()
        for label in self.labels:
            if label not in self.bots or self.bots[label].code is not None:
                await self.start(label)
            self.bots[label].cont()
        deadline = time.monotonic() + seconds
        while True:
            rows = await Rows.read(self.store)
            if not rows.unfinished() or time.monotonic() > deadline:
                return rows
            await asyncio.sleep(0.3)

    async def end(self, name: str) -> Figures:
        """Waits, compares, and prints; fails with what it found, and how to repeat it."""
        rows = await self.calm()
        errors = [line for bot in (*self.dead, *self.bots.values()) for line in bot.text().splitlines() if bad(line)]
        figures = Figures.of(self, name, rows, Audit(rows, self.partner, self.world), errors)
        print(figures)  # noqa: T201 - with `-s`, and where the long run shows it
        return figures


def bad(line: str) -> bool:
    return '"level": "error"' in line or not line.startswith("{")


@asynccontextmanager
async def running(
    folder: Path,
    url: str,
    *,
    seed: int,
    processes: int = 1,
    few: bool = True,
    settle: float = 0.2,
    seconds: float = 200,
    **others: str,
) -> AsyncGenerator[Run]:
    """A run on the database at `url`, with a channel in each of as many servers as there are processes.

    `few`: the packs have so few cards that each is pulled by one after the other. `settle`: seconds from an order to
    its cards. `seconds`: the longest that the run may take (pytest's own alarm may end in a request's task). `others`:
    more settings of the bots, by their names.
    """
    world, forge = World(seed), Forge(folder, "tests.torture.child")
    partner = Sandbox(temperament="production", seed=seed, settle=settle, hold=0.4, sale=0.2)
    for slug, count in FEW.items() if few else ():
        partner.keep_only(slug, count)
    packs = tuple(FEW) if few else MANY
    store = Store.open(url)
    labels = tuple(f"bot{number}" for number in range(processes))
    sky = weather.bring(partner, seed)
    async with serving(world), serving_partner(partner):
        run = Run(world, partner, sky, forge, store, url, folder, seed, labels, packs, others, random.Random(seed))
        run.channels = [world.channel(world.guild(f"Club {label}"), "packs") for label in labels]
        await forge.start()
        try:
            async with asyncio.timeout(seconds):
                yield run
        finally:
            await forge.close()
            await store.close()
