"""Purchases in doubt: only the member's inventory, or a person, tells what became of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.item import unclaimed
from bot.domain.purchase import State
from bot.partner.errors import PartnerError
from bot.store import cards, lanes, purchases

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.domain.item import Inventory, Item
    from bot.partner.api import PartnerReads
    from bot.services.delivery import Delivery
    from bot.services.steps import Steps
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

log = logging.getLogger(__name__)
ENOUGH_LOOKS = 2


class Settling:
    """Looks, and concludes (money safety, "Purchase" and "What counts as new")."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        steps: Steps,
        reads: PartnerReads,
        delivery: Delivery,
        timing: Timing,
    ) -> None:
        self._store, self._clock, self._settings, self._steps = store, clock, settings, steps
        self._reads, self._delivery, self._timing = reads, delivery, timing

    async def look(self, seen: Purchase) -> Purchase:
        """One look at the inventory for a purchase that is IN_DOUBT or NOT_EXECUTED, and what follows from it.

        Raises:
            LostError: the purchase has moved on.
        """
        assert seen.submitted_at is not None, "what was never sent is never in doubt"
        now = self._clock.now()
        try:
            inventory = await self._reads.inventory(seen.user_id)
        except PartnerError as error:
            log.info("no look for %s: %s", seen.id, error)
            return await self._again(seen, now)
        free, others = await self._free(seen, inventory)
        if others:
            return await self._again(seen, now)  # another purchase of this pack may be what appears
        since = seen.submitted_at - self._timing.skew
        new = [item for item in free if item.purchased_at is not None and item.purchased_at >= since]
        linked = self._settings.account_mode == "linked"  # there the bot isn't the only one who buys
        if len(new) == seen.amount and not linked:
            return await self._delivery.deliver(seen, new, detail="found in the inventory")
        if seen.state is State.NOT_EXECUTED:
            return await self._steps.change(seen, look_at=None)
        if now - seen.submitted_at < self._timing.settle:
            return await self._again(seen, now)
        if new or free:
            reason = _why(seen, new, linked=linked)
            detail = ", ".join(item.id for item in free)
            return await self._steps.take(seen, State.REVIEW, detail=f"unclaimed: {detail}", reason=reason)
        if seen.empty_looks + 1 < ENOUGH_LOOKS:
            return await self._again(seen, now, empty_looks=seen.empty_looks + 1)
        reason = "sandbox" if self._settings.sandbox else None
        return await self._steps.take(seen, State.NOT_EXECUTED, detail="nothing in two looks", reason=reason)

    async def _free(self, seen: Purchase, inventory: Inventory) -> tuple[list[Item], bool]:
        """Unclaimed items of the pack, and whether another unsettled purchase could be theirs."""
        async with self._store.read() as conn:
            claims = await cards.claimed(conn, seen.user_id)
            others = await purchases.awaiting(conn, seen.user_id, seen.pack_id) > 0
            lane = await lanes.holder(conn, seen.user_id, seen.pack_id)
        elsewhere = lane is not None and lane.purchase_id != seen.id
        free = unclaimed(inventory.items, claims)
        return [item for item in free if item.pack_id == seen.pack_id], others or elsewhere

    async def _again(self, seen: Purchase, now: int, **values: int) -> Purchase:
        assert seen.submitted_at is not None
        if seen.state is State.IN_DOUBT and now - seen.submitted_at > self._timing.give_up:
            return await self._steps.take(seen, State.REVIEW, detail="a day without evidence", reason="day")
        first = seen.submitted_at + self._timing.settle
        wait = self._timing.between_looks
        # The first look that can conclude anything is the one when the settle time has passed.
        at = first if now < first < now + wait else now + wait
        return await self._steps.change(seen, look_at=at, **values)


def _why(seen: Purchase, new: list[Item], *, linked: bool) -> str:
    if linked:
        return "linked"
    if not new:
        return "old_items"
    return "too_few" if len(new) < seen.amount else "too_many"
