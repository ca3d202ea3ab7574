"""A pulled card: what it is, what the partner offers for it, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.money import dollars
from bot.domain.sale import CardState
from bot.texts import Raw, escape, plain, say
from bot.ui.base import Style
from bot.ui.buttons import Back, Keep, Sell, SellNow
from bot.ui.look import MONEY, Row, Text, gallery, page, row

if TYPE_CHECKING:
    import discord

    from bot.services.offers import Quote
    from bot.store.cards import Card

NAME_LIMIT = 120
ORDER = {name: place for place, name in enumerate(("year", "set", "grader", "grade", "serial", "serial number"))}
"""The attributes that matter most to collectors come first; others follow as the partner sends them."""
SPEAKING = frozenset({"year", "set", "grader", "grade"})
"""Attributes whose values need no name beside them."""
MOST_ATTRIBUTES = 4
MOST_READ = 20
SHORTEST_REPEAT = 3
"""Characters from which on a value that the card's name holds already isn't said again."""


def name(card: Card) -> str:
    """The card's name, short enough for any place."""
    return plain(card.name, NAME_LIMIT) or "?"


def picture(card: Card) -> discord.ui.MediaGallery[discord.ui.LayoutView] | None:
    """It alone, so that Discord shows it whole: several in one gallery are cropped."""
    return gallery((card.image, alt(card)))


def alt(card: Card) -> str:
    """What the picture shows, for who can't see it."""
    return say("card.picture", card=Raw(name(card)))


def lines(card: Card) -> str:
    """Name, attributes, tier, and the partner's offer or what became of the card."""
    return "\n".join(
        part
        for part in (
            say("card.name", card=name(card)),
            attributes(card),
            f"{tier(card)} · {_standing(card)}",
        )
        if part
    )


def attributes(card: Card) -> str:
    """What matters about it in one line, without what its name says: year, set, grader, grade and serial first."""
    said = name(card).casefold()
    named = [
        (plain(key, 30), plain(value, 45))
        for key, value in card.attributes[:MOST_READ]
        if len(value) < SHORTEST_REPEAT or plain(value, 45).casefold() not in said
    ]
    named.sort(key=lambda pair: ORDER.get(pair[0].casefold(), len(ORDER)))
    shown = [value if key.casefold() in SPEAKING else f"{key} {value}" for key, value in named[:MOST_ATTRIBUTES]]
    # A grade often repeats its grader: "PSA", "PSA 10".
    return " · ".join(escape(one, 45) for one in shown if not any(f"{one} " in other for other in shown))


def tier(card: Card) -> str:
    """The tier's name, or that it is unclear."""
    return say("card.tier", tier=None if card.tier is None else Raw(escape(card.tier, 30)))


def _standing(card: Card) -> str:
    match card.state:
        case CardState.SOLD if card.sold_for is not None:
            return say("card.sold_line", sold_for_cents=card.sold_for)
        case CardState.SOLD if card.price is not None:
            return say("card.about", price_cents=card.price)
        case CardState.SOLD:
            return say("card.sold")
        case CardState.GONE:
            return say("card.gone_line")
        case _ if card.price is None:
            return say("card.price", price_cents=None)
        case _:
            return f"{say('card.price', price_cents=card.price)} · {_end(card)}"


def _end(card: Card) -> str:
    if not card.offer_known:
        return say("card.end_unknown")
    return say("card.no_end") if card.offer_ends is None else say("card.ends", ends_at=card.offer_ends)


def buttons(card: Card) -> Row:
    """Sell, in the card's state, and the back."""
    label, style, able = _sell_label(card)
    return Row(Sell(label, style=style, disabled=not able, card=card.id), Back(say("card.back"), card=card.id))


def _sell_label(card: Card) -> tuple[str, Style, bool]:
    match card.state:
        case CardState.SOLD:
            price = None if card.sold_for is None else dollars(card.sold_for)
            return plain(say("card.sold_button", price=price), 80), Style.secondary, False
        case CardState.GONE:
            return say("card.gone"), Style.secondary, False
        case CardState.SUBMITTING:
            return say("card.selling"), Style.secondary, False
        case CardState.IN_DOUBT:
            return say("card.in_doubt"), Style.secondary, False
        case CardState.HELD:
            return say("card.sell"), Style.primary, True


def back(card: Card) -> discord.ui.LayoutView:
    """Its other side, or that there is no picture of it."""
    shown = gallery((card.back_image, say("card.back_picture", card=Raw(name(card)))))
    head = say("card.no_back" if shown is None else "card.back_head", card=name(card))
    return page(MONEY, Text(head), shown)


def ask(quote: Quote) -> discord.ui.LayoutView:
    """Sell it for about this price?"""
    card = quote.card
    parts = [say("sell.ask", card=name(card), price_cents=quote.price), _ask_end(quote), say("sell.final")]
    return page(
        MONEY,
        picture(card),
        Text("\n".join(parts)),
        row(
            SellNow(say("sell.yes", price=dollars(quote.price)), style=Style.danger, card=card.id, quoted=quote.price),
            Keep(say("sell.no"), card=card.id),
        ),
    )


def _ask_end(quote: Quote) -> str:
    if not quote.offer_known:
        return say("sell.ask_unknown")
    return say("sell.ask_no_end") if quote.offer_ends is None else say("sell.ask_ends", ends_at=quote.offer_ends)
