"""One process to a SQLite file: two would each believe to be the only one at work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from sqlalchemy import make_url

from bot.errors import SettingsError

try:
    import fcntl
except ImportError:  # Windows: there the operator sees to it
    fcntl = None


class FileLock:
    """A lock that ends with the process, however that ends."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None

    @classmethod
    def beside(cls, url: str) -> Self:
        """The lock of this database; nothing to lock where it isn't a file."""
        parsed = make_url(url)
        is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}
        return cls(Path(f"{parsed.database}.lock") if is_file else None)

    def take(self) -> None:
        """
        Raises:
            SettingsError: another process has it.
        """
        if self._path is None or fcntl is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            database = self._path.with_suffix("")
            raise SettingsError(
                f"Another bot is running on {database}: stop it first, or use PostgreSQL for several."
            ) from None
        self._file = opened

    def leave(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
