"""The sign of life that `python -m bot health` looks at: a file that is new only while Discord is there."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.domain.clock import Clock

log = logging.getLogger(__name__)
EVERY = 10
"""Seconds between two beats."""
STALE_MS = 30_000


async def beat(data_dir: Path, clock: Clock, connected: Callable[[], bool]) -> None:
    """Beats for ever; a beat is left out while the gateway isn't connected."""
    while True:
        if connected():
            try:
                write(data_dir, clock.now())
            except OSError as error:  # a full disk, say, that may be emptied again
                log.warning("no heartbeat: %s", error)
        await clock.sleep(EVERY)


def write(data_dir: Path, now: int) -> None:
    """One beat: the time and this process, put in place at once so that no reader sees half of it."""
    fresh = data_dir / f"heartbeat.{os.getpid()}"
    fresh.write_text(f"{now} {os.getpid()}\n", encoding="ascii")
    fresh.replace(data_dir / "heartbeat")


def age(data_dir: Path, now: int) -> int | None:
    """Milliseconds since the last beat; None where there is none."""
    try:
        beaten, _pid = (data_dir / "heartbeat").read_text(encoding="ascii").split()
        return now - int(beaten)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
