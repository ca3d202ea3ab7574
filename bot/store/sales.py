"""Attempts to sell a card, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from bot.domain.ids import first_at
from bot.domain.sale import SaleState
from bot.errors import LostError
from bot.store import messages, processes
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
    worker: str | None
    """The process that is at it (`bot/store/processes.py`)."""


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


async def take_up(conn: AsyncConnection, worker: str) -> list[Sale]:
    """What is unfinished and nobody is at, oldest first: this process is from now on."""
    waiting = sales.c.state.in_((SaleState.SUBMITTING, SaleState.IN_DOUBT))
    return sorted(map(_sale, await processes.take(conn, sales, waiting, worker)), key=lambda s: s.id)


async def take_due(conn: AsyncConnection, worker: str, now: int) -> list[str]:
    """Ids of the sales whose due time has come, and that this process is at."""
    due = sales.c.look_at <= now
    await processes.take(conn, sales, due, worker)
    return list((await conn.execute(select(sales.c.id).where(due, sales.c.worker == worker))).scalars())


async def next_look(conn: AsyncConnection, worker: str, without: Collection[str] = ()) -> int | None:
    """The earliest due time, of all but those ids, and those that another process is at."""
    query = select(sales.c.id, sales.c.look_at).where(sales.c.look_at.is_not(None))
    query = query.where(await processes.free(conn, sales.c.worker, worker))
    rows = await conn.execute(query.order_by(sales.c.look_at).limit(len(without) + 1))
    return next((look_at for id_, look_at in rows if id_ not in without), None)


async def doubts(conn: AsyncConnection, since: int) -> int:
    """How many of the sales begun after that time are in doubt, or were until the inventory told."""
    told = sales.c.reason.in_(("amount_unknown", "not_executed"))
    doubtful = or_(sales.c.state == SaleState.IN_DOUBT, told)
    count = select(func.count()).where(sales.c.id >= first_at(since + 1), doubtful)
    return (await conn.execute(count)).scalar_one()
