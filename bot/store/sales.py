"""Attempts to sell a card, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.domain.sale import SaleState
from bot.errors import LostError
from bot.store import messages, processes
from bot.store.rows import value
from bot.store.tables import sales

if TYPE_CHECKING:
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


def of_row(row: Any) -> Sale:
    return value(Sale, row, state=SaleState(row.state))


async def add(conn: AsyncConnection, **values: Any) -> Sale:
    fresh = {"state": SaleState.SUBMITTING, "ver": 1, "looks": 0}
    return of_row((await conn.execute(sales.insert().values(**fresh, **values).returning(*sales.c))).one())


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
    return of_row(row)


async def by_id(conn: AsyncConnection, sale_id: str) -> Sale | None:
    row = (await conn.execute(select(sales).where(sales.c.id == sale_id))).one_or_none()
    return None if row is None else of_row(row)


async def take_up(conn: AsyncConnection, worker: str) -> list[Sale]:
    """What is unfinished and nobody is at, oldest first: this process is from now on."""
    waiting = sales.c.state.in_((SaleState.SUBMITTING, SaleState.IN_DOUBT))
    return [of_row(row) for row in await processes.take(conn, sales, waiting, worker)]


take_due = partial(processes.take_due, sales)
next_look = partial(processes.next_look, sales)
