"""The sweep: each item at the partner is one open card, each open card is there; else its member waits for people."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.services.differences import AGAIN, REASON
from bot.store import cards, freezes, guilds
from bot.store.cards import NewCard, Owner
from bot.store.freezes import Freeze
from bot.store.rows import value
from bot.store.tables import freezes as table
from bot.store.tables import messages
from bot.texts import say
from tests.services.conftest import ALICE, BOB, GUILD, LIVE, OPERATORS, OTHER_PACK, SETTLED, World, refusal
from tests.services.test_doubts import doubtful

if TYPE_CHECKING:
    from bot.store.purchases import Purchase

pytestmark = pytest.mark.usefixtures("no_sweep")
MODERATORS = 78
LONG_AGO = 20 * 60
"""Seconds after which nothing that was ordered or sold is still settling."""


@pytest.fixture
def overrides() -> dict[str, Any]:
    return LIVE


async def frozen(world: World) -> list[Freeze]:
    mine = select(table).where(table.c.cause == "sweep").order_by(table.c.made_at)
    async with world.app.store.read() as conn:
        return [value(Freeze, row) for row in await conn.execute(mine)]


async def told(world: World, channel_id: int = OPERATORS) -> list[str]:
    mine = select(messages).where(messages.c.post.is_not(None), messages.c.channel_id == channel_id)
    async with world.app.store.read() as conn:
        posts = [json.loads(row.post) for row in await conn.execute(mine.order_by(messages.c.id))]
    return [say(f"post.{post['name']}", **post["values"]) for post in posts]


async def sweep(world: World) -> None:
    assert await world.app.sweep.once()


async def quiet(world: World) -> None:
    """A sweep finds nothing to tell."""
    await sweep(world)
    assert await frozen(world) == []
    assert [text for text in await told(world) if "card partner" not in text] == []


async def settled_card(world: World, who: int = ALICE, count: int = 2) -> Purchase:
    made = await world.ended(await world.order(who, amount=count), LONG_AGO)
    assert made.state is State.DELIVERED
    return made


async def test_what_agrees_is_left_alone(world: World):
    made = await settled_card(world)
    await world.sell((await world.cards(made))[0])
    began = world.clock.now()
    await quiet(world)
    assert await world.app.meta.get("swept_at") == str(began)
    assert [card.state for card in await world.cards(made)] == [CardState.SOLD, CardState.HELD]


async def test_an_item_that_is_nobodys_stops_its_owner_once(world: World):
    await world.app.store.run(lambda conn: guilds.put_audit_channel(conn, GUILD, MODERATORS))
    made = await settled_card(world)
    user_id = await world.user_id()
    pull = world.partner.engine.init(world.pack_id(), 1, user_id).pulls[0]
    await asyncio.sleep(60)
    await sweep(world)
    rows = await frozen(world)
    assert {(f.scope, f.action, f.cause, f.ends_at) for f in rows} == {
        (f"member:{ALICE}", action, "sweep", None) for action in ("buy", "sell")
    }
    (text,) = await told(world)
    assert len(await told(world, MODERATORS)) == 1
    for part in (f"<@{ALICE}>", user_id, pull.card.id, "Only we have: no card"):
        assert part in text.replace("\\", "")
    assert (await refusal(world.offer())).values == {"reason": REASON}
    assert (await refusal(world.price((await world.cards(made))[0]))).name == "frozen_sell"
    await world.offer(BOB)
    await sweep(world)
    assert len(await frozen(world)) == 2
    assert len(await told(world)) == 1
    world.partner.engine.pulls.remove(pull)
    await sweep(world)
    assert all(f.lifted_at is not None for f in await frozen(world))
    assert "agrees with ours again" in (await told(world))[1]
    assert len(await told(world, MODERATORS)) == 2
    await sweep(world)
    assert len(await told(world)) == 2
    assert await world.price((await world.cards(made))[0]) > 0


async def test_a_card_that_is_not_there_any_more(world: World):
    made = await settled_card(world)
    card = (await world.cards(made))[0]
    engine = world.partner.engine
    engine.pulls.remove(next(pull for pull in engine.pulls if pull.card.id == card.item_id))
    await sweep(world)
    assert len(await frozen(world)) == 2
    assert f"({card.item_id})" in (await told(world))[0].replace("\\", "")
    assert [one.state for one in await world.cards(made)] == [CardState.HELD] * 2


async def test_one_read_is_not_enough(world: World):
    await settled_card(world)
    pulls = world.partner.engine.pulls
    away = [pulls.pop(), pulls.pop(0)]
    reads = world.ledger.count("inventory")
    sweeping = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(AGAIN / 2)
    pulls += away
    await sweeping
    assert world.ledger.count("inventory") - reads == 2
    assert (await frozen(world), await told(world)) == ([], [])


async def test_another_difference_than_before_is_neither_one_nor_none(world: World):
    made = await settled_card(world)
    pulls, user_id = world.partner.engine.pulls, await world.user_id()
    world.partner.engine.init(world.pack_id(OTHER_PACK), 1, user_id)
    await asyncio.sleep(60)
    await sweep(world)
    foreign = pulls.pop()
    lost = pulls[0]
    sweeping = asyncio.create_task(world.app.sweep.once())
    pulls.remove(lost)
    await asyncio.sleep(AGAIN / 2)
    pulls += [lost, foreign]
    await sweeping
    assert len(await told(world)) == 1, "still frozen, and not told again"
    assert all(f.lifted_at is None for f in await frozen(world))
    assert len(await world.cards(made)) == 2


@pytest.mark.parametrize("what", ["order", "sale"])
async def test_what_happens_during_the_read_is_no_difference(world: World, what: str):
    made = await settled_card(world)
    world.faults.add("inventory", "slow", after=what == "sale", seconds=14)
    sweeping = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(1)
    if what == "order":
        assert (await world.ended(await world.order(), 11)).state is State.DELIVERED
    else:
        card = (await world.cards(made))[0]
        assert (await world.sell(card)).sale.state is SaleState.SOLD
    await sweeping
    assert (await frozen(world), await told(world)) == ([], [])


async def test_what_is_in_doubt_is_not_judged(world: World):
    await settled_card(world)
    made = await doubtful(world, executed=True)
    assert made.state is State.IN_DOUBT
    await asyncio.sleep(30)
    await quiet(world)
    assert (await world.ended(made, SETTLED)).state is State.DELIVERED
    await quiet(world)


@pytest.mark.parametrize("executed", [False, True])
async def test_a_sale_in_doubt_is_not_judged(world: World, executed: bool):
    made = await settled_card(world)
    world.faults.add("buyback", "reset", after=executed)
    await world.sell((await world.cards(made))[0])
    await quiet(world)
    for _ in range(12):
        await asyncio.sleep(300)
        await quiet(world)


async def test_what_comes_after_not_executed_is_that_orders(world: World):
    world.partner.engine.settle = 45 * 60
    made = await doubtful(world, executed=True)
    made = await world.ended(made, 46 * 60)
    assert made.state is State.NOT_EXECUTED
    await asyncio.sleep(10 * 60)
    await quiet(world)
    assert (await world.ended(made, 3600)).state is State.DELIVERED
    await asyncio.sleep(LONG_AGO)
    await quiet(world)


async def test_cards_without_a_date_get_it(world: World):
    world.faults.add("inventory", "500", times=9)
    made = await settled_card(world)
    assert {(card.purchased_at, card.price is None, card.offer_known) for card in await world.cards(made)} == {
        (None, False, False)
    }
    await quiet(world)
    dated = await world.cards(made)
    pulls = {pull.card.id: pull for pull in world.partner.engine.pulls}
    for card in dated:
        assert card.purchased_at == pulls[card.item_id].purchased_at
        assert (card.offer_known, card.offer_ends) == (True, pulls[card.item_id].expires_at)
    assert (await world.purchase(made)).ver > made.ver, "its messages are drawn anew"


async def test_cards_that_the_inventory_is_about_to_show_are_not_missing(world: World):
    await settled_card(world)
    world.faults.add("init", "late", seconds=300)
    made = await world.ended(await world.order(), 60)
    assert made.state is State.DELIVERED
    await quiet(world)
    await asyncio.sleep(LONG_AGO)
    await quiet(world)
    assert (await world.cards(made))[0].purchased_at is not None


@pytest.mark.parametrize("overrides", [{"operator_channel": OPERATORS}])
@pytest.mark.parametrize("known", [False, True])
async def test_a_sandbox_that_forgot_pauses_nobody(world: World, known: bool):
    made = await settled_card(world)
    world.partner.forget()
    if known:
        world.partner.engine.users.add(await world.user_id())
    await quiet(world)
    assert [card.state for card in await world.cards(made)] == [CardState.GONE] * 2
    assert (await world.ended(await world.order())).state is State.DELIVERED


async def test_a_card_on_its_way_to_be_sold_is_left_to_the_sale(world: World):
    """Between the second look and its conclusion."""
    made = await settled_card(world)
    card = (await world.cards(made))[0]
    world.partner.forget()
    run = world.app.store.run

    async def meanwhile(work: Any) -> Any:
        world.app.store.run = run
        await run(lambda conn: cards.step(conn, card, CardState.SUBMITTING))
        return await run(work)

    taken = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(AGAIN - 1)
    world.app.store.run = meanwhile
    await taken
    states = [one.state for one in await world.cards(made)]
    assert states == [CardState.SUBMITTING, CardState.HELD], "its pack isn't judged"
    assert await frozen(world) == []


async def test_two_cards_of_one_listing_need_two_items(world: World):
    """The sandbox hands one listing out twice in one moment."""
    made = await settled_card(world, count=1)
    (card,) = await world.cards(made)
    pull = world.partner.engine.pulls[-1]
    twin = NewCard(item=(await world.app.reads.inventory(await world.user_id())).items[0])
    owner = Owner(made.id, ALICE, card.user_id, GUILD, card.pack_id, card.pack_name)
    await world.app.store.run(lambda conn: cards.add(conn, owner, [twin], world.clock.now()))
    await sweep(world)
    assert len(await frozen(world)) == 2
    world.partner.engine.pulls.append(pull)
    await sweep(world)
    assert all(f.lifted_at is not None for f in await frozen(world))
    async with world.app.store.read() as conn:
        assert await freezes.in_force(conn, world.clock.now()) == []
