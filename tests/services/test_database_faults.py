"""The database goes away, fills up, or is locked in the middle of things: nothing twice, nothing lost, no wrong no."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.purchase import BOUGHT_NOTHING, State
from bot.domain.sale import CardState, SaleState
from bot.errors import Refusal
from bot.store.engine import StoreDownError
from tests import postgres
from tests.conftest import _admin, run
from tests.services.conftest import ALICE, GUILD, SETTLED, World, on_postgres, on_sqlite
from tests.services.losing import Points, database, kill, outage, storm
from tests.services.test_crash import MANY, SLUG, check_purchase

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable
    from pathlib import Path

    from bot.services.sales import SaleView
    from bot.store.cards import Card

pytestmark = pytest.mark.logs_errors
STRAIGHT = ["RESERVED", "SUBMITTING", "ACCEPTED", "DELIVERED"]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL of its own, whose commits outlast a crash of the server."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    url: str = request.getfixturevalue("new_pg_url")
    sockets = request.getfixturevalue("pg_cluster")
    run(_admin(sockets, f"ALTER DATABASE {database(url)} SET synchronous_commit = on"))
    return url


async def check_all(world: World, people: Iterable[int]) -> list[str]:
    """How their purchases ended, which is what the partner's books say; and nobody ever read a wrong no."""
    ends: list[str] = []
    for who in people:
        ends.append(await check_purchase(world, who))
        for made in await world.app.cards.recent(who):
            states = await world.states(made)
            if made.state is State.DELIVERED:
                assert not set(states) & set(BOUGHT_NOTHING), states
            await world.offer(who, SLUG)  # the lane is free
    return ends


@pytest.fixture
def points(world: World, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, after: bool) -> Points:
    strike = (
        (lambda: None) if world.app.store.is_sqlite else partial(kill, world, request.getfixturevalue("pg_cluster"))
    )
    made = Points(after=after, strike=strike)
    made.watch(monkeypatch)
    return made


@pytest.mark.parametrize("after", [False, True])
async def test_a_purchase_loses_the_database_at_each_point(world: World, points: Points, after: bool):
    world.partner.engine.reserve = False
    people = range(1000, 1000 + MANY)
    for number, who in enumerate(people):
        offer = await world.offer(who, SLUG, 2)
        came, result = await points.suffer(number, world.confirm(offer))
        assert not isinstance(result, BaseException) or isinstance(result, StoreDownError)
        if not came:
            break
    else:
        pytest.fail("it has more points than were tried")
    assert number > 12
    await asyncio.sleep(SETTLED)
    people = people[: number + 1]
    ends = await check_all(world, people)
    assert ends[-1] == State.DELIVERED
    assert set(ends) <= {"nothing", State.CANCELLED, State.NOT_EXECUTED, State.DELIVERED}
    assert ends.count(State.DELIVERED) >= number - 4
    for who in people:
        for made in await world.app.cards.recent(who):
            if made.state is State.DELIVERED:
                assert await world.states(made) == STRAIGHT, "its session was not lost"


@pytest.mark.parametrize("after", [False, True])
async def test_a_sale_loses_the_database_at_each_point(world: World, points: Points, after: bool):
    cards: list[Card] = []
    for number in range(MANY):
        who = 1000 + number
        cards.append(await world.card(who, SLUG))
        price = await world.price(cards[-1], who)
        sale = world.app.sales.sell(cards[-1].id, who, GUILD, price, world.reply(private=True))
        came, result = await points.suffer(number, sale)
        assert not isinstance(result, BaseException) or isinstance(result, StoreDownError)
        if not came:
            break
    else:
        pytest.fail("it has more points than were tried")
    assert len(cards) > 4
    await asyncio.sleep(SETTLED)
    ends = [await world.app.cards.card(card.id) for card in cards]
    assert {end.state for end in ends} <= {CardState.HELD, CardState.SOLD}
    assert ends[-1].state is CardState.SOLD
    sold = {end.user_id: end.sold_for for end in ends if end.state is CardState.SOLD}
    assert sold == {one.user_id: one.amount_cents for one in world.ledger.sales}, "with the amount that was paid"
    assert len(sold) == len(world.ledger.sales) == world.ledger.count("buyback")


@on_postgres
@pytest.mark.parametrize("after", [False, True])
async def test_the_server_crashes_at_each_point(
    world: World, monkeypatch: pytest.MonkeyPatch, pg_cluster: Path, after: bool
):
    """While three others are at it too."""
    world.partner.engine.reserve = False
    points = Points(after=after, strike=partial(postgres.restart, pg_cluster))
    points.watch(monkeypatch)
    used: list[int] = []
    for number in range(0, MANY, 3):
        people = [1000 + len(used) + more for more in range(4)]
        used += people
        offers = [await world.offer(who, SLUG, 2) for who in people]
        presses = [asyncio.create_task(world.confirm(offer)) for offer in offers[1:]]
        came, _ = await points.suffer(number, world.confirm(offers[0]))
        results = await asyncio.gather(*presses, return_exceptions=True)
        assert all(isinstance(r, StoreDownError) for r in results if isinstance(r, BaseException))
        if not came:
            break
    else:
        pytest.fail("it has more points than were tried")
    await asyncio.sleep(SETTLED)
    ends = await check_all(world, used)
    assert ends.count(State.DELIVERED) > len(used) / 2


@on_postgres
async def test_connections_end_all_the_time(world: World, pg_cluster: Path):
    world.partner.engine.reserve = False
    people = range(1000, 1040)
    offers = [await world.offer(who, SLUG, 2) for who in people]
    with storm(database(world.values["database_url"]), pg_cluster) as struck:
        results = await asyncio.gather(*map(world.confirm, offers), return_exceptions=True)
        assert all(isinstance(r, StoreDownError) for r in results if isinstance(r, BaseException))
        await asyncio.sleep(30)
    assert struck[0] > 3
    await asyncio.sleep(SETTLED)
    ends = await check_all(world, people)
    assert ends.count(State.DELIVERED) > 3


@pytest.fixture
async def writer(world: World) -> Any:
    """Says something to the connection that writes."""

    async def say(statement: str) -> None:
        async with world.app.store.writer.connect() as conn:
            driver: Any = (await conn.get_raw_connection()).driver_connection
            await driver.execute(statement)  # outside of any transaction

    return say


@asynccontextmanager
async def full(world: World, say: Any) -> AsyncGenerator[None]:
    await say("PRAGMA max_page_count = 1")  # no more than there are
    yield
    await say("PRAGMA max_page_count = 1000000")


@asynccontextmanager
async def read_only(world: World, say: Any) -> AsyncGenerator[None]:
    await say("PRAGMA query_only = ON")
    yield
    await say("PRAGMA query_only = OFF")


@asynccontextmanager
async def busy(world: World, say: Any) -> AsyncGenerator[None]:
    """Somebody else is writing, for longer than is waited for."""
    await say("PRAGMA busy_timeout = 10")
    path = world.app.settings.database.partition(":///")[2]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@asynccontextmanager
async def away(world: World, say: Any) -> AsyncGenerator[None]:
    with outage(say):
        yield


async def suffer_all(world: World, fault: Any) -> None:
    """It lasts two minutes, and begins while the partner is at two orders and a sale, and one order is polled."""
    card, offers = await world.card(), [await world.offer(who, SLUG, 2) for who in range(1000, 1004)]
    price = await world.price(card)
    polled = await world.confirm(offers[2])
    await asyncio.sleep(1)
    for route in ("init", "init", "buyback"):
        world.faults.add(route, "slow", after=True, seconds=5)
    made = [await world.confirm(offer) for offer in offers[:2]] + [polled]
    sale = await world.app.sales.sell(card.id, ALICE, GUILD, price, world.reply(private=True))
    await asyncio.sleep(1)
    assert [(await world.purchase(one)).state for one in made] == [State.SUBMITTING] * 2 + [State.ACCEPTED]
    async with fault:
        presses = [world.price(card), world.confirm(offers[3]), *(world.offer(who, SLUG) for who in range(2000, 2030))]
        results = await asyncio.gather(*presses, return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        assert {type(failure) for failure in failures} <= {StoreDownError, Refusal}
        assert len(failures) > 10  # the free space of a full disk is enough for some
        await asyncio.sleep(120)
    await asyncio.sleep(SETTLED)
    for one in made:
        assert await world.states(one) == STRAIGHT
    view: SaleView = await world.app.sales.view(sale.id)
    assert (view.sale.state, view.sale.amount) == (SaleState.SOLD, world.ledger.sales[0].amount_cents)
    ends = await check_all(world, range(1000, 1004))
    assert ends[:3] == [State.DELIVERED] * 3
    assert world.ledger.count("init") == 4 + (ends[3] == State.DELIVERED)
    assert (await world.ended(await world.order(1004, SLUG))).state is State.DELIVERED


@on_sqlite
@pytest.mark.parametrize("fault", [full, read_only, busy])
async def test_a_file_that_cannot_be_written(world: World, writer: Any, fault: Any):
    await suffer_all(world, fault(world, writer))


@on_postgres
async def test_a_server_that_is_down(world: World, pg_cluster: Path):
    await suffer_all(world, away(world, pg_cluster))
