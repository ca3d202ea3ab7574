"""The one way in which a purchase moves from state to state: with its event, its lane, its audit line, its news."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.domain.ids import reference
from bot.domain.purchase import ENDED, State
from bot.store import audit, lanes, purchases

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.services.timing import Timing
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

    Also = Callable[[AsyncConnection, Purchase], Awaitable[None]]

_KEEP_LANE = (State.SUBMITTING, State.IN_DOUBT, State.REVIEW)


log = logging.getLogger(__name__)


class LaneTakenError(Exception):
    """Another unknown of this person and pack holds the lane; nothing was changed."""


class Steps:
    """Compare-and-set steps of purchases."""

    def __init__(self, store: Store, clock: Clock, outbox: Outbox, timing: Timing, notices: Notices) -> None:
        self._store, self._clock, self._outbox, self._timing = store, clock, outbox, timing
        self._notices = notices

    async def get(self, purchase_id: str) -> Purchase:
        async with self._store.read() as conn:
            found = await purchases.by_id(conn, purchase_id)
        assert found is not None, "purchases are never deleted"
        return found

    async def take(
        self, seen: Purchase, to: State, *, detail: str = "", also: Also | None = None, **values: Any
    ) -> Purchase:
        """One step. `also` joins its transaction.

        Raises:
            LostError: the purchase has moved on.
            LaneTakenError: it needs the lane, and somebody else has it.
        """
        now = self._clock.now()
        timing = self._timing
        due: dict[State, dict[str, Any]] = {
            State.RESERVED: {"look_at": seen.created_at + timing.reserved},
            State.SUBMITTING: {"look_at": now + timing.lease, "submitted_at": now, "sends": seen.sends + 1},
            State.ACCEPTED: {"look_at": now + timing.overdue, "accepted_at": now},
            State.IN_DOUBT: {
                "look_at": now + min(timing.lease, timing.between_looks),
                "doubted_at": now,
                "empty_looks": 0,
            },
            State.REVIEW: {"look_at": None},
            State.NOT_EXECUTED: {"look_at": now + timing.late_look, "settled_at": now},
        }
        fresh = due.get(to, {"look_at": None, "settled_at": now}) | values

        async def work(conn: AsyncConnection) -> Purchase:
            if to in _KEEP_LANE and not await self._hold_lane(conn, seen, now) and to is not State.REVIEW:
                raise LaneTakenError
            made = await purchases.step(conn, seen, to, now=now, detail=detail, **fresh)
            if to not in _KEEP_LANE:
                await lanes.leave(conn, purchase_id=seen.id)
            if to in ENDED or to is State.REVIEW:
                name = f"purchase {to.lower()}"
                await audit.add(conn, name, seen.id, now, actor=seen.discord_id, guild_id=seen.guild_id, detail=detail)
            if to is State.REVIEW:
                await self.tell(conn, made, "notice.review", now, reason=made.reason or "")
            if also is not None:
                await also(conn, made)
            return made

        made = await self._store.run(work)
        if to is State.REVIEW:
            log.warning(
                "order %s needs a person (%s): user_id %s, pack %s, session %s: %s",
                made.id,
                made.reason,
                made.user_id,
                made.pack_id,
                made.session_id,
                detail,
            )
        self._outbox.news()
        return made

    @staticmethod
    async def _hold_lane(conn: AsyncConnection, seen: Purchase, now: int) -> bool:
        if await lanes.take(conn, seen.user_id, seen.pack_id, now=now, purchase_id=seen.id):
            return True
        lane = await lanes.holder(conn, seen.user_id, seen.pack_id)
        return lane is not None and lane.purchase_id == seen.id

    async def change(self, seen: Purchase, **values: Any) -> Purchase:
        """New values without a step. Raises LostError as `take` does."""
        made = await self._store.run(lambda conn: purchases.change(conn, seen, **values))
        self._outbox.news()
        return made

    async def overdue(self, seen: Purchase) -> Purchase:
        """The partner has been at it for too long: people are told, once. Raises LostError as `take` does."""
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> Purchase:
            made = await purchases.change(conn, seen, overdue=True, look_at=now + self._timing.overdue)
            await self.tell(conn, made, "notice.overdue", now)
            return made

        made = await self._store.run(work)
        log.warning("order %s is overdue: the partner has been at it for over half an hour", seen.id)
        self._outbox.news()
        return made

    async def tell(self, conn: AsyncConnection, made: Purchase, name: str, now: int, **more: str | int) -> None:
        """A notice about an order, in the transaction of what it tells of."""
        values: dict[str, str | int] = {
            "reference": reference(made.id),
            "owner_id": made.discord_id,
            "pack": made.pack_name,
            "amount": made.amount,
            "since_at": made.created_at,
        }
        await self._notices.tell(conn, now, name, guild_id=made.guild_id, purchase_id=made.id, **values, **more)

    async def note(self, seen: Purchase, detail: str) -> None:
        """A line in the purchase's timeline."""
        now = self._clock.now()
        await self._store.run(lambda conn: purchases.note(conn, seen.id, now, detail))
