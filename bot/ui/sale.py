"""How an attempt to sell a card stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.ids import reference
from bot.domain.sale import SaleState
from bot.texts import Raw, say
from bot.ui.card import name
from bot.ui.look import GOOD, TROUBLE, WAITING, note

if TYPE_CHECKING:
    import discord

    from bot.store.cards import Card
    from bot.store.sales import Sale

COLOURS = {
    SaleState.SUBMITTING: WAITING,
    SaleState.IN_DOUBT: WAITING,
    SaleState.SOLD: GOOD,
    SaleState.NOT_SOLD: TROUBLE,
    SaleState.GONE: TROUBLE,
}


def outcome(sale: Sale, card: Card) -> discord.ui.LayoutView:
    """Private: with the partner's own amount, which may differ from the one that was shown."""
    known: dict[str, object] = {"card": name(card), "reference": reference(sale.id)}
    match sale.state:
        case SaleState.SUBMITTING:
            text = say("sale.SUBMITTING", quoted_cents=sale.quoted, **known)
        case SaleState.IN_DOUBT:
            text = say("sale.IN_DOUBT", look_at=sale.look_at, **known)
        case SaleState.SOLD if sale.amount is None:
            text = say("sale.about", quoted_cents=sale.quoted, **known)
        case SaleState.SOLD:
            text = say("sale.SOLD", amount_cents=sale.amount, **known)
            if sale.amount != sale.quoted:
                text += "\n" + say("sale.differs", quoted_cents=sale.quoted, amount_cents=sale.amount)
        case SaleState.NOT_SOLD:
            text = say("sale.NOT_SOLD", why=Raw(say(f"sale.why.{sale.reason}")), **known)
        case SaleState.GONE:
            text = say("sale.GONE", **known)
    return note(text, COLOURS[sale.state])
