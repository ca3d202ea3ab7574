"""The two doors: what they promise of durability, of readers, of cancelled writers, and of a second process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.app import App
from bot.errors import SettingsError
from bot.settings import Settings
from bot.store import accounts, purchases
from bot.store.engine import Store
from bot.store.lock import FileLock
from bot.store.meta import Meta
from bot.store.tables import purchases as purchases_table
from tests.store.conftest import ALICE, ME, NOW, reserved, values
from tests.store.test_people import account

if TYPE_CHECKING:
    from pathlib import Path


async def test_sqlite_is_durable_and_keeps_its_keys(sqlite_url: str):
    store = Store.open(sqlite_url)
    full = 2
    try:
        async with store.write() as conn:
            found = {
                name: (await conn.execute(text(f"PRAGMA {name}"))).scalar()
                for name in ("synchronous", "journal_mode", "foreign_keys", "busy_timeout", "query_only")
            }
        assert found == {
            "synchronous": full,
            "journal_mode": "wal",
            "foreign_keys": 1,
            "busy_timeout": 5000,
            "query_only": 0,
        }
        async with store.read() as conn:
            assert (await conn.execute(text("PRAGMA query_only"))).scalar() == 1
            with pytest.raises(DBAPIError, match="readonly"):
                await conn.execute(purchases_table.delete())
    finally:
        await store.close()


async def test_a_reader_sees_one_snapshot_and_waits_for_no_writer(sqlite_url: str):
    store = Store.open(sqlite_url, sync="OFF")
    made = await reserved(store)
    async with store.write() as writing:
        await purchases.touch(writing, made.id)
        async with store.read() as conn:
            before = await purchases.by_id(conn, made.id)
    async with store.read() as conn:
        assert await purchases.by_id(conn, made.id) != before == made
    await store.close()


async def test_foreign_keys_hold(store: Store):
    with pytest.raises(IntegrityError):
        await store.run(lambda conn: purchases.note(conn, "0" * 26, NOW, "of nothing"))


async def test_what_fails_leaves_nothing(store: Store):
    async def work(conn) -> None:
        await accounts.add(conn, account(ALICE, "u1"))
        raise LookupError

    with pytest.raises(LookupError):
        await store.run(work)
    async with store.read() as conn:
        assert await accounts.by_discord_id(conn, ALICE) is None


async def test_cancelled_writers_leave_a_working_pool(store: Store):
    """A task cancelled inside INSERT … RETURNING must not keep SQLite's write lock until the garbage collector runs."""

    async def write() -> None:
        async with store.write() as conn:
            await purchases.reserve(conn, **values())
            await asyncio.sleep(0.5)

    kept: list[asyncio.Task[None]] = []  # their exceptions keep the frames, and the frames the cursors
    for n in range(60):
        task = asyncio.create_task(write())
        kept.append(task)
        await asyncio.sleep(0.0002 * (n % 20))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(2):
        await reserved(store)
    assert len(await store.run(lambda conn: purchases.take_up(conn, ME))) == 1


async def test_a_cancelled_caller_does_not_cut_a_commit_short(database_url: str):
    """Also when the store is closed right after: the transaction is done, and no connection stays behind."""
    made = []
    for n in range(20):
        store = Store.open(database_url, sync="OFF")
        one = values()
        made.append(one["id"])
        task = asyncio.create_task(store.run(lambda conn, one=one: purchases.reserve(conn, **one)))
        for _ in range(1 + n):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.close()
    store = Store.open(database_url, sync="OFF")
    assert {one.id for one in await store.run(lambda conn: purchases.take_up(conn, ME))} == set(made)
    await store.close()


async def test_a_serialization_failure_is_begun_again(pg_url: str):
    """Of two that read the same and write it, the database may end one: its work is done once more, whole."""
    store = Store.open(pg_url)
    made = await reserved(store)
    turns = 0

    async def work(conn) -> int:
        nonlocal turns
        turns += 1
        await conn.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        found = await purchases.by_id(conn, made.id)
        assert found is not None
        await asyncio.sleep(0.01)
        return (await purchases.change(conn, found, cards=found.cards + 1)).cards

    assert sorted(await asyncio.gather(*(store.run(work) for _ in range(3)))) == [1, 2, 3]
    assert turns > 3
    await store.close()


async def test_facts_are_claimed_once(store: Store):
    meta = Meta(store)
    assert await meta.get("environment") is None
    claims = await asyncio.gather(*(meta.claim("environment", f"e{n}") for n in range(5)))
    assert len(set(claims)) == 1
    assert await meta.get("environment") == claims[0]
    for value in ("1", "2"):
        await meta.set("hash", value)
    assert await meta.get("hash") == "2"


def settings(tmp_path: Path, **changed: str) -> Settings:
    fresh = {"discord_token": "t", "partner_api_key": "sandbox-key", "data_dir": tmp_path}
    return Settings(_env_file=None, **fresh | changed)


async def test_one_process_to_a_file(tmp_path: Path):
    code = """if True:
        import sys
        from bot.errors import SettingsError
        from bot.store.lock import FileLock
        try:
            FileLock.beside(sys.argv[1]).take()
        except SettingsError as error:
            print(error)
    """
    url = settings(tmp_path).database
    mine = FileLock.beside(url)
    mine.take()

    def another() -> str:
        done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True, timeout=20)
        return done.stdout.strip()

    said = await asyncio.to_thread(another)
    assert said == f"Another bot is running on {tmp_path}/pullcord.db: stop it first, or use PostgreSQL for several."
    # So it is within a process, and the start says so.
    app = App(settings(tmp_path))
    with pytest.raises(SettingsError, match="Another bot is running"):
        await app.start()
    await app.close()
    mine.leave()
    assert await asyncio.to_thread(another) == ""


async def test_a_database_belongs_to_one_environment(database_url: str, tmp_path: Path):
    theirs = {"partner_api_url": "https://partner.test/_"}
    for changed in ({}, {}, theirs):
        app = App(settings(tmp_path, database_url=database_url, **changed), sync="OFF")
        try:
            if changed:
                with pytest.raises(SettingsError, match=r"'sandbox', and these settings are for 'partner\.test'"):
                    await app.start()
            else:
                await app.start()
                assert await app.meta.get("environment") == "sandbox"
        finally:
            await app.close()
