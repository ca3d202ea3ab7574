"""Killed at each point where a crash could tear something apart."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from tests.torture.points import CRASHES, ELSEWHERE, LABELS
from tests.torture.run import running
from tests.torture.scenes import scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.torture.run import Run

SEEDS, PARTS = 3, 6
AT_ONCE = 3
"""So many people do the same: seed n dies when the (n + 1)th of them comes to the point."""
REACHED_IN = 40.0
"""Seconds within which a bot must come to its point; the settle time is among them."""


def test_every_crash_of_the_design_has_its_labels():
    told = {label for labels in CRASHES.values() for label in labels}
    assert told == set(LABELS)
    for test in ELSEWHERE.values():
        module, _, name = test.partition(".")
        assert callable(getattr(import_module(f"tests.torture.{module}"), name))


async def die_at(run: Run, label: str, nth: int) -> None:
    """A bot that is told to die there is kept busy until it has."""
    first = run.labels[0]
    extra = {"UNREACHABLE": "9"} if label.endswith("not sent") else {}
    bot = await run.start(first, CRASH_AT=f"{label}#{nth}", **extra)
    act, people = scene(label), [run.person(run.channels[0]) for _ in range(AT_ONCE)]

    async def busy() -> None:
        while True:
            await run.world.until(lambda: run.world.gateway.live(first), REACHED_IN)
            await asyncio.gather(*(act(run, person) for person in people))

    acting = asyncio.create_task(busy())
    ended = asyncio.create_task(bot.wait(REACHED_IN))
    await asyncio.wait({acting, ended}, return_when=asyncio.FIRST_COMPLETED)
    acting.cancel()
    await asyncio.gather(acting, ended, return_exceptions=True)
    assert bot.code is not None, f"never came to {label!r}:\n{bot.text()[-2000:]}"
    await run.gone(first)
    run.weather.clear()


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("part", range(PARTS))
async def test_killed_at_each_point(tmp_path: Path, url: str, kind: str, processes: int, part: int, seed: int):
    async with running(tmp_path, url, seed=seed, processes=processes, few=False) as run:
        for label in run.labels[1:]:
            await run.start(label)
        for label in LABELS[part::PARTS]:
            await die_at(run, label, 1 + seed)
        (await run.end(f"{kind}, killed at {len(LABELS[part::PARTS])} points")).check()
