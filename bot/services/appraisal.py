"""What a pulled card is: its value, and so its tier; and the order in which cards are revealed."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.domain.odds import estimated_value, tier_of
from bot.domain.pack import tiers_of
from bot.partner.errors import PartnerError
from bot.store.cards import NewCard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.item import Item
    from bot.partner.api import PartnerReads
    from bot.services.catalogue import Catalogue
    from bot.store.purchases import Purchase

_PATIENCE = 12.0


class Appraisal:
    """The partner names no tier on a card: it follows from the card's value and the ranges the pack was bought by."""

    def __init__(self, reads: PartnerReads, catalogue: Catalogue) -> None:
        self._reads, self._catalogue = reads, catalogue

    async def of(self, purchase: Purchase, items: Sequence[Item]) -> list[NewCard]:
        """The cards in the order of the reveal: the unclear first, then as the pack lists its tiers, rare ones last.

        Never fails: what can't be found out is unclear.
        """
        terms = json.loads(purchase.terms)
        price = purchase.total // purchase.amount
        share = None if terms["buyback_share"] is None else Decimal(terms["buyback_share"])
        tiers = tiers_of(purchase.terms, self._catalogue.tier_colors(purchase.pack_id))
        by_value = sorted(range(len(tiers)), key=lambda place: (tiers[place].lower, tiers[place].upper))
        ranked: list[tuple[tuple[int, int], NewCard]] = []
        for item, value in zip(items, await self._values(items), strict=True):
            worth = value if value is not None else estimated_value(price, share, item.buyback_price)
            place = tier_of(tiers, worth)
            tier = None if place is None else tiers[place]
            card = NewCard(item, value, None if tier is None else tier.name, None if tier is None else tier.color)
            ranked.append(((-1 if place is None else by_value.index(place), worth or 0), card))
        return [card for _, card in sorted(ranked, key=lambda pair: pair[0])]

    async def _values(self, items: Sequence[Item]) -> list[int | None]:
        found: dict[int, int | None] = {}

        async def ask(place: int, item: Item) -> None:
            try:
                found[place] = (await self._reads.card(item.id)).fmv
            except PartnerError:
                found[place] = None

        try:
            async with asyncio.timeout(_PATIENCE), asyncio.TaskGroup() as group:
                for place, item in enumerate(items):
                    group.create_task(ask(place, item))
        except TimeoutError:
            pass  # the cards are there; what they are worth only decides about a colour
        return [found.get(place) for place in range(len(items))]
