"""What a server's moderators have set for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.store import sql
from bot.store.tables import guilds

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Guild:
    """A server's settings."""

    guild_id: int
    audit_channel_id: int | None = None
    """Where its moderators read what happens."""
    moderator_roles: frozenset[int] = frozenset()
    """Roles whose members are moderators; whoever may manage the server always is."""


async def get(conn: AsyncConnection, guild_id: int) -> Guild:
    """As nothing was set where nothing was."""
    row = (await conn.execute(select(guilds).where(guilds.c.guild_id == guild_id))).one_or_none()
    if row is None:
        return Guild(guild_id)
    return Guild(guild_id, row.audit_channel_id, frozenset(json.loads(row.moderator_roles)))


async def put_audit_channel(conn: AsyncConnection, guild_id: int, channel_id: int | None) -> None:
    await _put(conn, guild_id, audit_channel_id=channel_id)


async def put_moderator_roles(conn: AsyncConnection, guild_id: int, roles: Collection[int]) -> None:
    await _put(conn, guild_id, moderator_roles=json.dumps(sorted(roles)))


async def _put(conn: AsyncConnection, guild_id: int, **values: Any) -> None:
    fresh = {"guild_id": guild_id, "moderator_roles": "[]"} | values
    statement = sql.insert(conn, guilds).values(fresh)
    await conn.execute(statement.on_conflict_do_update(index_elements=["guild_id"], set_=values))
