"""Limits of the bot and of servers: the rows that concurrent reservations queue up at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.clock import DAY
from bot.store import purchases, sql
from bot.store.tables import limits

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.engine import Store

BOT = "bot"


def guild(guild_id: int) -> str:
    """The scope of a server."""
    return f"guild:{guild_id}"


async def put(conn: AsyncConnection, scope: str, daily: int | None) -> None:
    """Sets a scope's cap for 24 h, in cents; None takes it away."""
    statement = sql.insert(conn, limits).values(scope=scope, daily=daily)
    await conn.execute(statement.on_conflict_do_update(index_elements=["scope"], set_={"daily": daily}))


async def lock(conn: AsyncConnection, guild_id: int) -> None:
    """Makes reservations of the bot and of this server wait for one another until the transaction ends.

    Without it PostgreSQL lets concurrent ones each see the sum before the others. SQLite's one writer does it anyway.
    """
    for scope in (BOT, guild(guild_id)):  # always in this order
        await _lock(conn, scope)


async def lock_bot(conn: AsyncConnection) -> None:
    """Makes reservations, and what stops all of them, wait in line until the transaction ends."""
    await _lock(conn, BOT)


async def _lock(conn: AsyncConnection, scope: str) -> None:
    await conn.execute(sql.insert(conn, limits).values(scope=scope, daily=None).on_conflict_do_nothing())
    await conn.execute(select(limits.c.scope).where(limits.c.scope == scope).with_for_update())


async def lock_member(conn: AsyncConnection, user_id: str) -> None:
    """Makes whatever claims items of this person's inventory wait in line until the transaction ends."""
    await _lock(conn, f"user:{user_id}")


async def left(conn: AsyncConnection, guild_id: int, now: int) -> tuple[str, int] | None:
    """The stricter scope, and how many cents may still be spent there today; None without any cap."""
    found: list[tuple[str, int]] = []
    for scope, whose in ((BOT, None), (guild(guild_id), guild_id)):
        daily = (await conn.execute(select(limits.c.daily).where(limits.c.scope == scope))).scalar()
        if daily is not None:
            found.append((scope, daily - await purchases.spend(conn, now - DAY, whose)))
    return min(found, key=lambda pair: pair[1], default=None)


async def put_bot_limit(store: Store, daily: int | None) -> None:
    """What the operator's settings say for the whole bot, in cents for 24 h."""
    await store.run(lambda conn: put(conn, BOT, daily))
