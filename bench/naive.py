"""The control of the harness: this bot as it would be with the usual retries.

It asks again when an answer is lost, orders again what a crash cut short, and lets people press Sell again when a sale
failed. Never run it with a key that costs money.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import bot.app
from bot.domain.purchase import State
from bot.domain.sale import SaleState
from bot.errors import LostError
from bot.partner.errors import InDoubtError
from bot.services.ordering import Ordering
from bot.services.purchases import Purchases
from bot.services.sales import Sales
from bot.store import purchases, sales

if TYPE_CHECKING:
    from typing import Any

    from bot.partner.models import Accepted
    from bot.partner.orders import Deadline, PartnerOrders
    from bot.services.sales import SaleView

TRIES = 3


class Persistent:
    """The order client, with "it timed out, so it is tried again"."""

    def __init__(self, orders: PartnerOrders) -> None:
        self._orders = orders

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)

    async def buy(self, pack_id: str, amount: int, user_id: str, deadline: Deadline) -> Accepted:
        for _ in range(TRIES - 1):
            try:
                return await self._orders.buy(pack_id, amount, user_id, deadline)
            except InDoubtError:
                continue
        return await self._orders.buy(pack_id, amount, user_id, deadline)


class NaiveOrdering(Ordering):
    """Asks again when an answer is lost."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._orders: Any = Persistent(self._orders)


class NaivePurchases(Purchases):
    """Orders again what a crash cut short."""

    async def take_up(self) -> None:
        for seen in await self._store.run(lambda conn: purchases.take_up(conn, self.worker)):
            if seen.state is State.SUBMITTING:
                with suppress(LostError):
                    await self._steps.take(seen, State.RESERVED, detail="cut short by a crash")
            self.workers.start(seen.id)


class NaiveSales(Sales):
    """A sale that failed may be pressed again."""

    async def _record(self, view: SaleView, to: SaleState, reason: str | None, **values: Any) -> None:
        failed = to is SaleState.IN_DOUBT
        await super()._record(view, SaleState.NOT_SOLD if failed else to, "not_sent" if failed else reason, **values)

    async def take_up(self) -> None:
        for sale in await self._store.run(lambda conn: sales.take_up(conn, self._worker)):
            view = replace(await self.view(sale.id), sale=sale)
            await self._steps.end(view, SaleState.NOT_SOLD, "not_sent")


def install() -> None:
    """Puts these into the composition root of this process."""
    bot.app.Ordering = NaiveOrdering
    bot.app.Purchases = NaivePurchases
    bot.app.Sales = NaiveSales
