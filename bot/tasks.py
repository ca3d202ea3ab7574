"""Background work: every task is held, named, and its failure is told."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = logging.getLogger(__name__)
T = TypeVar("T")


class Tasks:
    """The tasks of one bot. An asyncio task that nobody holds may vanish in the middle of its work."""

    def __init__(self) -> None:
        self._live: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        task = asyncio.create_task(work, name=name)
        self._live.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._live.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background task %s failed", task.get_name(), exc_info=error)

    async def wait(self, seconds: float) -> None:
        """Waits for what runs, and for what that starts in turn, but no longer than this."""
        try:
            async with asyncio.timeout(seconds):
                while self._live:
                    await asyncio.wait(list(self._live))
        except TimeoutError:
            log.warning("%d tasks were still at work after %g s", len(self._live), seconds)

    async def cancel(self) -> None:
        """Ends all that is left, and what that starts in turn."""
        while left := list(self._live):
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
