"""A process that stands still for longer than its lease, while another one takes its work over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.torture.run import LEASE, SETTLE, running

pytestmark = [pytest.mark.long, pytest.mark.timeout(120)]


@pytest.mark.parametrize(("seconds", "point"), [(LEASE + 0.7, "before init"), (SETTLE * 2.5, "before init")])
async def test_who_wakes_after_its_lease_sends_nothing(
    tmp_path: Path, url: str, kind: str, processes: int, seconds: float, point: str
):
    async with running(tmp_path, url, seed=1, processes=processes) as run:
        first = run.labels[0]
        for label in run.labels:
            await run.start(label, **({"STALL_AT": point} if label == first else {}))
        for label in run.labels:
            await run.online(label)
        person = run.person(run.channels[0])
        buying = asyncio.create_task(person.buy("sandlot-starter", 1))
        while not stands_still(run.bots[first].pid):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
        await asyncio.sleep(seconds)
        assert not run.partner.ledger.count("init")
        run.bots[first].cont()
        await buying
        figures = await run.end(f"{kind}, stalled for {seconds:g} s")
        figures.check()
        assert run.partner.ledger.count("init") == figures.counts["bought"] <= 1
        if processes > 1 and seconds > 2 * SETTLE:
            assert figures.counts["bought"] == 0, "it was settled as not bought meanwhile"


def stands_still(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
