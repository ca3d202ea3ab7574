"""What a member's inventory proves about a purchase in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.item import unclaimed
from bot.store import cards, lanes, purchases

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.item import Inventory, Item
    from bot.store.purchases import Purchase


@dataclass(frozen=True, slots=True)
class Evidence:
    """Items of the pack that no card of ours claims. `contested`: another unsettled purchase could be theirs."""

    free: tuple[Item, ...]
    contested: bool
    later: int | None
    """When the next order was sent that may still get late items, milliseconds UTC; they are rather its own."""

    def new(self, since: int) -> tuple[Item, ...]:
        """Those pulled at or after `since`, milliseconds UTC."""
        return tuple(item for item in self.free if item.purchased_at is not None and item.purchased_at >= since)

    def own(self, sent: int, skew: int) -> tuple[Item, ...]:
        """Those new since `sent`, and from before that next order, by clocks that may differ by `skew`."""
        new = self.new(sent - skew)
        if self.later is None or self.later - sent <= 2 * skew:
            return new
        rather = self.new(self.later - skew)
        return tuple(item for item in new if item not in rather)


async def evidence(conn: AsyncConnection, seen: Purchase, inventory: Inventory) -> Evidence:
    """What this inventory says now.

    Lane, sessions, later orders, claims: in the order in which a purchase goes through them, so that on PostgreSQL,
    where each read sees the newest, another purchase that moves on meanwhile is met at least once.
    """
    lane = await lanes.holder(conn, seen.user_id, seen.pack_id)
    elsewhere = lane is not None and lane.purchase_id != seen.id
    others = await purchases.awaiting(conn, seen) > 0
    late = await purchases.not_executed(conn, seen.user_id, seen.pack_id)
    sent = [order.submitted_at for order in late if order.submitted_at is not None]
    later = min((at for at in sent if at > (seen.submitted_at or 0)), default=None)
    claims = await cards.claims(conn, seen.user_id)
    free = tuple(item for item in unclaimed(inventory.items, claims) if item.pack_id == seen.pack_id)
    return Evidence(free, elsewhere or others, later)
