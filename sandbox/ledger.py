"""What was really executed, whatever the caller was told: tests compare it with the bot's store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Route = Literal["available", "recent", "card", "init", "status", "inventory", "buyback"]


@dataclass(frozen=True, slots=True)
class ExecutedPurchase:
    """A purchase that the partner charges for. `item_ids` are the items that its `user_id` gets."""

    session_id: str
    user_id: str
    pack_id: str
    amount: int
    price_cents: int
    """Of one pull."""
    item_ids: tuple[str, ...]
    at: int
    """Milliseconds UTC."""


@dataclass(frozen=True, slots=True)
class ExecutedSale:
    item_id: str
    user_id: str
    """Whose item was sold: the call itself names nobody."""
    amount_cents: int
    at: int
    """Milliseconds UTC."""


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request that arrived, before anything was done about it."""

    method: str
    route: Route
    at: int
    """Milliseconds UTC."""


@dataclass(slots=True)
class Ledger:
    """Grows only; survives `Sandbox.forget`."""

    purchases: list[ExecutedPurchase] = field(default_factory=list[ExecutedPurchase])
    sales: list[ExecutedSale] = field(default_factory=list[ExecutedSale])
    requests: list[LoggedRequest] = field(default_factory=list[LoggedRequest])

    def count(self, route: Route) -> int:
        """How many requests of that route have arrived."""
        return sum(request.route == route for request in self.requests)
