"""A few facts about the database itself, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.store import sql
from bot.store.tables import meta

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.engine import Store


async def get(conn: AsyncConnection, key: str) -> str | None:
    return (await conn.execute(select(meta.c.value).where(meta.c.key == key))).scalar()


async def put(conn: AsyncConnection, key: str, text: str) -> None:
    statement = sql.insert(conn, meta).values(key=key, value=text)
    await conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": text}))


async def take(conn: AsyncConnection, key: str) -> str | None:
    """What it is, and it is no more: of two who take it one gets it."""
    return (await conn.execute(delete(meta).where(meta.c.key == key).returning(meta.c.value))).scalar()


class Meta:
    """Facts by key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, key: str) -> str | None:
        async with self._store.read() as conn:
            return await get(conn, key)

    async def set(self, key: str, text: str) -> None:
        await self._store.run(lambda conn: put(conn, key, text))

    async def claim(self, key: str, text: str) -> str:
        """Sets it if it isn't set; gives what it is now."""

        async def work(conn: AsyncConnection) -> str:
            await conn.execute(sql.insert(conn, meta).values(key=key, value=text).on_conflict_do_nothing())
            return (await conn.execute(select(meta.c.value).where(meta.c.key == key))).scalar_one()

        return await self._store.run(work)
