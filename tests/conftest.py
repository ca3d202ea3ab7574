"""What all tests share: databases, and two things that no test may do unseen."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from bot.store.engine import Store
from bot.store.migrate import upgrade
from bot.store.tables import metadata, purchase_steps
from tests import postgres

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from pathlib import Path

T = TypeVar("T")

_numbers = itertools.count(1)
_thread = ThreadPoolExecutor(1)
NO_POSTGRES = "PostgreSQL isn't here, so its tests are skipped. To run them: apt install postgresql"


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs it on a loop of its own: a session's fixture may be made while a test's loop runs."""
    return _thread.submit(asyncio.run, work).result()


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def allowed(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and str(address[0]) not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for {address}")

    def checked(self: socket.socket, address: Any) -> None:
        allowed(self, address)
        connect(self, address)

    def checked_ex(self: socket.socket, address: Any) -> int:
        allowed(self, address)
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)
    monkeypatch.setattr(socket.socket, "connect_ex", checked_ex)


@pytest.fixture(autouse=True)
def nothing_logged_as_error(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Generator[None]:
    """What goes wrong in a background task or behind a button is only logged: the log is the witness."""
    yield
    if request.node.get_closest_marker("logs_errors") is None:
        bad = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
        assert not bad, bad


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of the runs of `tests/torture`."""
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [str(line) for report in ended for name, line in report.user_properties if name == "figures"]
    if lines:
        terminalreporter.section("the bot, killed")
        terminalreporter.write("".join(f"{line}\n" for line in sorted(lines)))


async def _prepare(url: str) -> None:
    store = Store.open(url, sync="OFF")
    await upgrade(store)
    await store.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "t.db"
    run(_prepare(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "t.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


async def _admin(folder: Path, statement: str, database: str = "postgres") -> None:
    import asyncpg

    conn = await asyncpg.connect(host=str(folder), user="pullcord", database=database)
    try:
        await conn.execute(statement)
    finally:
        await conn.close()


@pytest.fixture(scope="session")
def pg_cluster() -> Generator[Path]:
    folder = postgres.binaries()
    if folder is None:
        if os.environ.get("CI"):
            pytest.fail(NO_POSTGRES)
        pytest.skip(NO_POSTGRES)
    with postgres.cluster(folder) as sockets:
        run(_admin(sockets, "CREATE DATABASE tmpl"))
        run(_prepare(f"postgresql+asyncpg://pullcord@/tmpl?host={sockets}"))
        yield sockets


@pytest.fixture
def new_pg_url(pg_cluster: Path) -> Generator[str]:
    """A database of its own."""
    name = f"t{next(_numbers)}"
    run(_admin(pg_cluster, f"CREATE DATABASE {name} TEMPLATE tmpl"))
    yield f"postgresql+asyncpg://pullcord@/{name}?host={pg_cluster}"
    run(_admin(pg_cluster, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def pg_emptied(pg_cluster: Path) -> str:
    run(_admin(pg_cluster, "CREATE DATABASE emptied TEMPLATE tmpl"))
    return "emptied"


_EMPTY = "; ".join(
    [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'emptied' AND pid <> pg_backend_pid()",
        *(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables) if table is not purchase_steps),
    ]
)


@pytest.fixture
def pg_url(pg_cluster: Path, pg_emptied: str) -> str:
    """A migrated database without a row. To empty one takes 5 ms, to make one 80 to 400."""
    run(_admin(pg_cluster, _EMPTY, pg_emptied))
    return f"postgresql+asyncpg://pullcord@/{pg_emptied}?host={pg_cluster}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "pg_url")


@pytest.fixture
async def store(database_url: str):
    opened = Store.open(database_url, sync="OFF")
    yield opened
    await opened.close()
