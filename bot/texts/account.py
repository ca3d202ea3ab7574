"""/account."""

from __future__ import annotations

ACCOUNT = {
    "account.head": "## Your account",
    "account.generated": "Partner id **{user_id}**, made for you {linked_at}.",
    "account.linked": "Partner id **{user_id}**, linked by a code of the community's site {linked_at}.",
    "account.none_generated": "You have no partner id yet. One is made for you at your first order.",
    "account.none_linked": "You aren't linked yet. Get a code on the community's site, then use `/account link`.",
    "account.cool_down": "After the new link, selling starts {sell_from_at}.",
    "account.orders": "### Last orders",
    "account.order": "**{amount} × {pack}** · {total_cents} · {state}\n-# {made_at} · reference {reference}",
    "account.no_orders": "No orders yet. `/packs` shows what there is.",
    "account.offer": (
        "## Link this account?\nThe partner id **{user_id}** will be joined to {owner_id}. "
        "Cards of that id are then yours to sell here.\n-# This question ends {expires_at}."
    ),
    "account.link": "Link",
    "account.cancel": "Cancel",
    "account.unchanged": "### Nothing was changed",
    "account.done": "### Linked\nPartner id **{user_id}** now belongs to {owner_id}.",
    "account.ask_unlink": (
        "## Unlink?\nThe partner id **{user_id}** will no longer belong to this Discord account. "
        "Its cards stay at the partner; selling them here needs a new link."
    ),
    "account.unlink": "Unlink",
    "account.unlinked": "### Unlinked\n`/account link` with a new code links again.",
}
