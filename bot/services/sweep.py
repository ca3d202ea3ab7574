"""Whether each item at the partner is one open card of ours, and each open card is there (money safety, "Sweep")."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.clock import DAY, HOUR
from bot.errors import LostError
from bot.partner.errors import PartnerError
from bot.services.differences import AGAIN
from bot.store import holdings, meta, processes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.services.differences import Differences
    from bot.services.doors import Doors
    from bot.services.outbox import Outbox
    from bot.store.engine import Store

log = logging.getLogger(__name__)

DUTY = "sweep"
SWEPT_AT = "swept_at"
"""In `meta`: when the last sweep that was finished began, milliseconds UTC."""
ACTIVE = 30 * DAY
"""Who used the bot since, or holds a card, is looked at."""
AT_ONCE = 8
"""Reads at a time: people's own reads wait for no more than these."""
RETRY = 60.0
"""Seconds until those are tried again whose inventory couldn't be read,"""
TOO_MANY = 10
"""and so many of them end a round: the partner is down."""
PATIENCE = HOUR
"""After it a sweep waits for nobody any more."""


class NotOnDutyError(Exception):
    """Another process sweeps now."""


class Sweep:
    """Goes through all members. One process does it; each of its writes is made only while it still is that one."""

    def __init__(
        self, store: Store, clock: Clock, differences: Differences, doors: Doors, outbox: Outbox, worker: str
    ) -> None:
        self._store, self._clock, self._differences = store, clock, differences
        self._doors, self._outbox, self._worker = doors, outbox, worker

    async def once(self) -> bool:
        """A whole sweep, and whether it was this process's to do.

        Members whose inventory can't be read are tried again for an hour. Then they are stopped, and it is finished;
        but not where the partner as a whole can't be read.
        """
        epoch = await self._store.run(lambda conn: processes.take_duty(conn, DUTY, self._worker))
        if epoch is None:
            return False
        began = self._clock.now()
        async with self._store.read() as conn:
            everybody = await holdings.members(conn, began - ACTIVE)
        try:
            left = await self._round(everybody, epoch)
            while left and self._clock.now() - began <= PATIENCE:
                log.info("the sweep waits for %d members whose inventory can't be read", len(left))
                await self._clock.sleep(RETRY)
                left = await self._round(left, epoch)
            if not left or len(left) < min(TOO_MANY, len(everybody)):
                await self._finish(epoch, began, left)
        except NotOnDutyError:
            log.info("another process sweeps now")
            return False
        return True

    async def _round(self, members: Sequence[str], epoch: int) -> list[str]:
        """Looks at each, and gives those who couldn't be read, after those who weren't tried."""
        waiting, unread = deque(members), list[str]()
        on_duty = True

        async def work() -> None:
            nonlocal on_duty
            while on_duty and waiting and len(unread) < TOO_MANY:
                user_id = waiting.popleft()
                try:
                    await self._member(user_id, epoch)
                except (PartnerError, LostError) as error:
                    log.info("no sweep of %s: %s", user_id, error)
                    unread.append(user_id)
                except NotOnDutyError:
                    on_duty = False

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
        if not on_duty:
            raise NotOnDutyError
        return [*waiting, *unread]

    async def _member(self, user_id: str, epoch: int) -> None:
        if self._doors.are_open:
            await self._doors.inventory(user_id)
            if self._doors.misses(user_id):
                await self._clock.sleep(AGAIN)
                await self._doors.inventory(user_id)
            if await self._differences.stops(user_id):
                await self._on_duty(epoch, partial(self._differences.let_go, user_id))
            return
        looks = await self._differences.look(user_id)
        if looks.tells:
            await self._on_duty(epoch, partial(self._differences.conclude, looks))

    async def _finish(self, epoch: int, began: int, unread: Sequence[str]) -> None:
        async def work(conn: AsyncConnection) -> None:
            for user_id in unread:
                await self._differences.stop_unread(user_id, conn)
            await meta.put(conn, SWEPT_AT, str(began))

        await self._on_duty(epoch, work)

    async def _on_duty(self, epoch: int, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        async def checked(conn: AsyncConnection) -> None:
            if not await processes.has_duty(conn, DUTY, epoch):
                raise NotOnDutyError
            await work(conn)

        await self._store.run(checked)
        self._outbox.news()
