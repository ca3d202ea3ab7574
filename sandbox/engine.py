"""The partner's side of every call: what a session, an inventory and a sale are, in both temperaments.

Refusals are the documented ones (partner-api, sections 5 to 9), as `Refusal` with status and literal text.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sandbox.catalogue import cents
from sandbox.clock import chance, happens
from sandbox.faults import OUTCOMES, Fault
from sandbox.ledger import ExecutedPurchase, ExecutedSale

if TYPE_CHECKING:
    from sandbox.catalogue import Card, Catalogue, Pack
    from sandbox.clock import SandboxClock
    from sandbox.faults import Faults
    from sandbox.ledger import Ledger

DAY = 86_400_000
Temperament = Literal["sandbox", "production"]


class Refusal(Exception):  # noqa: N818 - the partner's no, not a failure of this program
    """A documented error row."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(slots=True, eq=False)
class Pull:
    """One card in somebody's hands."""

    card: Card
    pack: Pack
    user_id: str
    quote: int
    """`buyback_price` in cents, when it was pulled."""
    purchased_at: int
    visible_at: int
    """From when the inventory shows it."""
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    public_id: str
    tx_hash: str
    user_id: str
    """As the result echoes it."""
    pulls: tuple[Pull, ...]
    ready_at: int
    failed: bool


@dataclass
class Engine:
    catalogue: Catalogue
    ledger: Ledger
    faults: Faults
    clock: SandboxClock
    temperament: Temperament
    seed: int
    settle: float
    hold: float
    sale_seconds: float
    wobble: float
    reserve: bool
    """Whether production hands out an item only once."""
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    pulls: list[Pull] = field(default_factory=list[Pull])
    """What people hold, oldest first."""
    feed: list[Pull] = field(default_factory=list[Pull])
    """All pulls ever, oldest first: the recent ones."""
    users: set[str] = field(default_factory=set[str])
    prices: dict[str, int] = field(default_factory=dict[str, int])
    """Prices in cents that a test has set, by item."""
    drifts: dict[str, int] = field(default_factory=dict[str, int])
    """By how many cents the next sale of an item misses its price."""
    selling: dict[str, bool] = field(default_factory=dict[str, bool])
    """Items under sale; True once the partner's own session for it is open."""

    def __post_init__(self) -> None:
        self.dice = chance(self.seed, "engine")
        now = self.clock.now()
        cards = [card for card in self.catalogue.cards.values() if self._pack_of(card).in_stock]
        for minutes in sorted(self.dice.sample(range(5, 600), 24), reverse=True):
            self.feed.append(self._pull(self.dice.choice(cards), "", now - minutes * 60_000))

    @property
    def production(self) -> bool:
        return self.temperament == "production"

    def forget(self) -> None:
        """What the real sandbox does on a deploy."""
        for memory in (self.sessions, self.pulls, self.feed, self.users, self.prices, self.drifts, self.selling):
            memory.clear()

    # -- packs and cards

    def in_stock(self, pack: Pack) -> bool:
        return pack.in_stock and bool(self._stock(pack))

    def _stock(self, pack: Pack) -> list[Card]:
        """What the pack can hand out now. Only production takes an item out of its pack."""
        cards = self.catalogue.cards_of(pack)
        if not self.production or not self.reserve:
            return cards
        held = {pull.card.id for pull in self.pulls}
        return [card for card in cards if card.id not in held]

    def _pack_of(self, card: Card) -> Pack:
        pack = self.catalogue.pack(card.pack_id)
        assert pack is not None, "every card is made for a pack"
        return pack

    def card(self, item_id: str) -> Card:
        card = self.catalogue.cards.get(item_id)
        if card is None:
            raise Refusal(404, "Card not found")
        return card

    def recent(self, pack_ids: list[str], limit: int) -> list[Pull]:
        """Newest first."""
        now = self.clock.now()
        shown = [p for p in self.feed if p.purchased_at <= now and (not pack_ids or p.pack.id in pack_ids)]
        return sorted(shown, key=lambda pull: pull.purchased_at, reverse=True)[:limit]

    # -- buying

    def init(self, pack_id: object, amount: object, user_id: object) -> Session:
        """Pulls the cards. In production they are delivered `settle` seconds later."""
        if not isinstance(user_id, str) or not user_id:
            raise Refusal(400, "user_id is required")
        pack = self.catalogue.pack(pack_id) if isinstance(pack_id, str) else None
        if pack is None:
            raise Refusal(400, "VM not found")
        if not isinstance(amount, int) or amount < 1:
            raise Refusal(400, "Amount must be greater than 0")
        if amount > pack.max_per_mint:
            raise Refusal(400, f"Amount must be less than or equal to {pack.max_per_mint}")
        if not pack.enable or not pack.in_stock or len(self._stock(pack)) < (amount if self.production else 1):
            raise Refusal(400, "Claw machine is out of stock")
        return self._execute(pack, amount, user_id, self.faults.take("init", OUTCOMES))

    def _execute(self, pack: Pack, amount: int, user_id: str, fault: Fault | None) -> Session:
        now = self.clock.now()
        kind = fault.kind if fault else None
        off = fault.count if fault else 0
        given = amount - off if kind == "fewer" else amount + off if kind == "more" else amount
        wait = self.settle * self.dice.uniform(1, 1.25) if self.production else 0.0
        ready_at = now + round(wait * 1000)
        late = round(fault.seconds * 1000) if fault and kind == "late" else 0
        self.users.add(user_id)
        pulls: list[Pull] = []
        if kind != "fail":
            for _ in range(given):
                pull = self._pull(self._draw(pack), user_id, ready_at)
                pull.visible_at += late
                pulls.append(pull)
                self.pulls.append(pull)
                self.feed.append(pull)
        session = Session(
            id=str(uuid.uuid4()),
            public_id="_" + "".join(self.dice.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=4)),
            tx_hash=("" if self.production else "sandbox_") + uuid.uuid4().hex,
            user_id="somebody-else" if kind == "foreign" else user_id,
            pulls=tuple(pulls),
            ready_at=ready_at,
            failed=kind in ("fail", "fail_delivered"),
        )
        self.sessions[session.id] = session
        if pulls:
            items = tuple(pull.card.id for pull in pulls)
            self.ledger.purchases.append(
                ExecutedPurchase(session.id, user_id, pack.id, amount, cents(pack.mint_price), items, now)
            )
        return session

    def _draw(self, pack: Pack) -> Card:
        """A tier by its weight, then a card of it (partner-api: buy/init); an empty tier leaves the rest."""
        stock = self._stock(pack)
        tiers = sorted({card.tier for card in stock})
        weights = [max(pack.tiers[tier].weight or 0, 0) for tier in tiers]
        tier = self.dice.choices(tiers, weights if any(weights) else None)[0]
        return self.dice.choice([card for card in stock if card.tier == tier])

    def _pull(self, card: Card, user_id: str, at: int) -> Pull:
        pack = self._pack_of(card)
        expires_at = at + (3 if self.production else 7) * DAY
        # In production the window is shorter, and some cards have none.
        endless = self.production and happens(chance(card.id, "window"), 0.15)
        return Pull(card, pack, user_id, self.price(card), at, at, None if endless else expires_at)

    async def status(self, session_id: object) -> Session | None:
        """None while it is pending, said after at most `hold` seconds."""
        session = self.sessions.get(session_id) if isinstance(session_id, str) else None
        if session is None:
            raise Refusal(400, "Transaction failed")
        wait = (session.ready_at - self.clock.now()) / 1000
        if wait > 0:
            await self.clock.sleep(min(wait, self.hold))
        if self.clock.now() < session.ready_at:
            return None
        if session.failed:
            raise Refusal(400, "Transaction failed")
        return session

    # -- holding and selling

    def inventory(self, user_id: str) -> list[Pull]:
        if user_id not in self.users:
            raise Refusal(404, "User not found")
        now = self.clock.now()
        return [pull for pull in self.pulls if pull.user_id == user_id and pull.visible_at <= now]

    def price(self, card: Card, pull: Pull | None = None) -> int:
        """Cents that the partner would pay now: frozen in the sandbox, moving every ten minutes in production."""
        if card.id in self.prices:
            return self.prices[card.id]
        if pull is not None and not self.production:
            return pull.quote
        exact = Decimal(card.fmv) / 100 * self._pack_of(card).buyback_percent
        if self.production and self.wobble:
            moved = chance(self.seed, card.id, self.clock.now() // 600_000).uniform(-self.wobble, self.wobble)
            exact *= 1 + Decimal(moved)
        return cents(exact)

    async def sell(self, item_id: object) -> int:
        """Cents paid. The item is the oldest one of that id; whose it is, the call doesn't say."""
        pull = self._held(item_id)
        if pull.expires_at is not None and self.clock.now() > pull.expires_at:
            raise Refusal(400, "Item has expired")
        if self.production:
            await self._process(pull.card.id)
        amount = self.price(pull.card, pull) + self.drifts.pop(pull.card.id, 0)
        self.pulls.remove(pull)
        self.ledger.sales.append(ExecutedSale(pull.card.id, pull.user_id, amount, self.clock.now()))
        return amount

    def _held(self, item_id: object) -> Pull:
        now = self.clock.now()
        for pull in self.pulls:
            if pull.card.id == item_id and pull.visible_at <= now:
                return pull
        raise Refusal(400, "Item not found")

    async def _process(self, item_id: str) -> None:
        """The time that a sale takes: at first a second request is too many, then it meets an open session."""
        if item_id in self.selling:
            if self.selling[item_id]:
                raise Refusal(400, "Item already has an active buyback session")
            raise Refusal(429, "A buyback request for this item is already being processed")
        try:
            for session_open in (False, True):
                self.selling[item_id] = session_open
                await self.clock.sleep(self.sale_seconds / 2)
        finally:
            self.selling.pop(item_id, None)
