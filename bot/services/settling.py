"""Purchases in doubt: only the member's inventory, or a person, tells what became of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.errors import LostError
from bot.partner.errors import PartnerError
from bot.services.evidence import evidence
from bot.services.timing import ENOUGH_LOOKS

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Inventory, Item
    from bot.services.delivery import Delivery
    from bot.services.doors import Doors
    from bot.services.steps import Steps
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

log = logging.getLogger(__name__)


class Settling:
    """Looks, and concludes (money safety, "Purchase" and "What counts as new")."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        steps: Steps,
        doors: Doors,
        delivery: Delivery,
        timing: Timing,
    ) -> None:
        self._store, self._clock, self._settings, self._steps = store, clock, settings, steps
        self._doors, self._delivery, self._timing = doors, delivery, timing

    async def look(self, seen: Purchase) -> Purchase:
        """One look at the inventory for a purchase that is IN_DOUBT or NOT_EXECUTED, and what follows from it.

        Raises:
            LostError: the purchase has moved on, or what was found has found its owner meanwhile.
        """
        assert seen.submitted_at is not None, "what was never sent is never in doubt"
        try:
            inventory = await self._doors.inventory(seen.user_id)
        except PartnerError as error:
            log.info("no look for %s: %s", seen.id, error)
            return await self._again(seen)
        async with self._store.read() as conn:
            found = await evidence(conn, seen, inventory)
        if found.contested:
            return await self._again(seen)  # what appears may be another purchase's
        new = found.own(seen.submitted_at, self._timing.skew)
        linked = self._settings.account_mode == "linked"  # there the bot isn't the only one who buys
        if len(new) == seen.amount and not linked:
            return await self._deliver(seen, inventory, new)
        if seen.state is State.NOT_EXECUTED:
            return await self._late(seen, () if linked else new)
        if not self._settled(seen):
            return await self._again(seen)
        if found.free:
            return await self._review(seen, found.free, _why(seen, new, linked=linked))
        if seen.empty_looks + 1 < ENOUGH_LOOKS:
            return await self._steps.change(seen, empty_looks=seen.empty_looks + 1, look_at=self._next(seen))
        reason = "sandbox" if self._settings.sandbox else None
        return await self._steps.take(seen, State.NOT_EXECUTED, detail="nothing in two looks", reason=reason)

    async def _deliver(self, seen: Purchase, inventory: Inventory, new: tuple[Item, ...]) -> Purchase:
        async def still_so(conn: AsyncConnection) -> None:
            again = await evidence(conn, seen, inventory)
            if again.contested or not set(new) <= set(again.free):
                raise LostError(seen.id)

        return await self._delivery.deliver(seen, new, detail="found in the inventory", check=still_so)

    async def _late(self, seen: Purchase, new: tuple[Item, ...]) -> Purchase:
        """After NOT_EXECUTED: hourly for a day. What comes late and doesn't fit is for a person."""
        if new:
            return await self._review(seen, new, _why(seen, new, linked=False))
        over = self._clock.now() - (seen.settled_at or seen.created_at) > self._timing.give_up
        return await self._steps.change(seen, look_at=None if over else self._clock.now() + self._timing.late_look)

    async def _review(self, seen: Purchase, items: tuple[Item, ...], reason: str) -> Purchase:
        detail = "unclaimed: " + ", ".join(item.id for item in items)
        return await self._steps.take(seen, State.REVIEW, detail=detail, reason=reason)

    def _settled(self, seen: Purchase) -> bool:
        return self._clock.now() - (seen.doubted_at or 0) >= self._timing.settle

    def _next(self, seen: Purchase) -> int:
        return self._timing.next_look(seen.doubted_at or 0, self._clock.now())

    async def _again(self, seen: Purchase) -> Purchase:
        """This was no look, or one that can't tell anything yet."""
        if seen.state is State.NOT_EXECUTED:
            return await self._late(seen, ())
        if self._clock.now() - (seen.doubted_at or 0) > self._timing.give_up:
            return await self._steps.take(seen, State.REVIEW, detail="a day without evidence", reason="day")
        return await self._steps.change(seen, look_at=self._next(seen))


def _why(seen: Purchase, new: tuple[Item, ...], *, linked: bool) -> str:
    if linked:
        return "linked"
    if not new:
        return "old_items"
    return "too_few" if len(new) < seen.amount else "too_many"
