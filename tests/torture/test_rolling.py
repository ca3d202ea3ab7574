"""Stopped in order, again and again, while people order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.torture.run import running

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]
ROUNDS, PEOPLE = 6, 10


async def test_a_rolling_restart_puts_no_purchase_in_doubt(tmp_path: Path, url: str, kind: str, processes: int):
    async with running(tmp_path, url, seed=5, processes=processes, settle=0.8, SETTLE_SECONDS="12") as run:
        await run.begin()
        async with run.living(PEOPLE):
            for _ in range(ROUNDS):
                for label in run.labels:
                    await run.online(label)
                    await asyncio.sleep(run.dice.uniform(0.3, 2.0))
                    await run.stop(label, patience=20)
                    await run.start(label)
        figures = await run.end(f"{kind}, rolling restarts")
        figures.check()
        assert figures.counts["kills"] == 0, "it takes too long to stop"
        assert figures.counts["doubted"] == 0
        assert figures.counts["bought"] >= ROUNDS
