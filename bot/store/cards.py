"""Cards as rows. A card's identity is its row, not the partner's item id: a sold item can be pulled again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from bot.domain.ids import ulid
from bot.domain.item import Claims
from bot.domain.sale import CARD_STEPS, OPEN, CardState
from bot.errors import LostError
from bot.store.rows import value
from bot.store.tables import cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.item import Item


@dataclass(frozen=True, slots=True)
class Card:
    """A pulled card. Money in cents, times in milliseconds UTC."""

    id: str
    purchase_id: str | None
    """None for one that came through another door than this bot."""
    discord_id: int
    """Who pulled it; who may press is the account linked to `user_id` now."""
    user_id: str
    guild_id: int
    item_id: str
    occurrence: int
    pack_id: str
    pack_name: str
    position: int
    """Its place in the reveal, rare ones last."""
    name: str
    image: str | None
    back_image: str | None
    attributes: tuple[tuple[str, str], ...]
    fmv: int | None
    tier: str | None
    """None: unclear."""
    tier_color: int | None
    price: int | None
    """What the partner pays for it, as last read."""
    offer_known: bool
    offer_ends: int | None
    purchased_at: int | None
    state: CardState
    ver: int
    sold_for: int | None


@dataclass(frozen=True, slots=True)
class NewCard:
    """A pulled item with what was found out about it, in the order of the reveal."""

    item: Item
    fmv: int | None = None
    tier: str | None = None
    tier_color: int | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cards they become, and of which pack."""

    purchase_id: str | None
    discord_id: int
    user_id: str
    guild_id: int
    pack_id: str
    pack_name: str


def of_row(row: Any) -> Card:
    attributes = tuple((str(k), str(v)) for k, v in json.loads(row.attributes))
    return value(Card, row, state=CardState(row.state), attributes=attributes)


async def claims(conn: AsyncConnection, user_id: str, *, but: str | None = None) -> Claims:
    """What the cards of this user_id claim of its inventory, without those of the purchase `but`.

    One that was sold still claims its own pull: the inventory may have been read before the sale.
    """
    mine = [cards.c.user_id == user_id, or_(cards.c.state.in_(OPEN), cards.c.purchased_at.is_not(None))]
    if but is not None:
        mine.append(cards.c.purchase_id.is_distinct_from(but))
    rows = (await conn.execute(select(cards.c.item_id, cards.c.purchased_at).where(*mine))).all()
    return Claims(
        Counter((item_id, at) for item_id, at in rows if at is not None),
        Counter(item_id for item_id, at in rows if at is None),
    )


async def alike(conn: AsyncConnection, card: Card) -> int:
    """How many open cards are pulls of the same item by the same person at the same time, this one among them."""
    same = (cards.c.user_id == card.user_id) & (cards.c.item_id == card.item_id) & cards.c.state.in_(OPEN)
    dated = cards.c.purchased_at.is_not_distinct_from(card.purchased_at)
    return (await conn.execute(select(func.count()).where(same, dated))).scalar_one()


async def add(conn: AsyncConnection, owner: Owner, new: Sequence[NewCard], now: int, *, first: int = 0) -> None:
    """Stores them, in order from the position `first` on. The same item once more gets the next occurrence."""
    if not new:
        return
    rows = await conn.execute(
        select(cards.c.item_id, cards.c.occurrence).where(cards.c.user_id == owner.user_id, cards.c.state.in_(OPEN))
    )
    taken = {(item, occurrence) for item, occurrence in rows}
    made: list[dict[str, Any]] = []
    for position, card in enumerate(new, first):
        item, occurrence = card.item, 0
        while (item.id, occurrence) in taken:
            occurrence += 1
        taken.add((item.id, occurrence))
        made.append(
            {
                "id": ulid(now),
                "purchase_id": owner.purchase_id,
                "discord_id": owner.discord_id,
                "user_id": owner.user_id,
                "guild_id": owner.guild_id,
                "item_id": item.id,
                "occurrence": occurrence,
                "pack_id": owner.pack_id,
                "pack_name": owner.pack_name,
                "position": position,
                "name": item.name,
                "image": item.image,
                "back_image": item.back_image,
                "attributes": json.dumps(item.attributes, ensure_ascii=False),
                "fmv": card.fmv,
                "tier": card.tier,
                "tier_color": card.tier_color,
                "price": item.buyback_price,
                "offer_known": item.offer_known,
                "offer_ends": item.offer_ends,
                "purchased_at": item.purchased_at,
                "state": CardState.HELD,
                "ver": 1,
                "sold_for": None,
            }
        )
    await conn.execute(cards.insert(), made)


async def by_id(conn: AsyncConnection, card_id: str) -> Card | None:
    row = (await conn.execute(select(cards).where(cards.c.id == card_id))).one_or_none()
    return None if row is None else of_row(row)


async def of_purchase(conn: AsyncConnection, purchase_id: str) -> list[Card]:
    """In the order of the reveal."""
    rows = await conn.execute(select(cards).where(cards.c.purchase_id == purchase_id).order_by(cards.c.position))
    return [of_row(r) for r in rows]


async def step(conn: AsyncConnection, seen: Card, to: CardState, **values: Any) -> Card:
    """Compare-and-set from what was seen.

    Raises:
        LostError: the card has moved on.
    """
    assert (seen.state, to) in CARD_STEPS, f"no card goes from {seen.state} to {to}"
    row = (
        await conn.execute(
            update(cards)
            .where(cards.c.id == seen.id, cards.c.state == seen.state, cards.c.ver == seen.ver)
            .values(state=to, ver=cards.c.ver + 1, **values)
            .returning(*cards.c)
        )
    ).one_or_none()
    if row is None:
        raise LostError(seen.id)
    return of_row(row)


async def refresh(conn: AsyncConnection, seen: Card, item: Item) -> None:
    """What the inventory says now: price, end of the offer, when it was pulled. Nothing if the card has moved on."""
    await conn.execute(
        update(cards)
        .where(cards.c.id == seen.id, cards.c.ver == seen.ver)
        .values(
            price=item.buyback_price,
            offer_known=item.offer_known,
            offer_ends=item.offer_ends,
            purchased_at=func.coalesce(cards.c.purchased_at, item.purchased_at),
            ver=cards.c.ver + 1,
        )
    )


async def unsettled(conn: AsyncConnection, user_id: str) -> int:
    """How many cards of this user_id have a sale that hasn't ended."""
    waiting = (CardState.SUBMITTING, CardState.IN_DOUBT)
    count = select(func.count()).where(cards.c.user_id == user_id, cards.c.state.in_(waiting))
    return (await conn.execute(count)).scalar_one()
