"""Stops buying while the partner fails, and lets it go on when the partner answers again."""

from __future__ import annotations

import logging
import random
from collections import deque
from typing import TYPE_CHECKING

from bot.domain.clock import HOUR, MINUTE, SECOND
from bot.partner.errors import PartnerError
from bot.services.workers import Workers
from bot.store import freezes, limits, processes
from bot.store.engine import StoreDownError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.partner.http import Answer
    from bot.partner.orders import PartnerOrders
    from bot.services.door import Door
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.store.engine import Store
    from bot.store.freezes import Freeze
    from bot.tasks import Tasks

log = logging.getLogger(__name__)

SCOPE, ACTION, CAUSE = "bot", "buy", "breaker"
"""Of the freeze: buying, for everybody. Reads and sales go on."""
DUTY = "breaker"
ROUTES = frozenset({"available", "init", "status"})
"""Calls that count. What fails for one person (their inventory, their card) is no reason to stop all others."""
WINDOW, ENOUGH_CALLS, SHARE = MINUTE, 10, 0.5
"""So many calls, or more, within this time, of which this share failed: the partner is failing."""
DOUBTS, DOUBTS_WINDOW = 5, 10 * MINUTE
"""Or so many purchases and sales that went in doubt within that time, by what the partner answered or didn't.

Those that a crash of our own left in doubt say nothing of the partner.
"""
PROBE = 30.0
"""Seconds between two harmless looks at the partner while buying is stopped."""
GOOD_PROBES = 3
"""So many good ones in a row end it,"""
SHORTEST, LONGEST = 2 * MINUTE, 30 * MINUTE
"""but not sooner than this; each time that it was ended in the hour before doubles that, up to the longest."""
_NEXT_CHECK = 5 * SECOND
"""While calls go on failing, the store isn't asked about each."""


class Calls:
    """How this process's calls to the partner ended, in the last minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ended: deque[tuple[int, bool]] = deque()
        self._failed = 0

    def add(self, *, failed: bool) -> None:
        now = self._clock.now()
        self._ended.append((now, failed))
        self._failed += failed
        while self._ended[0][0] <= now - WINDOW:
            self._failed -= self._ended.popleft()[1]

    @property
    def are_failing(self) -> bool:
        return _too_many(len(self._ended), self._failed)

    def since(self, at: int) -> tuple[int, int]:
        """How many ended after that time, and how many of them failed."""
        ends = [failed for ended_at, failed in self._ended if ended_at > at]
        return len(ends), sum(ends)


def _too_many(calls: int, failed: int) -> bool:
    return calls >= ENOUGH_CALLS and failed >= calls * SHARE


class Breaker:
    """One freeze for all processes. What happened before it was last lifted, by itself or a person, is forgotten."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        orders: PartnerOrders,
        notices: Notices,
        outbox: Outbox,
        tasks: Tasks,
        door: Door,
        worker: str,
    ) -> None:
        self._store, self._clock, self._orders, self._notices = store, clock, orders, notices
        self._outbox, self._tasks, self._door, self._worker = outbox, tasks, door, worker
        self._calls = Calls(clock)
        self._doubts: deque[int] = deque(maxlen=DOUBTS)
        self._checked_at = 0
        self._probes = Workers("breaker", clock, tasks, self._probe)

    def heard(self, route: str, answer: Answer | None) -> None:
        """A call to the partner has ended, with that answer."""
        if route not in ROUTES:
            return
        self._calls.add(failed=answer is None or not answer.is_partners)
        if self._calls.are_failing and self._clock.now() - self._checked_at >= _NEXT_CHECK:
            self._suspect()

    def doubted(self) -> None:
        """A purchase or sale of this process has just gone in doubt, by what the partner answered or didn't."""
        self._doubts.append(self._clock.now())
        self._suspect()

    def _suspect(self) -> None:
        if self._door.is_open:
            self._checked_at = self._clock.now()
            self._tasks.spawn(self._check(), "breaker")

    async def _check(self) -> None:
        try:
            tripped = await self._store.run(self._trip)
        except StoreDownError as error:
            log.warning("whether the partner fails can't be stored: %s", error)
            return
        if tripped:
            self._outbox.news()
        await self.resume()

    async def _trip(self, conn: AsyncConnection) -> bool:
        await limits.lock_bot(conn)  # or two processes would both stop it
        now = self._clock.now()
        if await _in_force(conn, now) is not None:
            return False
        lifted = await freezes.lifted_since(conn, CAUSE, now - DOUBTS_WINDOW)
        again_since = max((freeze.lifted_at or 0 for freeze in lifted), default=0)
        calls, failed = self._calls.since(max(again_since, now - WINDOW))
        doubts = sum(at > max(again_since, now - DOUBTS_WINDOW) for at in self._doubts)
        if not _too_many(calls, failed) and doubts < DOUBTS:
            return False
        reason = f"{failed} of {calls} calls failed, {doubts} in doubt"
        log.warning("the partner is failing (%s): nothing is bought until it answers again", reason)
        await freezes.add(conn, scope=SCOPE, action=ACTION, cause=CAUSE, reason=reason, now=now)
        await self._notices.tell(conn, now, "notice.breaker_on", calls=calls, failed=failed, doubts=doubts)
        return True

    async def resume(self) -> None:
        """Where buying is stopped, this process asks the partner, unless another one does."""
        async with self._store.read() as conn:
            frozen = await _in_force(conn, self._clock.now())
        if frozen is not None:
            self._probes.start(frozen.id)

    async def _probe(self, freeze_id: str) -> None:
        good = 0
        while True:
            await self._clock.sleep(PROBE * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            epoch = await self._store.run(lambda conn: processes.take_duty(conn, DUTY, self._worker))
            async with self._store.read() as conn:
                frozen = await _in_force(conn, self._clock.now())
                if epoch is None or frozen is None or frozen.id != freeze_id:
                    return
                earliest = await _earliest(conn, frozen)
            good = good + 1 if await self._answers() else 0
            if good >= GOOD_PROBES and self._clock.now() >= earliest:
                await self._lift(epoch)

    async def _answers(self) -> bool:
        try:
            await self._orders.look()
        except PartnerError as error:
            log.info("the partner still fails: %s", error)
            return False
        return True

    async def _lift(self, epoch: int) -> None:
        async def work(conn: AsyncConnection) -> None:
            now = self._clock.now()
            if not await processes.has_duty(conn, DUTY, epoch):
                return
            for lifted in await freezes.lift(conn, SCOPE, CAUSE, now):
                log.warning("the partner answers again: packs can be bought")
                await self._notices.tell(conn, now, "notice.breaker_off", since_at=lifted.made_at)

        await self._store.run(work)
        self._outbox.news()


async def _in_force(conn: AsyncConnection, now: int) -> Freeze | None:
    return next((freeze for freeze in await freezes.in_force(conn, now) if freeze.cause == CAUSE), None)


async def _earliest(conn: AsyncConnection, frozen: Freeze) -> int:
    """When it may be lifted: a partner that failed again soon after it answered is given longer."""
    before = len(await freezes.lifted_since(conn, CAUSE, frozen.made_at - HOUR))
    return frozen.made_at + min(SHORTEST * 2**before, LONGEST)
