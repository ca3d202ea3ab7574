"""Confirming an order, and the order's message while it moves."""

from __future__ import annotations

OPENING = {
    "confirm.head": "## Open {amount} × {pack}?",
    "confirm.total": "Total **{total_cents}** ({price_cents} each)",
    "confirm.total_one": "Total **{total_cents}**",
    "confirm.left": "-# Left of today's limit here before this order: {left_cents}",
    "confirm.settlement": "-# {note}",
    "confirm.private": "🔒 Only you will see the cards.",
    "confirm.public": "The cards are shown to everyone in this channel.",
    "confirm.final": "**Purchases are final.** This confirmation ends {expires_at}.",
    "confirm.yes": "Confirm · {total}",
    "confirm.no": "Cancel",
    "confirm.cancelled": "### Cancelled\nNothing was bought. `/open` starts again whenever you like.",
    "confirm.ordered": "### Confirmed\nThe order's own message shows how it goes. Reference {reference}.",
    "nothing": "Nothing was ordered.",
    "terms.head": "## Before your first order",
    "terms.body": (
        "Please read this once:\n"
        "- You must be **18 or older** to open packs here.\n"
        "- **Purchases are final.** What comes out of a pack is down to its odds.\n"
        "- Cards come from our partner, and it decides what it buys back and at which price."
    ),
    "terms.links": "Read also: {links}",
    "terms.terms": "[terms]({url})",
    "terms.privacy": "[privacy]({url})",
    "terms.next": "Agreeing also confirms this order: {amount} × {pack} for **{total_cents}**.",
    "terms.agree": "I am 18 or older and agree",
    "pull.head": "### {owner_id} opens {amount} × {pack}",
    "pull.head_done": "### {owner_id} opened {amount} × {pack}",
    "pull.RESERVED": "⏳ Ordering…",
    "pull.SUBMITTING": "⏳ Ordering…",
    "pull.ACCEPTED": "📦 With the partner, ordered {since_at}. The cards appear here by themselves.",
    "pull.overdue": (
        "This takes longer than usual. The order stands, and nothing is ordered twice. "
        "A moderator can help. Reference {reference}."
    ),
    "pull.IN_DOUBT": (
        "🔎 We don't know yet whether this order went through. Nothing will be ordered twice. "
        "We look again {look_at}. Reference {reference}."
    ),
    "pull.IN_DOUBT.unknown": (
        "🔎 We don't know yet whether this order went through. Nothing will be ordered twice. "
        "We keep looking. Reference {reference}."
    ),
    "pull.REVIEW": (
        "🔎 A person has to look at this order: {why} Nothing is lost, and nothing will be ordered twice. "
        "Please tell a moderator. Reference {reference}."
    ),
    "pull.nothing": "**Nothing was bought.** {why}",
    "pull.reference": "-# Reference {reference}",
    "pull.reveal": "-# Card {number} of {count}",
    "pull.before": "**So far**\n{cards}",
    "pull.before_card": "{position}. {card} · {tier}",
    "pull.skip": "Show all now",
    "pull.page": "-# Page {page} of {pages}",
    "pull.earlier": "Previous",
    "pull.later": "Next",
    "pull.again": "Try again",
    "pull.show": "Show cards",
    "pull.no_cards": "There are no cards in this order yet.",
    "post.order_arrived": "📬 {owner_id}, your order has arrived.",
    "post.order_ended": "📬 {owner_id}, your order has ended: nothing was bought.",
    "post.order_review": "📬 {owner_id}, a person has to look at your order. Please tell a moderator.",
    "post.sale_ended": "📬 {owner_id}, the outcome of your sale is known.",
    "post.show": "Show my cards",
}
