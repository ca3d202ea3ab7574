"""An order's message, from "ordering" to the list of its cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.ids import reference
from bot.domain.purchase import BOUGHT_NOTHING, State
from bot.texts import Raw, escape, say
from bot.ui import card as cards
from bot.ui.base import Style
from bot.ui.buttons import Open, Skip, TurnCards
from bot.ui.look import GOOD, TROUBLE, WAITING, Line, Row, Text, page, row, thumbnail
from bot.ui.packs import KEY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.cards import Card
    from bot.store.purchases import Purchase

LARGE = 3
"""So many cards have large pictures; more become a list with thumbnails."""
PAGE = 5
AGAIN = frozenset({"too_old", "partner_down", "not_sent", "terms_changed", "sandbox", "by_hand", None})
"""Endings after which the same order may go through."""
OPENED = frozenset({State.DELIVERED, State.REVIEW})
"""States whose cards are shown."""


def progress(order: Purchase) -> discord.ui.LayoutView:
    """A purchase without cards: on its way, not known, or ended."""
    match order.state:
        case State.RESERVED | State.SUBMITTING:
            lines = [say(f"pull.{order.state}")]
        case State.ACCEPTED:
            lines = [say("pull.ACCEPTED", since_at=order.accepted_at or order.created_at)]
        case State.IN_DOUBT:
            lines = [say("pull.IN_DOUBT", look_at=order.look_at, reference=reference(order.id))]
        case State.REVIEW:
            lines = [say("pull.REVIEW", why=why(order), reference=reference(order.id))]
        case State.DELIVERED:
            lines = [say("pull.no_cards")]
        case State.REFUSED | State.CANCELLED | State.NOT_EXECUTED:
            lines = [say("pull.nothing", why=why(order)), say("pull.reference", reference=reference(order.id))]
    if order.overdue and order.state is State.ACCEPTED:
        lines.append(say("pull.overdue", reference=reference(order.id)))
    ended = order.state in BOUGHT_NOTHING
    again = ended and order.reason in AGAIN and len(order.pack_id) <= KEY_LIMIT
    return page(
        TROUBLE if ended or order.state is State.REVIEW else WAITING,
        Text(_head(order)),
        Text("\n".join(lines)),
        Row(Open(say("pull.again"), amount=order.amount, pack=order.pack_id)) if again else None,
    )


def why(order: Purchase) -> Raw:
    """Why it ended as it did, or why people look at it."""
    return Raw(say("outcome." + (order.state if order.reason is None else f"{order.state}.{order.reason}")))


def _head(order: Purchase) -> str:
    name = "pull.head_done" if order.state is State.DELIVERED else "pull.head"
    return say(name, owner_id=order.discord_id, amount=order.amount, pack=order.pack_name)


def reveal(order: Purchase, pulled: Sequence[Card], number: int) -> discord.ui.LayoutView:
    """The card of that number (from 1) large, and the ones before it by name."""
    newest, before = pulled[number - 1], pulled[: number - 1]
    lines = [say("card.name", card=cards.name(newest)), cards.attributes(newest), cards.tier(newest)]
    so_far = "\n".join(
        say("pull.before_card", position=at, card=Raw(escape(c.name, 60)), tier=Raw(cards.tier(c)))
        for at, c in enumerate(before, 1)
    )
    return page(
        WAITING if newest.tier_color is None else newest.tier_color,
        Text(_head(order)),
        Text(say("pull.before", cards=Raw(so_far))) if before else None,
        cards.picture(newest),
        Text("\n".join(line for line in lines if line)),
        Text(say("pull.reveal", number=number, count=len(pulled))),
        Row(Skip(say("pull.skip"), purchase=order.id)) if number < len(pulled) else None,
    )


def opened(order: Purchase, pulled: Sequence[Card], turn: int = 0) -> discord.ui.LayoutView:
    """All its cards, the best first, five a page; up to three have large pictures."""
    pulled = pulled[::-1]  # they were revealed the other way round
    pages = max(1, -(-len(pulled) // PAGE))
    turn = min(turn, pages - 1)
    shown = pulled[turn * PAGE : (turn + 1) * PAGE]
    large = len(pulled) <= LARGE
    items: list[discord.ui.Item[discord.ui.LayoutView] | None] = [Text(_head(order))]
    if order.state is State.REVIEW:
        items.append(Text(say("pull.REVIEW", why=why(order), reference=reference(order.id))))
    for one in shown:
        items += [Line() if large and one is not shown[0] else None, *_entry(one, large=large), cards.buttons(one)]
    if pages > 1:
        items += [Text(say("pull.page", page=turn + 1, pages=pages)), _page_buttons(order, turn, pages)]
    return page(TROUBLE if order.state is State.REVIEW else GOOD, *items)


def _entry(one: Card, *, large: bool) -> list[discord.ui.Item[discord.ui.LayoutView] | None]:
    text = cards.lines(one)
    if large:
        return [cards.picture(one), Text(text)]
    small = thumbnail(one.image, cards.alt(one))
    return [Text(text) if small is None else discord.ui.Section(text, accessory=small)]


def _page_buttons(order: Purchase, turn: int, pages: int) -> Row | None:
    return row(
        TurnCards(say("pull.earlier"), purchase=order.id, page=turn - 1) if turn > 0 else None,
        TurnCards(say("pull.later"), style=Style.primary, purchase=order.id, page=turn + 1)
        if turn + 1 < pages
        else None,
    )


def shown(order: Purchase, pulled: Sequence[Card], *, revealed: int, turn: int) -> discord.ui.LayoutView:
    """What the order's message shows, when `revealed` of its cards have been shown before."""
    if not pulled or order.state not in OPENED:
        return progress(order)
    if order.state is State.DELIVERED and revealed < len(pulled) and len(pulled) > 1:
        return reveal(order, pulled, revealed + 1)
    return opened(order, pulled, turn)
