"""Attempts to sell a card, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.domain.sale import SaleState
from bot.errors import LostError
from bot.store import messages
from bot.store.rows import value
from bot.store.tables import sales

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Sale:
    """One attempt. `quoted` is the price confirmed, `amount` the partner's own; cents, milliseconds UTC."""

    id: str
    card_id: str
    discord_id: int
    user_id: str
    guild_id: int
    pack_id: str
    quoted: int
    amount: int | None
    state: SaleState
    ver: int
    reason: str | None
    looks: int
    created_at: int
    settled_at: int | None
    look_at: int | None


def _sale(row: Any) -> Sale:
    return value(Sale, row, state=SaleState(row.state))


async def add(conn: AsyncConnection, **values: Any) -> Sale:
    fresh = {"state": SaleState.SUBMITTING, "ver": 1, "looks": 0}
    return _sale((await conn.execute(sales.insert().values(**fresh, **values).returning(*sales.c))).one())


async def change(conn: AsyncConnection, seen: Sale, **values: Any) -> Sale:
    """Compare-and-set from what was seen.

    Raises:
        LostError: the row has moved on.
    """
    row = (
        await conn.execute(
            update(sales)
            .where(sales.c.id == seen.id, sales.c.ver == seen.ver)
            .values(ver=sales.c.ver + 1, **values)
            .returning(*sales.c)
        )
    ).one_or_none()
    if row is None:
        raise LostError(seen.id)
    await messages.want(conn, row.ver, sale_id=seen.id)
    return _sale(row)


async def by_id(conn: AsyncConnection, sale_id: str) -> Sale | None:
    row = (await conn.execute(select(sales).where(sales.c.id == sale_id))).one_or_none()
    return None if row is None else _sale(row)


async def running(conn: AsyncConnection) -> list[Sale]:
    """All that a start takes up again."""
    waiting = (SaleState.SUBMITTING, SaleState.IN_DOUBT)
    rows = await conn.execute(select(sales).where(sales.c.state.in_(waiting)).order_by(sales.c.id))
    return [_sale(r) for r in rows]


async def due_looks(conn: AsyncConnection, now: int) -> list[str]:
    """Ids of the sales whose inventory is to be looked at by now."""
    return list((await conn.execute(select(sales.c.id).where(sales.c.look_at <= now))).scalars())


async def next_look(conn: AsyncConnection, without: Collection[str] = ()) -> int | None:
    """The earliest due time, of all but those ids."""
    query = select(sales.c.id, sales.c.look_at).where(sales.c.look_at.is_not(None))
    rows = await conn.execute(query.order_by(sales.c.look_at).limit(len(without) + 1))
    return next((look_at for id_, look_at in rows if id_ not in without), None)
