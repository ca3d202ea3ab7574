"""How a difference ends: the operator takes over what the partner shows, the sandbox forgot, or it is read again."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.services.comparison import NO_GUILD
from bot.services.differences import AGAIN
from bot.store import cards as store_cards
from bot.store import freezes, guilds
from bot.store.cards import Card, of_row
from bot.store.tables import audit
from bot.store.tables import cards as table
from bot.store.tables import purchases as orders
from tests.services.conftest import (
    ALICE,
    GUILD,
    LIVE,
    OPERATORS,
    OTHER_PACK,
    PACK,
    SETTLED,
    World,
    on_sqlite,
    refused,
)
from tests.services.test_doubts import doubtful
from tests.services.test_sweep import LONG_AGO, MODERATORS, frozen, settled_card, sweep, told

if TYPE_CHECKING:
    from sandbox.engine import Pull

pytestmark = pytest.mark.usefixtures("no_sweep")
OPERATOR = 1
SANDBOX = pytest.mark.parametrize("overrides", [{"operator_channel": OPERATORS}])


@pytest.fixture
def overrides() -> dict[str, Any]:
    return LIVE


async def held(world: World, who: int = ALICE) -> list[Card]:
    """Every card of a member, as our records have it."""
    mine = select(table).where(table.c.user_id == await world.user_id(who)).order_by(table.c.id)
    async with world.app.store.read() as conn:
        return [of_row(row) for row in await conn.execute(mine)]


async def appears(world: World, slug: str = PACK) -> Pull:
    """An item that is nobody's."""
    pull = world.partner.engine.init(world.pack_id(slug), 1, await world.user_id()).pulls[0]
    await asyncio.sleep(60)
    return pull


def vanishes(world: World, card: Card) -> Pull:
    pulls = world.partner.engine.pulls
    lost = next(pull for pull in pulls if pull.card.id == card.item_id)
    pulls.remove(lost)
    return lost


async def stopped(world: World) -> bool:
    return any(one.lifted_at is None for one in await frozen(world))


async def test_the_operator_takes_over_what_the_partner_shows_and_it_stays_so(world: World):
    made = await settled_card(world)
    lost, kept = await world.cards(made)
    vanishes(world, lost)
    pull = await appears(world, OTHER_PACK)
    await sweep(world)
    assert await refused(world.offer()) == "frozen"
    taken = await world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE)
    assert ([card.id for card in taken.gone], [item.id for item in taken.new]) == ([lost.id], [pull.card.id])
    assert taken.left_out is False
    _, _, new = await held(world)
    assert {card.id: card.state for card in await held(world)} == {
        lost.id: CardState.GONE,
        kept.id: CardState.HELD,
        new.id: CardState.HELD,
    }
    assert (new.item_id, new.purchase_id, new.guild_id, new.discord_id) == (pull.card.id, None, NO_GUILD, ALICE)
    assert new.purchased_at == pull.purchased_at
    for _ in range(2):
        await sweep(world)
        assert not await stopped(world)
    assert len(await held(world)) == 3
    assert (await world.sell(new)).sale.state is SaleState.SOLD
    async with world.app.store.read() as conn:
        (line,) = await conn.execute(select(audit).where(audit.c.action == "difference taken over"))
    assert (line.actor, line.subject) == (OPERATOR, await world.user_id())
    assert json.loads(line.detail) == {"gone": [[lost.id, lost.item_id]], "new": [pull.card.id]}


@on_sqlite
@pytest.mark.logs_errors  # the breaker says that the partner fails
async def test_nothing_is_taken_over_while_the_partner_cannot_be_read(world: World):
    made = await settled_card(world)
    vanishes(world, (await world.cards(made))[0])
    await sweep(world)
    world.faults.add("inventory", "500", times=None)
    assert await refused(world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE)) == "partner_unread"
    assert [card.state for card in await held(world)] == [CardState.HELD] * 2
    assert await stopped(world)


@on_sqlite
async def test_one_look_is_not_enough_to_take_over(world: World):
    made = await settled_card(world)
    lost, _ = await world.cards(made)
    pull = vanishes(world, lost)
    await sweep(world)
    taking = asyncio.create_task(world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE))
    await asyncio.sleep(AGAIN / 2)
    world.partner.engine.pulls.append(pull)
    taken = await taking
    assert (taken.gone, taken.new) == ((), ())
    assert [card.state for card in await held(world)] == [CardState.HELD] * 2
    assert not await stopped(world)


@on_sqlite
async def test_a_card_that_is_being_sold_meanwhile_is_left_to_the_sale(world: World):
    """Between the second look and its conclusion."""
    made = await settled_card(world)
    card, kept = await world.cards(made)
    vanishes(world, card)
    await sweep(world)
    run = world.app.store.run

    async def meanwhile(work: Any) -> Any:
        world.app.store.run = run
        await run(lambda conn: store_cards.step(conn, card, CardState.SUBMITTING))
        return await run(work)

    taking = asyncio.create_task(world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE))
    await asyncio.sleep(AGAIN - 1)
    world.app.store.run = meanwhile
    taken = await taking
    assert (taken.gone, taken.left_out) == ((), True)
    states = {one.id: one.state for one in await held(world)}
    assert states == {card.id: CardState.SUBMITTING, kept.id: CardState.HELD}


async def test_of_two_operators_one_takes_over(world: World):
    await settled_card(world)
    await appears(world)
    await sweep(world)
    done = await asyncio.gather(
        *(world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE) for _ in range(2)), return_exceptions=True
    )
    assert sorted(isinstance(one, Exception) for one in done) == [False, True]
    assert len(await held(world)) == 3


@on_sqlite
async def test_who_is_not_linked_any_more_is_only_let_go(world: World):
    async def stop(conn: Any) -> None:
        await freezes.add(conn, scope="member:42", action="buy", cause="sweep", reason="x", now=world.clock.now())

    await world.app.store.run(stop)
    taken = await world.app.pauses.unpause_member(OPERATOR, GUILD, 42)
    assert (taken.gone, taken.new) == ((), ())
    assert not await stopped(world)
    assert await refused(world.app.pauses.unpause_member(OPERATOR, GUILD, 42)) == "not_swept_frozen"


@SANDBOX
async def test_what_the_sandbox_forgot_is_gone_whatever_else_is_there(world: World):
    old = await settled_card(world)
    world.partner.engine.pulls.clear()
    new = await world.ended(await world.order(), LONG_AGO)
    await sweep(world)
    assert [card.state for card in await world.cards(old)] == [CardState.GONE] * 2
    assert [card.state for card in await world.cards(new)] == [CardState.HELD]
    assert await frozen(world) == []
    await appears(world)
    vanishes(world, (await world.cards(new))[0])
    await sweep(world)
    assert [card.state for card in await world.cards(new)] == [CardState.GONE]
    assert await stopped(world), "an item that is nobody's isn't forgotten"
    assert "Only we have: no card" in (await told(world))[-1]


@SANDBOX
async def test_who_was_stopped_by_what_the_sandbox_forgets_is_let_go(world: World):
    old = await settled_card(world)
    await appears(world)
    await sweep(world)
    assert await stopped(world)
    world.partner.forget()
    await sweep(world)
    assert [card.state for card in await world.cards(old)] == [CardState.GONE] * 2
    assert not await stopped(world)


@on_sqlite
async def test_silence_about_a_busy_pack_lets_nobody_go(world: World):
    """An order that wasn't carried out is looked for again: then its pack is left out, and with it the difference."""
    nothing = await world.ended(await doubtful(world, executed=False), SETTLED)
    assert nothing.state is State.NOT_EXECUTED
    mine = update(orders).where(orders.c.id == nothing.id)
    look_at = nothing.look_at
    await world.app.store.run(lambda conn: conn.execute(mine.values(look_at=None)))
    await appears(world)
    await sweep(world)
    assert await stopped(world)
    await world.app.store.run(lambda conn: conn.execute(mine.values(look_at=look_at)))
    await sweep(world)
    assert await stopped(world)


@on_sqlite
async def test_the_servers_channel_does_not_hear_which_cards(world: World):
    """They may be another server's, whose channel this isn't."""
    await world.app.store.run(lambda conn: guilds.put_audit_channel(conn, GUILD, MODERATORS))
    made = await settled_card(world)
    card, _ = await world.cards(made)
    vanishes(world, card)
    pull = await appears(world)
    await sweep(world)
    (server,), (operators,) = await told(world, MODERATORS), await told(world)
    for part in (card.item_id, pull.card.id, await world.user_id()):
        assert part in operators.replace("\\", "")
        assert part not in server.replace("\\", "")
    assert f"<@{ALICE}>" in server
    assert "can't buy or sell" in server


def undated(world: World) -> None:
    """The partner doesn't say any more when an item was pulled."""
    read = world.app.reads.inventory

    async def reading(asked: str) -> Any:
        inventory = await read(asked)
        return replace(inventory, items=tuple(replace(item, purchased_at=None) for item in inventory.items))

    world.app.reads.inventory = reading


@on_sqlite
async def test_an_item_without_a_date_is_taken_over_too(world: World):
    await settled_card(world)
    pull = await appears(world, OTHER_PACK)
    undated(world)
    await sweep(world)
    taken = await world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE)
    assert [item.id for item in taken.new] == [pull.card.id]
    await sweep(world)
    assert not await stopped(world)
