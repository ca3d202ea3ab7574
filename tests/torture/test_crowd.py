"""Everybody at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.torture.run import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.torture.report import Figures
    from tests.torture.run import Run


async def crowd(run: Run, name: str, count: int, pack: str = "sandlot-starter") -> Figures:
    """So many open a pack at once, and press again until they have one or the limit is reached."""
    people = [run.person() for _ in range(count)]
    for person in people:
        person.patience = PATIENCE
    await asyncio.gather(*(person.insist(pack, until="is more than what is left") for person in people))
    return await run.end(name)


pytestmark = [pytest.mark.long, pytest.mark.timeout(420)]
CROWD = 200
PATIENCE = 10.0
"""Seconds that each waits for an answer before pressing again."""
LIMIT = 500
"""Dollars that all together may spend: less than they want to."""


async def test_two_hundred_at_once_with_two_presses_each(tmp_path: Path, url: str, kind: str, processes: int):
    async with running(
        tmp_path,
        url,
        seed=7,
        processes=processes,
        few=False,
        seconds=400,
        SETTLE_SECONDS="60",
        DAILY_SPEND_LIMIT=str(LIMIT),
    ) as run:
        run.partner.engine.reserve = False  # there is a card for everybody
        await run.begin()
        figures = await crowd(run, f"{kind}, {CROWD} people at once", CROWD)
        figures.check()
        bought = run.partner.ledger.purchases
        assert len({made.user_id for made in bought}) == len(bought), "one each"
        assert sum(made.price_cents * made.amount for made in bought) == LIMIT * 100, "as many as the limit allows"
