"""What the bot finds wrong by itself: the partner failing, clocks that differ, cards that don't agree."""

from __future__ import annotations

ALARMS = {
    "refusal.breaker": (
        "The card partner isn't answering. Nothing was bought. "
        "The bot asks it again by itself, and packs can be opened as soon as it answers."
    ),
    "outcome.CANCELLED.breaker": (
        "The card partner isn't answering. The bot asks it again by itself, "
        "and packs can be opened as soon as it answers."
    ),
    "post.notice.breaker_on": (
        "⛔ The card partner isn't answering, so nobody can buy. In the last minute {failed} of {calls} calls failed; "
        "{doubts} recent orders and sales are in doubt. Sales and orders under way go on. "
        "The bot asks the partner every half a minute, and opens buying when it answers."
    ),
    "post.notice.breaker_off": "✅ The card partner answers again, and packs can be bought. Buying stopped {since_at}.",
    "post.notice.clock_skew": (
        "🕒 The partner's clock and this bot's differ by {seconds} seconds, so nobody can buy. "
        "Please check the clock of the machine that the bot runs on. Buying goes on when they agree to {most} seconds."
    ),
    "post.notice.sweep": (
        "🔎 The partner's list of cards of {owner_id} (partner id {user}) differs from ours. "
        "Only the partner has: {unclaimed}. Only we have: {missing}. "
        "This member can't buy or sell until both agree again. "
        "`/operator unpause` with the member takes over what the partner shows, and lets this member go on."
    ),
    "post.notice.sweep_server": (
        "🔎 The partner's list of cards of {owner_id} differs from ours, so this member can't buy or sell. "
        "The operator of this bot can see which cards, and has to look into it."
    ),
    "post.notice.sweep_unread": (
        "🔎 The partner doesn't show the cards of {owner_id} (partner id {user}), though it shows those of others. "
        "This member can't buy or sell until the bot can read them. It tries again every hour."
    ),
    "post.notice.late_item": (
        "🔎 New in the partner's list of {owner_id}: {cards}. This may belong to order {reference} for {pack}, which "
        "ended as not bought. The member keeps it, and can sell it. Please compare it with the partner."
    ),
    "post.notice.sweep_over": (
        "✅ The partner's list of cards of {owner_id} (partner id {user}) agrees with ours again. "
        "This member can buy and sell again."
    ),
}
