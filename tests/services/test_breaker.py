"""The partner failing stops buying for everybody, once; its answering lets it go on. Nothing else is held up."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.domain.clock import HOUR, MINUTE
from bot.domain.purchase import State
from bot.domain.sale import SaleState
from bot.partner.errors import PartnerError
from bot.services.breaker import SHORTEST
from bot.store import freezes
from bot.store.engine import StoreDownError
from bot.store.freezes import Freeze
from bot.store.rows import value
from bot.store.tables import freezes as table
from bot.store.tables import messages, processes
from bot.texts import say
from tests.services.conftest import (
    ALICE,
    BOB,
    GUILD,
    OPERATORS,
    OTHER_PACK,
    SETTLED,
    World,
    on_postgres,
    on_sqlite,
    refused,
)
from tests.services.test_doubts import doubtful

if TYPE_CHECKING:
    from bot.app import App


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"operator_channel": OPERATORS}


async def made(world: World) -> list[Freeze]:
    """The breaker's freezes, the newest at the end."""
    async with world.app.store.read() as conn:
        rows = await conn.execute(select(table).where(table.c.cause == "breaker").order_by(table.c.id))
    return [value(Freeze, row) for row in rows]


async def told(world: World) -> list[str]:
    """What the operators read, oldest first."""
    mine = select(messages).where(messages.c.post.is_not(None), messages.c.channel_id == OPERATORS)
    async with world.app.store.read() as conn:
        posts = [json.loads(row.post) for row in await conn.execute(mine.order_by(messages.c.id))]
    return [say(f"post.{post['name']}", **post["values"]) for post in posts]


async def calls(world: World, times: int, kind: Any = "500", app: App | None = None, **options: Any) -> None:
    """So many calls that go wrong, and then none."""
    world.faults.add("available", kind, times=times, **options)
    await asyncio.gather(*(_look(app or world.app) for _ in range(times)))
    await asyncio.sleep(1)


async def _look(app: App) -> None:
    with suppress(PartnerError):
        await app.orders.look()


@pytest.mark.parametrize(
    "kind", ["500", "504", "html_403", "401", "hang", "reset", "connect_error", "bad_json", "redirect"]
)
@on_sqlite
async def test_what_counts_as_failing(world: World, kind: str):
    offer = await world.offer()
    await asyncio.sleep(61)
    await calls(world, 9, kind)
    assert await made(world) == []
    await calls(world, 1, kind)
    (freeze,) = await made(world)
    assert (freeze.scope, freeze.action, freeze.ends_at, freeze.lifted_at) == ("bot", "buy", None, None)
    assert await refused(world.confirm(offer)) == "breaker"
    assert await refused(world.offer(BOB, OTHER_PACK)) == "breaker"
    assert world.ledger.count("init") == 0


@pytest.mark.parametrize("kind", ["refuse", "429", "wrong_types"])
@on_sqlite
async def test_what_the_partner_itself_says_does_not(world: World, kind: str):
    await calls(world, 30, kind)
    assert await made(world) == []


@on_sqlite
async def test_what_fails_for_one_person_stops_nobody(world: World):
    card = await world.card()
    await asyncio.sleep(61)
    world.faults.add("inventory", "500", times=None)
    for _ in range(5):
        assert await refused(world.price(card)) == "partner_down"
    assert world.ledger.count("inventory") >= 15
    await asyncio.sleep(1)
    await world.offer(BOB)
    assert await made(world) == []


@on_sqlite
async def test_a_call_that_was_cancelled_here_is_not_the_partners_failure(world: World):
    world.faults.add("available", "slow", seconds=10, times=None)
    looks = [asyncio.create_task(_look(world.app)) for _ in range(30)]
    await asyncio.sleep(1)
    for look in looks:
        look.cancel()
    await asyncio.gather(*looks, return_exceptions=True)
    await asyncio.sleep(1)
    assert world.ledger.count("available") >= 30
    assert await made(world) == []


@on_sqlite
async def test_half_of_the_calls_of_a_minute(world: World):
    for _ in range(9):
        await calls(world, 1)
        await _look(world.app)
        await _look(world.app)
    assert await made(world) == []
    await asyncio.sleep(61)
    for _ in range(4):
        await calls(world, 1)
        await _look(world.app)
    await calls(world, 1)
    assert await made(world) == [], "5 of 9: too few"
    await _look(world.app)
    await asyncio.sleep(1)
    assert len(await made(world)) == 1


async def test_it_is_written_once_told_once_and_ends_when_the_partner_answers(world: World):
    await calls(world, 40)
    (freeze,) = await made(world)
    (text,) = await told(world)
    assert re.search(r"In the last minute (\d\d) of \1 calls failed; 0 recent orders", text)
    assert await refused(world.offer()) == "breaker"
    assert say("refusal.breaker").startswith("The card partner isn't answering. Nothing was bought.")
    await asyncio.sleep((freeze.made_at + SHORTEST - world.clock.now()) / 1000 - 1)
    assert await refused(world.offer()) == "breaker"
    await asyncio.sleep(40)
    (lifted,) = await made(world)
    assert lifted.lifted_at is not None
    assert lifted.lifted_at >= lifted.made_at + SHORTEST
    assert len(await told(world)) == 2
    assert "answers again" in (await told(world))[1]
    assert (await world.ended(await world.order())).state is State.DELIVERED
    looks = world.ledger.count("available")
    await asyncio.sleep(600)
    assert world.ledger.count("available") == looks, "nobody asks any more"


async def test_it_stays_as_long_as_the_partner_fails(world: World):
    world.partner.down = True
    await calls(world, 10)
    looks = world.ledger.count("available")
    await asyncio.sleep(20 * 60)
    assert 30 <= world.ledger.count("available") - looks <= 55, "a harmless look about each half minute"
    assert await refused(world.offer()) == "breaker"
    assert len(await made(world)) == len(await told(world)) == 1
    world.partner.down = False
    await asyncio.sleep(45)
    assert await refused(world.offer()) == "breaker", "three good looks in a row take longer"
    await asyncio.sleep(75)
    await world.offer()


async def test_five_doubts_within_ten_minutes(world: World):
    for who in range(1, 5):
        await doubtful(world, executed=False, who=who)
        await asyncio.sleep(60)
    assert await made(world) == []
    fifth = await doubtful(world, executed=False, who=5)
    assert len(await made(world)) == 1
    assert "5 recent orders and sales are in doubt" in (await told(world))[0]
    await asyncio.sleep(160)
    assert await refused(world.offer(5)) == "lane_purchase", "buying goes on, but for their own doubt"
    await doubtful(world, executed=False, who=6)
    assert len(await made(world)) == 1, "what was before the end isn't counted again"
    assert (await world.ended(fifth, SETTLED)).state is State.NOT_EXECUTED
    assert world.ledger.count("init") == 6
    assert world.ledger.purchases == []


async def test_sales_count_and_go_on(world: World):
    cards = [await world.card(who) for who in range(1, 7)]
    world.faults.add("buyback", "reset", after=True, times=5)
    for card in cards[:5]:
        assert (await world.sell(card, card.discord_id)).sale.state is SaleState.IN_DOUBT
    assert await refused(world.offer(BOB, OTHER_PACK)) == "breaker"
    assert (await world.sell(cards[5], 6)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == 6


@on_sqlite
async def test_doubts_of_a_restart_are_not_the_partners(world: World):
    world.faults.add("init", "hang", times=8)
    for who in range(1, 9):
        await world.order(who)
    await asyncio.sleep(1)
    await world.restart()
    await asyncio.sleep(1)
    assert [(await world.app.cards.recent(who))[0].state for who in range(1, 9)] == [State.IN_DOUBT] * 8
    assert await made(world) == []
    await doubtful(world, executed=False, who=9)
    assert await made(world) == [], "one is the partner's"


@on_sqlite
async def test_sales_that_a_restart_left_in_doubt_are_not_the_partners_either(world: World):
    cards = [await world.card(who) for who in range(1, 7)]
    world.faults.add("buyback", "hang", times=5)
    for card in cards[:5]:
        assert (await world.sell(card, card.discord_id)).sale.state is SaleState.SUBMITTING
    await world.restart()
    world.faults.add("buyback", "reset")
    assert (await world.sell(cards[5], 6)).sale.state is SaleState.IN_DOUBT
    await asyncio.sleep(1)
    assert await made(world) == []


async def test_an_order_that_was_confirmed_before_is_called_off(world: World):
    offer = await world.offer()
    world.faults.add("available", "slow", seconds=5)
    order = await world.confirm(offer)
    await asyncio.sleep(1)
    await calls(world, 10)
    end = await world.ended(order, 10)
    assert (end.state, end.reason) == (State.CANCELLED, "breaker")
    assert say("outcome.CANCELLED.breaker").startswith("The card partner isn't answering.")
    assert world.ledger.count("init") == 0


async def test_what_was_ordered_before_is_delivered(world: World):
    world.partner.engine.settle = 30
    order = await world.ended(await world.order(), 2)
    assert order.state is State.ACCEPTED
    await calls(world, 10)
    assert (await world.ended(order, 60)).state is State.DELIVERED
    assert len(await made(world)) == 1
    card = (await world.cards(order))[0]
    assert (await world.app.offers.quote(card.id, ALICE, GUILD)).price > 0


async def test_a_restart_keeps_it_and_goes_on_asking(world: World):
    await calls(world, 10)
    await world.restart()
    assert await refused(world.offer()) == "breaker"
    await asyncio.sleep(200)
    assert (await made(world))[0].lifted_at is not None
    assert len(await told(world)) == 2
    await world.offer()


async def test_each_time_within_an_hour_it_takes_twice_as_long(world: World):
    waits: list[int] = []
    for _ in range(3):
        await calls(world, 10)
        await asyncio.sleep(600)
        freeze = (await made(world))[-1]
        assert freeze.lifted_at is not None
        waits.append(round((freeze.lifted_at - freeze.made_at) / MINUTE))
    assert [waits[0] in {2, 3}, waits[1] in {4, 5}, waits[2] in {8, 9}] == [True] * 3, waits
    await asyncio.sleep(HOUR / 1000)
    await calls(world, 10)
    await asyncio.sleep(180)
    assert (await made(world))[-1].lifted_at is not None


@on_sqlite
async def test_the_operator_may_end_it(world: World):
    await calls(world, 10)
    now = world.clock.now()
    await world.app.store.run(lambda conn: freezes.lift(conn, "bot", "breaker", now))
    looks = world.ledger.count("available")
    await calls(world, 9)
    await world.offer()
    assert len(await made(world)) == 1, "what was before isn't counted again"
    await asyncio.sleep(100)
    assert world.ledger.count("available") - looks <= 9 + 1
    assert len(await told(world)) == 1
    await calls(world, 10)
    assert len(await made(world)) == 2


@on_postgres
async def test_two_bots_stop_it_once_and_the_other_goes_on_asking(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.services.presence.BEATS", 3)
    other = world.build()
    await other.start()
    await other.resume()
    async with asyncio.TaskGroup() as group:
        for app in (world.app, other):
            group.create_task(calls(world, 20, app=app))
    assert len(await made(world)) == len(await told(world)) == 1
    looks = world.ledger.count("available")
    await asyncio.sleep(100)
    assert world.ledger.count("available") - looks <= 5, "one of them asks"
    await world.app.close()
    ended = update(processes).where(processes.c.id == world.app.presence.worker).values(alive_until=-1)
    await other.store.run(lambda conn: conn.execute(ended))
    world.app = other
    await asyncio.sleep(200)
    assert (await made(world))[0].lifted_at is not None
    assert len(await told(world)) == 2
    await world.offer()


@on_sqlite
async def test_a_database_that_is_away_costs_seconds(world: World, monkeypatch: pytest.MonkeyPatch):
    async def away(_work: Any) -> None:
        raise StoreDownError("away")

    with monkeypatch.context() as patch:
        patch.setattr(world.app.store, "run", away)
        world.partner.ahead = 40
        await _look(world.app)
        await _look(world.app)
        await calls(world, 20)
    assert (await made(world), await told(world)) == ([], [])
    await asyncio.sleep(5)
    await calls(world, 2)
    assert len(await made(world)) == 1
    await _look(world.app)
    await asyncio.sleep(1)
    assert sorted("differ by 40" in text for text in await told(world)) == [False, True]
