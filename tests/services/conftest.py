"""The whole bot but Discord over the local Partner API, in virtual time, on both databases."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import time
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from sqlalchemy import select

from bot.app import App
from bot.domain.purchase import State
from bot.domain.sale import SaleState
from bot.errors import Refusal
from bot.services.place import Place, Reply
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.tables import lanes, purchase_events, purchases, sales
from sandbox import Sandbox
from tests.virtual import VirtualClock, VirtualLoop, hold_time_during_transactions, keep_engines

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
    from pathlib import Path

    import httpx2
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.services.opening import Offer
    from bot.services.sales import SaleView
    from bot.store.cards import Card
    from bot.store.purchases import Purchase

T = TypeVar("T")

ALICE, BOB = 101, 102
GUILD, CHANNEL = 11, 12
PLACE = Place(GUILD, CHANNEL, age_restricted=False)
PACK, OTHER_PACK = "sandlot-starter", "hardwood-rookies"
OPERATORS = 77
LIVE: dict[str, Any] = {
    "operator_channel": OPERATORS,
    "partner_api_key": "live-key",
    "live_purchases": "on",
    "guild_ids": str(GUILD),
    "daily_spend_limit": "1000000",
    "age_restricted": False,
}
"""Not the sandbox, which forgets cards by itself."""
SETTLED = 40 * 60
"""Seconds after which every doubt has ended, one way or the other: settle time, and two looks."""
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tables of cases whose every step is tried on both databases elsewhere."""
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
"""For what only several processes can do to one another."""
HOLDS_LANE = {State.SUBMITTING, State.IN_DOUBT, State.REVIEW, SaleState.SUBMITTING, SaleState.IN_DOUBT}


def pytest_asyncio_loop_factories() -> dict[str, Any]:
    return {"virtual": VirtualLoop}


class World:
    """A partner, and a bot that can be started anew on the same database."""

    def __init__(self, partner: Sandbox, clock: VirtualClock, values: dict[str, Any]) -> None:
        self.partner, self.clock, self.values = partner, clock, values
        self.faults, self.ledger = partner.faults, partner.ledger
        self._messages = itertools.count(1000)
        self.app = self.build()

    def build(self, transport: httpx2.AsyncBaseTransport | None = None, **values: Any) -> App:
        settings = Settings(_env_file=None, **{**self.values, **values})
        return App(settings, clock=self.clock, transport=transport or self.partner.transport(), sync="OFF")

    async def start(self, app: App | None = None) -> None:
        self.app = app or self.app
        await self.app.start()
        await self.app.resume()

    async def restart(self, transport: httpx2.AsyncBaseTransport | None = None, **values: Any) -> None:
        """The process ends where it stands, and another begins."""
        await self.app.close()
        await self.start(self.build(transport, **values))

    def pack_id(self, slug: str = PACK) -> str:
        return self.partner.packs[slug].id

    def reply(self, *, private: bool = False) -> Reply:
        return Reply(CHANNEL, next(self._messages), "token", self.clock.now() + 900_000, private)

    async def user_id(self, who: int = ALICE) -> str:
        account = await self.app.accounts.of(who)
        assert account is not None
        return account.user_id

    async def offer(self, who: int = ALICE, slug: str = PACK, amount: int = 1, place: Place = PLACE) -> Offer:
        await self.app.accounts.accept(who)
        return await self.app.opening.offer(who, place, self.pack_id(slug), amount, private=False)

    async def confirm(self, offer: Offer) -> Purchase:
        asked = offer.confirmation
        return await self.app.opening.confirm(asked.id, asked.discord_id, self.reply())

    async def order(self, who: int = ALICE, slug: str = PACK, amount: int = 1) -> Purchase:
        return await self.confirm(await self.offer(who, slug, amount))

    async def purchase(self, purchase: Purchase) -> Purchase:
        return (await self.app.cards.pull(purchase.id)).purchase

    async def cards(self, purchase: Purchase) -> tuple[Card, ...]:
        return (await self.app.cards.pull(purchase.id)).cards

    async def ended(self, purchase: Purchase, seconds: float = 60) -> Purchase:
        """How it stands after that time."""
        await asyncio.sleep(seconds)
        return await self.purchase(purchase)

    async def states(self, purchase: Purchase) -> list[str]:
        """The way that it took."""
        return [row.to_state for row in await self.events(purchase) if row.to_state]

    async def notes(self, purchase: Purchase) -> str:
        return "\n".join(row.detail for row in await self.events(purchase))

    async def events(self, purchase: Purchase) -> Sequence[Any]:
        mine = select(purchase_events).where(purchase_events.c.purchase_id == purchase.id)
        async with self.app.store.read() as conn:
            rows = (await conn.execute(mine.order_by(purchase_events.c.happened_at))).all()
        # Steps of the same millisecond in the order in which they hang together.
        ordered, before = [], None
        left = list(rows)
        while left:
            row = next((r for r in left if r.to_state and r.from_state == before), left[0])
            left.remove(row)
            ordered.append(row)
            before = row.to_state or before
        return ordered

    async def card(self, who: int = ALICE, slug: str = PACK) -> Card:
        """A card that was just pulled."""
        made = await self.ended(await self.order(who, slug))
        return (await self.cards(made))[0]

    async def price(self, card: Card, who: int = ALICE) -> int:
        return (await self.app.offers.quote(card.id, who, GUILD)).price

    async def sell(self, card: Card, who: int = ALICE, quoted: int | None = None) -> SaleView:
        """Confirms a sale, and how it stands a second later."""
        price = await self.price(card, who) if quoted is None else quoted
        sale = await self.app.sales.sell(card.id, who, GUILD, price, self.reply(private=True))
        await asyncio.sleep(1)
        return await self.app.sales.view(sale.id)

    async def check(self) -> None:
        """What holds always: an order each at most, and lanes held by exactly those whose outcome isn't known."""
        store = Store.open(self.app.settings.database, sync="OFF")
        async with store.read() as conn:
            rows = (await conn.execute(select(purchases))).all()
            sold = (await conn.execute(select(sales))).all()
            held = (await conn.execute(select(lanes))).all()
        await store.close()
        assert self.ledger.count("init") <= sum(row.sends for row in rows)
        assert self.ledger.count("buyback") <= len(sold)
        unknown = [row.id for row in (*rows, *sold) if row.state in HOLDS_LANE]
        assert sorted(unknown) == sorted(lane.purchase_id or lane.sale_id for lane in held)


async def refusal(work: Coroutine[Any, Any, Any]) -> Refusal:
    """The refusal that it ends with."""
    with pytest.raises(Refusal) as caught:
        await work
    return caught.value


async def refused(work: Coroutine[Any, Any, Any]) -> str:
    """Its name."""
    return (await refusal(work)).name


async def both(*work: Coroutine[Any, Any, Any]) -> tuple[list[Any], list[str]]:
    """All of it at once: what went well, and the names of the refusals."""
    results = await asyncio.gather(*work, return_exceptions=True)
    well: list[Any] = []
    names: list[str] = []
    for result in results:
        if isinstance(result, Refusal):
            names.append(result.name)
        elif isinstance(result, BaseException):
            raise result
        else:
            well.append(result)
    return well, names


async def meeting(
    world: World, change: Callable[[AsyncConnection], Awaitable[Any]], attempt: Coroutine[Any, Any, T]
) -> T:
    """What `attempt` comes to when it meets a transaction that has made `change`, and commits only then."""
    async with world.app.store.write() as conn:
        await change(conn)
        trying = asyncio.create_task(attempt)
        # Really: PostgreSQL has to come as far as to wait for the row.
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.1)
        assert not trying.done()
    return await trying


@pytest.fixture
def temperament() -> str:
    """The partner's; parametrize a test to have another."""
    return "production"


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Settings that differ; parametrize a test to have some."""
    return {}


@pytest.fixture
def no_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """For more doubts at once than a partner may cause that is well."""
    monkeypatch.setattr("bot.services.breaker.DOUBTS", 1_000)
    monkeypatch.setattr("bot.services.breaker.ENOUGH_CALLS", 100_000)


@pytest.fixture
def no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """For counting what else reads inventories."""
    monkeypatch.setattr("bot.jobs.sweeping.FIRST", 1e9)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("services") / "t.db"


@pytest.fixture
def sqlite_url(sqlite_template: Path, sqlite_file: Path) -> str:
    """Always at the same place, for `keep_engines`."""
    for old in sqlite_file.parent.iterdir():
        old.unlink()
    shutil.copy(sqlite_template, sqlite_file)
    return f"sqlite+aiosqlite:///{sqlite_file}"


async def already_migrated(_store: Store) -> None:
    """Both databases are copies of one that is; to look takes Alembic 25 ms, at each start of a bot."""


@pytest.fixture
async def world(
    database_url: str,
    tmp_path: Path,
    temperament: Any,
    overrides: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[World]:
    hold_time_during_transactions(monkeypatch)
    keep_engines(monkeypatch)
    monkeypatch.setattr("bot.app.upgrade", already_migrated)
    monkeypatch.setattr("bot.services.presence.BEATS", 1 / 60)  # days pass here in which nothing else happens
    clock = VirtualClock()
    values = {
        "discord_token": "a-token",
        "partner_api_key": "sandbox-key",
        "database_url": database_url,
        "data_dir": tmp_path,
        **overrides,
    }
    made = World(Sandbox(temperament=temperament, clock=clock), clock, values)
    await made.start()
    yield made
    await made.app.close()
    await made.check()


@pytest.fixture
async def other(world: World) -> AsyncGenerator[App]:
    """A second process on the same database, from the start."""
    made = world.build()
    await made.start()
    await made.resume()
    yield made
    await made.close()
