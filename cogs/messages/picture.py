"""What a message should show now, from its subject."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.purchase import BOUGHT_NOTHING, State
from bot.domain.sale import SaleState
from bot.services.delivery import LONG_WAIT
from bot.services.outbox import post_of
from bot.ui import pull, sale
from bot.ui.post import post

if TYPE_CHECKING:
    import discord

    from bot.app import App
    from bot.services.cards import Pull
    from bot.services.outbox import Post
    from bot.services.sales import SaleView
    from bot.store.messages import Message
    from bot.store.purchases import Purchase

SPACING = 0.8
"""Seconds between two edits of one message that Discord takes without complaint."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A view to send, and what the row of its message says once it was."""

    view: discord.ui.LayoutView
    ver: int
    """The subject's version."""
    revealed: int
    """How many cards have been shown with it; where there are none, 1 means that the end was shown."""
    complete: bool
    """False while a reveal goes on: more is to follow although the subject is the same."""
    pause: float
    """Seconds until the message may be drawn again."""
    told: str | None
    """The name of the post that tells the same to a person who waits, or None where nobody needs to be told."""
    owner: int | None
    purchase_id: str | None


async def picture(app: App, message: Message, *, images: bool = True) -> Picture:
    """Draws a message's subject; without `images` where Discord doesn't take one of them."""
    if message.purchase_id is not None:
        pulled = await app.cards.pull(message.purchase_id)
        return _of_purchase(app, message, pulled if images else _bare(pulled))
    if message.sale_id is not None:
        return _of_sale(await app.sales.view(message.sale_id))
    told = post_of(message)
    assert told is not None, "a message has one subject"
    return _of_post(told)


def _bare(pulled: Pull) -> Pull:
    return replace(pulled, cards=tuple(replace(card, image=None) for card in pulled.cards))


def _of_purchase(app: App, message: Message, pulled: Pull) -> Picture:
    order, cards = pulled.purchase, pulled.cards
    revealing = order.state is State.DELIVERED and message.revealed < len(cards) and len(cards) > 1
    ended = order.state in BOUGHT_NOTHING
    return Picture(
        view=pull.shown(order, cards, revealed=message.revealed, turn=message.page),
        ver=order.ver,
        revealed=message.revealed + 1 if revealing else max(len(cards), int(ended)),
        complete=not revealing,
        pause=app.settings.reveal_seconds if revealing else SPACING,
        told=None if message.revealed >= max(len(cards), 1) else _post_for(order),
        owner=order.discord_id,
        purchase_id=order.id,
    )


def _post_for(order: Purchase) -> str | None:
    match order.state:
        case State.DELIVERED if (order.settled_at or 0) - order.created_at > LONG_WAIT:
            return None  # the delivery posted it
        case State.DELIVERED:
            return "order_arrived"
        case State.REVIEW:
            return "order_review"
        case state if state in BOUGHT_NOTHING:
            return "order_ended"
        case _:
            return None


def _of_sale(view: SaleView) -> Picture:
    ended = view.sale.state not in {SaleState.SUBMITTING, SaleState.IN_DOUBT}
    return Picture(
        view=sale.outcome(view.sale, view.card),
        ver=view.sale.ver,
        revealed=int(ended),
        complete=True,
        pause=SPACING,
        told="sale_ended" if ended else None,
        owner=view.sale.discord_id,
        purchase_id=view.card.purchase_id,
    )


def _of_post(told: Post) -> Picture:
    return Picture(
        view=post(told),
        ver=1,
        revealed=0,
        complete=True,
        pause=0,
        told=None,
        owner=told.mention,
        purchase_id=told.purchase_id,
    )
