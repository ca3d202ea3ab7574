"""Who may read the database's files."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from bot.store.engine import Store
from bot.store.lock import FileLock
from bot.store.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_the_database_is_its_owners_alone(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'p.db'}"
    lock = FileLock.beside(url)
    lock.take()
    store = Store.open(url)
    await upgrade(store)
    made = modes(tmp_path)
    await store.close()
    lock.leave()
    assert made == dict.fromkeys(("p.db", "p.db-wal", "p.db-shm", "p.db.lock"), 0o600)


async def test_a_mode_that_somebody_gave_it_stays(tmp_path: Path):
    (tmp_path / "p.db").touch(mode=0o640)
    store = Store.open(f"sqlite+aiosqlite:///{tmp_path / 'p.db'}")
    await upgrade(store)
    assert modes(tmp_path)["p.db"] == 0o640
    await store.close()
