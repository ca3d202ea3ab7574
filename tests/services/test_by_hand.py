"""Settling by hand: by evidence read anew, once; and what the store, the ledger and people show of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.clock import DAY
from bot.domain.purchase import State
from bot.store import cards, limits
from bot.store.tables import cards as card_rows
from bot.store.tables import messages
from tests.services.conftest import (
    ALICE,
    CHANNEL,
    GUILD,
    World,
    both,
    meeting,
    on_sqlite,
    refusal,
    refused,
)
from tests.services.hand import (
    MINA,
    MOD,
    OPERATOR,
    REASON,
    as_delivered,
    as_nothing,
    decisions,
    doubt,
    keys,
    lane_is_free,
    old_items,
    posts,
    review,
    unchanged,
    with_cards,
)

pytestmark = pytest.mark.parametrize("overrides", [{"operator_channel": 77, "settle_seconds": 60}])


async def test_chosen_items_become_its_cards(world: World):
    seen = await review(world)
    made = await as_delivered(world, seen, keys(seen))
    assert (made.state, made.cards, made.reason) == (State.DELIVERED, 2, None)
    pulled = await world.cards(made)
    assert sorted(card.item_id for card in pulled) == sorted(world.ledger.purchases[0].item_ids)
    assert {card.purchased_at for card in pulled} == {item.purchased_at for item in seen.items or ()}
    assert await world.states(made) == ["RESERVED", "SUBMITTING", "IN_DOUBT", "REVIEW", "DELIVERED"]
    assert f"settled by {MOD.discord_id} as delivered: {REASON}" in await world.notes(made)
    (line,) = await decisions(world)
    assert (line.actor, line.guild_id, json.loads(line.detail)["outcome"]) == (MOD.discord_id, GUILD, "DELIVERED")
    assert (77, "notice.settled_delivered") in await posts(world)
    assert await lane_is_free(world)
    assert (await world.ended(await world.order())).state is State.DELIVERED
    assert world.ledger.count("init") == 2


async def test_a_person_may_choose_only_some_and_the_rest_stays_unclaimed(world: World):
    seen = await review(world, "more")
    made = await as_delivered(world, seen, keys(seen, 3))
    assert made.cards == 3
    again = await world.ended(await world.order(), 120)
    assert (again.state, len(await world.cards(again))) == (State.DELIVERED, 1)


async def test_nothing_came_and_the_limit_is_given_back(world: World):
    seen = await doubt(world)
    made = await as_nothing(world, seen)
    assert (made.state, made.reason) == (State.NOT_EXECUTED, "by_hand")
    assert await lane_is_free(world)
    assert (77, "notice.settled_nothing") in await posts(world)
    assert [name for _, name in await posts(world) if name == "order_ended"] == [], "its message shows it"
    (line,) = await decisions(world)
    assert json.loads(line.detail)["outcome"] == "NOT_EXECUTED"


async def test_what_comes_late_after_all_reopens_it(world: World):
    seen = await doubt(world, late=40 * 60)
    made = await as_nothing(world, seen)
    assert made.state is State.NOT_EXECUTED
    end = await world.ended(made, 2 * 3600)
    assert (end.state, end.cards) == (State.DELIVERED, 1)
    assert world.ledger.count("init") == 1


async def test_an_item_newer_than_the_intent_contradicts_nothing_was_bought(world: World):
    seen = await doubt(world, late=62)
    told = await refusal(as_nothing(world, seen))
    assert (told.name, told.values["item"]) == ("items_there", world.ledger.purchases[0].item_ids[0])
    await unchanged(world, seen)


async def test_an_item_that_has_no_date_may_be_the_orders(world: World):
    seen = await doubt(world, late=62)
    read = world.app.reads.inventory

    async def undated(user_id: str) -> Any:
        inventory = await read(user_id)
        return replace(inventory, items=tuple(replace(item, purchased_at=None) for item in inventory.items))

    world.app.reads.inventory = undated
    assert await refused(as_nothing(world, seen)) == "items_there"
    await unchanged(world, seen)


async def test_an_older_item_or_one_of_another_pack_does_not(world: World):
    seen = await old_items(world)
    assert seen.items is not None
    assert [item.pack_id for item in seen.items] == [world.pack_id()]
    assert (await as_nothing(world, seen)).state is State.NOT_EXECUTED


async def test_after_a_review_too_what_comes_late_reopens_it(world: World):
    seen = await old_items(world)
    made = await as_nothing(world, seen)
    world.partner.engine.init(world.pack_id(), 1, await world.user_id())
    end = await world.ended(made, 2 * 3600)
    assert (end.state, len(await world.cards(end))) == (State.DELIVERED, 1)


async def test_two_at_once_settle_once(world: World):
    seen = await review(world)
    well, names = await both(
        as_delivered(world, seen, keys(seen)), as_delivered(world, seen, keys(seen, 1), MINA, "Mina says so, too.")
    )
    assert (len(well), names) == (1, ["settled_delivered"])
    (line,) = await decisions(world)
    told = await refusal(as_delivered(world, seen, keys(seen), OPERATOR))
    assert told.values["moderator_id"] == line.actor
    assert told.values["reason"] == json.loads(line.detail)["reason"]
    assert len(await world.cards(well[0])) == well[0].cards


async def test_two_who_disagree_settle_once(world: World):
    seen = await doubt(world, late=62)
    world.faults.add("inventory", "slow", seconds=1)
    world.partner.engine.pulls.clear()
    well, names = await both(as_nothing(world, seen), as_nothing(world, seen, MINA))
    assert (len(well), names) == (1, ["settled_nothing"])
    assert len(await decisions(world)) == 1


async def test_a_look_that_settles_at_the_same_time_wins_or_loses_as_a_whole(world: World):
    seen = await doubt(world, late=62)
    chosen = keys(seen)
    assert (len(chosen), seen.order.look_at is not None) == (1, True)
    await asyncio.sleep(((seen.order.look_at or 0) - world.clock.now()) / 1000)
    well, names = await both(*(as_delivered(world, seen, chosen) for _ in range(3)))
    assert set(names) <= {"settled_delivered", "settled_itself"}
    end = await world.ended(seen.order)
    assert (end.state, len(await world.cards(end))) == (State.DELIVERED, 1)
    assert len(await decisions(world)) == len(well) <= 1


async def test_an_item_that_somebody_claims_meanwhile_is_not_given_twice(world: World):
    """The card is stored while the moderator's transaction waits for it."""
    seen = await review(world)
    assert seen.items
    item = seen.items[0]

    async def claim(conn: Any) -> None:
        await limits.lock_member(conn, seen.order.user_id)
        owner = cards.Owner(None, ALICE, seen.order.user_id, GUILD, seen.order.pack_id, seen.order.pack_name)
        await cards.add(conn, owner, [cards.NewCard(item)], world.clock.now())

    assert await meeting(world, claim, refused(as_delivered(world, seen, keys(seen)))) == "card_taken"
    await unchanged(world, seen)
    async with world.app.store.read() as conn:
        assert len((await conn.execute(select(card_rows))).all()) == 1


async def test_it_is_settled_from_what_was_seen(world: World):
    seen = await doubt(world)
    await asyncio.sleep(17)  # another look, or the end
    older = replace(seen, order=replace(seen.order, ver=seen.order.ver - 1))
    assert await refused(as_nothing(world, older)) in {"order_changed", "settled_itself"}
    assert await decisions(world) == []


async def test_what_changed_but_is_not_settled_is_to_be_looked_at_again(world: World):
    seen = await review(world)
    older = replace(seen, order=replace(seen.order, ver=seen.order.ver - 1))
    assert await refused(as_delivered(world, older, keys(seen))) == "order_changed"
    await unchanged(world, seen)


async def test_what_came_later_is_added_to_its_cards(world: World):
    seen = await with_cards(world)
    world.partner.engine.init(seen.order.pack_id, 1, seen.order.user_id)
    await asyncio.sleep(30)
    seen = await world.app.desk.order(MOD, seen.order.id)
    made = await as_delivered(world, seen, keys(seen))
    pulled = await world.cards(made)
    assert (made.cards, [card.position for card in pulled]) == (3, [0, 1, 2])
    assert len({card.item_id for card in pulled}) == 3


@on_sqlite
async def test_its_cards_are_enough_also_while_the_partner_cannot_be_read(world: World):
    seen = await with_cards(world)
    world.faults.add("inventory", "500", times=None)
    made = await as_delivered(world, seen, [])
    assert (made.state, made.cards) == (State.DELIVERED, 2)


async def test_who_can_be_told_nowhere_else_is_told_in_the_channel(world: World):
    seen = await doubt(world)
    await world.app.store.run(lambda conn: conn.execute(messages.update().values(lost="gone")))
    await as_nothing(world, seen)
    assert (CHANNEL, "order_ended") in await posts(world)


async def test_it_stays_settled(world: World):
    seen = await review(world)
    made = await as_delivered(world, seen, keys(seen))
    await world.restart()
    end = await world.ended(made, 2 * DAY / 1000)
    assert (end.state, end.cards, len(await world.cards(made))) == (State.DELIVERED, 2, 2)
    assert len(await decisions(world)) == 1
