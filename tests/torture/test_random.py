"""Killed, stopped and stalled at any moment, with faults in half of the answers about money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.torture import weather
from tests.torture.run import running

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
KILLS, PEOPLE = 25, 12


@pytest.mark.parametrize("seed", range(4))
async def test_killed_at_random(tmp_path: Path, url: str, kind: str, processes: int, seed: int):
    async with running(tmp_path, url, seed=seed, processes=processes) as run:
        await run.begin()
        run.weather.money, run.weather.reads = 0.5, 0.1
        if seed % 2:
            weather.trouble(run.world)
        async with run.living(PEOPLE):
            await run.storm(KILLS)
        (await run.end(f"{kind}, killed at random")).check()
