"""A purchase from the confirmation to its cards, and the ways in which it ends before anything is sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import httpx2
import pytest
from sqlalchemy import select

from bot.domain.purchase import State
from bot.services.outbox import post_of
from bot.store import freezes
from bot.store.tables import messages
from tests.services.conftest import ALICE, OTHER_PACK, PACK, World, on_sqlite, refused

WAY = ["RESERVED", "SUBMITTING", "ACCEPTED", "DELIVERED"]


@pytest.mark.parametrize("temperament", ["sandbox", "production"])
async def test_the_whole_way(world: World):
    made = await world.order(amount=5)
    assert made.state is State.RESERVED
    end = await world.ended(made)
    assert end.state is State.DELIVERED
    assert await world.states(made) == WAY
    (bought,) = world.ledger.purchases
    assert (bought.user_id, bought.pack_id, bought.amount) == (await world.user_id(), made.pack_id, 5)
    assert bought.amount * bought.price_cents == end.total == 2_500
    cards = await world.cards(made)
    assert Counter(card.item_id for card in cards) == Counter(bought.item_ids)
    assert [card.position for card in cards] == list(range(5))
    assert all(card.purchased_at and card.price and card.offer_known for card in cards)
    values = [card.fmv or 0 for card in cards if card.tier]
    assert values == sorted(values), "rare ones come last"
    assert world.ledger.count("init") == 1


async def test_it_goes_on_when_whoever_pressed_is_gone(world: World):
    offer = await world.offer()
    world.faults.add("available", "slow", seconds=1)
    press = asyncio.create_task(world.confirm(offer))
    await asyncio.sleep(0.001)  # until the look before the order
    assert (world.ledger.count("available"), world.ledger.count("init")) == (2, 0)
    press.cancel()
    await asyncio.sleep(60)
    assert await refused(world.confirm(offer)) == "already_delivered"
    assert len(world.ledger.purchases) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mint_price": Decimal("5.01")}, "terms_changed"),
        ({"weights": (73, 21, 5, 1)}, "terms_changed"),
        ({"buyback_percent": Decimal("0.84")}, "terms_changed"),
        ({"in_stock": False}, "sold_out"),
        ({"enable": False}, "sold_out"),
    ],
)
async def test_what_changed_since_the_confirmation_is_not_bought(world: World, change: dict, reason: str):
    offer = await world.offer()
    world.partner.change(PACK, **change)
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason) == (State.CANCELLED, reason)
    assert world.ledger.count("init") == 0
    # The new terms are on offer at once.
    pack = (await world.app.catalogue.listing()).find(end.pack_id)
    assert pack is not None
    assert pack.terms() != end.terms or not pack.on_sale


async def test_a_pack_that_is_no_longer_listed_is_not_bought(world: World):
    offer = await world.offer()
    del world.partner.packs[PACK]
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason) == (State.CANCELLED, "pack_gone")
    assert world.ledger.count("init") == 0


@on_sqlite
@pytest.mark.parametrize(
    ("kind", "reason"),
    [("500", "partner_down"), ("html_403", "partner_down"), ("401", "key"), ("hang", "partner_down")],
)
async def test_a_look_that_fails_buys_nothing(world: World, kind: str, reason: str):
    offer = await world.offer()
    world.faults.add("available", kind)
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason) == (State.CANCELLED, reason)
    assert world.ledger.count("init") == 0
    assert (await world.ended(await world.order())).state is State.DELIVERED


async def test_a_freeze_before_the_order_stops_it(world: World):
    offer = await world.offer()
    world.faults.add("available", "slow", seconds=5)
    made = await world.confirm(offer)
    await world.app.store.run(
        lambda conn: freezes.add(conn, scope="bot", action="buy", cause="test", reason="repairs", now=world.clock.now())
    )
    end = await world.ended(made)
    assert (end.state, end.reason) == (State.CANCELLED, "frozen")
    assert world.ledger.count("init") == 0


@on_sqlite
@pytest.mark.parametrize("kind", ["connect_error", "connect_timeout"])
async def test_without_a_connection_it_is_tried_three_times(world: World, kind: str):
    offer = await world.offer()
    world.faults.add("init", kind, times=None)
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason, end.sends) == (State.CANCELLED, "not_sent", 3)
    assert world.ledger.count("init") == 0
    world.faults.clear()
    assert (await world.ended(await world.order())).state is State.DELIVERED


async def test_the_third_try_may_succeed(world: World):
    offer = await world.offer()
    world.faults.add("init", "connect_error", times=2)
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.sends) == (State.DELIVERED, 3)
    assert world.ledger.count("init") == 1


async def test_terms_that_change_during_the_order_are_noted(world: World):
    offer = await world.offer()
    world.faults.add("init", "slow", seconds=5)
    made = await world.confirm(offer)
    await asyncio.sleep(2)
    world.partner.change(PACK, mint_price=Decimal("5.50"))
    assert (await world.ended(made)).state is State.DELIVERED
    assert '"price":550' in await world.notes(made)


async def test_an_order_that_takes_long(world: World):
    world.partner.engine.settle = 40 * 60
    made = await world.order()
    assert (await world.ended(made, 29 * 60)).overdue is False
    assert (await world.ended(made, 5 * 60)).overdue is True
    before = world.ledger.count("status")
    await asyncio.sleep(4 * 60)
    assert 3 <= world.ledger.count("status") - before <= 5, "once a minute from then on"
    end = await world.ended(made, 15 * 60)
    assert end.state is State.DELIVERED
    assert (await world.states(made)) == WAY
    async with world.app.store.read() as conn:
        (post,) = [m for m in await conn.execute(select(messages)) if m.post]
    told = post_of(post)
    assert told is not None
    assert (told.name, told.mention, told.purchase_id) == ("order_arrived", ALICE, made.id)


@on_sqlite
@pytest.mark.parametrize("kind", ["500", "504", "html_403", "bad_json", "reset", "401", "429", "hang", "wrong_types"])
async def test_a_poll_that_fails_is_asked_again(world: World, kind: str):
    made = await world.order()
    world.faults.add("status", kind, times=2)
    assert (await world.ended(made, 120)).state is State.DELIVERED
    assert world.ledger.count("status") >= 3


async def test_cards_are_dated_also_when_the_inventory_comes_late(world: World):
    offer = await world.offer()
    world.faults.add("inventory", "500", times=3)
    made = await world.confirm(offer)
    (card,) = await world.cards(await world.ended(made))
    assert card.purchased_at is not None


async def test_two_orders_of_one_pack_are_both_delivered(world: World):
    """The second waits while the first is on its way, and no longer."""
    first = await world.order()
    second = await world.order()
    ends = [await world.ended(first), await world.purchase(second)]
    assert [end.state for end in ends] == [State.DELIVERED] * 2
    assert len(world.ledger.purchases) == 2
    items = [card.item_id for end in ends for card in await world.cards(end)]
    assert Counter(items) == Counter(item for bought in world.ledger.purchases for item in bought.item_ids)


class Stumbling(httpx2.AsyncBaseTransport):
    """Fails as no transport should, once; stands for any bug of ours in the order's task."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, route: str) -> None:
        self.inner, self.route = inner, route

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.route and request.url.path.endswith(self.route):
            self.route = ""
            raise RuntimeError("a bug")
        return await self.inner.handle_async_request(request)


@on_sqlite
@pytest.mark.logs_errors
@pytest.mark.parametrize("route", ["vm/available", "vm/buy/status"])
async def test_a_task_that_dies_is_taken_up_again(world: World, route: str):
    """Nothing stays under way for ever because of an exception that nobody foresaw."""
    transport = Stumbling(world.partner.transport(), "")
    await world.restart(transport)
    offer = await world.offer()
    transport.route = route
    assert (await world.ended(await world.confirm(offer))).state is State.DELIVERED
    assert len(world.ledger.purchases) == world.ledger.count("init") == 1


@pytest.mark.logs_errors
async def test_an_overdue_one_whose_task_dies_is_taken_up_again(world: World):
    world.partner.engine.settle = 50 * 60
    transport = Stumbling(world.partner.transport(), "")
    await world.restart(transport)
    made = await world.order()
    assert (await world.ended(made, 35 * 60)).overdue
    transport.route = "vm/buy/status"
    assert (await world.ended(made, 75 * 60)).state is State.DELIVERED


@pytest.mark.parametrize("late", [False, True])
async def test_a_reservation_is_sent_within_a_minute_or_not_at_all(world: World, late: bool):
    """Whatever held it up: here, a restart."""
    offer = await world.offer()
    world.faults.add("available", "hang")
    made = await world.confirm(offer)
    await asyncio.sleep(10)
    await world.app.close()
    await asyncio.sleep(51 if late else 45)
    await world.start(world.build())
    end = await world.ended(made)
    assert end.state is (State.CANCELLED if late else State.DELIVERED)
    assert end.reason == ("too_old" if late else None)
    assert world.ledger.count("init") == (not late)


async def test_behind_a_shut_door_nothing_is_sent(world: World):
    offer = await world.offer()
    world.faults.add("available", "slow", seconds=5)
    made = await world.ended(await world.confirm(offer), 1)
    await world.app.drain(50)
    assert await refused(world.offer(slug=OTHER_PACK)) == "stopping"
    assert (await world.ended(made, 20)).state is State.RESERVED
    assert world.ledger.count("init") == 0
    await world.restart()
    assert (await world.ended(made)).state is State.DELIVERED


async def test_a_shutdown_waits_for_the_call_and_its_outcome(world: World):
    offer = await world.offer()
    world.faults.add("init", "slow", seconds=20)
    made = await world.confirm(offer)
    await asyncio.sleep(1)
    await world.app.drain(50)
    assert (await world.purchase(made)).state is State.ACCEPTED
    await world.restart()
    assert (await world.ended(made)).state is State.DELIVERED
    assert world.ledger.count("init") == 1
