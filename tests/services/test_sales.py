"""A sale: looked at before, called once, and what comes of each answer."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from tests.services.conftest import (
    ALICE,
    BOB,
    GUILD,
    OTHER_PACK,
    SETTLED,
    World,
    both,
    on_sqlite,
    refusal,
    refused,
)


async def test_sold_for_what_the_partner_says(world: World):
    card = await world.card()
    world.partner.drift(card.item_id, -1)
    view = await world.sell(card)
    price = view.sale.quoted
    assert (view.sale.state, view.sale.amount) == (SaleState.SOLD, price - 1)
    assert (view.card.state, view.card.sold_for) == (CardState.SOLD, price - 1)
    (sold,) = world.ledger.sales
    assert (sold.item_id, sold.user_id, sold.amount_cents) == (card.item_id, card.user_id, price - 1)
    told = await refusal(world.price(card))
    assert (told.name, told.values) == ("card_sold", {"amount_cents": price - 1})
    assert await refused(world.sell(card, quoted=1)) == "card_sold"
    assert world.ledger.count("buyback") == 1


async def test_a_lower_price_is_asked_about_again_and_a_higher_one_taken(world: World):
    card = await world.card()
    price = await world.price(card)
    world.partner.reprice(card.item_id, price - 1)
    told = await refusal(world.sell(card, quoted=price))
    assert (told.name, told.values) == ("price_dropped", {"quoted_cents": price, "price_cents": price - 1})
    assert world.ledger.count("buyback") == 0
    world.partner.reprice(card.item_id, price + 1)
    view = await world.sell(card, quoted=price)
    assert (view.sale.quoted, view.sale.amount) == (price + 1, price + 1)


async def test_only_its_owner_sells_a_card(world: World):
    card = await world.card()
    await world.card(BOB)
    told = await refusal(world.price(card, BOB))
    assert (told.name, told.values) == ("not_your_card", {"owner_id": ALICE})
    assert await refused(world.sell(card, BOB, quoted=1)) == "not_your_card"
    assert await refused(world.app.offers.quote("0" * 26, ALICE, GUILD)) == "card_unknown"
    assert world.ledger.count("buyback") == 0


async def test_two_presses_at_once_sell_once(world: World):
    card = await world.card()
    price = await world.price(card)
    await asyncio.sleep(1)
    sell = world.app.sales.sell
    made, names = await both(*(sell(card.id, ALICE, GUILD, price, world.reply()) for _ in range(8)))
    assert len(made) == 1
    assert names == ["card_selling"] * 7
    await asyncio.sleep(5)
    assert len(world.ledger.sales) == world.ledger.count("buyback") == 1
    assert (await world.app.cards.card(card.id)).state is CardState.SOLD


async def test_two_cards_of_one_pack_are_sold_one_after_the_other(world: World):
    first, second = await world.cards(await world.ended(await world.order(amount=2)))
    prices = [await world.price(card) for card in (first, second)]
    await asyncio.sleep(1)
    sell = world.app.sales.sell
    made, names = await both(
        sell(first.id, ALICE, GUILD, prices[0], world.reply()), sell(second.id, ALICE, GUILD, prices[1], world.reply())
    )
    assert (len(made), names) == (1, ["lane_busy"])
    await asyncio.sleep(1)
    left = second if made[0].card_id == first.id else first
    assert (await world.sell(left)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == 2


async def test_a_purchase_waits_for_a_sale_of_its_pack(world: World):
    card = await world.card()
    price = await world.price(card)
    offer = await world.offer()
    world.faults.add("buyback", "slow", seconds=10)
    await world.app.sales.sell(card.id, ALICE, GUILD, price, world.reply())
    made = await world.confirm(offer)
    assert (await world.ended(made, 5)).state is State.RESERVED
    assert (await world.ended(made)).state is State.DELIVERED


async def test_an_item_that_is_not_there_is_not_sold(world: World):
    await world.card(slug=OTHER_PACK)  # so that the inventory isn't empty
    card = await world.card()
    price = await world.price(card)
    await world.partner.engine.sell(card.item_id)  # by another door
    assert await refused(world.price(card)) == "card_missing"
    assert await refused(world.sell(card, quoted=price)) == "card_missing"
    assert (await world.app.cards.card(card.id)).state is CardState.HELD
    assert world.ledger.count("buyback") == 0


async def test_another_pull_of_the_item_is_not_the_card(world: World):
    """The card was sold elsewhere, and the same item pulled again by the same person, outside this bot."""
    world.partner.keep_only("soccer-sprint", 1)
    card = await world.card(slug="soccer-sprint")
    price = await world.price(card)
    await world.partner.engine.sell(card.item_id)
    world.partner.engine.init(world.pack_id("soccer-sprint"), 1, await world.user_id())
    await asyncio.sleep(30)
    assert await refused(world.sell(card, quoted=price)) == "card_missing"
    assert world.ledger.count("buyback") == 0


@pytest.mark.parametrize("temperament", ["sandbox"])
async def test_what_the_sandbox_forgot_is_gone(world: World):
    card = await world.card()
    world.partner.forget()
    assert await refused(world.price(card)) == "card_missing"
    assert (await world.app.cards.card(card.id)).state is CardState.GONE
    told = await refusal(world.price(card))
    assert (told.name, told.values) == ("card_gone", {"card": card.name})


async def test_an_offer_ends(world: World):
    card = await world.card()
    while card.offer_ends is None:  # some have no end
        card = await world.card()
    await asyncio.sleep((card.offer_ends - world.clock.now()) / 1000)
    told = await refusal(world.price(card))
    assert (told.name, told.values) == ("offer_closed", {"card": card.name, "ended_at": card.offer_ends})
    assert world.ledger.count("buyback") == 0


@pytest.mark.parametrize("kind", ["500", "html_403", "bad_json", "hang"])
@on_sqlite
async def test_without_a_look_there_is_no_sale(world: World, kind: str):
    card = await world.card()
    world.faults.add("inventory", kind, times=None)
    assert await refused(world.sell(card, quoted=1)) == "partner_down"
    assert world.ledger.count("buyback") == 0


@on_sqlite
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "refuse", "error": (400, "Item has expired")}, "expired"),
        ({"kind": "401"}, "key"),
        ({"kind": "connect_error"}, "not_sent"),
        ({"kind": "connect_timeout"}, "not_sent"),
    ],
)
async def test_what_was_surely_not_sold_is_still_held(world: World, fault: dict, reason: str):
    card = await world.card()
    price = await world.price(card)
    world.faults.add("buyback", **fault)
    view = await world.sell(card, quoted=price)
    await asyncio.sleep(10)
    view = await world.app.sales.view(view.sale.id)
    assert (view.sale.state, view.sale.reason, view.card.state) == (SaleState.NOT_SOLD, reason, CardState.HELD)
    if reason == "expired":
        assert (view.card.offer_known, view.card.offer_ends) == (True, view.sale.settled_at)
    assert (await world.sell(card)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == 1


async def test_not_found_is_never_booked_as_a_sale(world: World):
    card = await world.card()
    world.faults.add("buyback", "refuse", error=(400, "Item not found"))
    view = await world.sell(card)
    assert (view.sale.state, view.card.state, view.card.sold_for) == (SaleState.GONE, CardState.GONE, None)
    assert await refused(world.price(card)) == "card_gone"
    assert (await world.ended(await world.order())).state is State.DELIVERED


async def test_the_card_of_whoever_pulled_the_item_next_is_untouched(world: World):
    world.partner.keep_only("soccer-sprint", 1)
    card = await world.card(slug="soccer-sprint")
    world.faults.add("buyback", "reset", after=True)
    view = await world.sell(card)
    his = await world.card(BOB, "soccer-sprint")
    assert his.item_id == card.item_id
    await asyncio.sleep(SETTLED)
    assert (await world.app.sales.view(view.sale.id)).card.state is CardState.SOLD
    assert (await world.app.cards.card(his.id)).state is CardState.HELD
    assert [sold.user_id for sold in world.ledger.sales] == [card.user_id]
    assert (await world.sell(his, BOB)).sale.state is SaleState.SOLD
    # And she may pull it again: her old card is another row.
    again = await world.card(slug="soccer-sprint")
    assert (again.item_id, again.occurrence) == (card.item_id, 0)
    assert again.id != card.id


@pytest.mark.parametrize("temperament", ["sandbox"])
async def test_one_item_pulled_twice_is_two_cards(world: World):
    world.partner.keep_only("soccer-sprint", 1)
    first = await world.card(slug="soccer-sprint")
    second = await world.card(slug="soccer-sprint")
    assert first.item_id == second.item_id
    assert (first.occurrence, second.occurrence) == (0, 1)
    assert first.purchased_at != second.purchased_at
    assert (await world.sell(first)).card.state is CardState.SOLD
    assert (await world.app.cards.card(second.id)).state is CardState.HELD
    assert (await world.sell(second)).card.state is CardState.SOLD
    assert len(world.ledger.sales) == 2


@pytest.mark.parametrize("temperament", ["sandbox"])
async def test_one_item_pulled_twice_and_dated_late(world: World):
    """The first card's date wasn't known yet when the second one was pulled."""
    world.partner.keep_only("soccer-sprint", 1)
    offer = await world.offer(slug="soccer-sprint")
    world.faults.add("inventory", "500", times=3)
    first = await world.confirm(offer)
    await asyncio.sleep(1)
    second = await world.order(slug="soccer-sprint")
    ends = [await world.ended(first), await world.purchase(second)]
    one, two = [(await world.cards(end))[0] for end in ends]
    assert one.purchased_at != two.purchased_at
