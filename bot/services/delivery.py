"""From ACCEPTED to the cards: polling the session, and storing what it gives."""

from __future__ import annotations

import logging
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.clock import SECOND
from bot.domain.item import unclaimed
from bot.domain.purchase import State
from bot.partner.errors import PartnerError, SessionFailedError
from bot.partner.models import Pending
from bot.services.outbox import add_post
from bot.services.steps import LaneTakenError
from bot.store import cards, limits, purchases
from bot.store.cards import Owner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Item
    from bot.partner.api import PartnerReads
    from bot.partner.models import Fulfilled
    from bot.services.appraisal import Appraisal
    from bot.services.outbox import Outbox
    from bot.services.steps import Steps
    from bot.services.timing import Timing
    from bot.store.cards import Card
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE, OVERDUE_PAUSE = 1.0, 5.0, 60.0
"""Seconds between two polls, which the server itself holds for up to six (partner-api: poll)."""
LONG_WAIT = 15 * 60 * SECOND
"""An order that took longer is announced with a mention when its cards are there."""
_SECOND_LOOKS = (2.0, 8.0)
"""Seconds before the inventory is read again for cards that it didn't show at first."""
_OF_THE_RESULT = ("id", "name", "image", "back_image", "attributes")


class Delivery:
    """Waits for sessions and makes cards of their results."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        steps: Steps,
        reads: PartnerReads,
        appraisal: Appraisal,
        outbox: Outbox,
        timing: Timing,
    ) -> None:
        self._store, self._clock, self._steps, self._reads = store, clock, steps, reads
        self._appraisal, self._outbox, self._timing = appraisal, outbox, timing
        self.on_doubt: Callable[[], None] = lambda: None
        """Called, cheaply, when an order has gone in doubt by a poll's answer. The breaker's."""

    async def follow(self, seen: Purchase) -> Purchase:
        """Polls until the session has a result, however long that takes."""
        session, since = seen.session_id, seen.accepted_at
        assert session is not None
        assert since is not None
        pause = FIRST_PAUSE
        while True:
            try:
                answer = await self._reads.status(session)
            except SessionFailedError as error:
                # Not yet a failed purchase: a session can be forgotten. The inventory decides.
                try:
                    made = await self._steps.take(seen, State.IN_DOUBT, detail=str(error))
                except LaneTakenError:
                    pause = LONGEST_PAUSE
                else:
                    self.on_doubt()
                    return made
            except PartnerError as error:
                log.info("poll of %s: %s", seen.id, error)
            else:
                if not isinstance(answer, Pending):
                    return await self._result(seen, answer)
            if not seen.overdue and self._clock.now() - since > self._timing.overdue:
                seen = await self._steps.overdue(seen)
            await self._clock.sleep((OVERDUE_PAUSE if seen.overdue else pause) * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            pause = min(pause * 1.5, LONGEST_PAUSE)

    async def _result(self, seen: Purchase, result: Fulfilled) -> Purchase:
        if result.user_id not in {None, seen.user_id}:
            # Somebody else's cards are nobody's to show or sell here.
            items = ", ".join(item.id for item in result.items)
            detail = f"the result is for user {result.user_id}: {items}"
            return await self._steps.take(seen, State.REVIEW, detail=detail, reason="foreign")
        if len(result.items) == seen.amount:
            return await self.deliver(seen, result.items, detail=f"result {result.public_id}")
        reason = "too_few" if len(result.items) < seen.amount else "too_many"
        return await self.deliver(
            seen, result.items, to=State.REVIEW, reason=reason, detail=f"{len(result.items)} cards of {seen.amount}"
        )

    async def deliver(
        self,
        seen: Purchase,
        items: Sequence[Item],
        *,
        to: State = State.DELIVERED,
        reason: str | None = None,
        detail: str = "",
        check: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> Purchase:
        """Stores the cards with the step, before any of them is shown: after those that it has, if it has some.

        `check` is asked in the same transaction, in which nobody else claims items of this person.

        Raises:
            LostError: the purchase has moved on, or `check` says so.
        """
        if any(item.purchased_at is None for item in items):
            items = _completed(items, await self._held(seen))
        new = await self._appraisal.of(seen, items)
        now = self._clock.now()
        owner = Owner(seen.id, seen.discord_id, seen.user_id, seen.guild_id, seen.pack_id, seen.pack_name)

        async def store(conn: AsyncConnection, made: Purchase) -> None:
            await limits.lock_member(conn, made.user_id)
            if check is not None:
                await check(conn)
            await cards.add(conn, owner, new, now, first=seen.cards)
            if now - made.created_at > LONG_WAIT:
                await add_post(
                    conn, now, made.channel_id, "order_arrived", mention=made.discord_id, purchase_id=made.id
                )

        made = await self._steps.take(seen, to, detail=detail, also=store, reason=reason, cards=seen.cards + len(new))
        await self._complete_late(made)
        return made

    async def _complete_late(self, made: Purchase) -> None:
        """For cards that weren't in the inventory yet."""
        for pause in _SECOND_LOOKS:
            async with self._store.read() as conn:
                bare = [card for card in await cards.of_purchase(conn, made.id) if card.purchased_at is None]
            if not bare:
                return
            await self._clock.sleep(pause)
            held = await self._held(made)

            async def work(conn: AsyncConnection, bare: Sequence[Card] = bare, held: list[Item] = held) -> None:
                for card in bare:
                    if (item := _taken(held, card.item_id)) is not None:
                        await cards.refresh(conn, card, item)
                await purchases.touch(conn, made.id)

            await self._store.run(work)
            self._outbox.news()

    async def _held(self, seen: Purchase) -> list[Item]:
        """The inventory's items of the pack that no other card of ours is, the newest first; none if it can't be read.

        It alone knows price, deadline and date. The cards don't wait for it.
        """
        try:
            inventory = await self._reads.inventory(seen.user_id)
        except PartnerError as error:
            log.info("the inventory for %s can't be read: %s", seen.id, error)
            return []
        async with self._store.read() as conn:
            claims = await cards.claims(conn, seen.user_id, but=seen.id)
        return [item for item in reversed(unclaimed(inventory.items, claims)) if item.pack_id == seen.pack_id]


def _taken(held: list[Item], item_id: str) -> Item | None:
    item = next((one for one in held if one.id == item_id), None)
    if item is not None:
        held.remove(item)
    return item


def _completed(items: Sequence[Item], held: list[Item]) -> list[Item]:
    """The items of a result, with price, deadline and date of the inventory where it shows them."""
    made: list[Item] = []
    for item in items:
        there = _taken(held, item.id)
        fresh = item if there is None else replace(there, **{name: getattr(item, name) for name in _OF_THE_RESULT})
        made.append(fresh)
    return made
