"""A copy of the SQLite file that can be trusted: made by SQLite while the bot runs, and opened before it counts."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class BackupError(Exception):
    """No backup was made; the text is a sentence for the operator."""


def backup(source: Path, target: Path) -> None:
    """Copies the database `source` to the new file `target`, readable by its owner alone.

    The live tokens of interactions are left out: with one, anybody could answer in the bot's name.

    Raises:
        BackupError: there is nothing to copy, `target` exists, or the copy isn't sound.
    """
    if not source.is_file():
        raise BackupError(f"There is no database at {source} yet: nothing to back up.")
    if target.exists():
        raise BackupError(f"{target} exists already: name another file.")
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # SQLite fills an empty file, and keeps its mode
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as live:
            live.execute("VACUUM INTO ?", (str(part),))
        with closing(sqlite3.connect(part)) as copy:
            _clean_and_check(copy)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise BackupError(f"No backup was made: {error}.") from error


def _clean_and_check(copy: sqlite3.Connection) -> None:
    copy.execute("PRAGMA journal_mode = DELETE")
    copy.execute("PRAGMA secure_delete = ON")  # overwritten, not only unlinked
    with copy:
        copy.execute("UPDATE messages SET token = NULL, token_until = NULL")
    found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check")]
    if found != ["ok"] or copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise sqlite3.DatabaseError(f"the copy is not sound ({found[0]})")
