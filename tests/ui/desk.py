"""The pages of the moderators' desk, with the worst that can stand in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.item import Item
from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.services.desk import PAGE, Dossier, Entry, Waiting
from bot.services.differences import TakenOver
from bot.services.outbox import Post
from bot.services.pauses import Lifted
from bot.services.sales import SaleView
from bot.store.desk import Event, Settlement
from bot.store.freezes import Freeze
from bot.texts.alarms import ALARMS
from bot.texts.notices import NOTICES
from bot.texts.outcomes import OUTCOMES
from bot.ui import orders, pauses
from bot.ui.post import post
from tests.ui import values as v

if TYPE_CHECKING:
    from collections.abc import Iterator

    import discord

ITEM = Item("x" * 300, v.HOSTILE, None, None, (), 8_50, "pack-1", v.NOW)
EVENTS = tuple(Event("IN_DOUBT" if i else None, "REVIEW" if i % 2 else None, v.NOW, v.HOSTILE) for i in range(40))
WORST = replace(v.WORST_ORDER, user_id=v.HOSTILE, session_id=v.HOSTILE, state=State.REVIEW, reason="too_few")
DOSSIER = Dossier(WORST, v.cards(25, replace(v.WORST_CARD, item_id="y" * 300)), EVENTS, None, v.NOW, v.NOW)
DECIDED = Settlement(42, v.NOW, "DELIVERED", v.HOSTILE[:300])
FULL = replace(
    DOSSIER,
    settlement=DECIDED,
    items=tuple(replace(ITEM, purchased_at=v.NOW + i) for i in range(40)),
    items_since=v.NOW + 20,
    beside=tuple(replace(v.ORDER, id=f"{v.ID[:-2]}{i:02d}") for i in range(40)),
)


def pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    yield from waiting_pages()
    yield from dossier_pages()
    yield from pause_pages()
    yield from notices()


def waiting_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    yield "nothing waits", orders.waiting(Waiting((), 0, 0))
    sale = SaleView(replace(v.SALE, state=SaleState.IN_DOUBT), v.WORST_CARD)
    subjects = [
        WORST,
        sale,
        SaleView(replace(v.SALE, look_at=v.NOW), replace(v.WORST_CARD, purchase_id=None)),
        replace(WORST, state=State.IN_DOUBT, reason=None),
        replace(WORST, state=State.ACCEPTED, overdue=True),
    ]
    for one in subjects:
        entries = tuple(Entry(_numbered(one, i), v.NOW) for i in range(PAGE))
        for page in (0, 50, 99):
            yield "what waits", orders.waiting(Waiting(entries, PAGE * 100, page))
    for state in State:
        yield "found", orders.found([_order(replace(WORST, state=state), i) for i in range(PAGE)])


def _numbered(one: object, number: int) -> object:
    if isinstance(one, SaleView):
        return replace(one, card=replace(one.card, purchase_id=one.card.purchase_id and f"{v.ID[:-1]}{number}"))
    return _order(one, number)


def _order(one: object, number: int) -> object:
    return replace(one, id=f"{v.ID[:-1]}{number}")


def dossier_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    reasons = [name.split(".")[2] for name in OUTCOMES if name.startswith("outcome.REVIEW.")]
    for reason in (*reasons, None):
        yield f"review {reason}", orders.order(replace(FULL, order=replace(WORST, reason=reason)))
    for state in (State.RESERVED, State.SUBMITTING, State.ACCEPTED, State.DELIVERED, State.IN_DOUBT):
        one = replace(WORST, state=state, reason=None, overdue=state is State.ACCEPTED)
        yield f"{state}", orders.order(replace(DOSSIER, order=one, settle_from=None, settlement=DECIDED))
        yield f"{state}, bare", orders.order(Dossier(replace(v.ORDER, state=state), (), EVENTS[:1], None, None, v.NOW))
    yield "too early", orders.order(replace(DOSSIER, settle_from=v.NOW + 1))
    yield "unread", orders.order(DOSSIER)
    yield "no items", orders.order(replace(FULL, items=()))
    yield "no cards", orders.order(replace(FULL, cards=()))
    yield "no dates", orders.order(replace(FULL, items=(replace(ITEM, purchased_at=None),)))
    for state in CardState:
        yield f"card {state}", orders.order(replace(FULL, cards=v.cards(3, replace(v.WORST_CARD, state=state))))
    for turn in (0, 1, 3, 9):
        yield "past", orders.past(FULL, turn)


def pause_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    for what in ("buying", "selling", "everything"):
        yield "paused", pauses.paused(what, v.HOSTILE)
    general = tuple(
        Freeze(v.ID, "bot", action, cause, v.HOSTILE, 42, v.NOW, None, None)
        for cause in ("operator", "breaker", "restore")
        for action in ("buy", "sell", "ship", "draw")
    )
    swept = tuple(Freeze(v.ID, "member:42", "buy", "sweep", "x", None, v.NOW, None, None) for _ in range(50))
    yield "nothing to lift", pauses.unpaused(Lifted((), ()))
    yield "lifted", pauses.unpaused(Lifted(general, ()))
    yield "left", pauses.unpaused(Lifted(general, (*general, *swept)))
    yield "a member", pauses.unpaused_member(42, TakenOver())
    yield "a member's items", pauses.unpaused_member(42, TakenOver(DOSSIER.cards, (ITEM,) * 50, left_out=True))


def notices() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    values = {
        "reference": "ABCDEFGH",
        "pack": v.HOSTILE,
        "card": v.HOSTILE,
        "amount": 3,
        "since_at": v.NOW,
        "reason": "too_few",
        "why": v.HOSTILE[:300],
        "what": "everything",
        "causes": "operator,breaker,restore",
        **dict.fromkeys(("owner_id", "moderator_id", "operator_id", "member_id"), 42),
    }
    values |= dict.fromkeys(("card", "user", "unclaimed", "missing", "cards"), v.HOSTILE)
    values |= dict.fromkeys(("failed", "calls", "doubts", "seconds", "most", "quoted_cents"), 8_50)
    for name in (*NOTICES, *ALARMS):
        if name.startswith("post.notice."):
            for purchase_id in (v.ID, None):
                yield name, post(Post(name.removeprefix("post."), None, purchase_id, values))
