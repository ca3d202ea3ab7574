"""How a sale moves: with its card, its lane, its audit line, its news."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.domain.ids import reference
from bot.domain.sale import CardState, SaleState
from bot.store import audit, cards, lanes, purchases, sales

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.services.notices import Notices
    from bot.services.outbox import Outbox
    from bot.services.sales import SaleView
    from bot.services.timing import Timing
    from bot.store.cards import Card
    from bot.store.engine import Store

log = logging.getLogger(__name__)
_DAY = "day"
"""Why a sale is in doubt that people were told of."""
_CARD_AFTER = {
    SaleState.SOLD: CardState.SOLD,
    SaleState.NOT_SOLD: CardState.HELD,
    SaleState.GONE: CardState.GONE,
    SaleState.IN_DOUBT: CardState.IN_DOUBT,
}


class SaleSteps:
    """Compare-and-set steps of sales."""

    def __init__(self, store: Store, clock: Clock, outbox: Outbox, timing: Timing, notices: Notices) -> None:
        self._store, self._clock, self._outbox, self._timing = store, clock, outbox, timing
        self._notices = notices

    @staticmethod
    async def card(conn: AsyncConnection, card: Card, to: CardState, **values: Any) -> Card:
        """A step of a card. Its purchase's messages show it."""
        if card.purchase_id is not None:
            await purchases.touch(conn, card.purchase_id)
        return await cards.step(conn, card, to, **values)

    async def end(
        self,
        view: SaleView,
        to: SaleState,
        reason: str | None,
        *,
        amount: int | None = None,
        card: dict[str, Any] | None = None,
    ) -> None:
        """The sale and its card together, in one transaction.

        Raises:
            LostError: the sale has moved on.
        """
        now = self._clock.now()
        doubt = to is SaleState.IN_DOUBT
        look_at = now + min(self._timing.lease, self._timing.between_looks) if doubt else None

        async def work(conn: AsyncConnection) -> None:
            settled = None if doubt else now
            await sales.change(
                conn, view.sale, state=to, reason=reason, amount=amount, look_at=look_at, settled_at=settled
            )
            found = await cards.by_id(conn, view.card.id)  # its price may have been read again meanwhile
            assert found is not None
            await self.card(conn, found, _CARD_AFTER[to], **(card or {}), sold_for=amount)
            if not doubt:
                await lanes.leave(conn, sale_id=view.sale.id)
                await audit.add(
                    conn,
                    f"sale {to.lower()}",
                    view.sale.id,
                    now,
                    actor=view.sale.discord_id,
                    guild_id=view.sale.guild_id,
                    amount=amount,
                    reason=reason,
                )

        await self._store.run(work)
        self._outbox.news()

    async def again(self, view: SaleView, looks: int) -> None:
        """It is looked at again; after a day hourly, and people are told, once."""
        sale, card, now = view.sale, view.card, self._clock.now()
        late = now - sale.created_at > self._timing.give_up
        at = now + self._timing.late_look if late else self._timing.next_look(sale.created_at, now)
        tell = late and sale.reason != _DAY

        async def work(conn: AsyncConnection) -> None:
            reason = _DAY if late else sale.reason
            await sales.change(conn, sale, looks=looks, look_at=at, reason=reason)
            if tell:
                await audit.add(
                    conn,
                    "sale in doubt for a day",
                    sale.id,
                    now,
                    actor=sale.discord_id,
                    guild_id=sale.guild_id,
                    reason=sale.reason,
                )
                await self._notices.tell(
                    conn,
                    now,
                    "notice.sale_doubt",
                    guild_id=sale.guild_id,
                    purchase_id=card.purchase_id,
                    reference=reference(sale.id),
                    owner_id=sale.discord_id,
                    card=card.name,
                    since_at=sale.created_at,
                )

        await self._store.run(work)
        if tell:
            log.warning(
                "sale %s needs a person (%s): user_id %s, item %s: a day without evidence",
                sale.id,
                sale.reason,
                sale.user_id,
                card.item_id,
            )
        self._outbox.news()
