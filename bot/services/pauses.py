"""The operator's own pause, and the lifting of what stops the whole bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.errors import LostError, Refusal
from bot.partner.errors import PartnerError
from bot.services.by_hand import checked_reason
from bot.services.differences import TakenOver, scope
from bot.services.sweep import SWEPT_AT
from bot.store import accounts, audit, freezes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.services.differences import Differences
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.store.engine import Store
    from bot.store.freezes import Freeze
    from bot.store.meta import Meta

What = Literal["buying", "selling", "everything"]
ACTIONS: dict[str, tuple[str, ...]] = {
    "buying": ("buy",),
    "selling": ("sell",),
    "everything": ("buy", "sell", "ship", "draw"),
}
OPERATOR, BREAKER, RESTORE, SWEEP = "operator", "breaker", "restore", "sweep"
"""Causes of freezes that an operator lifts, in the order in which they are told of."""
LONGEST_REASON = 140
"""It stands inside other sentences."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """What was lifted, and what is still in force."""

    lifted: tuple[Freeze, ...]
    left: tuple[Freeze, ...]


class Pauses:
    """Freezes of the whole bot, and those that the sweep put on members."""

    def __init__(
        self, store: Store, clock: Clock, meta: Meta, differences: Differences, notices: Notices, outbox: Outbox
    ) -> None:
        self._store, self._clock, self._meta = store, clock, meta
        self._differences, self._notices, self._outbox = differences, notices, outbox

    async def pause(self, operator_id: int, guild_id: int, what: What, reason: str) -> str:
        """Stops it everywhere, until it is lifted; takes the place of an earlier pause. The reason as people read it.

        Orders that the partner has accepted go on. `guild_id` is where the operator said so.

        Raises:
            Refusal: `reason_length`.
        """
        reason = checked_reason(reason, LONGEST_REASON).rstrip(" .")
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> None:
            await freezes.lift(conn, "bot", OPERATOR, now)
            for action in ACTIONS[what]:
                await freezes.add(
                    conn, scope="bot", action=action, cause=OPERATOR, reason=reason, now=now, made_by=operator_id
                )
            await audit.add(conn, "pause", "bot", now, actor=operator_id, guild_id=guild_id, what=what, reason=reason)
            await self._notices.tell(
                conn, now, "notice.paused", guild_id=guild_id, operator_id=operator_id, what=what, why=reason
            )

        await self._store.run(work)
        self._outbox.news()
        return reason

    async def unpause(self, operator_id: int, guild_id: int) -> Lifted:
        """Lifts the pause and the breaker at once, and what a restored backup froze once the sweep has been through.

        Members whom the sweep froze stay so: see `unpause_member`.
        """
        now = self._clock.now()
        swept_at = int(await self._meta.get(SWEPT_AT) or 0)

        async def work(conn: AsyncConnection) -> Lifted:
            wanted = [OPERATOR, BREAKER]
            restored = [one.made_at for one in await freezes.in_force(conn, now) if one.cause == RESTORE]
            if restored and max(restored) < swept_at:
                wanted.append(RESTORE)
            lifted = [one for cause in wanted for one in await freezes.lift(conn, "bot", cause, now)]
            await self._record(conn, now, operator_id, guild_id, lifted)
            left = [one for one in await freezes.in_force(conn, now) if one.scope == "bot" or one.cause == SWEEP]
            return Lifted(tuple(lifted), tuple(left))

        made = await self._store.run(work)
        self._outbox.news()
        return made

    async def unpause_member(self, operator_id: int, guild_id: int, member_id: int) -> TakenOver:
        """Makes our records of one member's cards like the partner's, and lifts what the sweep froze of this member.

        Raises:
            Refusal: `not_swept_frozen`, `partner_unread`, `cards_moved`.
        """
        async with self._store.read() as conn:
            in_force = await freezes.in_force(conn, self._clock.now())
            account = await accounts.by_discord_id(conn, member_id)
        if not any((one.scope, one.cause) == (scope(member_id), SWEEP) for one in in_force):
            raise Refusal("not_swept_frozen", member_id=member_id)
        try:
            take_over = account and await self._differences.taking_over(account.user_id, operator_id)
        except PartnerError:
            raise Refusal("partner_unread") from None

        async def work(conn: AsyncConnection) -> TakenOver:
            now = self._clock.now()
            taken = await take_over(conn) if take_over else TakenOver()
            lifted = await freezes.lift(conn, scope(member_id), SWEEP, now)
            if not lifted:  # meanwhile, by somebody else
                raise Refusal("not_swept_frozen", member_id=member_id)
            await self._record(conn, now, operator_id, guild_id, lifted, member_id=member_id)
            return taken

        try:
            taken = await self._store.run(work)
        except LostError:
            raise Refusal("cards_moved", member_id=member_id) from None
        self._outbox.news()
        return taken

    async def _record(
        self,
        conn: AsyncConnection,
        now: int,
        operator_id: int,
        guild_id: int,
        lifted: list[Freeze],
        member_id: int | None = None,
    ) -> None:
        if not lifted:
            return
        causes = ",".join(dict.fromkeys(one.cause for one in lifted))
        await audit.add(
            conn, "unpause", lifted[0].scope, now, actor=operator_id, guild_id=guild_id, freezes=[f.id for f in lifted]
        )
        name = "notice.unpaused" if member_id is None else "notice.unpaused_member"
        who: dict[str, int] = {} if member_id is None else {"member_id": member_id}
        await self._notices.tell(
            conn, now, name, guild_id=guild_id, purchase_id=None, operator_id=operator_id, causes=causes, **who
        )
