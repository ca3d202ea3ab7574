"""From "open this pack" to a reserved purchase: confirmations, and the Confirm that is pressed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.clock import MINUTE
from bot.domain.ids import reference, ulid
from bot.domain.odds import Odds, odds
from bot.domain.purchase import BOUGHT_NOTHING, State
from bot.errors import Refusal
from bot.services.gate import check_frozen, check_place, served
from bot.services.outbox import add_reply
from bot.services.timing import MAX_SKEW
from bot.services.waiting import check_lane
from bot.store import audit, confirmations, limits, purchases
from bot.store.confirmations import Confirmation

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.pack import Pack
    from bot.partner.api import PartnerReads
    from bot.services.accounts import Accounts
    from bot.services.catalogue import Catalogue
    from bot.services.door import Door
    from bot.services.place import Place, Reply
    from bot.services.purchases import Purchases
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

CONFIRMATION_LIVES = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Offer:
    """What a confirmation shows. `left` is what may still be spent here today in cents, None without a limit."""

    confirmation: Confirmation
    pack: Pack
    odds: Odds
    left: int | None


class Opening:
    """Asks, and turns a yes into one purchase."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        catalogue: Catalogue,
        accounts: Accounts,
        purchases: Purchases,
        reads: PartnerReads,
        door: Door,
        timing: Timing,
    ) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._catalogue, self._accounts, self._purchases, self._reads = catalogue, accounts, purchases, reads
        self._door, self._timing = door, timing

    async def offer(self, discord_id: int, place: Place, pack_id: str, amount: int, *, private: bool) -> Offer:
        """A confirmation of these terms; a newer one of the same person replaces it.

        Raises:
            Refusal: `not_served`, `age_channel`, `stopping`, `partner_down`, `clock_skew`, `pack_unknown`,
                `pack_disabled`, `pack_sold_out`, `pack_no_odds`, `amount`, `not_linked`, `lane_purchase`,
                `lane_sale`, `lane_review`, `breaker`, `frozen`, `frozen_until`, `over_limit_bot`, `over_limit_guild`.
        """
        check_place(self._settings, place)
        self._door.check()
        async with self._store.read() as conn:  # first: the partner may be what is down
            await check_frozen(
                conn, "buy", self._clock.now(), discord_id=discord_id, guild_id=place.guild_id, pack_id=pack_id
            )
        listing = await self._catalogue.binding()
        if self._reads.skew is not None and abs(self._reads.skew) > MAX_SKEW:
            raise Refusal("clock_skew")
        pack = listing.find(pack_id)
        if pack is None:
            raise Refusal("pack_unknown", text=pack_id)
        chances = _check_pack(pack, amount)
        now = self._clock.now()
        made = Confirmation(
            id=ulid(now),
            discord_id=discord_id,
            guild_id=place.guild_id,
            channel_id=place.channel_id,
            pack_id=pack.id,
            pack_name=pack.name,
            amount=amount,
            total=pack.price * amount,
            private=private,
            terms=pack.terms(),
            state="OPEN",
            created_at=now,
            expires_at=now + CONFIRMATION_LIVES,
        )

        async def work(conn: AsyncConnection) -> int | None:
            left = await self._check(conn, made, now)
            await confirmations.add(conn, made)
            return left

        return Offer(made, pack, chances, await self._store.run(work))

    async def _check(self, conn: AsyncConnection, wanted: Confirmation, now: int) -> int | None:
        """All that may stand against it, and what is left of the limits if nothing does."""
        if not served(self._settings, wanted.guild_id):
            raise Refusal("not_served")
        await check_frozen(
            conn, "buy", now, discord_id=wanted.discord_id, guild_id=wanted.guild_id, pack_id=wanted.pack_id
        )
        account = await self._accounts.known(conn, wanted.discord_id)
        if account is not None:
            await check_lane(conn, account.user_id, wanted.pack_id)
        found = await limits.left(conn, wanted.guild_id, now)
        if found is None:
            return None
        scope, left = found
        if wanted.total > left:
            name = "over_limit_bot" if scope == limits.BOT else "over_limit_guild"
            raise Refusal(name, left_cents=max(0, left), total_cents=wanted.total)
        return left

    async def standing(self, confirmation_id: str, discord_id: int) -> Confirmation:
        """What a press on it meets.

        Raises:
            Refusal: `confirmation_gone`, `not_yours`, `already_ordered`, `confirmation_replaced`,
                `confirmation_cancelled`, `confirmation_expired`.
        """
        async with self._store.read() as conn:
            return await self._standing(conn, confirmation_id, discord_id)

    async def _standing(
        self, conn: AsyncConnection, confirmation_id: str, discord_id: int, *, lock: bool = False
    ) -> Confirmation:
        found = await confirmations.by_id(conn, confirmation_id, lock=lock)
        if found is None:
            raise Refusal("confirmation_gone")
        if found.discord_id != discord_id:
            raise Refusal("not_yours")
        if found.state == "USED":
            made = await purchases.by_key(conn, _key(found))
            assert made is not None, "a used confirmation and its purchase are one transaction"
            raise Refusal(f"already_{_standing_name(made.state)}", reference=reference(made.id))
        if found.state in {"REPLACED", "CANCELLED"}:
            raise Refusal(f"confirmation_{found.state.lower()}")
        if found.expires_at <= self._clock.now():
            raise Refusal("confirmation_expired")
        return found

    async def cancel(self, confirmation_id: str, discord_id: int) -> None:
        """Nothing will be bought with it.

        Raises:
            Refusal: those of `standing`.
        """

        async def work(conn: AsyncConnection) -> None:
            await self._standing(conn, confirmation_id, discord_id, lock=True)
            await confirmations.close(conn, confirmation_id, "CANCELLED")

        await self._store.run(work)

    async def confirm(self, confirmation_id: str, discord_id: int, reply: Reply) -> Purchase:
        """Makes the purchase of this confirmation, once, and starts it; `reply` is where it is shown.

        Raises:
            Refusal: those of `standing` and `offer`, and `terms_first`.
        """
        self._door.check()
        if not await self._accounts.accepted(discord_id):
            raise Refusal("terms_first")
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> Purchase:
            # Whoever confirms second waits here, and then reads what the first one left.
            await limits.lock(conn, reply_guild)
            wanted = await self._standing(conn, confirmation_id, discord_id, lock=True)
            account = await self._accounts.needed(conn, discord_id)
            await self._check(conn, wanted, now)
            await confirmations.close(conn, wanted.id, "USED")
            made = await purchases.reserve(
                conn,
                id=ulid(now),
                key=_key(wanted),
                discord_id=discord_id,
                user_id=account.user_id,
                guild_id=wanted.guild_id,
                channel_id=reply.channel_id,
                pack_id=wanted.pack_id,
                pack_name=wanted.pack_name,
                amount=wanted.amount,
                total=wanted.total,
                private=wanted.private,
                terms=wanted.terms,
                created_at=now,
                look_at=now + self._timing.reserved,
                worker=self._purchases.worker,
            )
            assert made is not None, "the confirmation was open in this transaction"
            await add_reply(conn, now, reply, purchase_id=made.id)
            await audit.add(
                conn,
                "purchase",
                made.id,
                now,
                actor=discord_id,
                guild_id=made.guild_id,
                pack=made.pack_name,
                amount=made.amount,
                total=made.total,
            )
            return made

        reply_guild = (await self.standing(confirmation_id, discord_id)).guild_id
        return await self._purchases.begin(work)


def _key(confirmation: Confirmation) -> str:
    return f"confirmation:{confirmation.id}"


def _standing_name(state: State) -> str:
    """How the loser of two presses is told that the winner stands."""
    if state in BOUGHT_NOTHING:
        return "ended"
    return "delivered" if state is State.DELIVERED else "ordered"


def _check_pack(pack: Pack, amount: int) -> Odds:
    if not pack.enabled:
        raise Refusal("pack_disabled", pack=pack.name)
    if not pack.in_stock:
        raise Refusal("pack_sold_out", pack=pack.name)
    chances = odds(pack)
    if chances is None:
        raise Refusal("pack_no_odds", pack=pack.name)
    if amount != 1 and pack.max_amount == 1:
        raise Refusal("amount_one", pack=pack.name)
    if not 1 <= amount <= pack.max_amount:
        raise Refusal("amount", pack=pack.name, most=pack.max_amount)
    return chances
