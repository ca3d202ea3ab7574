"""That the harness would notice: the same run with the bot of `bench/naive.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.torture.run import running

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]
KILLS, PEOPLE = 12, 10


async def test_the_usual_retries_buy_twice(tmp_path: Path, sqlite_url: str):
    async with running(tmp_path, sqlite_url, seed=2, NAIVE="1") as run:
        await run.begin()
        run.weather.money, run.weather.reads = 0.5, 0.1
        async with run.living(PEOPLE):
            await run.storm(KILLS)
        figures = await run.end("sqlite, control run of the naive bot")
        assert len(figures.problems["double"]) > 0, str(figures)
