"""Moving from SQLite to PostgreSQL and back: all of it or nothing, and the bot goes on where it was."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.errors import SettingsError
from bot.store import copy, freezes
from bot.store.copy import CopyError, copy_database
from bot.store.engine import Store
from bot.store.lock import FileLock
from bot.store.tables import (
    account_changes,
    duties,
    guilds,
    limits,
    link_offers,
    messages,
    metadata,
    processes,
    purchase_steps,
    used_codes,
)
from tests.services.conftest import BOB, OTHER_PACK, SETTLED, World, on_sqlite

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.purchases import Purchase

pytestmark = on_sqlite
BY_HAND = {
    account_changes: {"id": "c", "discord_id": 1, "user_id": "ü", "change": "linked", "changed_at": 1},
    link_offers: {"id": "l", "discord_id": 1 << 62, "user_id": "u", "nonce": "n", "expires_at": 2},
    used_codes: {"nonce": "n", "used_at": 1, "used_by": 3},
    limits: {"scope": "guild:1", "daily": 10_000_000_00},
    duties: {"name": "another", "worker": "w", "epoch": 1},
    guilds: {"guild_id": 1, "audit_channel_id": None, "moderator_roles": "[1, 2]"},
}
"""Rows of what these services don't write by themselves."""
EMPTY_IN_A_COPY = {"token", "token_until", "worker"}


async def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in it, but what belongs to the database alone."""
    store = Store.open(url, sync="OFF")
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with store.read() as conn:
        for table in set(metadata.sorted_tables) - {processes, duties}:
            kept = [column for column in table.c if column.name not in EMPTY_IN_A_COPY]
            those = map(tuple, await conn.execute(select(*kept)))
            found[table.name] = sorted((row for row in those if row[0] != copy.COPIED_TO), key=repr)
    await store.close()
    return found


async def counts(url: str) -> dict[str, int]:
    store = Store.open(url, sync="OFF")
    async with store.read() as conn:
        found = {
            t.name: (await conn.execute(select(func.count()).select_from(t))).scalar_one()
            for t in metadata.sorted_tables
        }
    await store.close()
    return found


def content(url: str) -> bytes:
    return Path(url.partition(":///")[2]).read_bytes()


async def execute(url: str, statement: Any) -> None:
    store = Store.open(url, sync="OFF")
    async with store.write() as conn:
        await conn.execute(statement)
    await store.close()


@pytest.fixture
async def full(world: World) -> Purchase:
    """A bot that has stopped with something of every kind, among it a purchase and a sale in doubt."""
    card, other = await world.card(), await world.card(slug=OTHER_PACK)
    await world.sell(card)
    world.faults.add("buyback", "reset", after=True)
    assert (await world.sell(other)).sale.state is SaleState.IN_DOUBT
    await world.offer(BOB, OTHER_PACK)
    world.faults.add("init", "reset", after=True)
    made = await world.ended(await world.order(BOB), 1)
    assert made.state is State.IN_DOUBT

    async def by_hand(conn: AsyncConnection) -> None:
        for table, values in BY_HAND.items():
            await conn.execute(insert(table).values(values))
        await freezes.add(conn, scope="guild:1", action="buy", cause="test", reason="“repairs” ✓", now=1)
        await conn.execute(update(messages).values(token="secret-token", token_until=9, worker="w"))

    await world.app.store.run(by_hand)
    await world.app.close()
    await execute(world.app.settings.database, insert(processes).values(id="w", alive_until=1 << 62))
    found = await counts(world.app.settings.database)
    assert [name for name, count in found.items() if not count] == [], "every table has rows"
    return made


@pytest.fixture
def source(world: World) -> str:
    return world.app.settings.database


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """Where no database is yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'copy.db'}"


async def test_there_and_back(full: Purchase, source: str, new_pg_url: str, file_url: str):
    before = await rows(source)
    copied = await copy_database(source, new_pg_url)
    assert {one.table: one.rows for one in copied} == {name: len(those) for name, those in before.items()}
    assert await rows(new_pg_url) == before
    assert [(a.table, a.sum) for a in await copy_database(new_pg_url, file_url)] == [(a.table, a.sum) for a in copied]
    assert await rows(file_url) == before
    for url in (new_pg_url, file_url):
        store = Store.open(url, sync="OFF")
        async with store.read() as conn:
            alive = [
                (await conn.execute(select(func.count()).select_from(t))).scalar_one() for t in (processes, duties)
            ]
            kept = (await conn.execute(select(messages.c.token, messages.c.token_until, messages.c.worker))).all()
        await store.close()
        assert alive == [0, 0]
        assert {tuple(row) for row in kept} == {(None, None, None)}
    assert b"secret-token" in content(source)
    assert b"secret-token" not in content(file_url)


@pytest.mark.parametrize("target", ["postgres", "sqlite"])
async def test_the_bot_goes_on_with_the_copy(
    new_pg_url: str, file_url: str, world: World, full: Purchase, source: str, target: str
):
    url = new_pg_url if target == "postgres" else file_url
    await copy_database(source, url)
    world.values["database_url"] = url
    await world.start(world.build())
    await asyncio.sleep(SETTLED)
    assert (await world.purchase(full)).state is State.DELIVERED
    async with world.app.store.read() as conn:
        states = (await conn.execute(select(metadata.tables["cards"].c.state))).scalars().all()
    assert sorted(states) == [CardState.HELD, CardState.SOLD, CardState.SOLD]
    assert (await world.ended(await world.order(BOB))).state is State.DELIVERED
    assert world.ledger.count("init") == 4


async def test_no_bot_goes_on_with_what_was_copied(
    new_pg_url: str, file_url: str, world: World, full: Purchase, source: str
):
    """It would send the same reserved orders; and the copy, copied on, is not marked."""
    await copy_database(source, new_pg_url)
    await copy_database(new_pg_url, file_url)
    for url in (source, new_pg_url):
        world.values["database_url"] = url
        old = world.build()
        with pytest.raises(SettingsError, match=r"This database was copied to .*: set DATABASE_URL to that one"):
            await old.start()
        await old.close()
    world.values["database_url"] = file_url
    await world.start(world.build())
    assert (await world.ended(full, SETTLED)).state is State.DELIVERED


async def refused(source: str, target: str) -> str:
    with pytest.raises((CopyError, SettingsError)) as caught:
        await copy_database(source, target)
    return str(caught.value)


async def test_no_source(source: str, new_pg_url: str, file_url: str):
    said = f"There is no database at {file_url.partition(':///')[2]}: nothing to copy."
    assert [await refused(file_url, url) for url in (source, new_pg_url, file_url)] == [said] * 3
    assert await refused(file_url, source) == said  # looking for it didn't make it


async def test_onto_itself(full: Purchase, source: str, new_pg_url: str):
    same = source.replace("/t.db", "/../" + Path(source).parent.name + "/t.db")
    said = "That is the database of these settings itself: name another one with --to."
    assert [await refused(source, source), await refused(source, same)] == [said] * 2
    assert await refused(new_pg_url, new_pg_url) == said


async def test_while_a_bot_runs_on_sqlite(full: Purchase, source: str, file_url: str):
    for url in (source, file_url):
        lock = FileLock.beside(url)
        lock.take()
        assert (await refused(source, file_url)).startswith(f"Another bot is running on {url.partition(':///')[2]}")
        lock.leave()
    await copy_database(source, file_url)


async def test_while_a_bot_runs_on_postgresql(full: Purchase, source: str, new_pg_url: str, file_url: str):
    await copy_database(source, new_pg_url)
    await execute(new_pg_url, insert(processes).values(id="dead", alive_until=1))
    await execute(new_pg_url, insert(processes).values(id="alive", alive_until=1 << 62))
    said = "A bot is running on the database that is to be copied: stop it first."
    assert await refused(new_pg_url, file_url) == said
    await execute(new_pg_url, processes.delete().where(processes.c.id == "alive"))
    await copy_database(new_pg_url, file_url)


@pytest.mark.parametrize("target", ["new_pg_url", "file_url"])
async def test_onto_what_is_not_empty(full: Purchase, source: str, target: str, request: pytest.FixtureRequest):
    url = request.getfixturevalue(target)
    await copy_database(source, url)
    before = await rows(url)
    assert await refused(source, url) == (
        "The other database isn't empty (acceptances has rows): name an empty one with --to."
    )
    assert await rows(url) == before


async def test_what_cannot_be_reached(full: Purchase, source: str, tmp_path: Path):
    said = await refused(source, f"postgresql+asyncpg://pullcord@/x?host={tmp_path}")
    assert said.startswith("The database can't be used (")


@pytest.mark.parametrize("target", ["new_pg_url", "file_url"])
@pytest.mark.parametrize("how", ["fails", "cancelled", "differs"])
async def test_an_interrupted_copy_leaves_nothing(
    full: Purchase, source: str, target: str, how: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    url = request.getfixturevalue(target)
    fill, before = copy._fill, await rows(source)

    async def interrupted(old: AsyncConnection, new: AsyncConnection, table: Any) -> None:
        if table.name == "cards":
            if how == "fails":
                raise OSError("no space left on device")
            if how == "cancelled":
                work.cancel()
                await asyncio.sleep(3600)
            await new.execute(update(metadata.tables["purchases"]).values(total=1))
        await fill(old, new, table)

    monkeypatch.setattr(copy, "_fill", interrupted)
    work = asyncio.create_task(copy_database(source, url))
    said = {
        "fails": "Nothing was copied: no space left on device.",
        "cancelled": None,
        "differs": "The copy of purchases differs from it",
    }
    with pytest.raises((CopyError, asyncio.CancelledError), match=said[how]):
        await work
    left = await counts(url)
    assert {name for name, count in left.items() if count} == {purchase_steps.name}
    assert await rows(source) == before
    monkeypatch.setattr(copy, "_fill", fill)
    await copy_database(source, url)
    assert await rows(url) == before
