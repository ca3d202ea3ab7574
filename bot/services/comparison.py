"""What the partner shows of a person against what our records say, where nothing is under way that would explain it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.sale import CardState
from bot.store import cards, purchases
from bot.store.cards import NewCard, Owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.item import Inventory, Item
    from bot.store.accounts import Account
    from bot.store.cards import Card
    from bot.store.holdings import Holding

NO_GUILD = 0
"""The server of a card that came through another door."""
NO_NAME = "a pack"
"""Of a pack that the partner doesn't list any more."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cards that are there, with their items; open cards that aren't; and items that are no open card of ours."""

    found: tuple[tuple[Card, Item], ...]
    missing: tuple[Card, ...]
    free: tuple[Item, ...]
    left_out: bool
    """Whether there are packs that can't be compared yet: then it isn't known whether all agrees."""

    @property
    def differs(self) -> bool:
        return bool(self.missing or self.free)

    @property
    def undated(self) -> tuple[tuple[Card, Item], ...]:
        """Found ones of which the inventory hadn't been read yet."""
        return tuple((card, item) for card, item in self.found if card.purchased_at is None)

    def as_before(self, earlier: Comparison) -> Comparison:
        """Without the differences that an earlier inventory didn't show."""
        were_missing, were_free = {card.id for card in earlier.missing}, {pull(item) for item in earlier.free}
        return Comparison(
            self.found,
            tuple(card for card in self.missing if card.id in were_missing),
            tuple(item for item in self.free if pull(item) in were_free),
            self.left_out,
        )

    def without(self, gone: Iterable[Card]) -> Comparison:
        """As it is when those missing cards count no more."""
        ids = {card.id for card in gone}
        return replace(self, missing=tuple(card for card in self.missing if card.id not in ids))


def pull(item: Item) -> tuple[str, int | None]:
    """What stays the same while the price of an item moves."""
    return item.id, item.purchased_at


def compare(before: Holding, now: Holding, inventory: Inventory) -> Comparison:
    """Our records from before the inventory was read, as they are now, and it.

    Packs are left out that were busy before or are now, or whose cards moved on: there the inventory may be older, or
    newer, than our records.
    """
    moved = {(card.id, card.ver, card.pack_id) for card in before.cards}
    moved ^= {(card.id, card.ver, card.pack_id) for card in now.cards}
    busy = before.busy | now.busy | {pack_id for _, _, pack_id in moved}
    left: defaultdict[str, list[Item]] = defaultdict(list)
    for item in inventory.items:
        left[item.id].append(item)
    items: dict[str, Item] = {}
    # First by the very pull; then, where one side has no date, by the item alone.
    for exact in (True, False):
        for card in now.cards:
            if card.id not in items and (item := _match(card, left[card.item_id], exact=exact)) is not None:
                items[card.id] = item
                left[card.item_id].remove(item)
    ours = [card for card in now.cards if card.pack_id not in busy]
    return Comparison(
        tuple((card, items[card.id]) for card in ours if card.id in items),
        tuple(card for card in ours if card.id not in items),
        tuple(item for some in left.values() for item in some if item.pack_id not in busy),
        bool(busy),
    )


def _match(card: Card, items: Iterable[Item], *, exact: bool) -> Item | None:
    if exact:
        return next((item for item in items if item.purchased_at == card.purchased_at), None)
    return next((item for item in items if None in {item.purchased_at, card.purchased_at}), None)


async def put_gone(conn: AsyncConnection, missing: Iterable[Card]) -> None:
    """They aren't with their owner any more, and can't be sold. Raises LostError where one has moved on."""
    for card in missing:
        await cards.step(conn, card, CardState.GONE)
        await _redraw(conn, card)


async def take_in(
    conn: AsyncConnection, account: Account, free: Iterable[Item], names: Mapping[str, str], now: int
) -> None:
    """They become cards of that account without a purchase. `names` are those of packs, by id."""
    for item in free:
        assert item.pack_id is not None, "the inventory names the pack of each item"
        name = names.get(item.pack_id, NO_NAME)
        owner = Owner(None, account.discord_id, account.user_id, NO_GUILD, item.pack_id, name)
        await cards.add(conn, owner, [NewCard(item)], now)


async def put_dates(conn: AsyncConnection, undated: Iterable[tuple[Card, Item]]) -> None:
    """What the inventory says of them."""
    for card, item in undated:
        await cards.refresh(conn, card, item)
        await _redraw(conn, card)


async def _redraw(conn: AsyncConnection, card: Card) -> None:
    if card.purchase_id is not None:
        await purchases.touch(conn, card.purchase_id)
