"""Time and chance, behind one seam each: tests and the demo bring a clock of their own, and a seed repeats a run."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Protocol


class SandboxClock(Protocol):
    def now(self) -> int:
        """Wall clock, milliseconds UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class RealClock:
    """The machine's own time."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def iso(at: int) -> str:
    """Milliseconds UTC as the partner writes times: ISO 8601 with milliseconds and `Z`."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def chance(*seeds: object) -> random.Random:
    """Dice that fall the same way for the same seeds."""
    return random.Random("/".join(map(str, seeds)))  # noqa: S311 - to be repeated, not to be secret


def happens(dice: random.Random, share: float) -> bool:
    """Once in `1 / share` times."""
    return dice.random() < share
