"""Money: whole cents of US dollars, from the partner's own decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

LARGEST = 10_000_000_00
"""Ten million dollars: an amount above it is taken for a mistake of whoever sent it."""


def cents(amount: Decimal) -> int:
    """Dollars to whole cents, halves up.

    Raises:
        ValueError: not a finite amount between 0 and `LARGEST`.
    """
    if not amount.is_finite() or not 0 <= amount <= LARGEST // 100:
        raise ValueError(f"not an amount of money: {amount}")
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def dollars(amount: int) -> str:
    """Cents as people read them: `$1,234.50`."""
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), 100)
    return f"{sign}${whole:,}.{part:02d}"
