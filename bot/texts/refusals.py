"""Why we won't do a thing: what happened, whether anything was bought or sold, and what to do next."""

from __future__ import annotations

REFUSALS = {
    "refusal.not_served": "Pullcord isn't set up here. Nothing was bought or sold.",
    "refusal.age_channel": (
        "Packs can only be opened in an age-restricted channel. Nothing was bought. Try again in one of those."
    ),
    "refusal.partner_down": (
        "The partner can't be reached right now. Nothing was bought or sold. Please try again in a few minutes."
    ),
    "refusal.pack_unknown": "No pack is called “{text}”. Nothing was bought. `/packs` shows them all.",
    "refusal.pack_disabled": "{pack} isn't on sale at the moment. Nothing was bought. `/packs` shows what is.",
    "refusal.pack_sold_out": "{pack} is sold out. Nothing was bought. `/packs` shows what is in stock.",
    "refusal.pack_no_odds": "The partner's odds for {pack} don't add up, so it can't be opened. Nothing was bought.",
    "refusal.amount": "{pack} can be opened 1 to {most} at a time. Nothing was bought.",
    "refusal.amount_one": "{pack} can be opened one at a time only. Nothing was bought.",
    "refusal.not_linked": "You aren't linked yet. Get a code on the community's site, then use `/account link`.",
    "refusal.frozen": "Opening packs is paused: {reason}. Nothing was bought.",
    "refusal.frozen_until": "Opening packs is paused, and goes on {ends_at}: {reason}. Nothing was bought.",
    "refusal.frozen_sell": "Selling cards is paused: {reason}. Nothing was sold.",
    "refusal.frozen_sell_until": "Selling cards is paused, and goes on {ends_at}: {reason}. Nothing was sold.",
    "refusal.lane_purchase": (
        "Your order of {since_on} isn't settled yet. We look again {look_at}. "
        "You can open other packs meanwhile. Nothing more was bought or sold."
    ),
    "refusal.lane_sale": (
        "Your sale of {since_on}, of a card from this pack, isn't settled yet. We look again {look_at}. "
        "You can open other packs meanwhile. Nothing more was bought or sold."
    ),
    "refusal.lane_review": (
        "A person has to look at your order of {since_on} from this pack first. "
        "You can open other packs meanwhile. Nothing more was bought or sold."
    ),
    "refusal.over_limit_bot": (
        "{total_cents} is more than what is left of today's limit of this bot: {left_cents}. Nothing was bought."
    ),
    "refusal.over_limit_guild": (
        "{total_cents} is more than what is left of this server's limit today: {left_cents}. Nothing was bought."
    ),
    "refusal.clock_skew": (
        "Our clock and the partner's disagree, so nothing can be opened until the operator has looked. "
        "Nothing was bought."
    ),
    "refusal.already_ordered": (
        "This was ordered already, once; its message shows how it stands. Nothing was ordered twice. "
        "Reference {reference}."
    ),
    "refusal.already_delivered": (
        "This was ordered already, once, and its cards are here. Nothing was ordered twice. Reference {reference}."
    ),
    "refusal.already_ended": (
        "This confirmation was used already, and its order ended without buying anything. `/open` makes a new one. "
        "Reference {reference}."
    ),
    "refusal.already_linked": "You are linked already, to **{user}**. `/account unlink` comes first.",
    "refusal.stopping": "The bot is being restarted. Nothing was bought or sold. Please try again in a minute.",
    "refusal.not_yours": "Only {owner_id} can press this.",
    "refusal.not_yours.unknown": "This belongs to somebody else, so you can't press it.",
    "refusal.confirmation_gone": "This confirmation isn't there any more. Nothing was bought. `/open` makes a new one.",
    "refusal.confirmation_replaced": "A newer confirmation of yours took this one's place. Nothing was bought with it.",
    "refusal.confirmation_expired": "This confirmation has run out. Nothing was bought. `/open` makes a new one.",
    "refusal.confirmation_cancelled": "You cancelled this confirmation. Nothing was bought. `/open` makes a new one.",
    "refusal.terms_first": "Please agree to the terms first: press Confirm again. Nothing was bought.",
    "refusal.number": "“{text}” isn't a number we can use. Nothing was bought. Write digits, such as 3.",
    "refusal.channel": (
        "I can't post in this channel: I lack the permissions to view it and send messages. Nothing was bought. "
        "Please ask a moderator to allow that, or try another channel."
    ),
    "refusal.link_off": "Accounts here are made by the bot, so there is nothing to link.",
    "refusal.code_wrong": "This code isn't one of ours. Please copy it again from the community's site.",
    "refusal.code_expired": "This code ran out {expired_at}. Please get a new one on the community's site.",
    "refusal.code_used": "This code was used already. Please get a new one on the community's site.",
    "refusal.code_purpose": "This code is for something else, not for linking.",
    "refusal.code_other_person": "This code was made for another Discord account.",
    "refusal.id_taken": "That partner id belongs to another Discord account already. Nothing was changed.",
    "refusal.offer_gone": "This question has run out. Nothing was changed. Use `/account link` again.",
    "refusal.link_changed": (
        "You have been linked anew since this question. Nothing was changed. Use `/account unlink` again."
    ),
    "refusal.no_unlink": "Accounts here are made by the bot and can't be unlinked: your cards would have no owner.",
    "refusal.unsettled": (
        "You have {count} orders or sales that haven't ended. Nothing was changed. Please try again when they have."
    ),
    "refusal.not_your_order": "Only {owner_id} can do this with these cards.",
    "refusal.not_your_order.unknown": "Only the owner of these cards can do this.",
    "refusal.order_unknown": "This order isn't known here any more. Nothing was bought or sold.",
    "refusal.card_unknown": "This card isn't known here any more. Nothing was sold.",
    "refusal.not_your_card": "Only {owner_id} can sell this card.",
    "refusal.not_your_card.unknown": "Only the card's owner can sell it.",
    "refusal.card_sold": "This card was sold already: {amount_cents} recorded. Nothing was sold twice.",
    "refusal.card_sold_unknown": ("This card was sold already; its amount is being confirmed. Nothing was sold twice."),
    "refusal.card_selling": "A sale of this card is under way. It will not be sold twice.",
    "refusal.card_gone": "{card} isn't with your account at the partner any more. Nothing was sold.",
    "refusal.card_missing": (
        "The partner doesn't show {card} with your account right now. Nothing was sold. "
        "If you didn't expect that, tell a moderator."
    ),
    "refusal.offer_closed": "The partner's offer for {card} ended {ended_at}. Nothing was sold.",
    "refusal.offer_none": "The partner makes no offer for {card} at the moment. Nothing was sold.",
    "refusal.lane_busy": (
        "Another order or sale of yours for this pack is on its way this moment. "
        "Nothing was sold. Please try again in a minute."
    ),
    "refusal.cool_down": "After a new link, selling starts {until_at}. Nothing was sold.",
    "refusal.price_dropped": (
        "The partner now offers {price_cents}, less than the {quoted_cents} you saw. Nothing was sold. "
        "Press Sell on the card to see the new offer."
    ),
    "refusal.command_changed": (
        "This command has changed since Discord last loaded it. Press Ctrl+R in Discord, then try again."
    ),
    "refusal.stray": "This button or form isn't in use any more. Nothing was bought or sold by this press.",
    "refusal.failed": (
        "Something went wrong on our side. Nothing was bought or sold by this press unless its message says so. "
        "Reference {reference}: a moderator can look it up."
    ),
}
