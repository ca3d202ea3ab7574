"""One timer for many due times: it sleeps until the next, and is set anew when an earlier one appears.

The timer's task only sleeps, so that cancelling it can't cut work short; each round of work is a task of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from bot.domain.clock import Clock
    from bot.tasks import Tasks

_AFTER_FAILURE = 5_000


class Scheduler:
    """Calls `work` when something is due, and then asks `next_due` (milliseconds UTC, None: nothing) when to wake.

    Rounds don't overlap: what comes due meanwhile is seen when the round asks again.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        tasks: Tasks,
        *,
        next_due: Callable[[], Awaitable[int | None]],
        work: Callable[[], Awaitable[None]],
    ) -> None:
        self._name, self._clock, self._tasks = name, clock, tasks
        self._next_due, self._work = next_due, work
        self._timer: asyncio.Task[None] | None = None
        self._at = 0
        self._round: asyncio.Task[None] | None = None
        self._again: int | None = None
        self._stopped = False

    def due(self, at: int) -> None:
        """Something is due then; wakes no later."""
        if self._stopped:
            return
        if self._round is not None and not self._round.done():
            self._again = at if self._again is None else min(at, self._again)
            return
        if self._timer is not None and not self._timer.done():
            if self._at <= at:
                return
            self._timer.cancel()
        self._at = at
        self._timer = self._tasks.spawn(self._sleep(at), f"{self._name}: timer")

    def now(self) -> None:
        """Something is due at once."""
        self.due(self._clock.now())

    def stop(self) -> None:
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    async def _sleep(self, at: int) -> None:
        await self._clock.sleep(max(0, at - self._clock.now()) / 1000)
        self._timer = None
        self._round = self._tasks.spawn(self._once(), f"{self._name}: round")

    async def _once(self) -> None:
        self._again = None
        at: int | None = self._clock.now() + _AFTER_FAILURE  # unless the round ends well
        try:
            await self._work()
            at = await self._next_due()
        finally:
            self._round = None
            wakes = [t for t in (at, self._again) if t is not None]
            if wakes:
                self.due(min(wakes))
