"""What the partner pays for a card now, and whether this person may take it: the look before a sale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.sale import CardState
from bot.errors import LostError, Refusal
from bot.partner.errors import PartnerError
from bot.services.gate import check_frozen, served
from bot.services.waiting import check_lane
from bot.store import accounts, cards, purchases

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Inventory, Item
    from bot.services.doors import Doors
    from bot.services.outbox import Outbox
    from bot.settings import Settings
    from bot.store.cards import Card
    from bot.store.engine import Store


@dataclass(frozen=True, slots=True)
class Quote:
    """What the partner pays for a card now, in cents, and until when (with `offer_known`; None: no end)."""

    card: Card
    price: int
    offer_known: bool
    offer_ends: int | None
    read_at: int
    """When the partner said so, milliseconds UTC."""


class Offers:
    """Reads the owner's inventory for one card."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, doors: Doors, outbox: Outbox) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._doors, self._outbox = doors, outbox

    async def quote(self, card_id: str, discord_id: int, guild_id: int) -> Quote:
        """A fresh price, for the card's owner.

        Raises:
            Refusal: `not_served`, `card_unknown`, `not_your_card`, `card_sold`, `card_selling`, `card_gone`,
                `cool_down`, `frozen_sell`, `frozen_sell_until`, `lane_purchase`, `lane_sale`, `lane_review`,
                `partner_down`, `card_missing`, `offer_none`, `offer_closed`.
        """
        if not served(self._settings, guild_id):
            raise Refusal("not_served")
        async with self._store.read() as conn:
            card = await self.check(conn, card_id, discord_id, guild_id)
        try:
            inventory = await self._doors.inventory(card.user_id)
        except PartnerError:
            raise Refusal("partner_down") from None
        item = find(card, inventory)
        if item is None:
            if self._settings.sandbox and not inventory.items:
                await self._forgotten(card)
            raise Refusal("card_missing", card=card.name)
        fresh = await self._refreshed(card, item)
        if item.buyback_price is None:
            raise Refusal("offer_none", card=card.name)
        if item.offer_ends is not None and item.offer_ends <= self._clock.now():
            raise Refusal("offer_closed", card=card.name, ended_at=item.offer_ends)
        return Quote(fresh, item.buyback_price, item.offer_known, item.offer_ends, inventory.read_at)

    async def check(self, conn: AsyncConnection, card_id: str, discord_id: int, guild_id: int) -> Card:
        """All that our own records say against it. Asked again in the transaction of the sale.

        Raises:
            Refusal: those of `quote` that need no look.
        """
        card = await cards.by_id(conn, card_id)
        if card is None:
            raise Refusal("card_unknown")
        owner = await accounts.by_user_id(conn, card.user_id)
        if owner is None or owner.discord_id != discord_id:
            raise Refusal("not_your_card", owner_id=None if owner is None else owner.discord_id)
        match card.state:
            case CardState.SOLD if card.sold_for is not None:
                raise Refusal("card_sold", amount_cents=card.sold_for)
            case CardState.SOLD:
                raise Refusal("card_sold_unknown")
            case CardState.GONE:
                raise Refusal("card_gone", card=card.name)
            case CardState.SUBMITTING | CardState.IN_DOUBT:
                raise Refusal("card_selling")
            case CardState.HELD:
                pass
        now = self._clock.now()
        if owner.sell_from is not None and owner.sell_from > now:
            raise Refusal("cool_down", until_at=owner.sell_from)
        await check_frozen(conn, "sell", now, discord_id=discord_id, guild_id=guild_id, pack_id=card.pack_id)
        await check_lane(conn, card.user_id, card.pack_id)
        return card

    async def _refreshed(self, card: Card, item: Item) -> Card:
        """The card as its message should show it, with what was read just now."""
        seen = (card.price, card.offer_known, card.offer_ends, card.purchased_at)
        if seen == (item.buyback_price, item.offer_known, item.offer_ends, item.purchased_at):
            return card

        async def work(conn: AsyncConnection) -> Card:
            await cards.refresh(conn, card, item)
            if card.purchase_id is not None:
                await purchases.touch(conn, card.purchase_id)
            found = await cards.by_id(conn, card.id)
            assert found is not None
            return found

        found = await self._store.run(work)
        self._outbox.news()
        return found

    async def _forgotten(self, card: Card) -> None:
        """The sandbox forgets everything at a restart of its own; what it forgot can't be sold."""

        async def work(conn: AsyncConnection) -> None:
            await cards.step(conn, card, CardState.GONE)
            if card.purchase_id is not None:
                await purchases.touch(conn, card.purchase_id)

        try:
            await self._store.run(work)
        except LostError:
            return
        self._outbox.news()


def find(card: Card, inventory: Inventory) -> Item | None:
    """The card's own item: the same id could be another pull of it, told apart by when it was pulled."""
    same = [item for item in inventory.items if item.id == card.item_id]
    if card.purchased_at is None:
        return same[-1] if same else None
    return next((item for item in same if item.purchased_at == card.purchased_at), None)
