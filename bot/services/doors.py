"""The community's own site is another door to the same inventory: what comes and goes there is taken in here."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.domain.clock import SECOND
from bot.domain.ids import reference
from bot.errors import LostError, Refusal
from bot.partner.errors import PartnerError
from bot.services.comparison import compare, pull, put_gone, take_in
from bot.store import audit, holdings, limits, purchases
from bot.store.engine import StoreDownError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Inventory, Item
    from bot.partner.api import PartnerReads
    from bot.services.catalogue import Catalogue
    from bot.services.comparison import Comparison
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.accounts import Account
    from bot.store.engine import Store
    from bot.store.holdings import Holding
    from bot.store.purchases import Purchase

log = logging.getLogger(__name__)
APART = 3 * SECOND
"""Two looks that are closer count as one."""


class Doors:
    """Reads inventories. In `linked` mode each one is compared with our records, and they follow it.

    There items that are nobody's become cards without a purchase, and cards that two reads in a row don't show are
    gone. Packs with something under way wait until that has ended.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        reads: PartnerReads,
        catalogue: Catalogue,
        notices: Notices,
        outbox: Outbox,
        timing: Timing,
    ) -> None:
        self._store, self._clock, self._reads = store, clock, reads
        self._catalogue, self._notices, self._outbox, self._timing = catalogue, notices, outbox, timing
        self.are_open = settings.account_mode == "linked"
        self._missed: dict[str, tuple[int, frozenset[str]]] = {}
        """By user_id: the cards that a read didn't show, and when that was."""

    async def inventory(self, user_id: str) -> Inventory:
        """All that a person holds; `PartnerError` where it can't be read."""
        if not self.are_open:
            return await self._reads.inventory(user_id)
        before = await self._holding(user_id)
        inventory = await self._reads.inventory(user_id)
        await self._follow(user_id, before, inventory)
        return inventory

    async def linked(self, account: Account) -> None:
        """The first look at what a member brings along. One that fails is made up for by the sweep."""
        try:
            await self.inventory(account.user_id)
        except PartnerError as error:
            log.info("the cards of %s can't be read yet: %s", account.user_id, error)

    def misses(self, user_id: str) -> bool:
        """Whether the last read didn't show a card, so that another one is needed."""
        return user_id in self._missed

    async def _holding(self, user_id: str) -> Holding:
        async with self._store.read() as conn:
            return await self._held(conn, user_id)

    async def _held(self, conn: AsyncConnection, user_id: str) -> Holding:
        return await holdings.of(conn, user_id, self._clock.now() - self._timing.settle, late=False)

    async def _follow(self, user_id: str, before: Holding, inventory: Inventory) -> None:
        seen = compare(before, before, inventory)
        gone = self._missing_again(user_id, seen)
        if before.account is None or not (seen.free or gone):
            return
        names = await self.names() if seen.free else {}

        async def work(conn: AsyncConnection) -> None:
            await limits.lock_member(conn, user_id)
            now = await self._held(conn, user_id)
            if now.account is None:
                return
            again = compare(before, now, inventory)
            await put_gone(conn, [card for card in again.missing if card.id in gone])
            await self._take_in(conn, now.account, again.free, names)

        try:
            await self._store.run(work)
        except LostError:
            return  # a sale has begun: the next read tells
        except StoreDownError as error:
            log.warning("what %s holds can't be stored: %s", user_id, error)
            return
        self._outbox.news()

    def _missing_again(self, user_id: str, seen: Comparison) -> frozenset[str]:
        """The cards that this read and one before it didn't show."""
        now, missing = self._clock.now(), frozenset(card.id for card in seen.missing)
        since, before = self._missed.pop(user_id, (now, frozenset[str]()))
        again = missing & before
        if missing:
            self._missed[user_id] = (since if again else now, missing)
        return again if now - since >= APART else frozenset()

    async def names(self) -> dict[str, str]:
        """Of the packs that the partner lists, by id; none where it can't be asked."""
        try:
            return {pack.id: pack.name for pack in (await self._catalogue.listing()).packs}
        except Refusal:
            return {}

    async def _take_in(
        self, conn: AsyncConnection, account: Account, free: Sequence[Item], names: dict[str, str]
    ) -> None:
        now = self._clock.now()
        await take_in(conn, account, free, names, now)
        late: defaultdict[str, list[Item]] = defaultdict(list)
        orders: dict[str, Purchase] = {}
        for item in free:
            await audit.add(conn, "card elsewhere", account.user_id, now, item=item.id, pack=item.pack_id)
            for order in await purchases.not_executed(conn, account.user_id, item.pack_id or ""):
                if (item.purchased_at or 0) >= (order.submitted_at or 0) - self._timing.skew:
                    late[order.id].append(item)
                    orders[order.id] = order
        for order in orders.values():
            await self._tell_late(conn, order, late[order.id], now)

    async def _tell_late(self, conn: AsyncConnection, order: Purchase, items: Sequence[Item], now: int) -> None:
        """Perhaps it was carried out after all. Only a person can find out, and nothing is taken from the member."""
        for item in items:
            await purchases.note(conn, order.id, now, f"not of this order, but from elsewhere: {pull(item)}")
        await self._notices.tell(
            conn,
            now,
            "notice.late_item",
            guild_id=order.guild_id,
            purchase_id=order.id,
            reference=reference(order.id),
            owner_id=order.discord_id,
            pack=order.pack_name,
            cards="; ".join(f"{item.name} ({item.id})" for item in items),
        )
