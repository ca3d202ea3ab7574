"""What stops people: rows, and the one question about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from bot.domain.ids import ulid
from bot.store.rows import value
from bot.store.tables import freezes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Freeze:
    """Something that may not be done. Times in milliseconds UTC; `ends_at` None: until it is lifted."""

    id: str
    scope: str
    """`bot`, `guild:<id>`, `pack:<id>` or `member:<discord id>`."""
    action: str
    """`buy`, `sell`, `ship` or `draw`."""
    cause: str
    reason: str
    made_by: int | None
    made_at: int
    ends_at: int | None


async def add(
    conn: AsyncConnection,
    *,
    scope: str,
    action: str,
    cause: str,
    reason: str,
    now: int,
    made_by: int | None = None,
    ends_at: int | None = None,
) -> str:
    """Freezes, and gives the row's id."""
    made = ulid(now)
    await conn.execute(
        freezes.insert().values(
            id=made,
            scope=scope,
            action=action,
            cause=cause,
            reason=reason,
            made_by=made_by,
            made_at=now,
            ends_at=ends_at,
        )
    )
    return made


async def stopping(
    conn: AsyncConnection, action: str, now: int, *, discord_id: int, guild_id: int, pack_id: str
) -> Freeze | None:
    """May this person do this here? None: yes; else what stops them, the widest first."""
    scopes = ["bot", f"guild:{guild_id}", f"pack:{pack_id}", f"member:{discord_id}"]
    rows = await conn.execute(
        select(freezes).where(
            freezes.c.scope.in_(scopes),
            freezes.c.action == action,
            freezes.c.lifted_at.is_(None),
            or_(freezes.c.ends_at.is_(None), freezes.c.ends_at > now),
        )
    )
    found = sorted((value(Freeze, r) for r in rows), key=lambda f: scopes.index(f.scope))
    return found[0] if found else None
