"""A database that goes away at a chosen moment, or at none in particular."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar, copy_context
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store.engine import Store
from tests import postgres
from tests.conftest import _admin, run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from pathlib import Path

    import pytest
    from sqlalchemy.ext.asyncio import AsyncConnection

_mine: ContextVar[bool] = ContextVar("_mine", default=False)
"""Set in the work that is to suffer, and so in every task that comes of it."""
FOR_EVER = 1 << 30


def io_error() -> OperationalError:
    """As SQLite reports it."""
    cause = sqlite3.OperationalError("disk I/O error")
    cause.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return OperationalError("COMMIT", {}, cause)


def lost() -> DBAPIError:
    """As asyncpg reports a connection that is gone."""
    return DBAPIError("COMMIT", {}, ConnectionResetError("the connection was closed"), connection_invalidated=True)


class Points:
    """Counts the uses of the database by the work that is to suffer. The chosen one fails.

    `after`: a transaction is carried out, and its answer is lost; else the connection is gone before the commit.
    `strike` takes the connections of a PostgreSQL away.
    """

    def __init__(self, *, after: bool, strike: Callable[[], None]) -> None:
        self.after, self.strike = after, strike
        self.left = -1

    def _is_here(self) -> bool:
        if not _mine.get() or self.left < 0:
            return False
        self.left -= 1
        return self.left < 0

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read, write = Store.read, Store.write

        @asynccontextmanager
        async def reading(store: Store):
            here = self._is_here()
            async with read(store) as conn:
                if here:
                    await self._fail(conn)
                yield conn

        @asynccontextmanager
        async def writing(store: Store):
            here = self._is_here()
            async with write(store) as conn:
                yield conn
                if here and not self.after:
                    await self._fail(conn)
            if here and self.after:
                self.strike()
                raise io_error() if store.is_sqlite else lost()

        monkeypatch.setattr(Store, "read", reading)
        monkeypatch.setattr(Store, "write", writing)

    async def _fail(self, conn: AsyncConnection) -> None:
        if conn.dialect.name == "sqlite":
            raise io_error()
        self.strike()
        await conn.execute(text("SELECT 1"))  # finds out by itself

    async def suffer(self, number: int, work: Coroutine[Any, Any, Any]) -> tuple[bool, Any]:
        """Does the work, which loses the database at that point: whether it came so far, and what it ended with."""
        self.left = number
        context = copy_context()
        context.run(_mine.set, True)
        task = asyncio.create_task(work, context=context)
        await asyncio.sleep(60)
        came, self.left = self.left < 0, -1
        (result,) = await asyncio.gather(task, return_exceptions=True)
        return came, result


def database(url: str) -> str:
    """Its name."""
    name = make_url(url).database
    assert name is not None
    return name


def kill(name: str, sockets: Path, most: int = FOR_EVER) -> None:
    """Ends connections of the bot, chosen by chance."""
    run(
        _admin(
            sockets,
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
            f" WHERE datname = '{name}' ORDER BY random() LIMIT {most}) AS chosen",
        )
    )


@contextmanager
def storm(name: str, sockets: Path) -> Generator[list[int]]:
    """Connections end all the time, whatever is going on on them; counts how often one was struck."""
    over, struck = Event(), [0]

    def strike() -> None:
        while not over.wait(0.1):
            kill(name, sockets, 1)
            struck[0] += 1

    thread = Thread(target=strike)
    thread.start()
    try:
        yield struck
    finally:
        over.set()
        thread.join()


@contextmanager
def outage(sockets: Path) -> Generator[None]:
    """The server is down."""
    postgres.stop(sockets)
    try:
        yield
    finally:
        postgres.start(sockets)
