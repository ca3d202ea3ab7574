"""Purchases and their cards, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.store import accounts, cards, purchases

if TYPE_CHECKING:
    from bot.store.cards import Card
    from bot.store.engine import Store
    from bot.store.purchases import Purchase


@dataclass(frozen=True, slots=True)
class Pull:
    """A purchase and its cards, in the order of the reveal."""

    purchase: Purchase
    cards: tuple[Card, ...]


class Cards:
    """What was pulled, by whom."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def pull(self, purchase_id: str) -> Pull:
        """
        Raises:
            Refusal: `order_unknown`.
        """
        async with self._store.read() as conn:
            found = await purchases.by_id(conn, purchase_id)
            if found is None:
                raise Refusal("order_unknown")
            return Pull(found, tuple(await cards.of_purchase(conn, purchase_id)))

    async def card(self, card_id: str) -> Card:
        """
        Raises:
            Refusal: `card_unknown`.
        """
        async with self._store.read() as conn:
            found = await cards.by_id(conn, card_id)
        if found is None:
            raise Refusal("card_unknown")
        return found

    async def recent(self, discord_id: int, count: int = 5) -> tuple[Purchase, ...]:
        """A person's newest purchases."""
        async with self._store.read() as conn:
            account = await accounts.by_discord_id(conn, discord_id)
            user_id = None if account is None else account.user_id
            return tuple(await purchases.recent(conn, discord_id, user_id, count))

    async def check_owner(self, purchase: Purchase, discord_id: int) -> None:
        """Whose it is decides the link as it is now.

        Raises:
            Refusal: `not_your_order`, with the owner's Discord id if there is one.
        """
        async with self._store.read() as conn:
            account = await accounts.by_user_id(conn, purchase.user_id)
        if account is None or account.discord_id != discord_id:
            raise Refusal("not_your_order", owner_id=None if account is None else account.discord_id)
