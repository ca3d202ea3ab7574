"""What a pack's own numbers say of the chances, and of a card's tier."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from bot.domain.pack import Pack, Tier


@dataclass(frozen=True, slots=True)
class Odds:
    """The chances of one pull, as fractions of 1."""

    shares: tuple[Fraction, ...]
    """The chance of each tier, in the pack's order; they sum to exactly 1."""
    back: tuple[Fraction, Fraction] | None
    """Between which bounds the chance lies that a card sells back for at least the pack's price.

    The lower bound counts the tiers that lie wholly above the value needed, the upper one those that reach it. None
    where the partner states no buyback share.
    """
    average_value: int | None
    """Cents; given together with `average_sellback` or not at all."""
    average_sellback: int | None


def odds(pack: Pack) -> Odds | None:
    """The chances of `pack`, or None where its weights can't be believed: missing, negative, or all zero."""
    weights = [t.weight for t in pack.tiers]
    usable = [Fraction(w) for w in weights if w is not None and w.is_finite() and w >= 0]
    total = sum(usable)
    if len(usable) != len(weights) or not total or any(t.lower > t.upper for t in pack.tiers):
        return None
    shares = tuple(w / total for w in usable)
    share = None if not pack.buyback_share else Fraction(pack.buyback_share)
    back = None
    if share is not None:
        needed = pack.price / share
        back = (
            sum((s for s, t in zip(shares, pack.tiers, strict=True) if t.lower >= needed), Fraction(0)),
            sum((s for s, t in zip(shares, pack.tiers, strict=True) if t.upper >= needed), Fraction(0)),
        )
    both = share is not None and pack.ev is not None
    return Odds(
        shares=shares,
        back=back,
        average_value=pack.ev if both else None,
        average_sellback=round(pack.ev * share) if share is not None and pack.ev is not None else None,
    )


def tier_of(tiers: tuple[Tier, ...], value: int | None) -> int | None:
    """The place of the one tier whose range holds `value` (cents).

    None, "unclear", where the value is unknown, on a border of two tiers, in overlapping ones, or in none.
    """
    if value is None:
        return None
    holding = [place for place, tier in enumerate(tiers) if tier.lower <= value <= tier.upper]
    return holding[0] if len(holding) == 1 else None


def estimated_value(price: int, share: Decimal | None, buyback_price: int | None) -> int | None:
    """A card's value in cents from what the partner pays for it, or None where that doesn't tell.

    `price` and `share` are the pack's. What is no higher than the pack's price may be the partner's voucher instead of
    a share of the value (partner-api: sell back), and so says nothing.
    """
    if buyback_price is None or not share or buyback_price <= price:
        return None
    return round(buyback_price / Fraction(share))
