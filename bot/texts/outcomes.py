"""Why an order ended as it did, or why people look at it; `outcome.<state>.<reason>`."""

from __future__ import annotations

OUTCOMES = {
    "outcome.CANCELLED.too_old": "The order couldn't be sent within a minute, so we let it go. Please try again.",
    "outcome.CANCELLED.frozen": "Opening packs was paused before the order left. A moderator can tell you more.",
    "outcome.CANCELLED.lane": (
        "An earlier order of yours for this pack isn't settled yet. You can open other packs meanwhile."
    ),
    "outcome.CANCELLED.terms_changed": (
        "The pack's price or odds changed while you were confirming, or how many may be opened at once. "
        "Look at them as they are now, and decide again."
    ),
    "outcome.CANCELLED.sold_out": "The pack sold out a moment before. `/packs` shows what is in stock.",
    "outcome.CANCELLED.pack_gone": "The partner doesn't list this pack any more. `/packs` shows what it does.",
    "outcome.CANCELLED.partner_down": "The partner can't be reached right now. Please try again in a few minutes.",
    "outcome.CANCELLED.key": (
        "The partner doesn't accept this bot's key. Please tell a moderator; the operator can help."
    ),
    "outcome.CANCELLED.clock": (
        "Our clock and the partner's disagree, so nothing can be opened until the operator has looked."
    ),
    "outcome.CANCELLED.not_sent": "The order couldn't reach the partner. Please try again in a few minutes.",
    "outcome.REFUSED.sold_out": "The partner says this pack is sold out. `/packs` shows what is in stock.",
    "outcome.REFUSED.amount": "The partner doesn't take that many at once. `/packs` shows how many it does.",
    "outcome.REFUSED.pack_unknown": "The partner doesn't know this pack any more. `/packs` shows what it has.",
    "outcome.REFUSED.key": "The partner doesn't accept this bot's key. Please tell a moderator; the operator can help.",
    "outcome.REFUSED.other": "The partner didn't take the order. Please try again later, or tell a moderator.",
    "outcome.REFUSED.user": "The partner didn't accept your account. Please tell a moderator.",
    "outcome.NOT_EXECUTED": "We looked twice, and the partner shows nothing from this order. You can order again.",
    "outcome.NOT_EXECUTED.sandbox": (
        "The sandbox shows nothing from this order; it may have been reset. You can order again."
    ),
    "outcome.NOT_EXECUTED.by_hand": (
        "A moderator looked into it, and the partner shows nothing from this order. You can order again."
    ),
    "outcome.REVIEW.too_few": "fewer cards came than were ordered.",
    "outcome.REVIEW.too_many": "more cards came than were ordered.",
    "outcome.REVIEW.foreign": "the partner's answer names another account.",
    "outcome.REVIEW.old_items": "cards are there that may belong to an earlier order.",
    "outcome.REVIEW.day": "it isn't settled after a whole day.",
    "outcome.REVIEW.restored": "our records were restored from a backup that is older than the order's end.",
    "outcome.REVIEW.linked": "cards of this pack may also come from the community's site.",
    "state.RESERVED": "being ordered",
    "state.SUBMITTING": "being ordered",
    "state.ACCEPTED": "with the partner",
    "state.IN_DOUBT": "not known yet",
    "state.DELIVERED": "delivered",
    "state.REFUSED": "refused, nothing was bought",
    "state.CANCELLED": "cancelled, nothing was bought",
    "state.NOT_EXECUTED": "ended, nothing was bought",
    "state.REVIEW": "a person has to look at it",
}
