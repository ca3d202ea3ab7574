"""Orders that evidence alone doesn't settle: a person decides, with a reason, once (money safety: settling by hand)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from bot.domain.ids import reference
from bot.domain.item import Inventory
from bot.domain.purchase import State
from bot.errors import LostError, Refusal
from bot.partner.errors import PartnerError
from bot.services.desk import seen_by, settle_from
from bot.services.evidence import evidence
from bot.services.outbox import add_post
from bot.store import audit, desk, limits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Item
    from bot.partner.api import PartnerReads
    from bot.services.delivery import Delivery
    from bot.services.desk import Moderator
    from bot.services.steps import Steps
    from bot.services.timing import Timing
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

SHORTEST_REASON, LONGEST_REASON = 5, 300


def by_key(items: Iterable[Item]) -> dict[str, Item]:
    """Items by a short name that is the same at each look: of the item, when it was pulled, and which of them it is."""
    named: dict[str, Item] = {}
    alike: Counter[str] = Counter()
    for item in items:
        pull = hashlib.sha256(f"{item.id}\n{item.purchased_at}".encode()).hexdigest()[:24]
        named[f"{pull}-{alike[pull]}"] = item
        alike[pull] += 1
    return named


def checked_reason(text: str, longest: int = LONGEST_REASON) -> str:
    """A reason that somebody gave, in one line.

    Raises:
        Refusal: `reason_length`.
    """
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= longest:
        raise Refusal("reason_length", least=SHORTEST_REASON, most=longest)
    return reason


class ByHand:
    """Legal steps only, from exactly what the person saw: of two at once one settles, and the other reads how."""

    def __init__(
        self, store: Store, clock: Clock, steps: Steps, reads: PartnerReads, delivery: Delivery, timing: Timing
    ) -> None:
        self._store, self._clock, self._steps = store, clock, steps
        self._reads, self._delivery, self._timing = reads, delivery, timing
        self.on_settled: Callable[[], None] = lambda: None
        """Called when one was settled, since a look for late items may be due. The scheduler sets it."""

    async def delivered(
        self, who: Moderator, purchase_id: str, ver: int, chosen: Collection[str], reason: str
    ) -> Purchase:
        """Its cards are those that it has, and the unclaimed items named by `chosen` (see `by_key`).

        `ver` is the order's version that the person saw.

        Raises:
            Refusal: `reason_length`, `partner_unread`, `no_cards`, `card_taken`, `order_beside`, and those of `_seen`.
        """
        reason = checked_reason(reason)
        seen = await self._seen(who, purchase_id, ver)
        if not chosen and not seen.cards:
            raise Refusal("no_cards")
        inventory = await self._inventory(seen) if chosen else Inventory(())
        try:
            async with self._store.read() as conn:
                items = await _chosen(conn, seen, inventory, chosen)
        except Refusal:
            await self._seen(who, purchase_id, ver)  # who settled it meanwhile is the better answer
            raise

        async def settled(conn: AsyncConnection) -> None:
            await _chosen(conn, seen, inventory, chosen)
            await self._record(conn, seen, who, State.DELIVERED, reason, [item.id for item in items])
            await self._steps.tell(
                conn, seen, "notice.settled_delivered", self._clock.now(), moderator_id=who.discord_id, why=reason
            )

        detail = f"settled by {who.discord_id} as delivered: {reason}"
        try:
            made = await self._delivery.deliver(seen, items, detail=detail, check=settled)
        except LostError:
            raise await self._moved(who, purchase_id) from None
        self.on_settled()
        return made

    async def not_bought(self, who: Moderator, purchase_id: str, ver: int, reason: str) -> Purchase:
        """Nothing came of it, and nothing was bought. Items that come late reopen it, as after two empty looks.

        Raises:
            Refusal: `reason_length`, `partner_unread`, `has_cards`, `items_there`, and those of `_seen`.
        """
        reason = checked_reason(reason)
        seen = await self._seen(who, purchase_id, ver)
        if seen.cards:
            raise Refusal("has_cards")
        inventory = await self._inventory(seen)

        async def settled(conn: AsyncConnection, made: Purchase) -> None:
            await limits.lock_member(conn, made.user_id)
            await self._check_nothing_came(conn, seen, inventory)
            await self._record(conn, seen, who, State.NOT_EXECUTED, reason)
            now = self._clock.now()
            await self._steps.tell(conn, seen, "notice.settled_nothing", now, moderator_id=who.discord_id, why=reason)
            if not await desk.is_shown(conn, made.id):
                await add_post(conn, now, made.channel_id, "order_ended", mention=made.discord_id, purchase_id=made.id)

        detail = f"settled by {who.discord_id} as not bought: {reason}"
        try:
            made = await self._steps.take(seen, State.NOT_EXECUTED, detail=detail, reason="by_hand", also=settled)
        except LostError:
            raise await self._moved(who, purchase_id) from None
        self.on_settled()
        return made

    async def _seen(self, who: Moderator, purchase_id: str, ver: int) -> Purchase:
        """The order as the person saw it.

        Raises:
            Refusal: `order_not_found`, `settled_delivered`, `settled_nothing`, `settled_itself`, `order_changed`,
                `too_early`.
        """
        async with self._store.read() as conn:
            seen = await seen_by(conn, purchase_id, who)
        since = settle_from(seen, self._timing)
        if since is None or seen.ver != ver:
            raise await self._moved(who, purchase_id)
        if since > self._clock.now():
            raise Refusal("too_early", from_at=since)
        return seen

    async def _moved(self, who: Moderator, purchase_id: str) -> Refusal:
        """How it stands, for whoever came second."""
        async with self._store.read() as conn:
            now = await seen_by(conn, purchase_id, who)
            decision = await desk.settlement(conn, now)
        if settle_from(now, self._timing) is not None:
            return Refusal("order_changed")
        if decision is None or decision.outcome != now.state:
            return Refusal("settled_itself")
        name = "settled_delivered" if now.state is State.DELIVERED else "settled_nothing"
        return Refusal(name, moderator_id=decision.actor, settled_at=decision.happened_at, reason=decision.reason)

    async def _inventory(self, seen: Purchase) -> Inventory:
        try:
            return await self._reads.inventory(seen.user_id)
        except PartnerError:
            raise Refusal("partner_unread") from None

    async def _check_nothing_came(self, conn: AsyncConnection, seen: Purchase, inventory: Inventory) -> None:
        assert seen.submitted_at is not None, "what was never sent is never in doubt"
        since = seen.submitted_at - self._timing.skew
        free = (await evidence(conn, seen, inventory)).free
        new = [item for item in free if item.purchased_at is None or item.purchased_at >= since]
        if new:
            raise Refusal("items_there", count=len(new), card=new[0].name, item=new[0].id)

    async def _record(
        self,
        conn: AsyncConnection,
        seen: Purchase,
        who: Moderator,
        outcome: State,
        reason: str,
        items: Sequence[str] = (),
    ) -> None:
        await audit.add(
            conn,
            desk.SETTLED,
            seen.id,
            self._clock.now(),
            actor=who.discord_id,
            guild_id=seen.guild_id,
            outcome=outcome,
            reason=reason,
            items=list(items),
        )


async def _chosen(conn: AsyncConnection, seen: Purchase, inventory: Inventory, chosen: Collection[str]) -> list[Item]:
    """The items of those names, if all of them are free, and can't be those of an order that is with the partner."""
    free = by_key((await evidence(conn, seen, inventory)).free)
    if not set(chosen) <= free.keys():
        raise Refusal("card_taken")
    if chosen:
        for other in await desk.unsettled_beside(conn, seen):
            if other.state is State.ACCEPTED and not other.overdue:
                raise Refusal("order_beside", reference=reference(other.id))
    return [item for key, item in free.items() if key in chosen]
