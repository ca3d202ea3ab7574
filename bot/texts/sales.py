"""Pulled cards, and selling them."""

from __future__ import annotations

SALES = {
    "card.name": "**{card}**",
    "card.tier": "{tier}",
    "card.tier.unknown": "Tier unclear",
    "card.price": "Sells back for **{price_cents}**",
    "card.price.unknown": "The partner makes no offer to buy it at the moment",
    "card.ends": "offer ends {ends_at}",
    "card.no_end": "the offer has no end",
    "card.end_unknown": "offer end unknown",
    "card.sell": "Sell",
    "card.selling": "Selling…",
    "card.in_doubt": "Sale not known yet",
    "card.sold": "Sold",
    "card.sold_button": "Sold {price}",
    "card.sold_button.unknown": "Sold",
    "card.about": "Sold · about {price_cents}, being confirmed",
    "card.sold_line": "Sold · {sold_for_cents} recorded",
    "card.gone": "Not here any more",
    "card.gone_line": "Not with this account at the partner any more",
    "card.back": "Back of the card",
    "card.picture": "Picture of the card {card}",
    "card.back_picture": "Back of the card {card}",
    "card.no_back": "### {card}\nThe partner has no picture of its back.",
    "card.back_head": "### {card}",
    "sell.ask": "## Sell {card}?\nThe partner will buy this card for about **{price_cents}**.",
    "sell.ask_ends": "Its offer ends {ends_at}.",
    "sell.ask_no_end": "Its offer has no end.",
    "sell.ask_unknown": "When its offer ends isn't known.",
    "sell.final": "A sale is final. The amount that counts is the one the partner answers with.",
    "sell.yes": "Sell for {price}",
    "sell.no": "Keep it",
    "sell.kept": "### Kept\nNothing was sold. **{card}** is still yours.",
    "sale.SUBMITTING": "### Selling {card}…\nAsking the partner to buy it for about {quoted_cents}.",
    "sale.IN_DOUBT": (
        "### Not known yet\nWe don't know yet whether **{card}** was sold. It will not be offered twice. "
        "We look again {look_at}. Reference {reference}."
    ),
    "sale.IN_DOUBT.unknown": (
        "### Not known yet\nWe don't know yet whether **{card}** was sold. It will not be offered twice. "
        "We keep looking. Reference {reference}."
    ),
    "sale.SOLD": "### Sold · {amount_cents} recorded\n**{card}** was sold to the partner.",
    "sale.about": (
        "### Sold · about {quoted_cents}, being confirmed\n**{card}** was sold to the partner; "
        "its amount isn't confirmed yet. Reference {reference}."
    ),
    "sale.differs": "It was shown as {quoted_cents}; the partner recorded {amount_cents}.",
    "sale.NOT_SOLD": "### Not sold\n**{card}** is still yours. {why}",
    "sale.why.expired": "The partner's offer for it has ended.",
    "sale.why.key": "The partner doesn't accept this bot's key. Please tell a moderator.",
    "sale.why.not_sent": "The partner couldn't be reached. You can press Sell again later.",
    "sale.why.not_executed": "The sale didn't go through. You can press Sell again.",
    "sale.GONE": (
        "### Not sold\nThe partner says **{card}** isn't with your account any more. Nothing was booked. "
        "If you didn't expect that, tell a moderator. Reference {reference}."
    ),
}
