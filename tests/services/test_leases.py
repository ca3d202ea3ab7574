"""A process that is alive is left alone; what a dead one was at is taken up by another when its lease has ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from bot.domain.purchase import State
from bot.domain.sale import SaleState
from bot.errors import SettingsError
from bot.store import lanes
from bot.store.processes import hold
from bot.store.tables import processes, purchases
from tests.services.conftest import ALICE, BOB, GUILD, SETTLED, World, on_postgres, on_sqlite

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.app import App

BEAT = 3 * 3600
"""Virtual seconds within which a bot looks whether another one has ended (tests/services/conftest.py)."""


async def dies(world: World) -> None:
    """Without a word: it counts as alive until its lease ends."""

    async def silent() -> None:
        pass

    world.app.presence.end = silent
    await world.app.close()


async def lease_ends(app: App, worker: str) -> None:
    """By the database's clock, which isn't virtual."""
    ended = update(processes).where(processes.c.id == worker).values(alive_until=-1)
    await app.store.run(lambda conn: conn.execute(ended))


@on_postgres
async def test_an_accepted_order_is_taken_over_when_the_lease_ends(world: World, other: App):
    world.faults.add("status", "slow", seconds=5, times=None)
    made = await world.ended(await world.order(), 3)
    assert made.state is State.ACCEPTED
    await dies(world)
    dead, world.app = world.app.presence.worker, other
    polls = world.ledger.count("status")
    await asyncio.sleep(600)
    assert (await world.purchase(made)).state is State.ACCEPTED
    assert world.ledger.count("status") == polls, "the other one's business, for all anybody knows"
    await lease_ends(other, dead)
    end = await world.ended(made, BEAT)
    assert end.state is State.DELIVERED
    assert end.worker == other.presence.worker
    assert world.ledger.count("init") == 1


@on_postgres
async def test_an_order_on_its_way_is_in_doubt_when_the_lease_ends(world: World, other: App):
    world.faults.add("init", "hang", after=True)
    made = await world.ended(await world.order(), 2)
    await dies(world)
    dead, world.app = world.app.presence.worker, other
    assert (await world.ended(made, 300)).state is State.SUBMITTING
    await lease_ends(other, dead)
    assert (await world.ended(made, BEAT)).state is State.DELIVERED
    assert await world.states(made) == ["RESERVED", "SUBMITTING", "IN_DOUBT", "DELIVERED"]
    assert world.ledger.count("init") == 1


@on_postgres
async def test_a_sale_on_its_way_too(world: World, other: App):
    card = await world.card()
    price = await world.price(card)
    world.faults.add("buyback", "hang", after=True)
    sale = await world.app.sales.sell(card.id, ALICE, GUILD, price, world.reply())
    await asyncio.sleep(2)
    await dies(world)
    dead, world.app = world.app.presence.worker, other
    await asyncio.sleep(300)
    assert (await other.sales.view(sale.id)).sale.state is SaleState.SUBMITTING
    await lease_ends(other, dead)
    await asyncio.sleep(BEAT)
    assert (await other.sales.view(sale.id)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == world.ledger.count("buyback") == 1


@on_postgres
async def test_one_that_stood_still_leaves_to_the_other_what_it_took(world: World, other: App):
    """It wakes, finds its lease over, and goes on with the rest; nothing is sent twice."""
    world.faults.add("status", "slow", seconds=5, times=None)
    made = [await world.order(who) for who in (1, 2, 3)]
    await asyncio.sleep(3)
    await lease_ends(other, world.app.presence.worker)
    await asyncio.sleep(SETTLED + BEAT)
    ends = [await world.purchase(one) for one in made]
    assert [end.state for end in ends] == [State.DELIVERED] * 3
    assert world.ledger.count("init") == 3


@on_postgres
async def test_a_stop_in_order_leaves_all_to_the_other_at_once(world: World, other: App):
    world.faults.add("status", "slow", seconds=5, times=None)
    made = await world.ended(await world.order(), 3)
    assert made.state is State.ACCEPTED
    await world.app.drain(45)
    await world.app.close()
    world.app = other
    assert (await world.ended(made, BEAT)).state is State.DELIVERED
    async with other.store.read() as conn:
        assert (await conn.execute(select(processes.c.id))).scalars().all() == [other.presence.worker]


@pytest.fixture
def beats_as_in_life(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on; the first bot has begun its long wait for the next one."""
    monkeypatch.setattr("bot.services.presence.BEATS", 3)


@pytest.fixture
def beating(beats_as_in_life: None, other: App) -> App:
    """Another one, that looks as often as in life."""
    return other


@on_postgres
@pytest.mark.logs_errors
async def test_a_beat_that_fails_is_followed_by_the_next(
    world: World, beating: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken() -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(beating.sales, "take_up", broken)
        await asyncio.sleep(60)
    assert "this beat failed" in caplog.text
    await lease_ends(beating, beating.presence.worker)
    await asyncio.sleep(30)
    assert await beating.store.run(hold) == 2


@on_postgres
async def test_an_order_whose_lane_moves_while_it_is_taken_up_is_settled_later(
    world: World, beating: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    world.faults.add("init", "hang", after=True)
    made = await world.ended(await world.order(), 2)
    await dies(world)
    dead, world.app = world.app.presence.worker, beating
    with monkeypatch.context() as patch:
        patch.setattr(lanes, "holder", _nobody)  # who had it, left between the two
        await lease_ends(beating, dead)
        await asyncio.sleep(25)
    assert (await world.purchase(made)).state is State.SUBMITTING
    assert "this beat failed" not in caplog.text
    assert (await world.ended(made, SETTLED)).state is State.DELIVERED
    assert world.ledger.count("init") == 1


async def _nobody(_conn: AsyncConnection, _user_id: str, _pack_id: str) -> None:
    pass


@on_sqlite
async def test_a_doubt_whose_lane_moves_is_recorded_later(world: World, monkeypatch: pytest.MonkeyPatch):
    world.faults.add("init", "reset", after=True)
    with monkeypatch.context() as patch:
        patch.setattr(lanes, "holder", _nobody)
        made = await world.ended(await world.order(), 10)
    assert made.state is State.SUBMITTING
    assert "a late answer, IN_DOUBT" in await world.notes(made)
    assert (await world.ended(made, SETTLED)).state is State.DELIVERED
    assert world.ledger.count("init") == 1


@on_postgres
async def test_a_bot_that_is_told_to_stop_leaves_what_it_has_not_sent_to_the_other(world: World, beating: App):
    """At once, although it still waits for a call; and it takes nothing up any more."""
    offers = [await world.offer(who) for who in (ALICE, BOB)]
    world.faults.add("init", "slow", seconds=44)
    sent = await world.confirm(offers[0])
    await asyncio.sleep(2)
    world.faults.add("available", "slow", seconds=10)
    kept = await world.confirm(offers[1])
    await asyncio.sleep(1)
    stopping = asyncio.create_task(world.app.drain(45))
    end = await world.ended(kept, 35)
    assert not stopping.done()
    assert (end.state, end.worker) == (State.DELIVERED, beating.presence.worker)
    await stopping
    assert (await world.purchase(sent)).state is State.ACCEPTED
    assert world.ledger.count("init") == 2


@on_postgres
async def test_behind_a_shut_door_nothing_is_taken_up(world: World, beating: App):
    world.faults.add("status", "slow", seconds=5, times=None)
    made = await world.ended(await world.order(), 3)
    assert made.state is State.ACCEPTED
    await dies(world)
    dead, world.app = world.app.presence.worker, beating
    beating.door.shut()
    await lease_ends(beating, dead)
    assert (await world.ended(made, 120)).worker == dead


async def test_a_restart_takes_up_what_the_last_process_had(world: World):
    world.faults.add("status", "slow", seconds=5, times=None)
    made = await world.ended(await world.order(), 3)
    before = world.app.presence.worker
    await dies(world)
    if not world.app.store.is_sqlite:
        again = world.build()
        await lease_ends(again, before)
        await again.close()
    await world.start(world.build())
    end = await world.ended(made)
    assert end.state is State.DELIVERED
    assert end.worker == world.app.presence.worker != before


@on_sqlite
async def test_a_second_process_on_a_file_is_refused(world: World):
    second = world.build()
    with pytest.raises(SettingsError, match=r"Another bot is running on .*: stop it first, or use PostgreSQL"):
        await second.start()
    await second.close()
    assert (await world.ended(await world.order())).state is State.DELIVERED


async def test_every_order_names_who_is_at_it(world: World):
    made = await world.order()
    assert made.worker == world.app.presence.worker
    async with world.app.store.read() as conn:
        alone = await conn.execute(select(func.count()).where(purchases.c.worker.is_(None)))
        assert alone.scalar_one() == 0
