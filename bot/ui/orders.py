"""The moderators' desk: what needs a person, and all about one order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import discord

from bot.domain.clock import SECOND
from bot.domain.ids import reference
from bot.domain.purchase import BOUGHT_NOTHING, State
from bot.services.by_hand import by_key
from bot.services.sales import SaleView
from bot.texts import Raw, escape, plain, say
from bot.ui.base import Option, Style
from bot.ui.buttons import AsDelivered, ChooseItems, LookAgain, NotBought, ShowOrder, Timeline, TurnOrders
from bot.ui.look import GOOD, TROUBLE, WAITING, Row, Text, note, page, row
from bot.ui.pull import why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.item import Item
    from bot.services.desk import Dossier, Entry, Waiting
    from bot.store.desk import Event
    from bot.store.purchases import Purchase

CARDS, EVENTS, ITEMS = 6, 7, 6
"""So many lines of each fit beside one another into a message's 4,000 characters; more are counted."""
OPTIONS = 25
PAST_PAGE = 12
PACK, NAME, ITEM, SHORT, LONG = 80, 50, 40, 80, 200
"""Characters of a pack's and a card's name, an item's id, and an event's detail in the short and the long list."""
REASON = 320


def waiting(seen: Waiting) -> discord.ui.LayoutView:
    """A page of what needs a person, or that nothing does."""
    again = TurnOrders(say("orders.again"), page=seen.page)
    if not seen.count:
        return note(say("orders.empty"), GOOD, again)
    last = seen.pages - 1
    return page(
        WAITING,
        Text(say("orders.head", count=seen.count)),
        *(_entry(one) for one in seen.entries),
        Text(say("orders.page", page=seen.page + 1, pages=seen.pages)) if last else None,
        row(
            TurnOrders(say("orders.earlier"), page=seen.page - 1) if seen.page > 0 else None,
            # The same page twice in a message would be the same custom_id twice.
            TurnOrders(say("orders.later"), page=seen.page + 1) if seen.page < last else None,
            again,
        ),
    )


def found(orders: Sequence[Purchase]) -> discord.ui.LayoutView:
    """Several with one reference."""
    return page(WAITING, Text(say("orders.found")), *(_section(one, _other(one)) for one in orders))


def _entry(one: Entry) -> discord.ui.Item[discord.ui.LayoutView]:
    match one.subject:
        case SaleView(sale, card):
            text = say(
                "orders.sale",
                reference=reference(sale.id),
                owner_id=sale.discord_id,
                card=Raw(escape(card.name, NAME)),
                quoted_cents=sale.quoted,
                standing=Raw(say("orders.doubt", since_at=one.since, look_at=sale.look_at)),
            )
            return Text(text) if card.purchase_id is None else _with_button(text, card.purchase_id)
        case order:
            return _section(order, _standing(order, one.since))


def _standing(order: Purchase, since: int) -> str:
    match order.state:
        case State.REVIEW:
            return say("orders.review", since_at=since, why=why(order))
        case State.IN_DOUBT:
            return say("orders.doubt", since_at=since, look_at=order.look_at)
        case _:
            return say("orders.overdue", since_at=since)


def _other(order: Purchase) -> str:
    return say("orders.other", state=Raw(say(f"state.{order.state}")), made_at=order.created_at)


def _section(order: Purchase, standing: str) -> discord.ui.Section[Any]:
    text = say(
        "orders.order",
        reference=reference(order.id),
        owner_id=order.discord_id,
        amount=order.amount,
        pack=Raw(escape(order.pack_name, PACK)),
        total_cents=order.total,
        standing=Raw(standing),
    )
    return _with_button(text, order.id)


def _with_button(text: str, purchase_id: str) -> discord.ui.Section[Any]:
    return discord.ui.Section[Any](text, accessory=ShowOrder(say("orders.show"), purchase=purchase_id))


def order(seen: Dossier) -> discord.ui.LayoutView:
    """All about it, and while it can be settled what it could be settled with."""
    one = seen.order
    overdue = one.state is State.ACCEPTED and one.overdue
    settled = one.state not in {State.REVIEW, State.IN_DOUBT} and not overdue
    return page(
        GOOD if settled else TROUBLE if one.state is State.REVIEW else WAITING,
        Text("\n".join(_facts(seen))),
        Text(_cards(seen)) if seen.cards else None,
        Text(_past(seen)),
        *(_settling(seen) if seen.can_settle else ()),
        row(
            LookAgain(say("orders.again"), purchase=one.id),
            Timeline(say("order.all_past"), purchase=one.id, page=0),
        ),
    )


def _facts(seen: Dossier) -> list[str]:
    one = seen.order
    lines = [
        say("order.head", reference=reference(one.id)),
        say(
            "order.what",
            amount=one.amount,
            pack=Raw(escape(one.pack_name, PACK)),
            total_cents=one.total,
            owner_id=one.discord_id,
            made_on=one.created_at,
            channel=Raw(f"<#{one.channel_id}>"),
        ),
        say("order.state", state=Raw(say(f"state.{one.state}"))),
    ]
    if one.reason is not None and one.state in {State.REVIEW, *BOUGHT_NOTHING}:
        lines.append(say("order.why", why=why(one)))
    if one.state is State.IN_DOUBT and one.look_at is not None:
        lines.append(say("order.look", look_at=one.look_at))
    if one.state is State.ACCEPTED and one.overdue:
        lines.append(say("order.overdue"))
    if seen.settle_from is not None and not seen.can_settle:
        lines.append(say("order.too_early", from_at=seen.settle_from))
    if seen.settlement is not None:
        by = seen.settlement
        lines.append(
            say(
                "order.settled",
                moderator_id=by.actor,
                settled_at=by.happened_at,
                state=Raw(say(f"state.{by.outcome}")),
                reason=Raw(escape(by.reason, REASON)),
            )
        )
    lines.append(say("order.ids", user=one.user_id, session=one.session_id, server=one.guild_id, id=one.id))
    return lines


def _cards(seen: Dossier) -> str:
    lines = [
        say(
            "order.card",
            card=Raw(escape(card.name, NAME)),
            item=Raw(escape(card.item_id, ITEM)),
            state=Raw(say(f"order.card.{card.state}")),
        )
        for card in seen.cards[:CARDS]
    ]
    return "\n".join([say("order.cards"), *lines, *_more(len(seen.cards) - CARDS)])


def _more(count: int) -> list[str]:
    return [say("order.more", count=count)] if count > 0 else []


def _past(seen: Dossier) -> str:
    before = len(seen.past) - EVENTS
    earlier = [say("order.earlier", count=before)] if before > 0 else []
    return "\n".join([say("order.past"), *earlier, *(_event(one, SHORT) for one in seen.past[-EVENTS:])])


def _event(one: Event, most: int) -> str:
    step = None if one.to_state is None else say(f"past.{one.to_state}")
    seconds = one.happened_at // SECOND
    return say(
        "order.event",
        moment=Raw(f"<t:{seconds}:d> <t:{seconds}:T>"),
        what=Raw(": ".join(filter(None, [step, escape(one.detail, most)]))),
    )


def past(seen: Dossier, turn: int) -> discord.ui.LayoutView:
    """Everything that happened to it, in pages."""
    pages = max(1, -(-len(seen.past) // PAST_PAGE))
    turn = min(turn, pages - 1)
    lines = [_event(one, LONG) for one in seen.past[turn * PAST_PAGE : (turn + 1) * PAST_PAGE]]
    id_ = seen.order.id
    return page(
        WAITING,
        Text(say("past.head", reference=reference(id_))),
        Text("\n".join(lines)),
        Text(say("orders.page", page=turn + 1, pages=pages)) if pages > 1 else None,
        row(
            Timeline(say("pull.earlier"), purchase=id_, page=turn - 1) if turn > 0 else None,
            Timeline(say("pull.later"), purchase=id_, page=turn + 1) if turn + 1 < pages else None,
        ),
    )


def _settling(seen: Dossier) -> list[discord.ui.Item[Any]]:
    """What the partner has that no card claims, and the two ways to settle."""
    one, items = seen.order, seen.items
    if seen.cards:
        end = AsDelivered(say("order.delivered"), style=Style.success, purchase=one.id, ver=one.ver)
    else:
        end = NotBought(say("order.nothing"), style=Style.danger, purchase=one.id, ver=one.ver)
    if not items:
        return [Text(say("order.items_unread" if items is None else "order.items_none")), Row(end)]
    lines = [_item(seen, item) for item in items[:ITEMS]]
    if seen.beside:
        references = ", ".join(reference(other.id) for other in seen.beside[:ITEMS])
        lines.append(say("order.beside", references=references))
    options = [_option(key, item) for key, item in by_key(items[:OPTIONS]).items()]
    return [
        Text("\n".join([say("order.items"), *lines, *_more(len(items) - ITEMS)])),
        Row(ChooseItems(say("order.choose"), options, purchase=one.id, ver=one.ver)),
        Row(end),
    ]


def _item(seen: Dossier, item: Item) -> str:
    name, id_ = Raw(escape(item.name, NAME)), Raw(escape(item.id, ITEM))
    line = say("order.item", card=name, item=id_, pulled_on=item.purchased_at)
    older = item.purchased_at is not None and item.purchased_at < seen.items_since
    return say("order.item_older", line=Raw(line)) if older else line


def _option(key: str, item: Item) -> Option:
    date = "?"
    if item.purchased_at is not None:
        date = datetime.fromtimestamp(item.purchased_at / SECOND, UTC).strftime("%Y-%m-%d %H:%M UTC")
    description = say("order.option", item=Raw(plain(item.id, 60)), date=Raw(date))
    return Option(label=plain(item.name, 100) or "?", value=key, description=description)


def options_of(message: discord.Message | None, chosen: Sequence[str]) -> list[Option]:
    """The chosen ones of the items that a message offers, already chosen: the form shows them once more."""
    if message is None:
        return []
    offered = [
        option
        for select in discord.ui.LayoutView.from_message(message).walk_children()
        if isinstance(select, discord.ui.Select)
        for option in select.options
    ]
    return [
        Option(label=one.label, value=one.value, description=one.description, default=True)
        for one in offered
        if one.value in chosen
    ]
