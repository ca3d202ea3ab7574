"""The order itself: a look before, a durable intent, one call, and what came of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from bot.domain.clock import SECOND
from bot.domain.pack import terms_hash
from bot.domain.purchase import MAX_SENDS, State
from bot.errors import LostError, Refusal
from bot.partner import errors as partner
from bot.partner.orders import Deadline
from bot.services.gate import check_frozen
from bot.services.steps import LaneTakenError
from bot.services.waiting import check_lane

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.partner.models import Accepted
    from bot.partner.orders import PartnerOrders
    from bot.services.catalogue import Catalogue
    from bot.services.door import Door
    from bot.services.steps import Steps
    from bot.services.timing import Timing
    from bot.store.engine import Store
    from bot.store.purchases import Purchase
    from bot.tasks import Tasks

log = logging.getLogger(__name__)
_PAUSE = 1.0
_LOOK = 15.0
_REASONS: dict[type[partner.RefusedError], str] = {
    partner.OutOfStockError: "sold_out",
    partner.AmountTooSmallError: "amount",
    partner.AmountTooLargeError: "amount",
    partner.PackNotFoundError: "pack_unknown",
    partner.UserRequiredError: "user",
    partner.InvalidKeyError: "key",
}


class Ordering:
    """Takes a purchase out of RESERVED. Its calls are tasks of their own that a shutdown waits for (`calls`)."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        steps: Steps,
        orders: PartnerOrders,
        catalogue: Catalogue,
        timing: Timing,
        calls: Tasks,
        door: Door,
    ) -> None:
        self._store, self._clock, self._steps, self._orders = store, clock, steps, orders
        self._catalogue, self._timing, self._calls, self._door = catalogue, timing, calls, door

    async def order(self, seen: Purchase) -> Purchase:
        """From RESERVED to whatever came of it. Behind a shut door it stays RESERVED, for the next start."""
        while seen.state is State.RESERVED and self._door.is_open:
            why = await self._why_not(seen)
            if why is not None:
                return await self._steps.take(seen, State.CANCELLED, detail=why, reason=why)
            if not self._door.is_open:
                break  # it was shut during the look
            # Shielded: a task that is cancelled must not take a call with it that may have left the machine.
            seen = await asyncio.shield(self._calls.spawn(self._submit(seen), f"order {seen.id}"))
            if seen.state is State.RESERVED:
                await self._clock.sleep(_PAUSE)
        return seen

    async def _why_not(self, seen: Purchase) -> str | None:
        """The look before the leap, over the very client that the order would take."""
        if self._clock.now() - seen.created_at >= self._timing.reserved:
            return "too_old" if not seen.sends else "not_sent"
        if seen.sends >= MAX_SENDS:
            return "not_sent"
        try:
            async with asyncio.timeout(_LOOK):
                packs = await self._orders.look()
        except partner.InvalidKeyError:
            return "key"
        except (partner.PartnerError, TimeoutError) as error:
            log.warning("no order for %s, the partner can't be read: %s", seen.id, error)
            return "partner_down"
        pack = next((p for p in packs if p.id == seen.pack_id), None)
        if pack is None:
            return "pack_gone"
        if not pack.on_sale:
            self._catalogue.refresh()
            return "sold_out"
        if terms_hash(pack.terms()) != terms_hash(seen.terms) or seen.amount > pack.max_amount:
            self._catalogue.refresh()
            return "terms_changed"
        try:
            async with self._store.read() as conn:
                await check_lane(conn, seen.user_id, seen.pack_id)
                await check_frozen(
                    conn,
                    "buy",
                    self._clock.now(),
                    discord_id=seen.discord_id,
                    guild_id=seen.guild_id,
                    pack_id=seen.pack_id,
                )
        except Refusal as refusal:
            return "lane" if refusal.name.startswith("lane") else "frozen"
        return None

    async def _submit(self, seen: Purchase) -> Purchase:
        """The intent, durable before the call; then the call, once."""
        deadline = Deadline.after(self._clock, self._timing.lease / SECOND)
        try:
            sent = await self._steps.take(seen, State.SUBMITTING)
        except LaneTakenError:
            return seen  # another order of this pack is on its way this second
        except LostError:
            return await self._steps.get(seen.id)  # another process was first
        try:
            accepted = await self._orders.buy(seen.pack_id, seen.amount, seen.user_id, deadline)
        except partner.NotSentError as error:
            return await self._end(sent, State.RESERVED, str(error))
        except partner.RefusedError as error:
            if isinstance(error, partner.OutOfStockError):
                self._catalogue.refresh()  # the documentation asks for it
            return await self._end(sent, State.REFUSED, str(error), reason=_REASONS.get(type(error), "other"))
        except partner.InDoubtError as error:
            log.warning("order %s is in doubt: %s", seen.id, error)
            return await self._end(sent, State.IN_DOUBT, str(error))
        except Exception as error:
            log.exception("order %s is in doubt", seen.id)
            return await self._end(sent, State.IN_DOUBT, type(error).__name__)
        made = await self._end(sent, State.ACCEPTED, _evidence(accepted), session_id=accepted.session_id)
        self._calls.spawn(self._look_after(made), f"terms after {seen.id}")
        return made

    async def _end(self, sent: Purchase, to: State, detail: str, **values: Any) -> Purchase:
        try:
            return await self._steps.take(sent, to, detail=detail, **values)
        except LostError:
            # Somebody took it for lost meanwhile. An answer that came late still is the answer of this attempt.
            now = await self._steps.get(sent.id)
            if now.state is State.IN_DOUBT and now.sends == sent.sends and to in {State.ACCEPTED, State.REFUSED}:
                return await self._steps.take(now, to, detail=f"late: {detail}", **values)
            return now

    async def _look_after(self, made: Purchase) -> None:
        """The terms once more after the answer: a difference is noted."""
        try:
            packs = await self._orders.look()
        except partner.PartnerError:
            return
        pack = next((p for p in packs if p.id == made.pack_id), None)
        if pack is not None and terms_hash(pack.terms()) != terms_hash(made.terms):
            await self._steps.note(made, f"terms after the order: {pack.terms()}")


def _evidence(accepted: Accepted) -> str:
    items = ", ".join(item.id for item in accepted.items)
    return f"session {accepted.session_id}" + (f", items {items}" if items else "")
