"""Whether each item at the partner is one open card of ours, and each open card is there (money safety, "Sweep")."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.clock import DAY, HOUR
from bot.errors import LostError
from bot.partner.errors import PartnerError
from bot.services.comparison import compare, put_dates, put_gone
from bot.store import audit, freezes, holdings, limits, meta, processes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Inventory
    from bot.services.comparison import Comparison
    from bot.services.doors import Doors
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.engine import Store
    from bot.store.holdings import Holding

log = logging.getLogger(__name__)

DUTY = CAUSE = "sweep"
STOPPED = ("buy", "sell")
"""For a member whose cards differ."""
REASON = "your cards at the partner differ from our records, and the operator has been told"
SWEPT_AT = "swept_at"
"""In `meta`: when the last sweep that could read everybody's inventory began, milliseconds UTC."""
ACTIVE = 30 * DAY
"""Who used the bot since, or holds a card, is looked at."""
AT_ONCE = 8
"""Reads at a time: people's own reads wait for no more than these."""
AGAIN = 5.0
"""Seconds until a difference is looked at once more."""
RETRY = 60.0
"""Seconds until those are tried again whose inventory couldn't be read,"""
TOO_MANY = 10
"""and so many of them end a round: the partner is down."""
PATIENCE = HOUR
"""After it a sweep that still can't read somebody gives way to the next one."""


class NotOnDutyError(Exception):
    """Another process sweeps now."""


class Sweep:
    """Goes through all members. One process does it; each of its writes is made only while it still is that one."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        doors: Doors,
        notices: Notices,
        outbox: Outbox,
        timing: Timing,
        worker: str,
    ) -> None:
        self._store, self._clock, self._sandbox, self._doors = store, clock, settings.sandbox, doors
        self._notices, self._outbox, self._timing, self._worker = notices, outbox, timing, worker

    async def once(self) -> bool:
        """A whole sweep, and whether it was this process's to do.

        Members whose inventory can't be read are tried again; with them alone it isn't finished.
        """
        epoch = await self._store.run(lambda conn: processes.take_duty(conn, DUTY, self._worker))
        if epoch is None:
            return False
        began = self._clock.now()
        async with self._store.read() as conn:
            left = await holdings.members(conn, began - ACTIVE)
        try:
            while left := await self._round(left, epoch):
                log.info("the sweep waits for %d members whose inventory can't be read", len(left))
                await self._clock.sleep(RETRY)
                if self._clock.now() - began > PATIENCE:
                    return True
            await self._store.run(partial(self._finish, epoch, began))
        except NotOnDutyError:
            log.info("another process sweeps now")
            return False
        return True

    async def _round(self, members: Sequence[str], epoch: int) -> list[str]:
        """Looks at each, and gives those who couldn't be read, after those who weren't tried."""
        waiting, unread = deque(members), list[str]()
        on_duty = True

        async def work() -> None:
            nonlocal on_duty
            while on_duty and waiting and len(unread) < TOO_MANY:
                user_id = waiting.popleft()
                try:
                    await self._member(user_id, epoch)
                except (PartnerError, LostError) as error:
                    log.info("no sweep of %s: %s", user_id, error)
                    unread.append(user_id)
                except NotOnDutyError:
                    on_duty = False

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
        if not on_duty:
            raise NotOnDutyError
        return [*waiting, *unread]

    async def _finish(self, epoch: int, began: int, conn: AsyncConnection) -> None:
        await self._check_duty(conn, epoch)
        await meta.put(conn, SWEPT_AT, str(began))

    @staticmethod
    async def _check_duty(conn: AsyncConnection, epoch: int) -> None:
        if not await processes.has_duty(conn, DUTY, epoch):
            raise NotOnDutyError

    async def _member(self, user_id: str, epoch: int) -> None:
        if self._doors.are_open:
            await self._doors.inventory(user_id)
            if self._doors.misses(user_id):
                await self._clock.sleep(AGAIN)
                await self._doors.inventory(user_id)
            return
        before, inventory, found, frozen = await self._look(user_id)
        earlier = found
        if found.differs:
            await self._clock.sleep(AGAIN)
            before, inventory, found, frozen = await self._look(user_id)
        if found.differs or found.undated or frozen:
            await self._store.run(partial(self._conclude, user_id, epoch, before, inventory, earlier))
            self._outbox.news()

    async def _look(self, user_id: str) -> tuple[Holding, Inventory, Comparison, bool]:
        before = await self._holding(user_id)
        inventory = await self._doors.inventory(user_id)
        async with self._store.read() as conn:
            now = await self._held(conn, user_id)
            frozen = now.account is not None and await self._is_frozen(conn, now.account.discord_id)
        return before, inventory, compare(before, now, inventory), frozen

    async def _holding(self, user_id: str) -> Holding:
        async with self._store.read() as conn:
            return await self._held(conn, user_id)

    async def _held(self, conn: AsyncConnection, user_id: str) -> Holding:
        return await holdings.of(conn, user_id, self._clock.now() - self._timing.settle, late=True)

    async def _is_frozen(self, conn: AsyncConnection, discord_id: int) -> bool:
        scope = _scope(discord_id)
        return any((f.scope, f.cause) == (scope, CAUSE) for f in await freezes.in_force(conn, self._clock.now()))

    async def _conclude(
        self,
        user_id: str,
        epoch: int,
        before: Holding,
        inventory: Inventory,
        earlier: Comparison,
        conn: AsyncConnection,
    ) -> None:
        """What two looks found, if it is still so."""
        await self._check_duty(conn, epoch)
        await limits.lock_member(conn, user_id)
        now = await self._held(conn, user_id)
        found = compare(before, now, inventory)
        again = found.as_before(earlier)
        if now.account is None:
            return
        discord_id = now.account.discord_id
        frozen = await self._is_frozen(conn, discord_id)
        if again.missing and self._sandbox and not inventory.items:
            await put_gone(conn, again.missing)
        elif again.differs:
            if not frozen:
                await self._freeze(conn, user_id, discord_id, again)
        elif not found.differs:
            await put_dates(conn, found.undated)
            if frozen:
                await self._lift(conn, user_id, discord_id)

    async def _freeze(self, conn: AsyncConnection, user_id: str, discord_id: int, found: Comparison) -> None:
        now, guild_id = self._clock.now(), await holdings.newest_guild(conn, user_id)
        for action in STOPPED:
            await freezes.add(conn, scope=_scope(discord_id), action=action, cause=CAUSE, reason=REASON, now=now)
        unclaimed = "; ".join(f"{item.name} ({item.id})" for item in found.free) or "no card"
        missing = "; ".join(f"{card.name} ({card.item_id})" for card in found.missing) or "no card"
        log.warning("the cards of %s differ: only at the partner %s; only here %s", user_id, unclaimed, missing)
        await audit.add(conn, "sweep differs", user_id, now, guild_id=guild_id, unclaimed=unclaimed, missing=missing)
        await self._notices.tell(
            conn,
            now,
            "notice.sweep",
            guild_id=guild_id,
            user=user_id,
            owner_id=discord_id,
            unclaimed=unclaimed,
            missing=missing,
        )

    async def _lift(self, conn: AsyncConnection, user_id: str, discord_id: int) -> None:
        now, guild_id = self._clock.now(), await holdings.newest_guild(conn, user_id)
        await freezes.lift(conn, _scope(discord_id), CAUSE, now)
        log.warning("the cards of %s agree with our records again", user_id)
        await audit.add(conn, "sweep agrees", user_id, now, guild_id=guild_id)
        await self._notices.tell(conn, now, "notice.sweep_over", guild_id=guild_id, user=user_id, owner_id=discord_id)


def _scope(discord_id: int) -> str:
    return f"member:{discord_id}"
