"""What moderators and the operator are told in their channels; `post.notice.<name>`."""

from __future__ import annotations

NOTICES = {
    "post.notice.review": (
        "🔎 Order {reference} of {owner_id}, {amount} × {pack}, confirmed {since_at}, needs a person: {reason} "
        "Until it is settled it holds its place and its share of the limits."
    ),
    "post.notice.overdue": (
        "⏳ The partner has had order {reference} of {owner_id}, {amount} × {pack}, for over half an hour. "
        "The bot goes on asking once a minute; nothing is ordered again."
    ),
    "post.notice.sale_doubt": (
        "❔ A day after {owner_id} confirmed it, nobody knows whether the sale {reference} of {card} was carried out: "
        "the list of this member's cards can't be read, or doesn't say the same twice. Please ask the card partner. "
        "The bot looks again once an hour, and the card isn't sold a second time."
    ),
    "post.notice.settled_delivered": (
        "✅ {moderator_id} settled order {reference} of {owner_id}, {amount} × {pack}, as delivered: “{why}”."
    ),
    "post.notice.settled_nothing": (
        "✅ {moderator_id} settled order {reference} of {owner_id}, {amount} × {pack}, as not bought: “{why}”."
    ),
    "post.notice.paused": "⏸️ {operator_id} paused {what} in the whole bot: {why}. Orders under way go on.",
    "post.notice.unpaused": "▶️ {operator_id} lifted {causes}.",
    "post.notice.unpaused_member": "▶️ {operator_id} lifted {causes} of {member_id}.",
    "post.order": "Show the order",
}
