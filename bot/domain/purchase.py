"""The states of a purchase, and the steps that are allowed between them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a purchase stands."""

    RESERVED = "RESERVED"
    """Confirmed and held against the limits; nothing has left this machine."""
    SUBMITTING = "SUBMITTING"
    """The order may be leaving this machine at this moment. It is never sent again from here."""
    ACCEPTED = "ACCEPTED"
    """The partner gave a session; its result is being waited for."""
    IN_DOUBT = "IN_DOUBT"
    """Perhaps bought. Only evidence (a session, the inventory) or a person closes it."""
    DELIVERED = "DELIVERED"
    REFUSED = "REFUSED"
    """The partner said no, in one of its documented sentences."""
    CANCELLED = "CANCELLED"
    """Surely not sent."""
    NOT_EXECUTED = "NOT_EXECUTED"
    """Was in doubt; the inventory showed twice that nothing was bought."""
    REVIEW = "REVIEW"
    """The evidence contradicts itself: a person decides."""


S = State
STEPS: frozenset[tuple[State, State]] = frozenset(
    {
        (S.RESERVED, S.SUBMITTING),
        (S.RESERVED, S.CANCELLED),
        (S.SUBMITTING, S.RESERVED),  # proved not sent
        (S.SUBMITTING, S.ACCEPTED),
        (S.SUBMITTING, S.REFUSED),
        (S.SUBMITTING, S.IN_DOUBT),
        (S.ACCEPTED, S.DELIVERED),
        (S.ACCEPTED, S.IN_DOUBT),  # "Transaction failed" for a session: the inventory decides
        (S.ACCEPTED, S.REVIEW),
        (S.IN_DOUBT, S.ACCEPTED),  # the same attempt's answer came late
        (S.IN_DOUBT, S.REFUSED),
        (S.IN_DOUBT, S.DELIVERED),
        (S.IN_DOUBT, S.NOT_EXECUTED),
        (S.IN_DOUBT, S.REVIEW),
        (S.NOT_EXECUTED, S.DELIVERED),  # late items
        (S.NOT_EXECUTED, S.REVIEW),  # late items that don't fit
        (S.REVIEW, S.DELIVERED),
        (S.REVIEW, S.NOT_EXECUTED),
    }
)

HELD = (S.RESERVED, S.SUBMITTING, S.ACCEPTED, S.IN_DOUBT, S.REVIEW)
"""Money held against the limits however old it is."""
ENDED = (S.DELIVERED, S.REFUSED, S.CANCELLED, S.NOT_EXECUTED)
BOUGHT_NOTHING = (S.REFUSED, S.CANCELLED, S.NOT_EXECUTED)
SPENT = (S.DELIVERED,)
"""Money that counts inside the window of a limit."""
RUNNING = (S.RESERVED, S.SUBMITTING, S.ACCEPTED, S.IN_DOUBT)
"""What a start of the bot takes up again."""
MAX_SENDS = 3
"""How often an order that was surely not sent is tried."""
