"""Back to a backup that knows less than the partner."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.torture.audit import Rows
from tests.torture.run import running
from tests.wire.forge import ROOT, settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.torture.run import Run


async def command(run: Run, *words: str) -> None:
    """`python -m bot …` with the bot's settings."""
    env = settings(run.world, run.partner.public_url, run.folder / "bot0", DATABASE_URL=run.url)
    env["PATH"] = os.environ["PATH"]
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=ROOT,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await made.communicate()
    assert made.returncode == 0, said.decode()


@pytest.mark.timeout(120)
@pytest.mark.long
async def test_nothing_is_bought_or_sold_until_a_person_says_so(tmp_path: Path, sqlite_url: str):
    async with running(tmp_path, sqlite_url, seed=3) as run:
        await run.begin()
        before, after = run.person(), run.person()
        await before.buy("sandlot-starter", 2, wait=10)
        await command(run, "backup", str(tmp_path / "old.db"))
        await after.buy("sandlot-starter", 2, wait=10)
        await before.buy("soccer-sprint", 1, wait=10)
        await before.sell()
        await run.calm()
        ledger = run.partner.ledger
        known = (len(ledger.purchases), len(ledger.sales))
        assert known == (3, 1)
        await run.kill("bot0")
        await run.store.close()  # its connections are to the file that is replaced
        await command(run, "restore", str(tmp_path / "old.db"))
        await run.start("bot0")
        await run.online("bot0")
        for person in (before, after):
            assert await person.buy("sandlot-starter", 1) == []
            await person.sell(wait=1)
        await run.kill("bot0")
        await run.start("bot0")  # it stays so
        await run.online("bot0")
        assert await after.buy("soccer-sprint", 1) == []
        assert (len(ledger.purchases), len(ledger.sales)) == known
        assert (ledger.count("init"), ledger.count("buyback")) == known
        rows = await Rows.read(run.store)
        assert {row.action for row in rows.freezes if row.cause == "restore" and row.lifted_at is None} >= {
            "buy",
            "sell",
        }
