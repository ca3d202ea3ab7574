"""The states of a card, and of one attempt to sell it."""

from __future__ import annotations

from enum import StrEnum


class CardState(StrEnum):
    """Where a card stands; the state is the lock against a second sale."""

    HELD = "HELD"
    SUBMITTING = "SUBMITTING"
    """A sale may be leaving this machine at this moment."""
    IN_DOUBT = "IN_DOUBT"
    """Perhaps sold; the inventory decides."""
    SOLD = "SOLD"
    GONE = "GONE"
    """Not with its owner any more, without a sale of ours."""


C = CardState
CARD_STEPS: frozenset[tuple[CardState, CardState]] = frozenset(
    {
        (C.HELD, C.SUBMITTING),
        (C.HELD, C.GONE),
        (C.SUBMITTING, C.HELD),  # surely not sent, expired, or the key was refused
        (C.SUBMITTING, C.SOLD),
        (C.SUBMITTING, C.GONE),  # the partner answered "Item not found"
        (C.SUBMITTING, C.IN_DOUBT),
        (C.IN_DOUBT, C.HELD),
        (C.IN_DOUBT, C.SOLD),
        (C.IN_DOUBT, C.GONE),
    }
)
OPEN = (C.HELD, C.SUBMITTING, C.IN_DOUBT)
"""Cards that claim an item of their owner's inventory."""


class SaleState(StrEnum):
    """How one attempt to sell a card ended, or that it hasn't."""

    SUBMITTING = "SUBMITTING"
    IN_DOUBT = "IN_DOUBT"
    SOLD = "SOLD"
    NOT_SOLD = "NOT_SOLD"
    """The card is still with its owner."""
    GONE = "GONE"
