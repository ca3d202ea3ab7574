"""Purchases under way: one task each, from the reservation to the cards, and the looks of those in doubt."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.errors import LostError, Refusal
from bot.services.steps import LaneTakenError
from bot.services.workers import Workers
from bot.store import purchases

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.services.delivery import Delivery
    from bot.services.ordering import Ordering
    from bot.services.outbox import Outbox
    from bot.services.settling import Settling
    from bot.services.steps import Steps
    from bot.store.engine import Store
    from bot.store.purchases import Purchase
    from bot.tasks import Tasks


class Purchases:
    """Runs them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        steps: Steps,
        ordering: Ordering,
        delivery: Delivery,
        settling: Settling,
        outbox: Outbox,
        tasks: Tasks,
        worker: str,
    ) -> None:
        self._store, self._clock, self._steps, self._outbox, self._tasks = store, clock, steps, outbox, tasks
        self.worker = worker
        """The process that this is: what it reserves it is at from the start."""
        self._ordering, self._delivery, self._settling = ordering, delivery, settling
        self._read: dict[str, Purchase] = {}
        """Just read, so not to be read again: a start may take up ten thousand at once."""
        self.workers = Workers("purchase", clock, tasks, self._work)

    async def begin(self, reserve: Callable[[AsyncConnection], Awaitable[Purchase]]) -> Purchase:
        """Reserves and starts, also when whoever asks is gone before it is done.

        Raises:
            Refusal: those of `reserve`.
        """
        made = await asyncio.shield(self._tasks.spawn(self._begin(reserve), "reserve"))
        if isinstance(made, Refusal):
            raise made
        return made

    async def _begin(self, reserve: Callable[[AsyncConnection], Awaitable[Purchase]]) -> Purchase | Refusal:
        try:
            made = await self._store.run(reserve)
        except Refusal as refusal:
            return refusal
        self._outbox.news()
        self.workers.start(made.id)
        return made

    async def take_up(self) -> None:
        """Takes up what processes left that have ended. What they may have sent is in doubt, and isn't sent again."""
        left = await self._store.run(lambda conn: purchases.take_up(conn, self.worker))
        for seen in left:
            if seen.state is State.SUBMITTING:
                # Its answer came after all; or its lane moves this moment, and it is looked at when it is due.
                with suppress(LostError, LaneTakenError):
                    await self._steps.take(seen, State.IN_DOUBT, detail="the bot was restarted during the order")
            elif seen.state is not State.IN_DOUBT:
                self._read[seen.id] = seen
                self.workers.start(seen.id)

    async def let_go(self) -> None:
        """What hasn't been sent is anybody's: this process doesn't send it any more."""
        await self._store.run(lambda conn: purchases.let_go(conn, self.worker))

    async def due(self, now: int) -> None:
        """Does what is due: looks for those in doubt, and whatever nobody is at although somebody should be."""
        for purchase_id in await self._store.run(lambda conn: purchases.take_due(conn, self.worker, now)):
            self.workers.start(purchase_id)

    async def next_due(self) -> int | None:
        """The earliest due time of a purchase that nobody is at, milliseconds UTC."""
        async with self._store.read() as conn:
            return await purchases.next_look(conn, self.worker, without=self.workers.busy)

    async def _work(self, purchase_id: str) -> None:
        seen = self._read.pop(purchase_id, None) or await self._steps.get(purchase_id)
        if seen.worker != self.worker:
            return  # another process is at it, since this one stood still for longer than its lease
        due = seen.look_at is not None and seen.look_at <= self._clock.now()
        if seen.state is State.RESERVED:
            seen = await self._ordering.order(seen)
        elif seen.state is State.SUBMITTING and due:
            # Whoever sent it would be at it still: the outcome couldn't be stored.
            seen = await self._steps.take(seen, State.IN_DOUBT, detail="its outcome was not recorded in time")
        elif seen.state in {State.IN_DOUBT, State.NOT_EXECUTED} and due:
            seen = await self._settling.look(seen)
        if seen.state is State.ACCEPTED:
            await self._delivery.follow(seen)
