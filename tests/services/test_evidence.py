"""What an inventory proves: whose a late item is, what isn't anybody's to give away, and for how long is looked."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from bot.domain.clock import DAY, HOUR, MINUTE
from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.store import purchases
from tests.services.conftest import ALICE, SETTLED, World, on_sqlite
from tests.services.test_doubts import doubtful

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.purchases import Purchase


async def carried_out_late(world: World, amount: int = 1) -> None:
    """What the partner had in hand becomes items of Alice's."""
    world.partner.engine.init(world.pack_id(), amount, await world.user_id())


async def not_executed(world: World) -> Purchase:
    made = await world.ended(await doubtful(world, executed=False), SETTLED)
    assert made.state is State.NOT_EXECUTED
    return made


async def test_one_late_item_becomes_the_card_of_one_order(world: World):
    made = [await not_executed(world), await not_executed(world)]
    await world.app.close()
    await asyncio.sleep(2 * 3600)  # both looks are due, at once
    world.app = world.build()
    await world.app.start()
    await carried_out_late(world)
    await asyncio.sleep(60)
    await world.app.resume()
    await asyncio.sleep(120)
    ends = [(await world.purchase(one)).state for one in made]
    assert sorted(ends) == [State.DELIVERED, State.NOT_EXECUTED]
    cards = [await world.cards(one) for one in made]
    assert [len(some) for some in cards] == [int(end is State.DELIVERED) for end in ends]
    await asyncio.sleep(DAY / 1000)
    assert [(await world.purchase(one)).state for one in made] == ends


@pytest.mark.parametrize("overrides", [{}, {"settle_seconds": 200}])
@pytest.mark.parametrize("hours", [1.5, 20])
@on_sqlite
async def test_an_item_that_appears_hours_later_is_found(world: World, hours: float):
    made = await not_executed(world)
    await asyncio.sleep(hours * 3600)
    assert (await world.purchase(made)).state is State.NOT_EXECUTED
    await carried_out_late(world)
    end = await world.ended(made, HOUR / 1000 + 60)
    assert (end.state, len(await world.cards(end))) == (State.DELIVERED, 1)


@on_sqlite
@pytest.mark.usefixtures("no_sweep")
async def test_late_looks_are_hourly_and_end_after_a_day(world: World):
    made = await not_executed(world)
    looks = world.ledger.count("inventory")
    end = await world.ended(made, 30 * 3600)
    assert (end.state, end.look_at) == (State.NOT_EXECUTED, None)
    assert 23 <= world.ledger.count("inventory") - looks <= 26


async def test_late_items_that_do_not_fit_are_for_a_person(world: World):
    made = await not_executed(world)
    await carried_out_late(world, 2)
    end = await world.ended(made, HOUR / 1000 + 60)
    assert (end.state, end.reason, end.look_at) == (State.REVIEW, "too_many", None)
    assert await world.cards(end) == ()


async def test_an_old_card_does_not_claim_a_new_pull_of_its_item(world: World):
    """The old pull is gone, sold elsewhere or forgotten, and we don't know it yet."""
    old = await world.card()
    assert old.purchased_at is not None
    engine = world.partner.engine
    engine.pulls.clear()
    made = await doubtful(world, executed=True)
    engine.pulls[-1].card = engine.catalogue.cards[old.item_id]
    end = await world.ended(made, 180)
    assert end.state is State.DELIVERED
    assert [card.item_id for card in await world.cards(end)] == [old.item_id]


@pytest.mark.parametrize("overrides", [{"settle_seconds": 3600}])
async def test_the_missing_card_of_an_order_in_review_is_not_another_orders(world: World):
    """The review came too late for the lane, which the other order has."""
    world.faults.add("init", "fewer")
    short = await world.order(amount=2)
    await asyncio.sleep(1)
    world.faults.add("init", "hang")
    lost = await world.order()
    short = await world.ended(short, 30)
    assert (short.state, short.reason) == (State.REVIEW, "too_few")
    await carried_out_late(world)
    lost = await world.ended(lost, 3 * 3600)
    assert (lost.state, await world.cards(lost)) == (State.IN_DOUBT, ())
    lost = await world.ended(lost, DAY / 1000)
    assert (lost.state, lost.reason, await world.cards(lost)) == (State.REVIEW, "day", ())

    async def seen_to(conn: AsyncConnection) -> None:
        """A person has found the missing card."""
        await purchases.step(conn, short, State.DELIVERED, now=world.clock.now())

    await world.app.store.run(seen_to)


@on_sqlite
async def test_a_session_that_fails_after_a_day_gets_its_settle_time_and_two_looks(world: World):
    world.partner.engine.settle = 100 * 3600
    made = await world.ended(await world.order(), 25 * 3600)
    assert (made.state, made.overdue) == (State.ACCEPTED, True)
    world.faults.add("status", "refuse", times=None, error=(400, "Transaction failed"))
    doubt = await world.ended(made, 90)
    assert doubt.state is State.IN_DOUBT
    assert doubt.doubted_at is not None
    until = (doubt.doubted_at - world.clock.now() + 15 * MINUTE) / 1000
    before = await world.ended(made, until - 5)
    assert (before.state, before.empty_looks) == (State.IN_DOUBT, 0)
    first = await world.ended(made, 30)
    assert (first.state, first.empty_looks) == (State.IN_DOUBT, 1)
    assert (await world.ended(made, 4 * 60)).state is State.IN_DOUBT
    assert (await world.ended(made, 2 * 60)).state is State.NOT_EXECUTED


@pytest.mark.parametrize("temperament", ["sandbox"])
async def test_of_two_pulls_of_one_listing_at_one_moment_one_is_sold(world: World, monkeypatch: pytest.MonkeyPatch):
    engine = world.partner.engine
    drawn = engine.catalogue.cards_of(world.partner.packs["sandlot-starter"])[0]
    monkeypatch.setattr(engine, "_draw", lambda _: drawn)
    made = await world.ended(await world.order(amount=2))
    one, other = await world.cards(made)
    assert Counter((card.item_id, card.purchased_at) for card in (one, other)).most_common(1)[0][1] == 2
    world.faults.add("buyback", "reset", after=True)
    view = await world.sell(one)
    for _ in range(SETTLED // 60):
        assert view.card.state in {CardState.IN_DOUBT, CardState.SOLD}
        await asyncio.sleep(60)
        view = await world.app.sales.view(view.sale.id)
    assert (view.sale.state, view.card.state) == (SaleState.SOLD, CardState.SOLD)
    assert world.ledger.count("buyback") == len(world.ledger.sales) == 1
    assert {card.id: card.state for card in await world.cards(made)}[other.id] is CardState.HELD
    assert (await world.sell(other, ALICE)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == 2
