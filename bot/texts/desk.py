"""The moderators' desk, a server's settings, and the operator's pause."""

from __future__ import annotations

DESK = {
    "orders.head": "## Orders that need a person\n{count} in all, the oldest first.",
    "orders.empty": (
        "### Nothing needs you\nNo order is in review, in doubt or overdue, and no sale is in doubt. All is well."
    ),
    "orders.found": "## Orders with this reference",
    "orders.order": "**{reference}** · {owner_id} · {amount} × {pack} · {total_cents}\n{standing}",
    "orders.sale": "**{reference}** · {owner_id} · a sale of {card} for about {quoted_cents}\n{standing}",
    "orders.review": "🔎 In review since {since_at}: {why}",
    "orders.doubt": "❔ Not known since {since_at}. We look again {look_at}.",
    "orders.doubt.unknown": "❔ Not known yet. We keep looking.",
    "orders.overdue": "⏳ With the partner since {since_at}, which is too long. The bot goes on asking.",
    "orders.other": "{state}, ordered {made_at}",
    "orders.show": "Show",
    "orders.page": "-# Page {page} of {pages}",
    "orders.earlier": "Older",
    "orders.later": "Newer",
    "orders.again": "Look again",
    "order.head": "## Order {reference}",
    "order.what": "{amount} × **{pack}** for {total_cents}, confirmed by {owner_id} {made_on} in {channel}.",
    "order.state": "Now: **{state}**.",
    "order.why": "Reason: {why}",
    "order.look": "We look again {look_at}.",
    "order.overdue": "The partner has had it for too long. The bot asks once a minute; nothing is ordered again.",
    "order.too_early": "It may still settle itself. A person can settle it {from_at}.",
    "order.settled": "{moderator_id} settled it by hand {settled_at} ({state}): “{reason}”",
    "order.ids": "-# Partner id {user} · session {session} · server {server} · full id {id}",
    "order.ids.unknown": "-# Partner id {user} · no session · server {server} · full id {id}",
    "order.cards": "### Its cards",
    "order.card": "- **{card}** · {item} · {state}",
    "order.card.HELD": "with its owner",
    "order.card.SUBMITTING": "being sold",
    "order.card.IN_DOUBT": "a sale of it isn't known yet",
    "order.card.SOLD": "sold",
    "order.card.GONE": "not with its owner any more",
    "order.more": "-# and {count} more",
    "order.past": "### What happened",
    "order.event": "- {moment} · {what}",
    "order.earlier": "-# {count} lines came before; “All that happened” shows them.",
    "order.items": "### At the partner, and no card of ours",
    "order.item": "- **{card}** · {item} · pulled {pulled_on}",
    "order.item.unknown": "- **{card}** · {item} · it isn't known when it was pulled",
    "order.item_older": "{line}, before this order",
    "order.items_none": "### At the partner\nEverything of this pack that the partner shows there is a card of ours.",
    "order.items_unread": (
        "### At the partner\nThe partner's list of this member's cards can't be read right now. "
        "Look again in a few minutes."
    ),
    "order.beside": "⚠️ Not settled either, for the same member and pack: {references}. Such cards may be theirs.",
    "order.choose": "Settle as delivered, with these cards…",
    "order.option": "{item} · pulled {date}",
    "order.delivered": "Settle as delivered, with its cards",
    "order.nothing": "Settle as not bought",
    "order.all_past": "All that happened",
    "past.RESERVED": "confirmed",
    "past.SUBMITTING": "being sent",
    "past.ACCEPTED": "taken by the partner",
    "past.IN_DOUBT": "not known",
    "past.DELIVERED": "delivered",
    "past.REFUSED": "refused by the partner",
    "past.CANCELLED": "cancelled, never sent",
    "past.NOT_EXECUTED": "ended, nothing was bought",
    "past.REVIEW": "given to a person",
    "past.head": "## What happened to order {reference}",
    "settle.delivered": "Settle as delivered",
    "settle.nothing": "Settle as not bought",
    "settle.items": "Cards that belong to this order",
    "settle.reason": "Reason",
    "settle.reason_who": "Moderators and the operator read it.",
    "settings.head": "## Settings of this server",
    "settings.channel": "**Audit channel**: {channel}\nWhat moderators have to know is posted there.",
    "settings.channel.unknown": (
        "**Audit channel**: none\nWhat moderators have to know is posted nowhere, but `/orders open` shows it."
    ),
    "settings.channel_gone": (
        "⚠️ **Audit channel**: it was deleted, or I can't see it.\nPlease choose another one, "
        "or give me the permission to view it."
    ),
    "settings.channel_shut": (
        "⚠️ **Audit channel**: {channel}\nI can't post there. Please give me the permissions "
        "to view it and to send messages in it, or choose another one."
    ),
    "settings.roles": "**Moderators**: whoever may manage this server, and {roles}.",
    "settings.roles.unknown": "**Moderators**: whoever may manage this server.",
    "settings.roles_who": "-# Only members who may manage this server can change these roles.",
    "settings.choose_channel": "Choose the audit channel",
    "settings.no_channel": "No audit channel",
    "settings.choose_roles": "Choose roles whose members are moderators",
    "operator.paused": (
        "### Paused: {what}\nMembers read: “{reason}”. Orders that the partner has taken go on. "
        "`/operator unpause` ends it."
    ),
    "operator.lifted": "### No longer in force\n{lines}",
    "operator.lifted_none": "### Nothing was paused\nThere was nothing for you to lift.",
    "operator.left": "### Still in force\n{lines}",
    "operator.freeze": "- {what}, since {since_at}: {reason}",
    "operator.restore_left": (
        "The backup's pause can be lifted when every member's cards have been compared with the partner's. "
        "That has not finished yet. Please try again later; nothing is lost by waiting."
    ),
    "operator.members": (
        "Cards of {members} differ from the partner's, or can't be read there, so they can't buy or sell. "
        "`/operator unpause` with the member takes over what the partner shows, and ends that for one of them."
    ),
    "operator.members_more": "{members} and {count} more",
    "operator.member": "### No longer in force\n{member_id} can buy and sell again.",
    "operator.gone": "Not with this member any more, as the partner shows ({count}):\n{cards}",
    "operator.new": "New cards of this member, without an order ({count}):\n{cards}",
    "operator.card": "- {card}",
    "operator.nothing_taken": "The partner's list of this member's cards showed no difference, so no card was changed.",
    "operator.left_out": (
        "Packs with an order or a sale that isn't settled yet couldn't be compared. If their cards differ later, "
        "this member is stopped again."
    ),
    "pause.buying": "buying",
    "pause.selling": "selling",
    "pause.everything": "everything",
    "pause.buy": "Buying",
    "pause.sell": "Selling",
    "pause.ship": "Shipping",
    "pause.draw": "Giveaway draws",
    "pause.operator": "the operator's pause",
    "pause.breaker": "the pause because the card partner didn't answer",
    "pause.restore": "the pause after a backup was restored",
    "pause.sweep": "the pause because cards differed",
    "refusal.moderators_only": (
        "Only moderators of this server can do this: members who may manage the server, "
        "or who have a role that its settings name. Nothing was changed."
    ),
    "refusal.operator_only": "Only the operator of this bot can do this. Nothing was changed.",
    "refusal.roles_manage": (
        "Only members who may manage this server can change who its moderators are. Nothing was changed."
    ),
    "refusal.role_everyone": (
        "The role that every member has would make everybody a moderator. Nothing was changed. Please leave it out."
    ),
    "refusal.channel_shut": (
        "I can't post in {channel}. Nothing was changed. Please give me the permissions to view it and to send "
        "messages in it, then choose it again."
    ),
    "refusal.order_not_found": "No order of this server is known by this reference. Nothing was changed.",
    "refusal.reference_unknown": (
        "No order of this server has the reference “{text}”. A reference has 8 letters and digits, "
        "as it stands in the order's message."
    ),
    "refusal.reason_length": "Please give a reason of {least} to {most} characters. Nothing was changed.",
    "refusal.too_early": "This order may still settle itself. A person can settle it {from_at}. Nothing was changed.",
    "refusal.order_changed": (
        "Something happened to this order since you looked at it. Nothing was changed by you. "
        "Please press “Look again” and decide by what is there now."
    ),
    "refusal.settled_itself": (
        "This order doesn't need a person any more: it went on by itself. Nothing was changed by you. "
        "“Look again” shows how it stands."
    ),
    "refusal.settled_delivered": (
        "{moderator_id} settled this order {settled_at} as delivered: “{reason}”. Nothing was changed by you."
    ),
    "refusal.settled_nothing": (
        "{moderator_id} settled this order {settled_at} as not bought: “{reason}”. Nothing was changed by you."
    ),
    "refusal.partner_unread": (
        "The partner's list of this member's cards can't be read right now, so nothing was settled. "
        "Please try again in a few minutes."
    ),
    "refusal.no_cards": "This order has no cards. Please choose those that belong to it. Nothing was settled.",
    "refusal.has_cards": "This order has cards, so it isn't one of which nothing was bought. Nothing was settled.",
    "refusal.card_taken": (
        "One of these cards isn't free any more: it was sold, or belongs to another order. Nothing was settled. "
        "Please press “Look again”."
    ),
    "refusal.order_beside": (
        "Order {reference} of the same member and pack is with the partner, and such cards may be its. "
        "Nothing was settled. Please wait until that one has ended."
    ),
    "refusal.items_there": (
        "The partner shows {card} ({item}), which came after this order and is no card of ours. "
        "Nothing was settled. Is it what this order bought?"
    ),
    "refusal.cards_moved": (
        "A card of {member_id} is just being sold or changed. Nothing was changed. Please try again in a minute."
    ),
    "refusal.not_swept_frozen": "Nothing stops {member_id} because of cards that differ. Nothing was changed.",
}
