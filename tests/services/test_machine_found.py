"""What the checker of the protocol and the state machine have found, each in its fewest steps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.domain.sale import SaleState
from tests.services.conftest import SETTLED, World, on_sqlite
from tests.services.test_doubts import doubtful

if TYPE_CHECKING:
    from bot.store.purchases import Purchase


async def not_executed(world: World, *, executed: bool = False) -> Purchase:
    """An order that two looks showed nothing of."""
    made = await doubtful(world, executed=executed)
    made = await world.ended(made, SETTLED)
    assert made.state is State.NOT_EXECUTED
    return made


async def test_a_card_sold_during_a_late_look_is_not_found_again(world: World):
    """The look has an inventory from before the sale; the claims that it compares are from after it."""
    old = await not_executed(world)
    card = await world.card()
    assert old.look_at is not None
    await asyncio.sleep((old.look_at - world.clock.now()) / 1000 - 1)
    world.faults.add("inventory", "slow", after=True, seconds=8)
    await asyncio.sleep(2)
    assert (await world.sell(card)).sale.state is SaleState.SOLD
    end = await world.ended(old, 60)
    assert (end.state, await world.cards(end)) == (State.NOT_EXECUTED, ())


@on_sqlite
async def test_an_item_of_a_later_order_does_not_become_an_earlier_ones(world: World):
    """Both came later than their settle time: the later order's item first, and then the earlier one's."""
    engine = world.partner.engine
    engine.settle = 0
    orders: list[Purchase] = []
    for late in (9 * 3600, 270 * 60):  # the earlier one is the first to look after that
        world.faults.add("init", "late", seconds=late)
        orders.append(await not_executed(world, executed=True))
    await asyncio.sleep(12 * 3600)
    ends = [await world.purchase(order) for order in orders]
    assert [end.state for end in ends] == [State.DELIVERED] * 2
    cards = [[card.item_id for card in await world.cards(end)] for end in ends]
    assert cards == [list(bought.item_ids) for bought in world.ledger.purchases]
