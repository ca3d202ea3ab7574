"""What people at the desk ask of the database: what needs them, an order's past, and who settled it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from bot.domain.purchase import HELD, State
from bot.domain.sale import SaleState
from bot.store import purchases, sales
from bot.store.rows import value
from bot.store.tables import audit, cards, messages, purchase_events
from bot.store.tables import purchases as orders
from bot.store.tables import sales as attempts

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.store.purchases import Purchase
    from bot.store.sales import Sale

SETTLED = "order settled"
"""The audit's name for what a person decided."""
_OPEN_ORDERS = or_(
    orders.c.state.in_((State.REVIEW, State.IN_DOUBT)), (orders.c.state == State.ACCEPTED) & orders.c.overdue
)
_OPEN_SALES = attempts.c.state == SaleState.IN_DOUBT


@dataclass(frozen=True, slots=True)
class Event:
    """A line of an order's past: a step (both states), the reservation (`to_state` alone), or a note (neither)."""

    from_state: str | None
    to_state: str | None
    happened_at: int
    detail: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person decided, when and why; milliseconds UTC."""

    actor: int
    happened_at: int
    outcome: str
    """The state that the order came to by it."""
    reason: str


def _in(column: ColumnElement[int], guild_id: int | None) -> ColumnElement[bool]:
    return column.is_not(None) if guild_id is None else column == guild_id


async def count_waiting(conn: AsyncConnection, guild_id: int | None) -> int:
    """How many orders and sales need a person's eyes, in one server or in all."""
    found = 0
    for table, wanted in ((orders, _OPEN_ORDERS), (attempts, _OPEN_SALES)):
        count = select(func.count()).select_from(table).where(wanted, _in(table.c.guild_id, guild_id))
        found += (await conn.execute(count)).scalar_one()
    return found


async def orders_waiting(conn: AsyncConnection, guild_id: int | None, count: int) -> list[Purchase]:
    """The oldest of the orders in review, in doubt, or overdue."""
    query = select(orders).where(_OPEN_ORDERS, _in(orders.c.guild_id, guild_id)).order_by(orders.c.id).limit(count)
    return [purchases.of_row(row) for row in await conn.execute(query)]


async def sales_waiting(conn: AsyncConnection, guild_id: int | None, count: int) -> list[Sale]:
    """The oldest of the sales in doubt."""
    query = select(attempts).where(_OPEN_SALES, _in(attempts.c.guild_id, guild_id)).order_by(attempts.c.id).limit(count)
    return [sales.of_row(row) for row in await conn.execute(query)]


async def reviewed_at(conn: AsyncConnection, ids: Collection[str]) -> dict[str, int]:
    """When those of these orders that were ever given to a person last were, milliseconds UTC."""
    given = (purchase_events.c.to_state == State.REVIEW) & purchase_events.c.purchase_id.in_(ids)
    query = select(purchase_events.c.purchase_id, func.max(purchase_events.c.happened_at)).where(given)
    rows = await conn.execute(query.group_by(purchase_events.c.purchase_id))
    return {row[0]: row[1] for row in rows}


async def by_reference(conn: AsyncConnection, text: str, guild_id: int | None, count: int) -> list[Purchase]:
    """The newest orders whose id, or that of a sale of their cards, is or ends in this text."""
    sold = (
        select(cards.c.purchase_id)
        .join(attempts, attempts.c.card_id == cards.c.id)
        .where(attempts.c.id.endswith(text, autoescape=True), cards.c.purchase_id.is_not(None))
    )
    named = or_(orders.c.id.endswith(text, autoescape=True), orders.c.id.in_(sold))
    query = select(orders).where(named, _in(orders.c.guild_id, guild_id)).order_by(orders.c.id.desc()).limit(count)
    return [purchases.of_row(row) for row in await conn.execute(query)]


async def past(conn: AsyncConnection, purchase_id: str) -> list[Event]:
    """All that happened to an order, the oldest first."""
    mine = select(purchase_events).where(purchase_events.c.purchase_id == purchase_id)
    rows = await conn.execute(mine.order_by(purchase_events.c.happened_at, purchase_events.c.id))
    return [value(Event, row) for row in rows]


async def settlement(conn: AsyncConnection, seen: Purchase) -> Settlement | None:
    """The newest decision of a person about an order."""
    mine = (audit.c.guild_id == seen.guild_id) & (audit.c.happened_at >= seen.created_at)  # there is an index for it
    mine &= (audit.c.action == SETTLED) & (audit.c.subject == seen.id)
    row = (await conn.execute(select(audit).where(mine).order_by(audit.c.happened_at.desc()).limit(1))).one_or_none()
    if row is None:
        return None
    detail = json.loads(row.detail)
    return Settlement(row.actor, row.happened_at, detail["outcome"], detail["reason"])


async def unsettled_beside(conn: AsyncConnection, seen: Purchase) -> list[Purchase]:
    """Others of this person and pack that haven't ended: items that are there may be theirs."""
    same = (orders.c.user_id == seen.user_id) & (orders.c.pack_id == seen.pack_id) & (orders.c.id != seen.id)
    query = select(orders).where(same, orders.c.state.in_(HELD)).order_by(orders.c.id)
    return [purchases.of_row(row) for row in await conn.execute(query)]


async def is_shown(conn: AsyncConnection, purchase_id: str) -> bool:
    """Whether a message shows the order, or will."""
    mine = (messages.c.purchase_id == purchase_id) & messages.c.lost.is_(None)
    return (await conn.execute(select(messages.c.id).where(mine).limit(1))).first() is not None
