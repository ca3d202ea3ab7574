"""Brings a database to the newest schema, from inside a running loop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.store.engine import Store

_INI = Path(__file__).resolve().parents[2] / "alembic.ini"


def config() -> Config:
    return Config(str(_INI))


_LOCK = 5_001_974
"""Of PostgreSQL, for whoever migrates: any number that nobody else there uses."""


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # bots that start at once would make the tables twice
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    chosen = config()
    chosen.attributes["connection"] = connection
    command.upgrade(chosen, "head")


async def upgrade(store: Store) -> None:
    """To the newest schema, in one transaction.

    Raises:
        SettingsError: the database can't be reached.
    """
    try:
        async with store.write() as conn:
            await conn.run_sync(_upgrade)
    except (OSError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise SettingsError(
            f"The database can't be used ({cause}): see that it runs, and look at DATABASE_URL."
        ) from None


async def revisions(store: Store) -> tuple[str | None, str | None]:
    """Which revision the database has (None: empty), and which is the newest."""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with store.read() as conn:
        return await conn.run_sync(current), ScriptDirectory.from_config(config()).get_current_head()
