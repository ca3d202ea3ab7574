"""Every method of the clients by name, over an answer that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2

from bot.partner.api import PartnerReads
from bot.partner.orders import Deadline, PartnerOrders

from .conftest import KEY, URL, FakeClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CALLS = ("packs", "recent_pulls", "card", "status", "inventory", "look", "buy", "sell")


def calls(reads: PartnerReads, orders: PartnerOrders, clock: FakeClock) -> dict[str, Callable[[], Awaitable[Any]]]:
    deadline = Deadline.after(clock, 10)
    return {
        "packs": reads.packs,
        "recent_pulls": reads.recent_pulls,
        "card": lambda: reads.card("c"),
        "status": lambda: reads.status("s"),
        "inventory": lambda: reads.inventory("u"),
        "look": orders.look,
        "buy": lambda: orders.buy("p", 1, "u", deadline),
        "sell": lambda: orders.sell("i", deadline),
    }


async def call(name: str, body: str) -> Any:
    """What a method of the clients makes of a 200 with this body."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, text=body))
    clock = FakeClock()
    reads = PartnerReads(URL, KEY, clock, transport=transport)
    orders = PartnerOrders(URL, KEY, clock, transport=transport)
    return await calls(reads, orders, clock)[name]()
