"""One task for each thing that is being worked at; one that fails goes on after a pause, and holds up no other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.errors import LostError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from bot.domain.clock import Clock
    from bot.tasks import Tasks

log = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Workers:
    """By the id of what they work at. `work` reads it anew each time, and may be begun again at any point."""

    def __init__(self, name: str, clock: Clock, tasks: Tasks, work: Callable[[str], Awaitable[None]]) -> None:
        self._name, self._clock, self._tasks, self._work = name, clock, tasks, work
        self._busy: dict[str, asyncio.Task[None]] = {}
        self.on_idle: Callable[[], None] = lambda: None
        """Called when one has ended. The scheduler sets it."""

    @property
    def busy(self) -> tuple[str, ...]:
        return tuple(self._busy)

    def start(self, id_: str) -> None:
        """Does nothing where somebody is at it."""
        if id_ in self._busy:
            return
        task = self._tasks.spawn(self._persist(id_), f"{self._name} {id_}")
        self._busy[id_] = task
        task.add_done_callback(lambda _: self._ended(id_))

    def _ended(self, id_: str) -> None:
        del self._busy[id_]
        self.on_idle()

    async def _persist(self, id_: str) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._work(id_)
            except LostError:
                log.info("%s %s was moved on by somebody else", self._name, id_)
            except Exception:
                log.exception("%s %s failed; it goes on in %g s", self._name, id_, pause)
            else:
                return
            await self._clock.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
