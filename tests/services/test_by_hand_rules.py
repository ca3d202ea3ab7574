"""What is not settled by hand: what is too young, of others, without a reason, or contradicted by what is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.purchase import State
from tests.services.conftest import (
    BOB,
    World,
    on_sqlite,
    refusal,
    refused,
)
from tests.services.hand import (
    MOD,
    OPERATOR,
    STRANGER,
    as_delivered,
    as_nothing,
    decisions,
    keys,
    review,
    unchanged,
    with_cards,
)

if TYPE_CHECKING:
    from bot.services.desk import Dossier
    from bot.store.purchases import Purchase

pytestmark = pytest.mark.parametrize("overrides", [{"operator_channel": 77, "settle_seconds": 60}])


@on_sqlite
async def test_only_what_is_open_long_enough(world: World):
    offer = await world.offer()
    world.faults.add("init", "reset")
    made = await world.ended(await world.confirm(offer), 30)
    early = await world.app.desk.order(MOD, made.id)
    assert (early.can_settle, early.items) == (False, None)
    assert await refused(as_nothing(world, early)) == "too_early"
    for who in (BOB, 103):
        done = await world.order(who)
        running = await world.app.desk.order(MOD, done.id)
        assert running.settle_from is None
        assert await refused(as_nothing(world, running)) == "settled_itself"
        assert await refused(as_delivered(world, running, [])) == "settled_itself"
        await world.ended(done)


@on_sqlite
async def test_of_another_server_it_is_an_unknown_one(world: World):
    seen = await review(world)
    for work in (
        as_delivered(world, seen, keys(seen), STRANGER),
        as_nothing(world, seen, STRANGER),
        world.app.desk.order(STRANGER, seen.order.id),
        world.app.desk.order(MOD, "0" * 26),
    ):
        assert await refused(work) == "order_not_found"
    assert await refused(world.app.desk.find(STRANGER, seen.order.id)) == "reference_unknown"
    assert (await world.app.desk.waiting(STRANGER)).count == 0
    assert (await world.app.desk.waiting(OPERATOR)).count == 1
    await unchanged(world, seen)
    assert (await as_delivered(world, seen, keys(seen), OPERATOR)).state is State.DELIVERED


@on_sqlite
@pytest.mark.parametrize("reason", ["", "why?", " " * 20, "x" * 301])
async def test_a_reason_is_needed(world: World, reason: str):
    seen = await review(world)
    assert await refused(as_delivered(world, seen, keys(seen), reason=reason)) == "reason_length"
    assert await refused(as_nothing(world, seen, reason=reason)) == "reason_length"
    await unchanged(world, seen)


@on_sqlite
async def test_a_delivery_has_cards_and_nothing_bought_has_none(world: World):
    empty, some = await review(world), await with_cards(world)
    assert await refused(as_delivered(world, empty, [])) == "no_cards"
    assert await refused(as_delivered(world, empty, ["made up"])) == "card_taken"
    assert await refused(as_nothing(world, some)) == "has_cards"
    assert await decisions(world) == []


@on_sqlite
@pytest.mark.logs_errors  # the breaker says that the partner fails
async def test_without_the_partners_list_nothing_else_is_settled(world: World):
    seen = await review(world)
    world.faults.add("inventory", "500", times=None)
    assert (await world.app.desk.order(MOD, seen.order.id)).items is None
    assert await refused(as_delivered(world, seen, keys(seen))) == "partner_unread"
    assert await refused(as_nothing(world, seen)) == "partner_unread"
    await unchanged(world, seen)


async def test_cards_that_may_be_those_of_an_order_with_the_partner_wait_for_it(world: World):
    first: Purchase = await slow_order(world)
    seen = await review_beside(world)
    assert [other.id for other in seen.beside] == [first.id]
    told = await refusal(as_delivered(world, seen, keys(seen)))
    assert (told.name, told.values["reference"]) == ("order_beside", first.id[-8:])
    await asyncio.sleep(31 * 60)
    assert (await world.purchase(first)).overdue
    seen = await world.app.desk.order(MOD, seen.order.id)
    assert (await as_delivered(world, seen, keys(seen))).state is State.DELIVERED, "a person decides"


async def slow_order(world: World) -> Purchase:
    """One that the partner takes an hour for."""
    world.partner.engine.settle = 3600
    made = await world.ended(await world.order(), 5)
    assert made.state is State.ACCEPTED
    world.partner.engine.settle = 0
    return made


async def review_beside(world: World) -> Dossier:
    """A second order of the same pack, of which too little came, and one card more in the inventory."""
    offer = await world.offer(amount=2)
    world.faults.add("init", "fewer")
    made = await world.ended(await world.confirm(offer), 30)
    assert made.state is State.REVIEW
    world.partner.engine.init(made.pack_id, 1, made.user_id)
    await asyncio.sleep(5)
    return await world.app.desk.order(MOD, made.id)
