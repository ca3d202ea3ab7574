"""Going back to a backup: only to a sound one of ours, frozen before it is in place, with the old one kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.command import downgrade
from sqlalchemy import create_engine, select

from bot.store import processes
from bot.store.backup import backup
from bot.store.engine import Store
from bot.store.lock import FileLock
from bot.store.migrate import config
from bot.store.restore import CAUSE, STOPPED, RestoreError, restore
from bot.store.tables import freezes
from tests.conftest import run
from tests.test_cli import command  # noqa: F401 - a fixture

NOW = 1_795_514_400_123
KEPT = "pullcord-before-restore-20261124T100000Z.db"


def ask(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as opened, opened:
        return opened.execute(query).fetchall()


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Path:
    """One that is in use: what it knows is newer than the backup."""
    made = tmp_path / "data" / "pullcord.db"
    made.parent.mkdir()
    shutil.copy(sqlite_template, made)
    ask(made, "INSERT INTO meta VALUES ('environment', 'sandbox'), ('known', 'before')")
    return made


@pytest.fixture
def saved(database: Path, tmp_path: Path) -> Path:
    target = tmp_path / "saved.db"
    backup(database, target)
    ask(database, "UPDATE meta SET value = 'after' WHERE key = 'known'")
    return target


def known(path: Path) -> str:
    return ask(path, "SELECT value FROM meta WHERE key = 'known'")[0][0]


def check_frozen(database: Path) -> None:
    rows = ask(database, "SELECT action, scope, cause, ends_at, lifted_at, made_at FROM freezes")
    assert sorted(rows) == sorted((action, "bot", CAUSE, None, None, NOW) for action in STOPPED)


def check_unchanged(database: Path) -> None:
    """As it was, and nothing is left beside it."""
    assert known(database) == "after"
    assert ask(database, "SELECT * FROM freezes") == []
    assert {path.name for path in database.parent.iterdir()} <= {"pullcord.db", KEPT}


def test_there_and_back(saved: Path, database: Path):
    kept = restore(saved, database, "sandbox", NOW)
    assert kept == database.parent / KEPT
    assert (known(database), known(kept), known(saved)) == ("before", "after", "before")
    check_frozen(database)
    assert ask(kept, "SELECT * FROM freezes") == []
    assert {path.name for path in database.parent.iterdir()} == {"pullcord.db", KEPT}
    assert {stat.S_IMODE(path.stat().st_mode) for path in database.parent.iterdir()} == {0o600}


def test_where_nothing_was(saved: Path, tmp_path: Path):
    database = tmp_path / "elsewhere" / "pullcord.db"
    assert restore(saved, database, "sandbox", NOW) is None
    assert known(database) == "before"
    check_frozen(database)


def test_what_was_only_in_the_wal_is_kept_and_does_not_reach_the_new_one(saved: Path, database: Path, tmp_path: Path):
    """As a bot leaves it that was killed: its newest rows are in the -wal beside it."""
    with closing(sqlite3.connect(database)) as killed:
        killed.execute("PRAGMA journal_mode = WAL")
        killed.execute("UPDATE meta SET value = 'newest' WHERE key = 'known'")
        killed.commit()
        for file in database.parent.iterdir():
            shutil.copy(file, tmp_path / file.name)
    for file in tmp_path.glob("pullcord.db*"):
        file.rename(database.parent / file.name)
    assert (database.parent / "pullcord.db-wal").stat().st_size > 0
    kept = restore(saved, database, "sandbox", NOW)
    assert kept is not None
    assert (known(database), known(kept)) == ("before", "newest")
    assert {path.name for path in database.parent.iterdir()} == {"pullcord.db", KEPT}


def test_a_damaged_database_is_kept_as_it_is(saved: Path, database: Path):
    database.write_bytes(b"no database at all" * 1000)
    kept = restore(saved, database, "sandbox", NOW)
    assert kept is not None
    assert kept.read_bytes() == b"no database at all" * 1000
    assert known(database) == "before"
    check_frozen(database)


def test_a_backup_of_an_older_version_is_brought_up(saved: Path, database: Path, tmp_path: Path):
    chosen = config()
    engine = create_engine(f"sqlite:///{saved}")
    with engine.begin() as conn:
        chosen.attributes["connection"] = conn
        downgrade(chosen, "0001")
    engine.dispose()
    assert ask(saved, "SELECT version_num FROM alembic_version") == [("0001",)]
    restore(saved, database, "sandbox", NOW)
    check_frozen(database)
    assert ask(database, "SELECT version_num FROM alembic_version") != [("0001",)]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.unlink(), r"There is no file .*saved\.db\."),
        (lambda path: path.write_bytes(b"text" * 5000), "Nothing was restored: file is not a database"),
        (lambda path: path.write_bytes(b""), r"is no backup of this bot's database\."),
        (lambda path: ask(path, "DROP TABLE alembic_version"), r"is no backup of this bot's database\."),
        (lambda path: ask(path, "DELETE FROM alembic_version"), r"is no backup of this bot's database\."),
        (
            lambda path: ask(path, "UPDATE alembic_version SET version_num = '9999'"),
            r"made by a newer version of the bot \(9999\): install that one first\.",
        ),
        (
            lambda path: ask(path, "UPDATE meta SET value = 'production' WHERE key = 'environment'"),
            r"belongs to the environment 'production', and these settings are for 'sandbox'\.",
        ),
        (
            lambda path: (
                ask(path, "INSERT INTO purchase_steps VALUES ('A', 'B')")
                + ask(
                    path,
                    "INSERT INTO purchase_events (id, purchase_id, happened_at, detail) VALUES ('1', 'nobody', 1, '')",
                )
            ),
            r"the copy is not sound",
        ),
    ],
)
def test_what_is_not_put_in_place(saved: Path, database: Path, spoil: Any, sentence: str):
    spoil(saved)
    with pytest.raises(RestoreError, match=sentence):
        restore(saved, database, "sandbox", NOW)
    check_unchanged(database)


def test_a_damaged_backup(saved: Path, database: Path):
    content = bytearray(saved.read_bytes())
    for page in range(4096 * 2, len(content), 4096 * 3):
        content[page : page + 64] = b"\xff" * 64
    saved.write_bytes(content)
    with pytest.raises(RestoreError, match="Nothing was restored: "):
        restore(saved, database, "sandbox", NOW)
    check_unchanged(database)


def test_the_database_itself_is_no_backup(database: Path):
    with pytest.raises(RestoreError, match="is the database itself"):
        restore(database, database, "sandbox", NOW)


STEPS = ("os.fsync", "os.replace", "bot.store.restore._fold", "bot.store.restore.freeze", "bot.store.restore._keep")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("killed", [False, True])
def test_a_crash_at_each_step_leaves_the_old_one(
    saved: Path, database: Path, monkeypatch: pytest.MonkeyPatch, step: str, killed: bool
):
    """Whether it is an error, or the end of the process."""
    error = KeyboardInterrupt() if killed else OSError("no space left on device")

    def fail(*args: Any, **values: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        with pytest.raises(KeyboardInterrupt if killed else RestoreError):
            restore(saved, database, "sandbox", NOW)
    check_unchanged(database)
    (database.parent / KEPT).unlink(missing_ok=True)
    restore(saved, database, "sandbox", NOW)
    assert known(database) == "before"
    check_frozen(database)


def test_never_in_place_without_its_freezes(saved: Path, database: Path, monkeypatch: pytest.MonkeyPatch):
    """What is about to be put in place is frozen already."""
    seen: list[Path] = []
    replace = os.replace

    def look(source: Path, target: Path) -> None:
        if Path(target) == database:
            check_frozen(Path(source))
            seen.append(Path(source))
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    restore(saved, database, "sandbox", NOW)
    assert len(seen) == 1


@pytest.fixture
def here(command: Any, saved: Path, database: Path) -> Any:  # noqa: F811 - the fixture
    def here(*args: str, **values: str) -> Any:
        return command("restore", *args, DATA_DIR=str(database.parent), **values)

    return here


def test_the_command_says_what_is_next(here: Any, saved: Path, database: Path):
    done = here(str(saved))
    assert done.exit_code == 0, done.output
    assert f"{saved} is the database now." in done.stdout
    assert "pullcord-before-restore-" in done.stdout
    assert "start the bot; it looks through every member's inventory; then use /operator unpause" in done.stdout
    assert known(database) == "before"
    assert len(ask(database, "SELECT * FROM freezes")) == 3


def test_the_command_refuses_while_a_bot_runs(here: Any, saved: Path, database: Path):
    lock = FileLock.beside(f"sqlite+aiosqlite:///{database}")
    lock.take()
    done = here(str(saved))
    lock.leave()
    assert done.exit_code == 2
    assert done.stderr == (f"Another bot is running on {database}: stop it first, or use PostgreSQL for several.\n")
    assert known(database) == "after"


def test_the_command_says_why_not(here: Any, database: Path):
    done = here("nowhere.db")
    assert (done.exit_code, done.stderr) == (1, "There is no file nowhere.db.\n")
    done = here()
    assert done.exit_code == 2
    assert done.stderr.startswith("Name the backup to go back to")


def test_only_marking(here: Any, database: Path):
    done = here("--mark")
    assert done.exit_code == 0, done.output
    assert "/operator unpause" in done.stdout
    assert known(database) == "after"
    assert len(ask(database, "SELECT * FROM freezes WHERE cause = 'restore'")) == 3


def test_postgresql_has_its_own_tool(here: Any):
    done = here("saved.dump", DATABASE_URL="postgresql://me:hunter22@db.example:5433/cards")
    assert done.exit_code == 1
    assert "pg_restore --clean --if-exists -d 'postgresql://me@db.example:5433/cards' saved.dump" in done.stderr
    assert "python -m bot restore --mark" in done.stderr
    assert "hunter22" not in done.output


def test_marking_a_postgresql(here: Any, pg_url: str):
    done = here("--mark", DATABASE_URL=pg_url)
    assert done.exit_code == 0, done.output

    async def marked() -> list[Any]:
        store = Store.open(pg_url)
        async with store.read() as conn:
            rows = (await conn.execute(select(freezes.c.action).where(freezes.c.cause == CAUSE))).scalars().all()
        await store.close()
        return sorted(rows)

    assert run(marked()) == sorted(STOPPED)


def test_a_postgresql_is_not_marked_while_a_bot_runs(here: Any, pg_url: str):
    """It would go on buying, and has the frozen orders in its hands."""

    async def rows(*, come: bool) -> list[Any]:
        store = Store.open(pg_url)
        if come:
            await store.run(lambda conn: processes.renew(conn, "a-bot", 60_000))
        async with store.read() as conn:
            found = (await conn.execute(select(freezes.c.id))).scalars().all()
        await store.close()
        return list(found)

    assert run(rows(come=True)) == []
    done = here("--mark", DATABASE_URL=pg_url)
    assert done.exit_code == 1
    assert done.stderr.startswith("A bot is running on this database")
    assert run(rows(come=False)) == []
