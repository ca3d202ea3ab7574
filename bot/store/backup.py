"""A copy of the SQLite file that can be trusted: made by SQLite while the bot runs, and opened before it counts."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
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
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with copied(source, target) as part:
            part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"No backup was made: {error}.") from error


@contextmanager
def copied(source: Path, target: Path) -> Generator[Path]:
    """A whole and checked copy of `source`, on the disk beside `target`, to be put in its place. Else it goes again.

    Raises:
        OSError, sqlite3.Error: it can't be read or written, or it isn't sound.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # SQLite fills an empty file, and keeps its mode
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as live:
            live.execute("VACUUM INTO ?", (str(part),))
        clean(part)
        sync(part)
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Returns when the file, or the names in the folder, would outlast a power cut."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def clean(copy: Path) -> None:
    """Takes the live tokens out, and puts everything into the one file.

    Raises:
        sqlite3.Error: it isn't sound.
    """
    with closing(sqlite3.connect(copy)) as opened:
        opened.execute("PRAGMA journal_mode = DELETE")
        opened.execute("PRAGMA secure_delete = ON")  # overwritten, not only unlinked
        with opened:
            opened.execute("UPDATE messages SET token = NULL, token_until = NULL")
        found = [str(row[0]) for row in opened.execute("PRAGMA integrity_check")]
        if found != ["ok"] or opened.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.DatabaseError(f"the copy is not sound ({found[0]})")
