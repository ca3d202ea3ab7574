"""Two bots on one PostgreSQL: each purchase and each sale is still one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.purchase import State
from bot.domain.sale import SaleState
from tests.services.conftest import ALICE, GUILD, SETTLED, World, both, on_postgres

if TYPE_CHECKING:
    from bot.app import App

pytestmark = on_postgres


async def test_one_confirmation_pressed_at_both(world: World, other: App):
    for _ in range(6):
        key = (await world.offer()).confirmation.id
        made, names = await both(
            *(app.opening.confirm(key, ALICE, world.reply()) for app in (world.app, other, world.app, other))
        )
        assert len(made) == 1
        assert names == ["already_ordered"] * 3
        assert (await world.ended(made[0])).state is State.DELIVERED
    assert world.ledger.count("init") == 6


@pytest.mark.parametrize("overrides", [{"daily_spend_limit": "50"}])
async def test_one_limit_for_both(world: World, other: App):
    offers = [await world.offer(who) for who in range(1, 31)]
    apps = (world.app, other)
    presses = [
        apps[one.confirmation.discord_id % 2].opening.confirm(
            one.confirmation.id, one.confirmation.discord_id, world.reply()
        )
        for one in offers
    ]
    made, names = await both(*presses)
    assert len(made) == 10
    assert names == ["over_limit_bot"] * 20
    await asyncio.sleep(60)
    assert world.ledger.count("init") == 10


async def test_one_card_sold_at_both(world: World, other: App):
    cards = await world.cards(await world.ended(await world.order(amount=6)))
    for card in cards:
        price = await world.price(card)
        await asyncio.sleep(1)
        made, names = await both(
            *(app.sales.sell(card.id, ALICE, GUILD, price, world.reply()) for app in (world.app, other))
        )
        assert len(made) == 1
        assert names == ["card_selling"]
        await asyncio.sleep(1)
        assert (await world.app.sales.view(made[0].id)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == world.ledger.count("buyback") == 6


@pytest.mark.parametrize("moment", [0, 2, 4, 6, 9])
async def test_one_starts_while_the_other_is_at_work(world: World, moment: float):
    """What the new one finds reserved, sent or accepted is under way in the other, which is well."""
    offers = [await world.offer(who) for who in range(1, 6)]
    world.faults.add("available", "slow", seconds=3, times=None)
    world.faults.add("init", "slow", after=True, seconds=2, times=None)
    made = [await world.confirm(offer) for offer in offers]
    await asyncio.sleep(moment)
    other = world.build()
    await other.start()
    await other.resume()
    await asyncio.sleep(SETTLED)
    ends = [await world.purchase(one) for one in made]
    assert [end.state for end in ends] == [State.DELIVERED] * 5
    for end in ends:
        (bought,) = [one for one in world.ledger.purchases if one.user_id == end.user_id]
        assert [card.item_id for card in await world.cards(end)] == list(bought.item_ids)
    assert world.ledger.count("init") == 5
    await other.close()


@pytest.mark.parametrize("executed", [False, True])
async def test_one_starts_during_a_sale_of_the_other(world: World, executed: bool):
    card = await world.card()
    price = await world.price(card)
    world.faults.add("buyback", "slow" if executed else "hang", seconds=5)
    sale = await world.app.sales.sell(card.id, ALICE, GUILD, price, world.reply())
    await asyncio.sleep(1)
    other = world.build()
    await other.start()
    await other.resume()
    await asyncio.sleep(SETTLED)
    view = await world.app.sales.view(sale.id)
    assert view.sale.state is (SaleState.SOLD if executed else SaleState.NOT_SOLD)
    assert (view.sale.amount, view.card.sold_for) == ((price, price) if executed else (None, None))
    assert world.ledger.count("buyback") == 1
    await other.close()


async def test_looks_of_both_at_once(world: World, other: App):
    """Both find the same doubts due at the same moment."""
    card = await world.card(ALICE)
    await asyncio.sleep(1)
    world.faults.add("init", "reset", after=True, times=3)
    world.faults.add("buyback", "reset", after=True)
    await world.sell(card)
    made = [await world.order(who) for who in range(1, 4)]
    await asyncio.sleep(1)
    other.purchases.workers.on_idle()
    world.app.purchases.workers.on_idle()
    await asyncio.sleep(SETTLED)
    assert [(await world.purchase(one)).state for one in made] == [State.DELIVERED] * 3
    assert world.ledger.count("init") == 4
    assert len(world.ledger.sales) == 1
