"""After a run: what the partner carried out, what the store says, and what people see, against one another."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.domain.ids import reference
from bot.domain.purchase import BOUGHT_NOTHING, ENDED, State
from bot.domain.sale import OPEN, CardState, SaleState
from bot.store import tables
from tests.behaviour.look import parts, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.store.engine import Store
    from sandbox import ExecutedPurchase, ExecutedSale, Sandbox
    from tests.wire.model import Message
    from tests.wire.world import World

COLUMNS = ("double", "lost", "wrong person", "told no", "stuck", "message missing")
"""What must be zero, each. `told no`: what was carried out was said to be not, or the reverse."""
NOTHING = "**Nothing was bought.**"
_SALE_TEXTS = {
    SaleState.SOLD: ("Sold ·", "was sold already"),
    SaleState.NOT_SOLD: ("Not sold",),
    SaleState.GONE: ("Not sold",),
}


@dataclass(frozen=True)
class Rows:
    """The store, read at one time."""

    purchases: list[Any]
    cards: list[Any]
    sales: list[Any]
    messages: list[Any]
    accounts: list[Any]
    lanes: list[Any]
    freezes: list[Any]

    @classmethod
    async def read(cls, store: Store) -> Rows:
        async with store.read() as conn:
            found: dict[str, list[Any]] = {}
            for name in cls.__dataclass_fields__:
                table = getattr(tables, name)
                rows = await conn.execute(select(table).order_by(*table.primary_key.columns))
                found[name] = list(rows.all())
        return cls(**found)

    def unfinished(self) -> list[str]:
        """What hasn't ended, and isn't a person's to end."""
        done = {*ENDED, State.REVIEW}
        orders = [f"order {p.id} is {p.state} since {p.doubted_at or p.created_at}" for p in self.purchases]
        running = {SaleState.SUBMITTING, SaleState.IN_DOUBT}
        return [
            *(line for p, line in zip(self.purchases, orders, strict=True) if p.state not in done),
            *(f"sale {s.id} is {s.state}" for s in self.sales if s.state in running),
            *(
                f"message {m.id} shows {m.shown_ver} of {m.wanted_ver}, {m.tries} tries"
                for m in self.messages
                if behind(m)
            ),
        ]


def behind(message: Any) -> bool:
    return message.shown_ver < message.wanted_ver and message.lost is None


class Audit:
    """Compares; `problems` are sentences by column."""

    def __init__(self, rows: Rows, partner: Sandbox, world: World) -> None:
        self._rows, self._partner, self._world = rows, partner, world
        self.problems: dict[str, list[str]] = {column: [] for column in COLUMNS}
        self._cards: dict[str, list[Any]] = defaultdict(list)
        for card in rows.cards:
            self._cards[card.purchase_id].append(card)
        self._executed = self._orders()
        self._owners()
        self._sales()
        self._holdings()
        self._stuck()
        self._messages()

    @property
    def failed(self) -> bool:
        return any(self.problems.values())

    def _say(self, column: str, text: str) -> None:
        self.problems[column].append(text)

    # --- orders

    def _orders(self) -> dict[str, ExecutedPurchase]:
        """What was carried out of each purchase; and what fits none, or one twice."""
        mine: dict[str, ExecutedPurchase] = {}
        left: list[ExecutedPurchase] = []
        by_session = {p.session_id: p for p in self._rows.purchases if p.session_id is not None}
        by_pull = {(c.user_id, c.item_id, c.purchased_at): c.purchase_id for c in self._rows.cards if c.purchased_at}
        for made in self._partner.ledger.purchases:
            pulls = self._partner.engine.sessions[made.session_id].pulls
            found = by_session.get(made.session_id)
            claims = {by_pull.get((p.user_id, p.card.id, p.purchased_at)) for p in pulls} - {None}
            id_ = found.id if found is not None else next(iter(claims), None)
            if id_ is None:
                left.append(made)
            elif id_ in mine:
                self._say("double", f"order {id_}: {made.session_id} and {mine[id_].session_id}")
            else:
                mine[id_] = made
        for made in left:
            self._place(made, mine)
        for order in self._rows.purchases:
            self._compare(order, mine.get(order.id))
        return mine

    def _place(self, made: ExecutedPurchase, mine: dict[str, ExecutedPurchase]) -> None:
        """One whose session and cards no row has: it must be of a purchase of which nothing else was carried out."""
        for order in self._rows.purchases:
            same = (order.user_id, order.pack_id, order.amount) == (made.user_id, made.pack_id, made.amount)
            if same and order.id not in mine and order.sends and order.created_at <= made.at:
                mine[order.id] = made
                return
        self._say("double", f"session {made.session_id} of {made.user_id} is no order's")

    def _compare(self, order: Any, made: ExecutedPurchase | None) -> None:
        cards = Counter(card.item_id for card in self._cards[order.id])
        if made is None:
            if order.state == State.DELIVERED or cards:
                self._say("told no", f"order {order.id} is {order.state}, and was not carried out")
            return
        if order.state in BOUGHT_NOTHING:
            self._say("told no", f"order {order.id} is {order.state}, but was carried out as {made.session_id}")
        elif order.state == State.DELIVERED and cards != Counter(made.item_ids):
            self._say("lost", f"order {order.id}: {made.item_ids} were pulled, its cards are {sorted(cards)}")
        elif order.state not in {State.DELIVERED, State.REVIEW}:
            self._say("lost", f"order {order.id} is {order.state}, but was carried out as {made.session_id}")

    def _owners(self) -> None:
        accounts = {one.user_id: one.discord_id for one in self._rows.accounts}
        for order in self._rows.purchases:
            made = self._executed.get(order.id)
            if made is not None and made.user_id != order.user_id:
                self._say("wrong person", f"order {order.id} of {order.user_id} was carried out for {made.user_id}")
        for row in (*self._rows.purchases, *self._rows.cards, *self._rows.sales):
            if accounts.get(row.user_id) != row.discord_id:
                self._say("wrong person", f"{row.id} is of {row.discord_id}, and for {row.user_id}")

    # --- sales

    def _sales(self) -> None:
        """Each sale that was carried out is one of ours, of that person's card, and known as sold; and the reverse."""
        items = {card.id: card.item_id for card in self._rows.cards}
        rows: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for sale in self._rows.sales:
            rows[sale.user_id, items[sale.card_id]].append(sale)
        made: dict[tuple[str, str], list[ExecutedSale]] = defaultdict(list)
        for one in self._partner.ledger.sales:
            made[one.user_id, one.item_id].append(one)
        for (user, item), executed in made.items():
            known = rows[user, item]
            sold = [sale for sale in known if sale.state == SaleState.SOLD]
            if len(executed) > len(known):
                others = [sale for (_, other), some in rows.items() if other == item for sale in some]
                column = "wrong person" if len(others) > len(known) else "double"
                self._say(column, f"{item} of {user} was sold {len(executed)} times, asked for {len(known)} times")
            elif len(executed) > len(sold):
                states = [f"{sale.id} {sale.state}" for sale in known]
                self._say("told no", f"{item} of {user} was sold {len(executed)} times, but: {states}")
            amounts = Counter(sale.amount for sale in sold if sale.amount is not None)
            if amounts - Counter(one.amount_cents for one in executed):
                self._say("lost", f"{item} of {user}: recorded {amounts}, paid {executed}")
        for key, known in rows.items():
            sold = [sale.id for sale in known if sale.state == SaleState.SOLD]
            if len(sold) > len(made[key]):
                self._say("told no", f"{key} was sold {len(made[key])} times, but {sold} say so")

    def _holdings(self) -> None:
        """What each person holds at the partner is one open card of ours, and the reverse."""
        theirs = Counter((p.user_id, p.card.id, p.purchased_at) for p in self._partner.engine.pulls)
        ours = Counter((c.user_id, c.item_id, c.purchased_at) for c in self._rows.cards if c.state in OPEN)
        undated = Counter((user, item) for user, item, at in ours.elements() if at is None)
        reviewed = {made.session_id for id_, made in self._executed.items() if self._state(id_) == State.REVIEW}
        for user, item, at in (theirs - ours).elements():
            if undated[user, item]:
                undated[user, item] -= 1
            elif not any(self._is_of(session, user, item, at) for session in reviewed):
                self._say("lost", f"{user} holds {item} of {at}, and no card says so")
        for user, item, at in (ours - theirs).elements():
            if at is not None or undated[user, item]:
                self._say("wrong person", f"the card {item} of {at} isn't with {user}")

    def _state(self, purchase_id: str) -> str:
        return next(order.state for order in self._rows.purchases if order.id == purchase_id)

    def _is_of(self, session: str, user: str, item: str, at: int) -> bool:
        pulls = self._partner.engine.sessions[session].pulls
        return any((p.user_id, p.card.id, p.purchased_at) == (user, item, at) for p in pulls)

    def _stuck(self) -> None:
        for line in self._rows.unfinished():
            self._say("stuck", line)
        review = {order.id for order in self._rows.purchases if order.state == State.REVIEW}
        for lane in self._rows.lanes:
            if lane.purchase_id not in review:
                self._say("stuck", f"the lane of {lane.user_id} is held by {lane.purchase_id or lane.sale_id}")
        for freeze in self._rows.freezes:
            if freeze.lifted_at is None and freeze.cause == "sweep":
                self._say("stuck", f"{freeze.scope} is frozen: {freeze.reason}")

    # --- messages

    def _messages(self) -> None:
        shown = defaultdict[str, list["Message"]](list)
        of_card = {card.id: card.purchase_id for card in self._rows.cards}
        for message in self._world.messages.values():
            ids = {of_card[card] for card in _cards_on(message)}
            for purchase_id in ids:
                if not (message.deleted or message.ephemeral):
                    shown[purchase_id].append(message)
        sales = {sale.id: sale for sale in self._rows.sales}
        orders = {order.id: order for order in self._rows.purchases}
        for row in self._rows.messages:
            message = self._world.messages.get(row.message_id or 0)
            if row.purchase_id is not None:
                self._order_message(orders.pop(row.purchase_id), row, message, shown[row.purchase_id])
            elif row.sale_id is not None:
                self._sale_message(sales.pop(row.sale_id), row, message)
            elif row.lost is not None or (message is None and row.message_id is not None):
                self._say("message missing", f"a notice is nowhere: {row.post} ({row.lost})")
        for id_ in (*orders, *sales):
            self._say("message missing", f"{id_} has no message")

    def _order_message(self, order: Any, row: Any, message: Message | None, shown: list[Message]) -> None:
        # One that somebody deletes when it shows the end stays as it was.
        if row.lost is not None or message is None:
            told = [m for m in self._world.messages.values() if f"show:{order.id}" in _ids_on(m)]
            if not (row.private and told):
                self._say("message missing", f"order {order.id} is shown nowhere ({row.lost}), {order.state}")
            return
        if message.owner is not None and message.owner.id != order.discord_id:
            self._say("wrong person", f"order {order.id} is shown to {message.owner.name}")
        said = texts(message)
        if order.state == State.DELIVERED:
            cards = {card.id: card.state != CardState.HELD for card in self._cards[order.id]}
            right = _cards_on(message) == cards and len(_sell_buttons(message)) == len(cards)
        elif order.state == State.REVIEW:
            right = "A person has to look" in said
        else:
            right = NOTHING in said and reference(order.id) in said
        if not right:
            self._say("message missing", f"order {order.id} is {order.state}, but shows {said!r} {_cards_on(message)}")
        if len(shown) > 1:
            self._say("message missing", f"order {order.id} is shown {len(shown)} times")
        before = [part["content"] for version in message.history for part in _walk(version) if part.get("type") == 10]
        if order.id in self._executed and any(NOTHING in text for text in before):
            self._say("told no", f"order {order.id} was carried out, and said to be not")

    def _sale_message(self, sale: Any, row: Any, message: Message | None) -> None:
        if row.lost is not None or message is None:
            card = next(card for card in self._rows.cards if card.id == sale.card_id)
            if not any(f"show:{card.purchase_id}" in _ids_on(m) for m in self._world.messages.values()):
                self._say("message missing", f"sale {sale.id} is shown nowhere ({row.lost})")
        elif not any(said in texts(message) for said in _SALE_TEXTS.get(SaleState(sale.state), ())):
            self._say("message missing", f"sale {sale.id} is {sale.state}, but shows {texts(message)!r}")


def _walk(version: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return parts(type("Version", (), {"components": version}))


def _ids_on(message: Message) -> set[str]:
    return {part.get("custom_id", "") for part in parts(message)}


def _sell_buttons(message: Message) -> list[dict[str, Any]]:
    return [part for part in parts(message) if part.get("custom_id", "").startswith("sell:")]


def _cards_on(message: Message) -> dict[str, bool]:
    """By card on the message: whether its Sell can't be pressed."""
    return {part["custom_id"].partition(":")[2]: bool(part.get("disabled")) for part in _sell_buttons(message)}
