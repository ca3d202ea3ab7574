"""The table of packs: invented names, every kind of trouble that a catalogue can bring among them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

TIERS = (("Common", "#9CA3AF"), ("Rare", "#3B82F6"), ("Epic", "#A855F7"), ("Mythic", "#F59E0B"))
WEIGHTS = (74, 20, 5, 1)
SPANS = (("0.35", "0.70"), ("0.70", "1.60"), ("1.60", "5.00"), ("5.00", "40.00"))
"""Ranges of the tiers, in prices of the pack."""
OVERLAPPING = (("0.35", "0.90"), ("0.75", "1.60"), ("1.50", "5.00"), ("5.00", "40.00"))

HOSTILE_NAME = (
    "**Champions** of the __World__ ~~Cup~~ @everyone <@1> # [free packs](https://example.com/free) "
    "`code` ||spoiler|| \u202eesrever\u202c \u200f<:fake:1> " + "and a very, very long name that goes on and on " * 4
)


@dataclass(frozen=True, slots=True)
class PackRow:
    slug: str
    name: str
    category: str
    price: str
    """USD of one pull."""
    max_per_mint: int
    description: str
    type: Literal["CORE", "EBAY"] = "EBAY"
    buyback_percent: str = "0.85"
    weights: tuple[float | None, ...] = WEIGHTS
    spans: tuple[tuple[str, str], ...] = SPANS
    enable: bool = True
    in_stock: bool = True
    has_picture: bool = True

    def tiers(self) -> Iterator[tuple[str, str, tuple[Decimal, Decimal], float | None]]:
        """Name, colour, bounds in USD and weight of each."""
        price = Decimal(self.price)
        for (name, color), (lower, upper), weight in zip(TIERS, self.spans, self.weights, strict=True):
            yield name, color, (price * Decimal(lower), price * Decimal(upper)), weight


PACKS = (
    PackRow("sandlot-starter", "Sandlot Starter", "Baseball", "5.00", 25, "Graded baseball for a small wallet."),
    PackRow("diamond-classics", "Diamond Classics", "Baseball", "25.00", 10, "Slabbed stars from three decades."),
    PackRow("hardwood-rookies", "Hardwood Rookies", "Basketball", "10.00", 25, "First-year cards, all graded."),
    PackRow(
        "hardwood-icons", "Hardwood Icons", "Basketball", "50.00", 10, "Parallels and short prints.", "CORE", "0.90"
    ),
    PackRow("gridiron-blitz", "Gridiron Blitz", "Football", "15.00", 10, "Sunday's heroes in plastic."),
    PackRow("gridiron-legends", "Gridiron Legends", "Football", "100.00", 5, "Low numbers, high grades."),
    PackRow("soccer-sprint", "Soccer Sprint", "Soccer", "1.00", 25, "One dollar, one graded card."),
    PackRow(
        "world-strikers",
        "World Strikers",
        "Soccer",
        "20.00",
        10,
        "Goals from every continent.",
        weights=(380, 90, 25, 5),  # don't sum to 100: nobody promised that they do
    ),
    PackRow(
        "pokemon-starter",
        "Pokémon Starter",
        "Pokémon",
        "8.00",
        10,
        "Little monsters, big slabs.",
        spans=OVERLAPPING,
    ),
    PackRow("pokemon-elite", "Pokémon Elite", "Pokémon", "60.00", 5, "Holos and full arts only.", "CORE", "0.90"),
    PackRow("ice-breakers", "Ice Breakers", "Hockey", "30.00", 10, "Young guns of the north.", buyback_percent="0.80"),
    PackRow("blue-line-legends", "Blue Line Legends", "Hockey", "250.00", 1, "One pull at a time.", "CORE"),
    PackRow("grail-vault", "Grail Vault", "Mixed", "500.00", 1, "The card that you tell people about.", "CORE", "0.90"),
    PackRow("summer-nationals", "Summer Nationals", "Baseball", "40.00", 10, "Gone in a weekend.", in_stock=False),
    PackRow("holiday-hoops", "Holiday Hoops", "Basketball", "75.00", 5, "Back in December.", enable=False),
    PackRow(
        "lopsided-league", "Lopsided League", "Football", "12.00", 10, "Its odds are a mess.", weights=(80, None, -5, 1)
    ),
    PackRow("mystery-puck", "Mystery Puck", "Hockey", "18.00", 10, "Nobody has seen the wrapper.", has_picture=False),
    PackRow("champions-of-the-world", HOSTILE_NAME, "Soccer", "9.00", 10, "@here **read** [this](https://example.com)"),
)
