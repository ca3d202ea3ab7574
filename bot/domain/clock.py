"""Time, behind one seam: what the product reads, and how it waits."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """Tests and the demo put their own in its place."""

    def now(self) -> int:
        """Wall clock, milliseconds UTC."""
        ...

    def boottime(self) -> float:
        """Seconds that never jump back and go on while the machine sleeps."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def boottime(self) -> float:
        # The monotonic clock stands still while a laptop sleeps; a send deadline must not.
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
