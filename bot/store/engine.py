"""Two doors to the database: one that writes, one that only reads.

SQLite: the writer is a single connection that begins with BEGIN IMMEDIATE and syncs fully; the readers are
`query_only`. PostgreSQL: a pool behind each door, so that nobody who only reads waits behind reservations that queue.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError, MissingGreenlet
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")

_BUSY_MS = 5_000
_QUEUE = 120
"""Seconds that a transaction waits for its turn: a crowd may take that long, and so may a database that hangs."""
_SERIALIZATION_FAILURES = ("40001", "40P01")
_TRIES = 5
_TROUBLE_STATES = ("08", "25006", "40", "53", "55", "57", "58")
"""How PostgreSQL's codes begin that speak of the server, not of the statement."""
_READ_TROUBLE = frozenset({5, 6, 7, 9, 10, 13, 14, 15})
"""SQLite's codes: busy, locked, out of memory, interrupted, I/O, full, can't open, locking protocol."""
_WRITE_TROUBLE = _READ_TROUBLE | {8}
"""And read-only: for a reader, that is a mistake of ours."""


class StoreDownError(ConnectionError):
    """The database is away, full, locked, or not to be written at the moment.

    Whether the transaction was carried out is unknown: a commit whose answer is lost may have come about. Read again.
    """


def _is_trouble(error: Exception, codes: frozenset[int]) -> bool:
    if isinstance(error, OSError | PoolTimeoutError):
        return True
    # asyncpg's own errors come as they are while a connection is made.
    cause = error.orig if isinstance(error, DBAPIError) else error
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    state, code = getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return lost or str(state).startswith(_TROUBLE_STATES) or code in codes


@contextmanager
def _told_apart(codes: frozenset[int]) -> Generator[None]:
    """Trouble of the database as such; all else as it is."""
    try:
        yield
    except Exception as error:
        if not _is_trouble(error, codes):
            raise
        raise StoreDownError(str(error.orig if isinstance(error, DBAPIError) else error)) from error


def _prepare_sqlite(engine: AsyncEngine, pragmas: dict[str, str], begin: str) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def make(_dialect: Any, _record: Any, args: list[Any], _options: Any) -> None:  # pyright: ignore[reportUnusedFunction] - the decorator uses it
        # SQLite would make it readable for all; the files beside it take its mode. Why it can't, SQLite says next.
        if (path := Path(args[0])).is_absolute():  # not one in memory
            with suppress(OSError):
                path.touch(mode=0o600, exist_ok=False)

    @event.listens_for(engine.sync_engine, "connect")
    def connect(dbapi: Any, _record: Any) -> None:  # pyright: ignore[reportUnusedFunction] - the decorator uses it
        dbapi.isolation_level = None  # SQLAlchemy, not sqlite3, says BEGIN
        cursor = dbapi.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(conn: Any) -> None:  # pyright: ignore[reportUnusedFunction] - the decorator uses it
        conn.exec_driver_sql(begin)

    @event.listens_for(engine.sync_engine, "invalidate")
    def release(dbapi: Any, _record: Any, _error: object) -> None:  # pyright: ignore[reportUnusedFunction] - as above
        # A task cancelled inside INSERT … RETURNING leaves an unread cursor in its traceback. sqlite3_close() of such
        # a connection leaves a zombie that keeps the write lock until the garbage collector comes by.
        with suppress(MissingGreenlet):
            dbapi.rollback()


class Store:
    """The open database. `write()` is a transaction; `read()` is for reading."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.writer = writer
        self.reader = reader
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    def open(cls, url: str, *, sync: str = "FULL") -> Store:
        """Opens without connecting yet.

        `sync` is SQLite's `synchronous`: less than FULL is for tests only, since a power cut would lose the intent of
        an order that the partner has.
        """
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            try:
                writer, reader = (
                    create_async_engine(
                        parsed,
                        pool_size=size,
                        max_overflow=0,
                        pool_timeout=_QUEUE,
                        pool_pre_ping=True,
                        hide_parameters=True,
                    )
                    for size in (10, 5)
                )
            except ModuleNotFoundError as error:
                raise SettingsError(
                    f"DATABASE_URL needs {error.name}, which isn't installed: pip install -r requirements/run.txt."
                ) from None
            return cls(writer, reader)
        common = {"foreign_keys": "ON", "busy_timeout": str(_BUSY_MS)}
        writer = create_async_engine(parsed, pool_size=1, max_overflow=0, pool_timeout=_QUEUE, hide_parameters=True)
        reader = create_async_engine(parsed, pool_size=4, max_overflow=0, pool_timeout=30, hide_parameters=True)
        # Tokens that have ended are overwritten, not only let go.
        writes = common | {"journal_mode": "WAL", "synchronous": sync, "secure_delete": "ON"}
        _prepare_sqlite(writer, writes, "BEGIN IMMEDIATE")
        _prepare_sqlite(reader, common | {"query_only": "ON"}, "BEGIN")
        return cls(writer, reader)

    @property
    def is_sqlite(self) -> bool:
        return self.writer.dialect.name == "sqlite"

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """For reading only. On SQLite one snapshot; on PostgreSQL each statement sees the newest.

        Raises:
            StoreDownError: it can't be read at the moment.
        """
        with _told_apart(_READ_TROUBLE):
            async with self.reader.connect() as conn:
                yield conn

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection]:
        """One transaction, once. Use `run` for what may meet another writer on PostgreSQL."""
        async with self.writer.begin() as conn:
            yield conn

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """One transaction, begun again when the database asks for it.

        A transaction holds no call to the partner or to Discord, so doing it again changes nothing outside. It runs to
        its end even when the caller is cancelled: a commit cut short is neither done nor undone.

        Raises:
            StoreDownError: whether it came about isn't known.
        """
        task = asyncio.create_task(self._run(work))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # the caller's to tell; one that was cancelled doesn't want to know

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        with _told_apart(_WRITE_TROUBLE):
            for tries_left in reversed(range(_TRIES)):
                try:
                    async with self.write() as conn:
                        return await work(conn)
                except DBAPIError as error:
                    if not tries_left or getattr(error.orig, "sqlstate", None) not in _SERIALIZATION_FAILURES:
                        raise
                    await asyncio.sleep(random.uniform(0.001, 0.02))  # noqa: S311 - a pause, not a secret
        raise AssertionError

    async def close(self) -> None:
        """Lets the transactions that run come to their end."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.writer.dispose()
        await self.reader.dispose()
