"""A card as the partner hands it out: an item in somebody's inventory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Item:
    """One pulled card. Money in cents, times in milliseconds UTC.

    `pack_id`, `purchased_at` and the offer's end come from the inventory alone; elsewhere they are unknown.
    """

    id: str
    name: str
    image: str | None
    back_image: str | None
    attributes: tuple[tuple[str, str], ...]
    buyback_price: int | None
    pack_id: str | None = None
    purchased_at: int | None = None
    offer_known: bool = False
    """Whether the partner said anything about the end of its offer to buy."""
    offer_ends: int | None = None
    """With `offer_known`: None is "no end"."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a person holds at the partner. `known` is False for the documented 404: nobody of that id."""

    items: tuple[Item, ...]
    known: bool = True
    read_at: int = 0
    """When it was read, milliseconds UTC."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What open cards claim: pulls (item id and date), and, for cards whose date isn't known yet, any pull of an id."""

    dated: Counter[tuple[str, int]]
    undated: Counter[str]


def unclaimed(items: Iterable[Item], claims: Claims) -> list[Item]:
    """The items that no open card claims, the oldest first. A sold item that was pulled again is another pull."""
    dated, undated = Counter(claims.dated), Counter(claims.undated)
    left: list[Item] = []
    for item in sorted(items, key=lambda i: i.purchased_at or 0):
        pull = (item.id, item.purchased_at or 0)
        if dated[pull]:
            dated[pull] -= 1
        else:
            left.append(item)
    # Only now: an undated card's item is one that no dated card has.
    free: list[Item] = []
    for item in left:
        if undated[item.id]:
            undated[item.id] -= 1
        else:
            free.append(item)
    return free
