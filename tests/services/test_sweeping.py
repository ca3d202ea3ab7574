"""How the sweep goes round: whom it looks at, at what pace, in which process, and when it is finished."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sqlalchemy import update

from bot.domain.purchase import State
from bot.partner.errors import ForbiddenError
from bot.services.differences import AGAIN
from bot.store import accounts
from bot.store.accounts import Account
from bot.store.tables import processes
from tests.services.conftest import ALICE, BOB, OPERATORS, World, on_postgres, on_sqlite
from tests.services.test_sweep import LONG_AGO, frozen, settled_card, sweep, told

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.app import App

pytestmark = pytest.mark.usefixtures("no_sweep")


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"operator_channel": OPERATORS}


async def test_it_is_not_finished_before_everybody_could_be_read(world: World):
    for who in range(1, 15):
        await world.order(who)
    await asyncio.sleep(LONG_AGO)
    world.faults.add("inventory", "html_403", times=None)
    reads = world.ledger.count("inventory")
    sweeping = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(30)
    assert 10 <= world.ledger.count("inventory") - reads <= 18, "a partner that is down isn't asked for everybody"
    await asyncio.sleep(300)
    assert await world.app.meta.get("swept_at") is None
    world.faults.clear()
    assert await sweeping
    assert await world.app.meta.get("swept_at") is not None
    assert await frozen(world) == []


async def test_one_who_can_never_be_read_holds_up_no_other(world: World):
    await settled_card(world, ALICE)
    await settled_card(world, BOB)
    stuck = await world.user_id(ALICE)
    read = world.app.reads.inventory

    async def reading(user_id: str) -> Any:
        if user_id == stuck:
            raise ForbiddenError("inventory: status 403")
        return await read(user_id)

    world.app.reads.inventory = reading
    world.partner.engine.init(world.pack_id(), 1, await world.user_id(BOB))
    await asyncio.sleep(60)
    began = world.clock.now()
    await sweep(world)
    assert 3600 <= (world.clock.now() - began) / 1000 <= 3700
    assert {f.scope for f in await frozen(world)} == {f"member:{ALICE}", f"member:{BOB}"}
    assert await world.app.meta.get("swept_at") == str(began)


async def test_members_of_the_last_thirty_days_and_holders_of_cards(world: World):
    await settled_card(world, ALICE)
    gone = await settled_card(world, BOB)
    for card in await world.cards(gone):
        await world.sell(card, BOB)
    await asyncio.sleep(LONG_AGO)
    reads = world.ledger.count("inventory")
    await sweep(world)
    assert world.ledger.count("inventory") - reads == 2
    await asyncio.sleep(31 * 86_400)
    await sweep(world)
    assert world.ledger.count("inventory") - reads == 3


class Counting(httpx2.AsyncBaseTransport):
    """How many inventories are being read at once."""

    def __init__(self, world: World) -> None:
        self.inner, self.clock, self.now, self.most = world.partner.transport(), world.clock, 0, 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if "/inventory/" not in str(request.url):
            return await self.inner.handle_async_request(request)
        self.now += 1
        self.most = max(self.most, self.now)
        await self.clock.sleep(0.5)
        self.now -= 1
        return await self.inner.handle_async_request(request)


@on_sqlite
async def test_many_members_do_not_hold_up_a_person(world: World):
    transport = Counting(world)
    await world.restart(transport)

    async def enrol(conn: AsyncConnection) -> None:
        for who in range(1_000, 1_400):
            await accounts.add(conn, Account(who, f"member-{who}", "generated", world.clock.now(), None))

    await world.app.store.run(enrol)
    sweeping = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(5)
    began = world.clock.now()
    await world.offer()
    assert world.clock.now() - began < 500
    assert (await world.ended(await world.order(), 30)).state is State.DELIVERED
    await sweeping
    assert transport.most <= 8 + 2, "eight, and the delivery's own"
    assert await frozen(world) == []


@on_postgres
async def test_one_of_two_bots_sweeps(world: World):
    await settled_card(world)
    other = await second(world)
    world.partner.engine.init(world.pack_id(), 1, await world.user_id())
    await asyncio.sleep(60)
    assert sorted(await asyncio.gather(world.app.sweep.once(), other.sweep.once())) == [False, True]
    assert (len(await frozen(world)), len(await told(world))) == (2, 1)
    await other.close()


@on_postgres
async def test_who_lost_the_duty_writes_nothing(world: World):
    await settled_card(world)
    other = await second(world)
    world.partner.engine.init(world.pack_id(), 1, await world.user_id())
    await asyncio.sleep(60)
    sweeping = asyncio.create_task(world.app.sweep.once())
    await asyncio.sleep(AGAIN / 2)
    ended = update(processes).where(processes.c.id == world.app.presence.worker).values(alive_until=-1)
    await other.store.run(lambda conn: conn.execute(ended))
    taking = asyncio.create_task(other.sweep.once())
    assert not await sweeping
    assert await frozen(world) == []
    assert await world.app.meta.get("swept_at") is None
    assert await taking
    assert (len(await frozen(world)), len(await told(world))) == (2, 1)
    await other.close()


async def second(world: World) -> App:
    other = world.build()
    await other.start()
    await other.resume()
    return other


@pytest.mark.logs_errors
async def test_it_goes_round_after_the_start_and_every_hour(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.jobs.sweeping.FIRST", 10)
    await settled_card(world)
    await world.restart()
    marks = [await world.app.meta.get("swept_at")]
    for seconds in (15, 1800, 1800, 3600):
        await asyncio.sleep(seconds)
        marks.append(await world.app.meta.get("swept_at"))
    assert [mark is None for mark in marks] == [True, False, False, False, False]
    assert len(set(marks)) == 4, marks
    once = world.app.sweep.once
    failures = 0

    async def failing() -> bool:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise RuntimeError("a bug")
        return await once()

    world.app.sweep.once = failing
    await asyncio.sleep(3700)
    assert await world.app.meta.get("swept_at") not in marks
