"""Everything in one database, put into another: from SQLite to PostgreSQL, and back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, make_url, null, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store import processes
from bot.store.engine import Store
from bot.store.lock import FileLock
from bot.store.meta import put
from bot.store.migrate import upgrade
from bot.store.tables import duties, messages, meta, metadata, purchase_steps, purchases, sales
from bot.store.tables import processes as processes_table

if TYPE_CHECKING:
    from sqlalchemy import Column, Select, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

_BATCH = 500
_STAYS = {processes_table, duties}
"""Who is at work on the one database says nothing about the other."""
_LEFT_OUT: frozenset[Column[Any]] = frozenset(
    {messages.c.token, messages.c.token_until, messages.c.worker, purchases.c.worker, sales.c.worker}
)
"""Columns that are empty in the copy: live tokens, and who is at it."""


COPIED_TO = "copied_to"
"""In `meta` of a database that was copied: where to. No bot starts on it any more."""


class CopyError(Exception):
    """Nothing was copied; the text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A table, its rows on either side, and a sum over all that they hold, in hexadecimal."""

    table: str
    rows: int
    sum: str


async def copy_database(source: str, target: str) -> list[Copied]:
    """Copies the database at the URL `source` into the empty one at `target`, or nothing.

    Both are brought to the newest schema first. What arrived is read back and compared before it counts.

    Raises:
        CopyError: they are one and the same, the source isn't there or in use, the target isn't empty, or one failed.
        SettingsError: one of them can't be reached, or its file is in use.
    """
    if (file := _file(source)) is not None and not file.exists():
        raise CopyError(f"There is no database at {file}: nothing to copy.")
    if _place(source) == _place(target):
        raise CopyError("That is the database of these settings itself: name another one with --to.")
    locks = FileLock.beside(source), FileLock.beside(target)
    stores = Store.open(source), Store.open(target)
    try:
        for lock in locks:
            lock.take()
        for store in stores:
            await upgrade(store)
        return await _copy(*stores, make_url(target)._replace(password=None).render_as_string())
    except (SQLAlchemyError, OSError) as error:
        raise CopyError(f"Nothing was copied: {error}.") from error
    finally:
        for store in stores:
            await store.close()
        for lock in locks:
            lock.leave()


async def _copy(source: Store, target: Store, name: str) -> list[Copied]:
    async with source.read() as old, target.write() as new:
        await _hold(old)
        await _check_empty(new)
        await new.execute(delete(meta))
        for table in metadata.sorted_tables:
            if table not in _STAYS and table is not purchase_steps:  # the migrations have filled that one
                await _fill(old, new, table)
        made: list[Copied] = []
        for table in metadata.sorted_tables:
            if table not in _STAYS:
                before, after = await _summed(old, table), await _summed(new, table)
                if before != after:
                    raise CopyError(f"The copy of {table.name} differs from it ({before} and {after}).")
                made.append(after)
        # Before the copy counts: an order that is about to be sent would be sent by a bot on either.
        await source.run(lambda conn: put(conn, COPIED_TO, name))
        return made


async def _hold(conn: AsyncConnection) -> None:
    """One picture of the source, which no bot changes or comes to meanwhile.

    Raises:
        CopyError: a bot is running on it.
    """
    if conn.dialect.name == "sqlite":
        return  # its file is locked, and a reader there sees one picture
    await conn.execution_options(isolation_level="REPEATABLE READ")
    if await processes.hold(conn):
        raise CopyError("A bot is running on the database that is to be copied: stop it first.")


async def _check_empty(conn: AsyncConnection) -> None:
    for table in metadata.sorted_tables:
        if table not in {meta, purchase_steps} and (await conn.execute(select(table).limit(1))).first() is not None:
            raise CopyError(f"The other database isn't empty ({table.name} has rows): name an empty one with --to.")


def _content(table: Table) -> Select[Any]:
    content = select(*(null().label(c.name) if c in _LEFT_OUT else c for c in table.c))
    return content.where(meta.c.key != COPIED_TO) if table is meta else content


async def _fill(old: AsyncConnection, new: AsyncConnection, table: Table) -> None:
    async with old.stream(_content(table)) as rows:
        async for batch in rows.mappings().partitions(_BATCH):
            await new.execute(table.insert(), [dict(row) for row in batch])


async def _summed(conn: AsyncConnection, table: Table) -> Copied:
    """The sum doesn't depend on the order, in which databases differ."""
    rows = total = 0
    async with conn.stream(_content(table)) as found:
        async for row in found:
            rows += 1
            total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()[:8])
    return Copied(table.name, rows, f"{total % (1 << 64):016x}")


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def _place(url: str) -> object:
    """What is the same for two addresses of one database."""
    parsed = make_url(url)
    if (file := _file(url)) is not None:
        return file.resolve()
    return parsed.host, parsed.port or 5432, parsed.database, parsed.query
