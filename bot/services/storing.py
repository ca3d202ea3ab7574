"""What only this task knows isn't lost with the database: it is stored when that can be written again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from bot.services.workers import FIRST_PAUSE, LONGEST_PAUSE
from bot.store.engine import StoreDownError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.clock import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")


async def stored(clock: Clock, what: str, work: Callable[[], Awaitable[T]]) -> T:
    """Does the work as soon as the database takes it, however long that is.

    It may be done anew after it was carried out, since a commit's answer can be lost: it must read how things stand.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except StoreDownError as error:
            log.warning("%s can't be stored; again in %g s: %s", what, pause, error)
        await clock.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
