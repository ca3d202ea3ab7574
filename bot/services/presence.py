"""That this process is alive, so that others leave to it what it is at."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.clock import SECOND
from bot.domain.ids import ulid
from bot.store import processes
from bot.store.engine import StoreDownError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.store.engine import Store

log = logging.getLogger(__name__)
BEATS = 3
"""In a lease: two may fail."""


class Presence:
    """One process. `lease` in milliseconds; `worker` is its name in the rows that it is at."""

    def __init__(self, store: Store, clock: Clock, lease: int) -> None:
        self._store, self._clock, self._lease = store, clock, lease
        self.worker = ulid(clock.now())
        self._began = False

    async def begin(self) -> None:
        await self._store.run(self._renew)
        self._began = True

    async def keep(self, on_beat: Callable[[], Awaitable[None]]) -> None:
        """Beats for ever; with each beat looks, by `on_beat`, whether others have ended and left something.

        On SQLite one process has the file to itself, so nobody is to be told.
        """
        while not self._store.is_sqlite:
            await self._clock.sleep(self._lease / BEATS / SECOND)
            try:
                await self._store.run(self._renew)
                await on_beat()
            except StoreDownError as error:
                log.warning("other bots can't be told that this one is alive: %s", error)
            except Exception:
                log.exception("this beat failed; the next one follows")  # or it would count as dead from here on

    async def _renew(self, conn: AsyncConnection) -> None:
        await processes.renew(conn, self.worker, self._lease)

    async def end(self) -> None:
        """What it was at is anybody's at once. If that can't be stored, it is when the lease ends."""
        if not self._began:
            return  # the database may be another bot's, or hold no tables yet
        with suppress(StoreDownError):
            await self._store.run(lambda conn: processes.leave(conn, self.worker))
