"""The packs on sale and the cards that can be pulled from them, made from the tables of `packs` and `names`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Literal

from sandbox.clock import chance, happens
from sandbox.names import CREATURES, FIRST, LAST, NUMBERED, PARALLELS, POSITIONS, SETS, TEAMS
from sandbox.packs import PACKS, PackRow

if TYPE_CHECKING:
    import random

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LISTINGS_A_TIER = (9, 6, 4, 2)
GRADES = {
    "PSA": ("7.0", "8.0", "9.0", "9.0", "10.0"),
    "BGS": ("8.0", "8.5", "9.0", "9.5"),
    "CGC": ("8.0", "8.5", "9.0", "9.5", "10.0"),
}
"""By grader, worst first: the upper tiers have none of the worst."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A rarity tier: a range of values in USD and a relative weight."""

    name: str
    color: str
    lower: Decimal
    upper: Decimal
    weight: float | None


@dataclass(slots=True)
class Pack:
    """A pack with the field names of `vm/available`; mutable, as the partner's catalogue is."""

    id: str
    slug: str
    name: str
    description: str
    type: Literal["CORE", "EBAY"]
    category: str
    mint_price: Decimal
    max_per_mint: int
    buyback_percent: Decimal
    tiers: list[Tier]
    enable: bool = True
    in_stock: bool = True
    has_picture: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One listing: a real, graded card that one pack hands out."""

    id: str
    key: str
    """Names its pictures."""
    pack_id: str
    minted: bool
    fmv: int
    """Cents."""
    tier: int
    """Index among the pack's tiers, for the picture's colour."""
    category: str
    subject: str
    """Player or creature."""
    team: str
    """For a creature its type."""
    position: str
    set_name: str
    year: int
    number: int
    parallel: str
    serial: str
    grader: str
    grade: str
    cert: str
    rookie: bool
    has_back: bool
    numeric_year: bool
    """Whether the year is sent as a number: documented examples have text only, other clients saw numbers."""

    @property
    def name(self) -> str:
        parts = [str(self.year), self.set_name, self.subject, "RC" if self.rookie else "", f"#{self.number}"]
        return " ".join(
            part for part in (*parts, self.parallel, self.serial and f"/{self.serial.split('/')[1]}") if part
        )

    def attributes(self) -> list[dict[str, str | int]]:
        creature = self.category == "Pokémon"
        traits: dict[str, str | int] = {
            "Year": self.year if self.numeric_year else str(self.year),
            "Set": self.set_name,
            "Character" if creature else "Player": self.subject,
            "Type" if creature else "Team": self.team,
            "Card Number": str(self.number),
            "Parallel": self.parallel,
            "Serial": self.serial,
            "Grader": self.grader,
            "Grade": f"{self.grader} {self.grade}",
            "Cert": self.cert,
            "Category": self.category,
        }
        return [{"trait_type": trait, "value": value} for trait, value in traits.items() if value != ""]


@dataclass(slots=True)
class Catalogue:
    packs: dict[str, Pack]
    """By slug."""
    stock: dict[str, list[Card]]
    """By pack id."""
    cards: dict[str, Card]
    """By item id."""

    def pack(self, pack_id: str) -> Pack | None:
        return next((pack for pack in self.packs.values() if pack.id == pack_id), None)

    def cards_of(self, pack: Pack) -> list[Card]:
        return self.stock[pack.id]


def cents(amount: Decimal) -> int:
    """USD to whole cents, halves up, as the documented 82.5 x 0.85 = 70.13."""
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def build() -> Catalogue:
    """The same packs and cards every time."""
    packs = {row.slug: _pack(row) for row in PACKS}
    stock = {pack.id: _cards(pack) for pack in packs.values()}
    return Catalogue(packs, stock, {card.id: card for cards in stock.values() for card in cards})


def _pack(row: PackRow) -> Pack:
    dice = chance("pack", row.slug)
    return Pack(
        id=_base58(dice),
        slug=row.slug,
        name=row.name,
        description=row.description,
        type=row.type,
        category=row.category,
        mint_price=Decimal(row.price),
        max_per_mint=row.max_per_mint,
        buyback_percent=Decimal(row.buyback_percent),
        tiers=[Tier(name, color, *bounds, weight) for name, color, bounds, weight in row.tiers()],
        enable=row.enable,
        in_stock=row.in_stock,
        has_picture=row.has_picture,
    )


def _cards(pack: Pack) -> list[Card]:
    dice = chance("cards", pack.slug)
    return [
        _card(pack, index, number, dice)
        for index, count in enumerate(LISTINGS_A_TIER[: len(pack.tiers)])
        for number in range(count)
    ]


def _card(pack: Pack, tier: int, number: int, dice: random.Random) -> Card:
    minted = pack.type == "CORE"
    category = dice.choice(list(SETS)) if pack.category == "Mixed" else pack.category
    creature = category == "Pokémon"
    subject = dice.choice(list(CREATURES)) if creature else f"{dice.choice(FIRST)} {dice.choice(LAST)}"
    grader = dice.choice(list(GRADES))
    run = dice.choice(NUMBERED[tier]) if NUMBERED[tier] else 0
    lower, upper = cents(pack.tiers[tier].lower), cents(pack.tiers[tier].upper)
    card = Card(
        id=_base58(dice) if minted else f"v1|{dice.randrange(110_000_000_000, 400_000_000_000)}|0",
        key=f"{pack.slug}-{tier}{number:02d}",
        pack_id=pack.id,
        minted=minted,
        # Dear cards are rarer than cheap ones also inside a tier; never on a border, where the tier would be unclear.
        fmv=min(upper - 1, max(lower + 1, round(lower * (upper / lower) ** dice.uniform(0.03, 0.9)))),
        tier=tier,
        category=category,
        subject=subject,
        team=CREATURES[subject] if creature else dice.choice(TEAMS[category]),
        position="" if creature else dice.choice(POSITIONS[category]),
        set_name=dice.choice(SETS[category]),
        year=dice.randint(1999, 2025),
        number=dice.randint(1, 320),
        parallel=dice.choice(PARALLELS[tier]),
        serial=f"{dice.randint(1, run)}/{run}" if run else "",
        grader=grader,
        grade=dice.choice(GRADES[grader][tier // 2 :]),
        cert=str(dice.randrange(10_000_000, 99_999_999)),
        rookie=not creature and happens(dice, 0.3),
        has_back=happens(dice, 0.88),
        numeric_year=happens(dice, 0.2),
    )
    if pack.slug == "sandlot-starter" and tier == number == 0:
        return replace(card, fmv=upper)  # the one on a border
    return card


def _base58(dice: random.Random) -> str:
    return "".join(dice.choices(BASE58, k=44))
