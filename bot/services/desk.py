"""The moderators' desk: orders and sales that need a person's eyes, and all that is known of one order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.ids import PATTERN
from bot.domain.purchase import State
from bot.errors import Refusal
from bot.partner.errors import PartnerError
from bot.services.evidence import evidence
from bot.services.sales import SaleView
from bot.store import cards, desk, purchases
from bot.store.sales import Sale

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Item
    from bot.partner.api import PartnerReads
    from bot.services.timing import Timing
    from bot.store.cards import Card
    from bot.store.desk import Event, Settlement
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

PAGE = 8
"""Orders and sales of one look at what waits."""
MOST_FOUND = 8
_REFERENCE = re.compile(rf"{PATTERN}|{PATTERN.removesuffix('{26}')}{{8}}")
_MISREAD = str.maketrans("OIL", "011")
"""Letters that no id has, and the digits they are mistaken for."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Somebody at the desk. `guild_id`: the server whose orders they see and settle; None, for the operator: all."""

    discord_id: int
    guild_id: int | None

    def covers(self, guild_id: int) -> bool:
        return self.guild_id in {None, guild_id}


@dataclass(frozen=True, slots=True)
class Entry:
    """An order or a sale, and since when it is as it is, milliseconds UTC."""

    subject: Purchase | SaleView
    since: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of what needs eyes, the oldest first; pages count from 0."""

    entries: tuple[Entry, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of an order. Times in milliseconds UTC."""

    order: Purchase
    cards: tuple[Card, ...]
    past: tuple[Event, ...]
    settlement: Settlement | None
    """What a person decided about it, if one did."""
    settle_from: int | None
    """From when on a person may settle it; None: never, as it stands."""
    now: int
    items: tuple[Item, ...] | None = None
    """While it can be settled: the partner's items of the pack that no card claims, the newest first. None: unread."""
    items_since: int = 0
    """Items pulled from then on may be this order's."""
    beside: tuple[Purchase, ...] = ()
    """Other unsettled orders of this person and pack, whose the items might be."""

    @property
    def can_settle(self) -> bool:
        return self.settle_from is not None and self.settle_from <= self.now


def settle_from(order: Purchase, timing: Timing) -> int | None:
    """From when on a person may settle it, milliseconds UTC (money safety: settling by hand); None: never."""
    if order.state is State.REVIEW:
        return order.created_at
    if order.state is State.IN_DOUBT:
        return (order.doubted_at or order.created_at) + timing.settle
    return None


async def seen_by(conn: AsyncConnection, purchase_id: str, who: Moderator) -> Purchase:
    """The order, if it is one that this person may see.

    Raises:
        Refusal: `order_not_found`, also for an order of another server.
    """
    found = await purchases.by_id(conn, purchase_id)
    if found is None or not who.covers(found.guild_id):
        raise Refusal("order_not_found")
    return found


async def _entry(conn: AsyncConnection, one: Purchase | Sale, reviewed_at: int | None) -> Entry:
    if isinstance(one, Sale):
        card = await cards.by_id(conn, one.card_id)
        assert card is not None, "cards are never deleted"
        return Entry(SaleView(one, card), one.created_at)
    since = {State.REVIEW: reviewed_at, State.IN_DOUBT: one.doubted_at, State.ACCEPTED: one.accepted_at}
    return Entry(one, since.get(one.state) or one.created_at)


class Desk:
    """Looking, only: what a person decides is `ByHand`'s."""

    def __init__(self, store: Store, clock: Clock, reads: PartnerReads, timing: Timing) -> None:
        self._store, self._clock, self._reads, self._timing = store, clock, reads, timing

    async def waiting(self, who: Moderator, page: int = 0) -> Waiting:
        """Orders in review, in doubt or overdue, and sales in doubt. A page that isn't there any more is the last."""
        async with self._store.read() as conn:
            count = await desk.count_waiting(conn, who.guild_id)
            page = min(page, max(0, -(-count // PAGE) - 1))
            most = (page + 1) * PAGE
            orders = await desk.orders_waiting(conn, who.guild_id, most)
            sold = await desk.sales_waiting(conn, who.guild_id, most)
            oldest = sorted([*orders, *sold], key=lambda one: one.id)[page * PAGE : most]
            given = await desk.reviewed_at(conn, [one.id for one in oldest])
            entries = [await _entry(conn, one, given.get(one.id)) for one in oldest]
        return Waiting(tuple(entries), count, page)

    async def find(self, who: Moderator, text: str) -> list[Purchase]:
        """The orders of that reference (its own, or that of a sale of its cards) or id, the newest first.

        Raises:
            Refusal: `reference_unknown`.
        """
        wanted = "".join(text.split()).upper().translate(_MISREAD)
        if not _REFERENCE.fullmatch(wanted):
            raise Refusal("reference_unknown", text=text)
        async with self._store.read() as conn:
            found = await desk.by_reference(conn, wanted, who.guild_id, MOST_FOUND)
        if not found:
            raise Refusal("reference_unknown", text=text)
        return found

    async def order(self, who: Moderator, purchase_id: str) -> Dossier:
        """All about it; while it can be settled, with a fresh look at the partner's inventory.

        Raises:
            Refusal: `order_not_found`.
        """
        now = self._clock.now()
        async with self._store.read() as conn:
            order = await seen_by(conn, purchase_id, who)
            made = Dossier(
                order,
                tuple(await cards.of_purchase(conn, order.id)),
                tuple(await desk.past(conn, order.id)),
                await desk.settlement(conn, order),
                settle_from(order, self._timing),
                now,
            )
        return await self._looked(made) if made.can_settle else made

    async def _looked(self, made: Dossier) -> Dossier:
        try:
            inventory = await self._reads.inventory(made.order.user_id)
        except PartnerError:
            inventory = None
        async with self._store.read() as conn:
            beside = tuple(await desk.unsettled_beside(conn, made.order))
            items = None
            if inventory is not None:
                items = tuple(reversed((await evidence(conn, made.order, inventory)).free))
        since = (made.order.submitted_at or made.order.created_at) - self._timing.skew
        return replace(made, items=items, items_since=since, beside=beside)
