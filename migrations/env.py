"""Alembic's door: an open connection that was handed over, or the database of DATABASE_URL."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from alembic import context

from bot.store.engine import Store
from bot.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _open_and_run(url: str) -> None:
    store = Store.open(url)
    try:
        async with store.write() as conn:
            await conn.run_sync(_run)
    finally:
        await store.close()


if (connection := context.config.attributes.get("connection")) is not None:
    _run(connection)
else:
    asyncio.run(_open_and_run(os.environ["DATABASE_URL"]))
