"""Lanes: one unknown at a time for a person and a pack, over purchases and sales (money safety)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.store import sql
from bot.store.rows import value
from bot.store.tables import lanes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Lane:
    """Who holds it: a purchase or a sale."""

    user_id: str
    pack_id: str
    purchase_id: str | None
    sale_id: str | None
    taken_at: int


async def take(
    conn: AsyncConnection,
    user_id: str,
    pack_id: str,
    *,
    now: int,
    purchase_id: str | None = None,
    sale_id: str | None = None,
) -> bool:
    """Takes it; False when it is taken."""
    row = await conn.execute(
        sql.insert(conn, lanes)
        .values(user_id=user_id, pack_id=pack_id, purchase_id=purchase_id, sale_id=sale_id, taken_at=now)
        .on_conflict_do_nothing(index_elements=["user_id", "pack_id"])
        .returning(lanes.c.user_id)
    )
    return row.one_or_none() is not None


async def leave(conn: AsyncConnection, *, purchase_id: str | None = None, sale_id: str | None = None) -> None:
    """Gives it back; only its holder's own row goes."""
    mine = lanes.c.purchase_id == purchase_id if purchase_id else lanes.c.sale_id == sale_id
    await conn.execute(delete(lanes).where(mine))


async def holder(conn: AsyncConnection, user_id: str, pack_id: str) -> Lane | None:
    row = (
        await conn.execute(select(lanes).where(lanes.c.user_id == user_id, lanes.c.pack_id == pack_id))
    ).one_or_none()
    return None if row is None else value(Lane, row)
