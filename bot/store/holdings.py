"""What our records say that a person holds at the partner, and for which packs that isn't settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select, union

from bot.domain.purchase import HELD, State
from bot.domain.sale import OPEN, SaleState
from bot.store.accounts import Account
from bot.store.cards import Card, of_row
from bot.store.rows import value
from bot.store.tables import accounts, cards, lanes, purchases, sales

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Holding:
    """A person's open cards, and the packs of which the inventory proves nothing yet."""

    account: Account | None
    """Who is linked to the user_id now."""
    cards: tuple[Card, ...]
    busy: frozenset[str]


async def of(conn: AsyncConnection, user_id: str, since: int, *, late: bool) -> Holding:
    """As it is now.

    Busy is a pack with a purchase that hasn't ended, a sale, a lane that is taken, or, ended after `since`
    (milliseconds UTC), a sale, or a purchase whose cards the inventory hasn't shown yet. With `late` also one with a
    purchase that wasn't carried out and is still looked for: what appears is that purchase's.
    """
    owner = (await conn.execute(select(accounts).where(accounts.c.user_id == user_id))).one_or_none()
    mine = (cards.c.user_id == user_id) & cards.c.state.in_(OPEN)
    rows = await conn.execute(select(cards).where(mine).order_by(cards.c.id))
    ordered = purchases.c.state.in_(HELD)
    if late:
        ordered = or_(ordered, (purchases.c.state == State.NOT_EXECUTED) & purchases.c.look_at.is_not(None))
    selling = sales.c.state.in_((SaleState.SUBMITTING, SaleState.IN_DOUBT))
    busy = union(
        select(purchases.c.pack_id).where(purchases.c.user_id == user_id, ordered),
        select(cards.c.pack_id)
        .join(purchases, purchases.c.id == cards.c.purchase_id)
        .where(mine, cards.c.purchased_at.is_(None), purchases.c.settled_at > since),
        select(cards.c.pack_id)
        .join(sales, sales.c.card_id == cards.c.id)
        .where(cards.c.user_id == user_id, or_(selling, sales.c.settled_at > since)),
        select(lanes.c.pack_id).where(lanes.c.user_id == user_id),
    )
    return Holding(
        None if owner is None else value(Account, owner),
        tuple(of_row(row) for row in rows),
        frozenset((await conn.execute(busy)).scalars()),
    )


async def members(conn: AsyncConnection, since: int) -> list[str]:
    """The user_ids that somebody is linked to and that have an open card, or were used since (milliseconds UTC)."""
    active = or_(
        accounts.c.linked_at > since,
        exists().where(cards.c.user_id == accounts.c.user_id, cards.c.state.in_(OPEN)),
        exists().where(purchases.c.user_id == accounts.c.user_id, purchases.c.created_at > since),
        exists().where(
            cards.c.user_id == accounts.c.user_id, sales.c.card_id == cards.c.id, sales.c.created_at > since
        ),
    )
    return list((await conn.execute(select(accounts.c.user_id).where(active).order_by(accounts.c.user_id))).scalars())


async def newest_guild(conn: AsyncConnection, user_id: str) -> int | None:
    """The server of a person's newest purchase."""
    mine = select(purchases.c.guild_id).where(purchases.c.user_id == user_id).order_by(purchases.c.id.desc())
    return (await conn.execute(mine.limit(1))).scalar()
