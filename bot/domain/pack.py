"""A pack as the partner lists it, and the terms under which it is opened."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NEUTRAL = 0x95A5A6
"""The colour of a tier whose own isn't known."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One rarity tier: a range of card values in cents, and its relative weight."""

    name: str
    color: int
    lower: int
    upper: int
    weight: Decimal | None
    """None where the partner sent no number."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack on sale. Prices and values are cents, `buyback_share` a fraction of the card's value."""

    id: str
    slug: str
    name: str
    description: str
    price: int
    enabled: bool
    in_stock: bool
    max_amount: int
    categories: tuple[str, ...]
    tiers: tuple[Tier, ...]
    buyback_share: Decimal | None
    ev: int | None
    """Average value of a pull, as the partner states it."""
    image: str | None

    @property
    def on_sale(self) -> bool:
        return self.enabled and self.in_stock

    def terms(self) -> str:
        """What a confirmation shows and a purchase is made under, as canonical JSON."""
        return json.dumps(
            {
                "pack": self.id,
                "price": self.price,
                "buyback_share": None if self.buyback_share is None else format(self.buyback_share.normalize(), "f"),
                "tiers": [
                    [t.name, t.lower, t.upper, None if t.weight is None else format(t.weight.normalize(), "f")]
                    for t in self.tiers
                ],
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )


def terms_hash(terms: str) -> str:
    """SHA-256 of canonical terms, hexadecimal."""
    return hashlib.sha256(terms.encode()).hexdigest()


def tiers_of(terms: str, colors: Mapping[str, int]) -> tuple[Tier, ...]:
    """The tiers that canonical `terms` name, in the colours that the pack shows now."""
    return tuple(
        Tier(name, colors.get(name, NEUTRAL), lower, upper, None if weight is None else Decimal(weight))
        for name, lower, upper, weight in json.loads(terms)["tiers"]
    )
