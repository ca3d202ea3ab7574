"""When the sweep goes round: at the start, and every hour."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.clock import SECOND

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.services.sweep import Sweep

log = logging.getLogger(__name__)
FIRST = 10.0
"""Seconds after the start: what is unfinished is taken up first."""
EVERY = 3600.0
"""Seconds from the beginning of one to that of the next."""
IDLE = 60.0
"""Seconds until it is asked again whether the process that sweeps has ended; or after a failure."""


async def sweep_hourly(sweep: Sweep, clock: Clock) -> None:
    """For ever. A sweep that fails holds up nothing."""
    await clock.sleep(FIRST)
    while True:
        began = clock.now()
        try:
            mine = await sweep.once()
        except Exception:
            log.exception("the sweep failed; it is tried again in %g s", IDLE)
            mine = False
        wait = EVERY if mine else IDLE
        await clock.sleep(max(0.0, wait - (clock.now() - began) / SECOND))
