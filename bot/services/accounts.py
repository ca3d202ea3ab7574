"""Who is who at the partner: minted ids, links by code, and the terms a member agreed to."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from bot.domain.clock import DAY, MINUTE
from bot.domain.codes import CodeError, read_code
from bot.domain.ids import ulid
from bot.errors import Refusal
from bot.store import accounts, audit, cards, purchases
from bot.store.accounts import Account, LinkOffer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.settings import Settings
    from bot.store.engine import Store

COOL_DOWN = DAY
"""After a re-link, selling waits this long: whoever took over an account doesn't empty it at once."""
OFFER_LIVES = 10 * MINUTE
TERMS_VERSION = "2026-11"
"""Changes when what a member agrees to changes; everybody is asked again."""


class Accounts:
    """The link between a Discord account and a partner user_id: one to one."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self.on_link: Callable[[Account], object] = lambda _: None
        """Called, cheaply, when somebody was linked."""

    @property
    def mode(self) -> str:
        return self._settings.account_mode

    async def of(self, discord_id: int) -> Account | None:
        async with self._store.read() as conn:
            return await accounts.by_discord_id(conn, discord_id)

    async def needed(self, conn: AsyncConnection, discord_id: int) -> Account:
        """The account for a purchase. In generated mode it is minted here, at the first one.

        Raises:
            Refusal: `not_linked`.
        """
        found = await accounts.by_discord_id(conn, discord_id, lock=True) or await self.known(conn, discord_id)
        if found is not None:
            return found
        # The id says nothing about the person, and can't be guessed.
        fresh = Account(discord_id, f"pc-{secrets.token_hex(12)}", "generated", self._clock.now(), None)
        await accounts.add(conn, fresh)
        found = await accounts.by_discord_id(conn, discord_id)
        assert found is not None
        return found

    async def known(self, conn: AsyncConnection, discord_id: int) -> Account | None:
        """The account, if there is one yet; a member who is to link first and hasn't is refused.

        Raises:
            Refusal: `not_linked`.
        """
        found = await accounts.by_discord_id(conn, discord_id)
        if found is None and self.mode == "linked":
            raise Refusal("not_linked")
        return found

    async def offer_link(self, discord_id: int, code: str) -> LinkOffer:
        """What a code would link, kept until its person says yes.

        Raises:
            Refusal: `link_off`, `code_wrong`, `code_purpose`, `code_other_person`, `code_expired`, `code_used`,
                `already_linked`, `id_taken`.
        """
        secret = self._settings.link_secret
        if self.mode != "linked" or secret is None:
            raise Refusal("link_off")
        try:
            read = read_code(secret.get_secret_value().encode(), code)
        except CodeError:
            raise Refusal("code_wrong") from None
        now = self._clock.now()
        if read.purpose != "link":
            raise Refusal("code_purpose")
        if read.discord_id not in {None, discord_id}:
            raise Refusal("code_other_person")
        if read.expires_at <= now:
            raise Refusal("code_expired", expired_at=read.expires_at)
        made = LinkOffer(ulid(now), discord_id, read.user_id, read.nonce, min(read.expires_at, now + OFFER_LIVES))

        async def work(conn: AsyncConnection) -> None:
            if await accounts.code_used(conn, read.nonce):
                raise Refusal("code_used")
            await self._check_free(conn, made)
            await accounts.add_offer(conn, made)

        await self._store.run(work)
        return made

    async def link(self, offer_id: str, discord_id: int) -> Account:
        """Redeems the code of an offer.

        Raises:
            Refusal: `offer_gone`, `not_yours`, `code_expired`, `code_used`, `already_linked`, `id_taken`.
        """
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> Account:
            offer = await accounts.offer(conn, offer_id)
            if offer is None:
                raise Refusal("offer_gone")
            if offer.discord_id != discord_id:
                raise Refusal("not_yours")
            if offer.expires_at <= now:
                raise Refusal("code_expired", expired_at=offer.expires_at)
            if not await accounts.use_code(conn, offer.nonce, discord_id, now):
                raise Refusal("code_used")
            await self._check_free(conn, offer)
            again = await accounts.linked_before(conn, discord_id, offer.user_id)
            made = Account(discord_id, offer.user_id, "linked", now, now + COOL_DOWN if again else None)
            if not await accounts.add(conn, made):
                await self._check_free(conn, offer)
                raise Refusal("id_taken")  # it was, a moment ago
            await audit.add(conn, "link", offer.user_id, now, actor=discord_id)
            return made

        linked = await self._store.run(work)
        self.on_link(linked)
        return linked

    async def _check_free(self, conn: AsyncConnection, offer: LinkOffer) -> None:
        mine = await accounts.by_discord_id(conn, offer.discord_id)
        if mine is not None:
            raise Refusal("already_linked", user=mine.user_id)
        if await accounts.by_user_id(conn, offer.user_id) is not None:
            raise Refusal("id_taken")

    async def unlink(self, discord_id: int, linked_at: int | None = None) -> None:
        """Takes the link away: the one of that time (milliseconds UTC), if its person was shown one.

        Raises:
            Refusal: `no_unlink`, `not_linked`, `link_changed`, `unsettled`.
        """
        if self.mode == "generated":
            raise Refusal("no_unlink")
        now = self._clock.now()

        async def work(conn: AsyncConnection) -> None:
            mine = await accounts.by_discord_id(conn, discord_id, lock=True)
            if mine is None:
                raise Refusal("not_linked")
            if linked_at not in {None, mine.linked_at}:
                raise Refusal("link_changed")
            count = await purchases.unsettled(conn, mine.user_id) + await cards.unsettled(conn, mine.user_id)
            if count:
                raise Refusal("unsettled", count=count)
            await accounts.remove(conn, mine, now)
            await audit.add(conn, "unlink", mine.user_id, now, actor=discord_id)

        await self._store.run(work)

    async def accepted(self, discord_id: int) -> bool:
        """Whether this member agreed to the terms as they are now."""
        async with self._store.read() as conn:
            return await accounts.accepted(conn, discord_id, TERMS_VERSION)

    async def accept(self, discord_id: int) -> None:
        now = self._clock.now()
        await self._store.run(lambda conn: accounts.accept(conn, discord_id, TERMS_VERSION, now))
