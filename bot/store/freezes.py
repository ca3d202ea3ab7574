"""What stops people: rows, and the one question about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, update

from bot.domain.ids import ulid
from bot.store.rows import value
from bot.store.tables import freezes

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
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
    lifted_at: int | None


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


def _open(now: int) -> ColumnElement[bool]:
    return and_(freezes.c.lifted_at.is_(None), or_(freezes.c.ends_at.is_(None), freezes.c.ends_at > now))


async def stopping(
    conn: AsyncConnection, action: str, now: int, *, discord_id: int, guild_id: int, pack_id: str
) -> Freeze | None:
    """May this person do this here? None: yes; else what stops them, the widest first."""
    scopes = ["bot", f"guild:{guild_id}", f"pack:{pack_id}", f"member:{discord_id}"]
    rows = await conn.execute(
        select(freezes).where(freezes.c.scope.in_(scopes), freezes.c.action == action, _open(now))
    )
    found = sorted((value(Freeze, r) for r in rows), key=lambda f: scopes.index(f.scope))
    return found[0] if found else None


async def in_force(conn: AsyncConnection, now: int) -> list[Freeze]:
    """Everything that stops anybody, the oldest first."""
    rows = await conn.execute(select(freezes).where(_open(now)).order_by(freezes.c.made_at, freezes.c.id))
    return [value(Freeze, r) for r in rows]


async def lifted_since(conn: AsyncConnection, cause: str, since: int) -> list[Freeze]:
    """Those of a cause that were lifted after that time, the last one at the end."""
    wanted = (freezes.c.cause == cause) & (freezes.c.lifted_at > since)
    return [value(Freeze, r) for r in await conn.execute(select(freezes).where(wanted).order_by(freezes.c.lifted_at))]


async def lift(conn: AsyncConnection, scope: str, cause: str, now: int) -> list[Freeze]:
    """Lifts those of that cause that are in force, and gives them; none where somebody else has lifted them."""
    mine = update(freezes).where(freezes.c.scope == scope, freezes.c.cause == cause, _open(now))
    return [value(Freeze, r) for r in await conn.execute(mine.values(lifted_at=now).returning(*freezes.c))]
