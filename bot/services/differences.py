"""Where a member's cards differ from the partner's: who is stopped by it, and how it ends (money safety, "Sweep")."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.services.comparison import compare, put_dates, put_gone, take_in
from bot.store import audit, freezes, holdings, limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Inventory, Item
    from bot.services.comparison import Comparison
    from bot.services.doors import Doors
    from bot.services.notices import Notices
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.cards import Card
    from bot.store.engine import Store
    from bot.store.holdings import Holding

log = logging.getLogger(__name__)

CAUSE = "sweep"
STOPPED = ("buy", "sell")
REASON = "your cards at the partner differ from our records, and the operator of this bot has to look into it"
UNREAD = "the partner doesn't show us your cards, and we look again every hour"
"""The reason of a member whose inventory can't be read."""
AGAIN = 5.0
"""Seconds until a difference is looked at once more."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the last look at a member showed."""

    user_id: str
    before: Holding
    """Our records from before it."""
    inventory: Inventory
    found: Comparison
    earlier: Comparison
    """What the look before it showed, or itself."""
    stopped: str | None
    """The reason why the member is stopped already."""

    @property
    def tells(self) -> bool:
        """Whether anything follows from it."""
        return self.found.differs or bool(self.found.undated) or self.stopped is not None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What our records took over from the partner's; `left_out`: some packs can't be compared yet."""

    gone: tuple[Card, ...] = ()
    new: tuple[Item, ...] = ()
    left_out: bool = False


class Differences:
    """Looks at one member. What follows is made in a transaction of the caller's, and only if it is still so."""

    def __init__(
        self, store: Store, clock: Clock, settings: Settings, doors: Doors, notices: Notices, timing: Timing
    ) -> None:
        self._store, self._clock, self._sandbox = store, clock, settings.sandbox
        self._doors, self._notices, self._timing = doors, notices, timing

    async def look(self, user_id: str) -> Looks:
        """Once, and once more some seconds later where something differs; `PartnerError` where it can't be read."""
        first = await self._look(user_id)
        if not first.found.differs:
            return first
        await self._clock.sleep(AGAIN)
        return replace(await self._look(user_id), earlier=first.found)

    async def _look(self, user_id: str) -> Looks:
        async with self._store.read() as conn:
            before = await self._held(conn, user_id)
        inventory = await self._doors.inventory(user_id)
        async with self._store.read() as conn:
            now = await self._held(conn, user_id)
            stopped = None if now.account is None else await self._stopped(conn, now.account.discord_id)
        found = compare(before, now, inventory)
        return Looks(user_id, before, inventory, found, found, stopped)

    async def _held(self, conn: AsyncConnection, user_id: str) -> Holding:
        return await holdings.of(conn, user_id, self._clock.now() - self._timing.settle, late=True)

    async def _stopped(self, conn: AsyncConnection, discord_id: int) -> str | None:
        in_force = await freezes.in_force(conn, self._clock.now())
        return next((f.reason for f in in_force if (f.scope, f.cause) == (scope(discord_id), CAUSE)), None)

    async def conclude(self, looks: Looks, conn: AsyncConnection) -> None:
        """Stops a member whose cards differ, and lets one go whose cards agree. Raises LostError if one has moved on.

        The sandbox forgets cards by itself, so there those that are missing are gone, and stop nobody.
        """
        await limits.lock_member(conn, looks.user_id)
        now = await self._held(conn, looks.user_id)
        if now.account is None:
            return
        found = compare(looks.before, now, looks.inventory)
        again = found.as_before(looks.earlier)
        if self._sandbox:
            await put_gone(conn, again.missing)
            found, again = found.without(again.missing), again.without(again.missing)
        discord_id = now.account.discord_id
        stopped = await self._stopped(conn, discord_id)
        if again.differs:
            if stopped != REASON:
                await self._stop(conn, looks.user_id, discord_id, again)
        elif not found.differs:
            await put_dates(conn, found.undated)
            if stopped and not found.left_out:
                await self._let_go(conn, looks.user_id, discord_id)

    async def stops(self, user_id: str) -> bool:
        """Whether the sweep has stopped this member."""
        async with self._store.read() as conn:
            owner = (await self._held(conn, user_id)).account
            return owner is not None and await self._stopped(conn, owner.discord_id) is not None

    async def let_go(self, user_id: str, conn: AsyncConnection) -> None:
        """Nothing differs any more, and it can be read."""
        now = await self._held(conn, user_id)
        if now.account is not None and await self._stopped(conn, now.account.discord_id):
            await self._let_go(conn, user_id, now.account.discord_id)

    async def stop_unread(self, user_id: str, conn: AsyncConnection) -> None:
        """Only this member waits for the partner to show this inventory; told once."""
        owner = (await self._held(conn, user_id)).account
        if owner is None or await self._stopped(conn, owner.discord_id):
            return
        now, guild_id = self._clock.now(), await holdings.newest_guild(conn, user_id)
        await self._freeze(conn, owner.discord_id, UNREAD, now)
        log.warning("the cards of %s can't be read, so they can't buy or sell", user_id)
        await audit.add(conn, "sweep unread", user_id, now, guild_id=guild_id)
        await self._notices.tell(
            conn, now, "notice.sweep_unread", guild_id=guild_id, user=user_id, owner_id=owner.discord_id
        )

    async def taking_over(self, user_id: str, operator_id: int) -> Callable[[AsyncConnection], Awaitable[TakenOver]]:
        """Looks, and gives what makes our records like the partner's; `PartnerError` where it can't be read.

        That raises LostError if a card has moved on.
        """
        looks = await self.look(user_id)
        names = await self._doors.names() if looks.found.free else {}
        return partial(self._take_over, looks, names, operator_id)

    async def _take_over(
        self, looks: Looks, names: Mapping[str, str], operator_id: int, conn: AsyncConnection
    ) -> TakenOver:
        await limits.lock_member(conn, looks.user_id)
        held, now = await self._held(conn, looks.user_id), self._clock.now()
        if held.account is None:
            return TakenOver()
        again = compare(looks.before, held, looks.inventory).as_before(looks.earlier)
        await put_gone(conn, again.missing)
        await take_in(conn, held.account, again.free, names, now)
        await put_dates(conn, again.undated)
        await audit.add(
            conn,
            "difference taken over",
            looks.user_id,
            now,
            actor=operator_id,
            gone=[(card.id, card.item_id) for card in again.missing],
            new=[item.id for item in again.free],
        )
        return TakenOver(again.missing, again.free, again.left_out)

    async def _freeze(self, conn: AsyncConnection, discord_id: int, reason: str, now: int) -> None:
        await freezes.lift(conn, scope(discord_id), CAUSE, now)  # one for another reason
        for action in STOPPED:
            await freezes.add(conn, scope=scope(discord_id), action=action, cause=CAUSE, reason=reason, now=now)

    async def _stop(self, conn: AsyncConnection, user_id: str, discord_id: int, found: Comparison) -> None:
        """Which cards it is about is the operator's alone: they may be of another server than the one that is told."""
        now, guild_id = self._clock.now(), await holdings.newest_guild(conn, user_id)
        await self._freeze(conn, discord_id, REASON, now)
        unclaimed = "; ".join(f"{item.name} ({item.id})" for item in found.free) or "no card"
        missing = "; ".join(f"{card.name} ({card.item_id})" for card in found.missing) or "no card"
        log.warning("the cards of %s differ: only at the partner %s; only here %s", user_id, unclaimed, missing)
        await audit.add(conn, "sweep differs", user_id, now, unclaimed=unclaimed, missing=missing)
        await self._notices.tell(
            conn, now, "notice.sweep", user=user_id, owner_id=discord_id, unclaimed=unclaimed, missing=missing
        )
        if guild_id is not None:
            await self._notices.tell_server(conn, now, "notice.sweep_server", guild_id, owner_id=discord_id)

    async def _let_go(self, conn: AsyncConnection, user_id: str, discord_id: int) -> None:
        now, guild_id = self._clock.now(), await holdings.newest_guild(conn, user_id)
        await freezes.lift(conn, scope(discord_id), CAUSE, now)
        log.warning("the cards of %s agree with our records again", user_id)
        await audit.add(conn, "sweep agrees", user_id, now, guild_id=guild_id)
        await self._notices.tell(conn, now, "notice.sweep_over", guild_id=guild_id, user=user_id, owner_id=discord_id)


def scope(discord_id: int) -> str:
    """A member, as freezes name them."""
    return f"member:{discord_id}"
