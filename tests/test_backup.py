"""Backups: sound, complete, private, and without a live token."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.domain.purchase import STEPS
from bot.store.backup import BackupError, backup
from bot.store.tables import messages, metadata, purchase_steps

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "aW50ZXJhY3Rpb246dG9rZW4"


@pytest.fixture
def live(tmp_path: Path):
    """A database that a bot has open: in WAL, its newest rows not in the main file yet."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'live.db'}")
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA journal_mode = WAL")
        metadata.create_all(conn)
        conn.execute(purchase_steps.insert(), [{"from_state": a, "to_state": b} for a, b in STEPS])
        message = {
            "post": "{}",
            "channel_id": 1,
            "private": False,
            "wanted_ver": 1,
            "shown_ver": 0,
            "revealed": 0,
            "page": 0,
            "tries": 0,
        }
        rows = [{**message, "id": f"{n:026}", "token": f"{TOKEN}{n}", "token_until": 9} for n in range(500)]
        conn.execute(messages.insert(), rows)
        conn.commit()
        yield tmp_path / "live.db"
    engine.dispose()


def test_a_copy_has_every_row_and_no_token(live: Path, tmp_path: Path):
    target = tmp_path / "new folder" / "copy.db"
    backup(live, target)
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("SELECT count(*), count(token), count(token_until) FROM messages").fetchone() == (500, 0, 0)
        assert copy.execute("SELECT count(*) FROM purchase_steps").fetchone() == (len(STEPS),)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert TOKEN.encode() not in target.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    with closing(sqlite3.connect(live)) as original:
        assert original.execute("SELECT count(token) FROM messages").fetchone() == (500,)


def test_nothing_is_written_over(live: Path, tmp_path: Path):
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(BackupError, match="exists already"):
        backup(live, target)
    assert target.read_text() == "precious"


def test_no_database_is_made_by_backing_it_up(tmp_path: Path):
    with pytest.raises(BackupError, match="nothing to back up"):
        backup(tmp_path / "none.db", tmp_path / "copy.db")
    assert not list(tmp_path.iterdir())


def test_an_unsound_database_is_not_called_a_backup(live: Path, tmp_path: Path):
    backup(live, tmp_path / "whole.db")
    broken = tmp_path / "broken.db"
    content = bytearray((tmp_path / "whole.db").read_bytes())
    for page in range(4096, len(content), 4096 * 3):
        content[page : page + 64] = b"\xff" * 64
    broken.write_bytes(content)
    with pytest.raises(BackupError, match="No backup was made"):
        backup(broken, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_cannot_be_written_is_a_sentence(live: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="No backup was made"):
        backup(live, tmp_path / "file" / "copy.db")
