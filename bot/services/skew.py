"""The partner's clock and ours: when they differ, nothing is bought, and the operator is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.clock import HOUR
from bot.services.timing import MAX_SKEW, WARN_SKEW
from bot.store import limits, meta
from bot.store.engine import StoreDownError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.partner.http import Answer
    from bot.services.door import Door
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.store.engine import Store
    from bot.tasks import Tasks

log = logging.getLogger(__name__)
TOLD_AT = "clock_skew_told_at"
"""In `meta`: when the operator was last told, milliseconds UTC."""
AGAIN = HOUR
"""Neither told nor logged more often."""
_IN_A_ROW = 2
"""One answer may merely have been slow."""


class Skew:
    """Compares with each answer of the partner's."""

    def __init__(self, store: Store, clock: Clock, notices: Notices, outbox: Outbox, tasks: Tasks, door: Door) -> None:
        self._store, self._clock, self._notices = store, clock, notices
        self._outbox, self._tasks, self._door = outbox, tasks, door
        self._in_a_row = 0
        self._quiet_until = self._logged_until = 0

    def heard(self, answer: Answer | None) -> None:
        """A call to the partner has ended, with that answer."""
        if answer is None or answer.skew is None:
            return
        now = self._clock.now()
        if abs(answer.skew) > WARN_SKEW and now >= self._logged_until:
            self._logged_until = now + AGAIN
            log.warning("the partner's clock is %.0f s ahead of ours", answer.skew)
        self._in_a_row = self._in_a_row + 1 if abs(answer.skew) > MAX_SKEW else 0
        if self._in_a_row >= _IN_A_ROW and now >= self._quiet_until and self._door.is_open:
            self._quiet_until = now + AGAIN
            self._tasks.spawn(self._tell(round(answer.skew)), "clock skew")

    async def _tell(self, seconds: int) -> None:
        async def work(conn: AsyncConnection) -> None:
            await limits.lock_bot(conn)  # or two processes would both tell it
            now = self._clock.now()
            if now - int(await meta.get(conn, TOLD_AT) or 0) < AGAIN:
                return
            await meta.put(conn, TOLD_AT, str(now))
            await self._notices.tell(conn, now, "notice.clock_skew", seconds=abs(seconds), most=round(MAX_SKEW))

        try:
            await self._store.run(work)
        except StoreDownError as error:
            log.warning("the operator can't be told: %s", error)
            self._quiet_until = 0
            return
        self._outbox.news()
