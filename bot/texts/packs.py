"""The catalogue of packs."""

from __future__ import annotations

PACKS = {
    "packs.name": "## {pack}",
    "packs.price": "**{price_cents}** each · up to {most} at once",
    "packs.price_one": "**{price_cents}** each · one at a time",
    "packs.in_stock": "✅ In stock",
    "packs.sold_out": "🚫 Sold out",
    "packs.disabled": "⏸️ Not on sale at the moment",
    "packs.no_odds": "⚠️ The partner's odds for this pack don't add up, so it can't be opened here.",
    "packs.tier": "**{tier}**: {chance_share} · cards worth {lower_cents} to {upper_cents}",
    "packs.more_tiers": "and {count} more tiers",
    "packs.average": "On average a card is worth {value_cents}, and sells back for {sellback_cents}.",
    "packs.buyback": "The partner buys cards back at {buyback_share} of their value.",
    "packs.buyback.unknown": "The partner doesn't say at which share of their value it buys cards back.",
    "packs.odds_line": (
        "Chance that a card sells back for at least what it cost: between {low_share} and {high_share}, "
        "before any voucher of the partner's."
    ),
    "packs.odds_line_one": (
        "Chance that a card sells back for at least what it cost: {low_share}, before any voucher of the partner's."
    ),
    "packs.checked": "-# Checked {checked_at}",
    "packs.stale": (
        "-# ⚠️ The partner can't be reached. This list is from {checked_at}; opening works again once it answers."
    ),
    "packs.picture": "Picture of the pack {pack}",
    "packs.none": "### No pack matches “{search}”\nTry a shorter word, a sport or a game, or `/packs` for all of them.",
    "packs.empty": "### No packs right now\nThe partner lists none at the moment. Please look again later.",
    "packs.found": "-# {count} packs · page {page} of {pages}",
    "packs.choose": "Look at another pack",
    "packs.option": "{price} · {stock}",
    "packs.option_stock": "in stock",
    "packs.option_sold_out": "sold out",
    "packs.option_disabled": "not on sale",
    "packs.open_one": "Open 1",
    "packs.open_more": "Open more…",
    "packs.earlier": "Earlier packs",
    "packs.later": "More packs",
    "packs.form": "How many packs?",
    "packs.form_amount": "How many, from 1 to {most}",
}
