"""What tests/torture has found, each in its smallest form."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.sale import CardState, SaleState
from bot.store.engine import Store
from bot.store.migrate import revisions, upgrade
from tests.conftest import _admin, run
from tests.services.conftest import World, on_postgres
from tests.services.test_leases import lease_ends

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from bot.app import App
    from bot.services.sales import SaleView


@on_postgres
async def test_a_sale_whose_answer_comes_while_it_is_taken_up_stays_as_it_ended(
    world: World, other: App, monkeypatch: pytest.MonkeyPatch
):
    card = await world.card()
    world.faults.add("buyback", "slow", seconds=5)
    begun = await world.sell(card)
    assert begun.sale.state is SaleState.SUBMITTING
    await lease_ends(other, world.app.presence.worker)  # it stood still, and lives
    read = other.sales.view

    async def late(sale_id: str) -> SaleView:
        await asyncio.sleep(30)
        return await read(sale_id)

    monkeypatch.setattr(other.sales, "view", late)
    await other.sales.take_up()
    ended = await world.app.sales.view(begun.sale.id)
    assert (ended.sale.state, ended.card.state) == (SaleState.SOLD, CardState.SOLD)
    assert len(world.ledger.sales) == 1


def test_bots_that_start_at_once_make_the_tables_once(pg_cluster: Path):
    async def together() -> None:
        stores = [Store.open(f"postgresql+asyncpg://pullcord@/nothing?host={pg_cluster}") for _ in range(3)]
        try:
            await asyncio.gather(*map(upgrade, stores))
            current, newest = await revisions(stores[0])
            assert current == newest
        finally:
            for store in stores:
                await store.close()

    run(_admin(pg_cluster, "CREATE DATABASE nothing"))
    try:
        run(together())
    finally:
        run(_admin(pg_cluster, "DROP DATABASE nothing WITH (FORCE)"))
