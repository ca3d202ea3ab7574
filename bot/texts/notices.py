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
    "post.order": "Show the order",
}
