"""Linked mode: members also buy and sell on the community's site, and our records follow what the partner shows."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.domain.clock import HOUR
from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.errors import LostError
from bot.partner.errors import ForbiddenError
from bot.services.comparison import NO_GUILD
from bot.store.cards import Card, of_row
from bot.store.engine import StoreDownError
from bot.store.tables import cards as table
from bot.store.tables import messages
from tests.services.conftest import ALICE, BOB, GUILD, OTHER_PACK, PACK, SETTLED, World, on_sqlite, refused
from tests.services.test_accounts import LINKED, linked
from tests.services.test_doubts import doubtful

if TYPE_CHECKING:
    from sandbox.engine import Pull

pytestmark = pytest.mark.usefixtures("no_sweep")
MEMBER = "member-1"
LONG_AGO = 20 * 60
"""Seconds after which nothing that was ordered or sold is still settling."""


@pytest.fixture
def overrides() -> dict[str, Any]:
    return LINKED | {"operator_channel": 77}


async def at_the_site(world: World, slug: str = PACK, amount: int = 1) -> list[Pull]:
    """What the member buys there."""
    pulls = world.partner.engine.init(world.pack_id(slug), amount, MEMBER).pulls
    await asyncio.sleep(60)
    return list(pulls)


def sold_at_the_site(world: World, card: Card) -> None:
    pulls = world.partner.engine.pulls
    pulls.remove(next(pull for pull in pulls if pull.card.id == card.item_id and pull.user_id == card.user_id))


async def held(world: World, user_id: str = MEMBER) -> list[Card]:
    """Every card of a person, as our records have it."""
    mine = select(table).where(table.c.user_id == user_id).order_by(table.c.id)
    async with world.app.store.read() as conn:
        return [of_row(row) for row in await conn.execute(mine)]


async def read(world: World) -> None:
    """Somebody reads the inventory: here, the sweep."""
    assert await world.app.sweep.once()


async def test_what_a_member_brings_along_is_sold_like_any_card(world: World):
    pulls = await at_the_site(world, amount=2)
    await linked(world, ALICE, MEMBER)
    await asyncio.sleep(1)
    cards = await held(world)
    assert sorted(card.item_id for card in cards) == sorted(pull.card.id for pull in pulls)
    for card in cards:
        assert (card.purchase_id, card.guild_id, card.discord_id) == (None, NO_GUILD, ALICE)
        assert (card.state, card.pack_name, card.occurrence) == (CardState.HELD, "Sandlot Starter", 0)
        assert card.purchased_at == next(p.purchased_at for p in pulls if p.card.id == card.item_id)
    assert await refused(world.price(cards[0], BOB)) == "not_your_card"
    price = await world.price(cards[0])
    view = await world.sell(cards[0])
    assert (view.sale.state, view.sale.amount, view.sale.guild_id) == (SaleState.SOLD, price, GUILD)
    assert [(sale.item_id, sale.user_id) for sale in world.ledger.sales] == [(cards[0].item_id, MEMBER)]
    await read(world)
    await asyncio.sleep(LONG_AGO)
    await read(world)
    assert [card.state for card in await held(world)] == [CardState.SOLD, CardState.HELD]


async def test_a_sale_in_doubt_of_such_a_card_is_settled_by_the_inventory(world: World):
    await at_the_site(world)
    await linked(world, ALICE, MEMBER)
    await asyncio.sleep(1)
    (card,) = await held(world)
    world.faults.add("buyback", "reset", after=True)
    view = await world.sell(card)
    assert view.sale.state is SaleState.IN_DOUBT
    await read(world)
    assert [one.state for one in await held(world)] == [CardState.IN_DOUBT]
    await asyncio.sleep(SETTLED)
    await read(world)
    assert [one.state for one in await held(world)] == [CardState.SOLD]
    assert len(world.ledger.sales) == 1


async def test_what_is_bought_and_sold_there_later(world: World):
    await linked(world, ALICE, MEMBER)
    made = await world.ended(await world.order(), LONG_AGO)
    (ours,) = await world.cards(made)
    (pull,) = await at_the_site(world)
    assert len(await held(world)) == 1
    assert (await world.app.offers.quote(ours.id, ALICE, GUILD)).price > 0
    both = {card.item_id: card for card in await held(world)}
    assert set(both) == {ours.item_id, pull.card.id}
    sold_at_the_site(world, ours)
    assert await refused(world.price(ours)) == "card_missing"
    assert [card.state for card in await held(world)] == [CardState.HELD] * 2, "one read isn't enough"
    assert await refused(world.price(ours)) == "card_missing", "nor are two at once"
    await asyncio.sleep(10)
    assert await refused(world.price(ours)) == "card_missing"
    assert await refused(world.price(ours)) == "card_gone"
    assert (await world.purchase(made)).state is State.DELIVERED
    assert (await world.purchase(made)).ver > made.ver, "its message is drawn anew"
    assert (await world.sell(both[pull.card.id])).sale.state is SaleState.SOLD


async def test_a_sweep_reads_twice_where_a_card_is_missing(world: World):
    await at_the_site(world, amount=3)
    await linked(world, ALICE, MEMBER)
    await asyncio.sleep(1)
    cards = await held(world)
    pulls = world.partner.engine.pulls
    away = next(pull for pull in pulls if pull.card.id == cards[1].item_id)
    pulls.remove(away)
    sold_at_the_site(world, cards[0])
    sweeping = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(2)
    pulls.append(away)
    assert await sweeping
    assert sorted(card.state for card in await held(world)) == ["GONE", "HELD", "HELD"]
    async with world.app.store.read() as conn:
        gone = {row.item_id for row in await conn.execute(select(table).where(table.c.state == "GONE"))}
    assert gone == {cards[0].item_id}
    assert await world.app.meta.get("swept_at") is not None


async def test_while_an_order_of_the_pack_is_unsettled_nothing_is_taken_in(world: World):
    await linked(world, ALICE, MEMBER)
    world.partner.engine.settle = 300
    made = await world.ended(await world.order(), 2)
    assert made.state is State.ACCEPTED
    world.partner.engine.settle = 0
    (there,) = await at_the_site(world)
    (elsewhere,) = await at_the_site(world, OTHER_PACK)
    await read(world)
    assert [card.item_id for card in await held(world)] == [elsewhere.card.id]
    made = await world.ended(made, 360)
    assert made.state is State.DELIVERED
    (ours,) = await world.cards(made)
    assert ours.item_id in world.ledger.purchases[0].item_ids
    await read(world)
    assert {card.item_id for card in await held(world)} == {elsewhere.card.id, ours.item_id, there.card.id}
    assert [len(await world.cards(made)), (await world.purchase(made)).cards] == [1, 1]


async def test_a_doubt_ends_by_a_person_where_something_is_there(world: World):
    await linked(world, ALICE, MEMBER)
    made = await doubtful(world, executed=True)
    await read(world)
    assert await held(world) == []
    made = await world.ended(made, SETTLED)
    assert (made.state, made.reason) == (State.REVIEW, "linked")
    await read(world)
    assert await held(world) == [], "a person says whose it is"
    assert world.ledger.count("init") == 1


async def test_what_comes_after_not_executed_came_from_elsewhere(world: World):
    await linked(world, ALICE, MEMBER)
    made = await world.ended(await doubtful(world, executed=False), SETTLED)
    assert made.state is State.NOT_EXECUTED
    (pull,) = await at_the_site(world)
    again = await doubtful(world, executed=False)
    assert again.state is State.IN_DOUBT
    await read(world)
    assert await held(world) == [], "an order of the pack isn't settled"
    assert (await world.ended(again, SETTLED)).state is State.REVIEW
    await asyncio.sleep(HOUR / 1000)
    assert (await world.purchase(made)).state is State.NOT_EXECUTED
    assert "elsewhere" not in await world.notes(made)
    assert await held(world) == []
    (other,) = await at_the_site(world, OTHER_PACK)
    await read(world)
    assert [card.item_id for card in await held(world)] == [other.card.id]
    assert pull.card.id not in await world.notes(made)


async def test_it_is_noted_at_the_order_that_was_not_executed(world: World):
    await linked(world, ALICE, MEMBER)
    made = await world.ended(await doubtful(world, executed=False), SETTLED)
    (pull,) = await at_the_site(world)
    await asyncio.sleep(HOUR / 1000)
    (card,) = await held(world)
    assert (card.item_id, card.purchase_id) == (pull.card.id, None), "its own late look has read it"
    assert (await world.purchase(made)).state is State.NOT_EXECUTED
    assert f"from elsewhere: ('{pull.card.id}'" in await world.notes(made)
    async with world.app.store.read() as conn:
        posts = [
            json.loads(row.post) for row in await conn.execute(select(messages).where(messages.c.post.is_not(None)))
        ]
    (told,) = [post for post in posts if post["name"] == "notice.late_item"]
    assert (told["purchase_id"], told["values"]["reference"]) == (made.id, made.id[-8:])
    assert pull.card.id in told["values"]["cards"]
    assert told["values"]["owner_id"] == ALICE
    assert (await world.sell(card)).sale.state is SaleState.SOLD


@on_sqlite
async def test_a_card_that_was_sold_is_not_taken_in_again_from_an_older_read(world: World):
    await at_the_site(world, amount=2)
    await linked(world, ALICE, MEMBER)
    await asyncio.sleep(1)
    one, _ = await held(world)
    world.faults.add("inventory", "slow", after=True, seconds=10)
    reading = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(1)
    assert (await world.sell(one)).sale.state is SaleState.SOLD
    await reading
    assert [card.state for card in await held(world)] == [CardState.SOLD, CardState.HELD]
    assert len(await held(world)) == 2


@on_sqlite
async def test_a_first_look_that_fails_is_made_up_for(world: World):
    await at_the_site(world)
    world.faults.add("inventory", "html_403")
    await linked(world, ALICE, MEMBER)
    await asyncio.sleep(1)
    assert await held(world) == []
    world.faults.add("available", "500", times=3)
    await read(world)
    assert [card.pack_name for card in await held(world)] == ["a pack"]


@on_sqlite
async def test_nobody_is_paused_for_a_difference(world: World):
    await linked(world, ALICE, MEMBER)
    made = await world.ended(await world.order(amount=2), LONG_AGO)
    sold_at_the_site(world, (await world.cards(made))[0])
    await at_the_site(world)
    await read(world)
    assert sorted(card.state for card in await held(world)) == ["GONE", "HELD", "HELD"]
    assert (await world.ended(await world.order(slug=OTHER_PACK))).state is State.DELIVERED


@on_sqlite
async def test_an_unlinked_member_gets_nothing(world: World):
    await linked(world, ALICE, MEMBER)
    await asyncio.sleep(1)
    await at_the_site(world)
    world.faults.add("inventory", "slow", seconds=10)
    reading = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(1)
    await world.app.accounts.unlink(ALICE)
    await reading
    assert await held(world) == []
    await linked(world, BOB, MEMBER)
    await asyncio.sleep(1)
    assert [card.discord_id for card in await held(world)] == [BOB]


@on_sqlite
@pytest.mark.parametrize("error", [StoreDownError("away"), LostError("a sale was first")])
async def test_what_cannot_be_stored_is_taken_in_by_the_next_read(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    await linked(world, ALICE, MEMBER)
    made = await world.ended(await world.order(), LONG_AGO)
    (ours,) = await world.cards(made)
    await at_the_site(world)
    run = world.app.store.run

    async def failing_once(_work: Any) -> None:
        monkeypatch.setattr(world.app.store, "run", run)
        raise error

    monkeypatch.setattr(world.app.store, "run", failing_once)
    assert await world.price(ours) > 0
    assert len(await held(world)) == 1
    assert await world.price(ours) > 0
    assert len(await held(world)) == 2


@on_sqlite
async def test_who_cannot_be_read_is_stopped_and_let_go_when_it_can(world: World):
    await linked(world, ALICE, MEMBER)
    await linked(world, BOB, "member-2")
    reading = world.app.reads.inventory

    async def refusing(user_id: str) -> Any:
        if user_id == MEMBER:
            raise ForbiddenError("inventory: status 403")
        return await reading(user_id)

    world.app.reads.inventory = refusing
    await read(world)
    assert await refused(world.offer()) == "frozen"
    await world.offer(BOB)
    world.app.reads.inventory = reading
    await at_the_site(world)
    await read(world)
    await world.offer()
    assert len(await held(world)) == 1
