"""Selling a card back: a durable intent, one call, and what came of it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.clock import SECOND
from bot.domain.ids import ulid
from bot.domain.sale import CardState, SaleState
from bot.errors import LostError, Refusal
from bot.partner import errors as partner
from bot.partner.orders import Deadline
from bot.services.outbox import add_reply
from bot.services.storing import stored
from bot.services.timing import ENOUGH_LOOKS
from bot.services.workers import Workers
from bot.store import accounts, audit, cards, lanes, sales

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.item import Inventory
    from bot.partner.orders import PartnerOrders
    from bot.services.door import Door
    from bot.services.doors import Doors
    from bot.services.offers import Offers, Quote
    from bot.services.outbox import Outbox
    from bot.services.place import Reply
    from bot.services.sale_steps import SaleSteps
    from bot.services.timing import Timing
    from bot.settings import Settings
    from bot.store.cards import Card
    from bot.store.engine import Store
    from bot.store.sales import Sale
    from bot.tasks import Tasks

log = logging.getLogger(__name__)
LOOK_LASTS = 5 * SECOND
"""A look before a sale that is older says nothing any more."""


@dataclass(frozen=True, slots=True)
class SaleView:
    """A sale and its card."""

    sale: Sale
    card: Card


class Sales:
    """Sales, each a task of its own from the moment it is confirmed. A shutdown waits for `calls`."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: Settings,
        offers: Offers,
        orders: PartnerOrders,
        doors: Doors,
        outbox: Outbox,
        timing: Timing,
        tasks: Tasks,
        calls: Tasks,
        door: Door,
        steps: SaleSteps,
        worker: str,
    ) -> None:
        self._store, self._clock, self._settings, self._offers = store, clock, settings, offers
        self._orders, self._doors, self._outbox = orders, doors, outbox
        self._timing, self._calls, self._door = timing, calls, door
        self._steps, self._worker = steps, worker
        self._calling: set[str] = set()
        self.on_doubt: Callable[[], None] = lambda: None
        """Called, cheaply, when a sale has gone in doubt by its answer, or for want of one. The breaker's."""
        self.workers = Workers("sale", clock, tasks, self._look)

    async def view(self, sale_id: str) -> SaleView:
        async with self._store.read() as conn:
            sale = await sales.by_id(conn, sale_id)
            assert sale is not None, "sales are never deleted"
            card = await cards.by_id(conn, sale.card_id)
            assert card is not None
            return SaleView(sale, card)

    async def sell(self, card_id: str, discord_id: int, guild_id: int, quoted: int, reply: Reply) -> Sale:
        """Sells for `quoted` cents or more; starts, and is shown at `reply` from then on.

        Raises:
            Refusal: those of `Offers.quote`, `price_dropped`, `stopping`.
        """
        self._door.check()
        quote = await self._offers.quote(card_id, discord_id, guild_id)
        if quote.price < quoted:
            raise Refusal("price_dropped", quoted_cents=quoted, price_cents=quote.price)
        # Shielded: from here on it goes its way, whoever pressed.
        begun = await asyncio.shield(self._calls.spawn(self._begin(quote, discord_id, guild_id, reply), "sale"))
        if isinstance(begun, Refusal):
            raise begun
        return begun

    async def _begin(self, quote: Quote, discord_id: int, guild_id: int, reply: Reply) -> Sale | Refusal:
        now = self._clock.now()
        deadline = Deadline.after(self._clock, self._timing.lease / SECOND)

        async def work(conn: AsyncConnection) -> SaleView:
            # A second press and an unlink wait here, and then read what this one left.
            await accounts.by_discord_id(conn, discord_id, lock=True)
            card = await self._offers.check(conn, quote.card.id, discord_id, guild_id)
            if self._clock.now() - quote.read_at > LOOK_LASTS:
                raise Refusal("lane_busy")
            sale = await sales.add(
                conn,
                id=ulid(now),
                card_id=card.id,
                discord_id=discord_id,
                user_id=card.user_id,
                guild_id=guild_id,
                pack_id=card.pack_id,
                quoted=quote.price,
                created_at=now,
                look_at=now + self._timing.lease,
                worker=self._worker,
            )
            if not await lanes.take(conn, card.user_id, card.pack_id, now=now, sale_id=sale.id):
                raise Refusal("lane_busy")
            await add_reply(conn, now, reply, sale_id=sale.id)
            await audit.add(
                conn, "sale", sale.id, now, actor=discord_id, guild_id=guild_id, card=card.name, quoted=quote.price
            )
            return SaleView(sale, await self._steps.card(conn, card, CardState.SUBMITTING))

        try:
            view = await self._store.run(work)
        except Refusal as refusal:
            return refusal
        except LostError:
            return Refusal("card_selling")
        self._outbox.news()
        self._calling.add(view.sale.id)
        self._calls.spawn(self._call(view, deadline), f"sale {view.sale.id}")
        return view.sale

    async def _call(self, view: SaleView, deadline: Deadline) -> None:
        try:
            amount = await self._orders.sell(view.card.item_id, deadline)
        except partner.ItemExpiredError:
            ended = {"offer_known": True, "offer_ends": self._clock.now()}
            await self._answered(view, SaleState.NOT_SOLD, "expired", card=ended)
        except partner.ItemNotFoundError:
            await self._answered(view, SaleState.GONE, "not_found")
        except (partner.NotSentError, partner.InvalidKeyError) as error:
            why = "not_sent" if isinstance(error, partner.NotSentError) else "key"
            log.warning("sale %s was not carried out: %s", view.sale.id, error)
            await self._answered(view, SaleState.NOT_SOLD, why)
        except Exception as error:  # noqa: BLE001 - whatever it is: the sale may have been carried out
            log.warning("sale %s is in doubt: %s", view.sale.id, error or type(error).__name__)
            await self._answered(view, SaleState.IN_DOUBT, str(error)[:200] or type(error).__name__)
            self.on_doubt()
        else:
            await self._answered(view, SaleState.SOLD, None, amount=amount)
        finally:
            self._calling.discard(view.sale.id)
            self.workers.on_idle()

    async def _answered(self, view: SaleView, to: SaleState, reason: str | None, **values: Any) -> None:
        """What came of it, which nobody else knows."""
        work = partial(self._record, view, to, reason, **values)
        await stored(self._clock, f"the outcome of sale {view.sale.id}", work)

    async def _record(self, view: SaleView, to: SaleState, reason: str | None, **values: Any) -> None:
        """An answer is this call's however late it comes: also when the sale was taken for lost meanwhile."""
        while view.sale.state is SaleState.SUBMITTING or (
            view.sale.state is SaleState.IN_DOUBT and to is not SaleState.IN_DOUBT
        ):
            try:
                await self._steps.end(view, to, reason, **values)
            except LostError:
                view = await self.view(view.sale.id)
            else:
                return
        if view.sale.state is not to:
            log.warning("sale %s ended as %s; its answer came later: %s %s", view.sale.id, view.sale.state, to, values)

    async def take_up(self) -> None:
        """Takes up what processes left that have ended: what they may have sent is in doubt."""
        for sale in await self._store.run(lambda conn: sales.take_up(conn, self._worker)):
            if sale.state is SaleState.SUBMITTING:
                with suppress(LostError):  # its answer came after all
                    view = replace(await self.view(sale.id), sale=sale)  # as it was taken, or that would go unseen
                    await self._steps.end(view, SaleState.IN_DOUBT, "the bot was restarted during the sale")

    async def next_due(self) -> int | None:
        """The earliest due time of a sale that nobody is at, milliseconds UTC."""
        async with self._store.read() as conn:
            return await sales.next_look(conn, self._worker, without=(*self.workers.busy, *self._calling))

    async def due(self, now: int) -> None:
        """The looks that are due."""
        for sale_id in await self._store.run(lambda conn: sales.take_due(conn, self._worker, now)):
            if sale_id not in self._calling:
                self.workers.start(sale_id)

    async def _look(self, sale_id: str) -> None:
        """Twice there, after the settle time: not sold. Twice missing: sold, for an amount unknown.

        `looks` counts alike ones in a row, those that miss the card as negative numbers.
        """
        view, now = await self.view(sale_id), self._clock.now()
        sale, card = view.sale, view.card
        if sale.worker != self._worker or sale.look_at is None or sale.look_at > now:
            return
        if sale.state is SaleState.SUBMITTING:
            await self._steps.end(view, SaleState.IN_DOUBT, "its outcome was not recorded in time")
            return
        looks = sale.looks
        try:
            inventory = await self._doors.inventory(card.user_id)
        except partner.PartnerError as error:
            log.info("no look for sale %s: %s", sale.id, error)
        else:
            if not await self._there(card, inventory):
                looks = min(looks, 0) - 1
            elif now - sale.created_at >= self._timing.settle:
                looks = max(looks, 0) + 1
            else:
                looks = 0
            if looks >= ENOUGH_LOOKS:
                await self._steps.end(view, SaleState.NOT_SOLD, "not_executed")
                return
            if looks <= -ENOUGH_LOOKS:
                forgotten = self._settings.sandbox and not inventory.known
                await self._steps.end(view, SaleState.GONE if forgotten else SaleState.SOLD, "amount_unknown")
                return
        await self._steps.again(view, looks)

    async def _there(self, card: Card, inventory: Inventory) -> bool:
        """Whether no pull of this item at this time is missing: the sandbox hands one out twice in one moment."""
        async with self._store.read() as conn:
            ours = await cards.alike(conn, card)
        same = [i for i in inventory.items if i.id == card.item_id and card.purchased_at in {None, i.purchased_at}]
        return len(same) >= ours
