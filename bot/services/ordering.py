"""The order itself: a look before, a durable intent, one call, and what came of it."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.clock import SECOND
from bot.domain.pack import terms_hash
from bot.domain.purchase import MAX_SENDS, STEPS, State
from bot.errors import LostError, Refusal
from bot.partner import errors as partner
from bot.partner.orders import Deadline
from bot.services.gate import check_frozen
from bot.services.steps import LaneTakenError
from bot.services.storing import stored
from bot.services.timing import MAX_SKEW
from bot.services.waiting import check_lane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.domain.pack import Pack
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
        self.on_doubt: Callable[[], None] = lambda: None
        """Called, cheaply, when an order has gone in doubt by its answer, or for want of one. The breaker's."""

    async def order(self, seen: Purchase) -> Purchase:
        """From RESERVED to whatever came of it. Behind a shut door it stays RESERVED, for the next start."""
        while seen.state is State.RESERVED and self._door.is_open:
            why = await self._why_not(seen)
            if why is not None:
                return await self._steps.take(seen, State.CANCELLED, detail=why, reason=why)
            if not self._door.is_open or self._is_old(seen):
                continue  # the look took its time
            # Shielded: a task that is cancelled must not take a call with it that may have left the machine.
            seen = await asyncio.shield(self._calls.spawn(self._submit(seen), f"order {seen.id}"))
            if seen.state is State.RESERVED:
                await self._clock.sleep(_PAUSE)
        return seen

    async def _why_not(self, seen: Purchase) -> str | None:
        """The look before the leap, over the very client that the order would take."""
        if self._is_old(seen):
            return "too_old" if not seen.sends else "not_sent"
        if seen.sends >= MAX_SENDS:
            return "not_sent"
        try:
            packs = await self._orders.look()
        except partner.InvalidKeyError:
            return "key"
        except partner.PartnerError as error:
            log.warning("no order for %s, the partner can't be read: %s", seen.id, error)
            return "partner_down"
        if (change := _change(seen, packs)) is not None:
            self._catalogue.refresh()
            return change
        if abs(self._orders.skew or 0) > MAX_SKEW:
            return "clock"
        try:
            async with self._store.read() as conn:
                await check_lane(conn, seen.user_id, seen.pack_id)
        except Refusal:
            return "lane"
        return None

    def _is_old(self, seen: Purchase) -> bool:
        return self._clock.now() - seen.created_at >= self._timing.reserved

    async def _submit(self, seen: Purchase) -> Purchase:
        """The intent, durable before the call; then the call, once."""
        deadline = Deadline.after(self._clock, self._timing.lease / SECOND)

        async def allowed(conn: AsyncConnection, made: Purchase) -> None:
            await check_frozen(
                conn,
                "buy",
                self._clock.now(),
                discord_id=made.discord_id,
                guild_id=made.guild_id,
                pack_id=made.pack_id,
            )

        try:
            sent = await self._steps.take(seen, State.SUBMITTING, also=allowed)
        except Refusal as refusal:
            reason = "breaker" if refusal.name == "breaker" else "frozen"
            return await self._steps.take(seen, State.CANCELLED, detail=refusal.name, reason=reason)
        except LaneTakenError:
            return seen  # another order of this pack is on its way this second
        except LostError:
            return await self._steps.get(seen.id)  # another process was first
        return await self._send(sent, deadline)

    async def _send(self, sent: Purchase, deadline: Deadline) -> Purchase:
        try:
            accepted = await self._orders.buy(sent.pack_id, sent.amount, sent.user_id, deadline)
        except partner.NotSentError as error:
            return await self._end(sent, State.RESERVED, str(error))
        except partner.RefusedError as error:
            if isinstance(error, partner.OutOfStockError):
                self._catalogue.refresh()  # the documentation asks for it
            return await self._end(sent, State.REFUSED, str(error), reason=_REASONS.get(type(error), "other"))
        except partner.InDoubtError as error:
            log.warning("order %s is in doubt: %s", sent.id, error)
            return await self._doubt(sent, str(error))
        except Exception as error:
            log.exception("order %s is in doubt", sent.id)
            return await self._doubt(sent, type(error).__name__)
        made = await self._end(sent, State.ACCEPTED, _evidence(accepted), session_id=accepted.session_id)
        self._calls.spawn(self._look_after(made), f"terms after {sent.id}")
        return made

    async def _end(self, sent: Purchase, to: State, detail: str, **values: Any) -> Purchase:
        """What came of it, which nobody else knows."""
        work = partial(self._record, sent, to, detail, **values)
        return await stored(self._clock, f"the outcome of order {sent.id}", work)

    async def _doubt(self, sent: Purchase, detail: str) -> Purchase:
        made = await self._end(sent, State.IN_DOUBT, detail)
        self.on_doubt()
        return made

    async def _record(self, sent: Purchase, to: State, detail: str, **values: Any) -> Purchase:
        """An answer is this attempt's however late it comes: also when it was taken for lost meanwhile."""
        seen = sent
        while seen.sends == sent.sends and (seen.state, to) in STEPS and seen.state is not State.RESERVED:
            try:
                return await self._steps.take(seen, to, detail=detail, **values)
            except LostError:
                seen = await self._steps.get(sent.id)
            except LaneTakenError:
                break  # whoever moves the lane settles it this moment; if not, it is looked at when it is due
        if seen.state is not to:
            log.warning("order %s is %s; its answer came later: %s %s", sent.id, seen.state, to, detail)
            await self._steps.note(seen, f"a late answer, {to}: {detail}")
        return seen

    async def _look_after(self, made: Purchase) -> None:
        """The terms once more after the answer: a difference is noted."""
        try:
            packs = await self._orders.look()
        except partner.PartnerError:
            return
        pack = next((p for p in packs if p.id == made.pack_id), None)
        if pack is not None and terms_hash(pack.terms()) != terms_hash(made.terms):
            await self._steps.note(made, f"terms after the order: {pack.terms()}")


def _change(seen: Purchase, packs: Sequence[Pack]) -> str | None:
    """What is otherwise than it was confirmed, by the name of its outcome."""
    pack = next((p for p in packs if p.id == seen.pack_id), None)
    if pack is None:
        return "pack_gone"
    if not pack.on_sale:
        return "sold_out"
    same = terms_hash(pack.terms()) == terms_hash(seen.terms) and seen.amount <= pack.max_amount
    return None if same else "terms_changed"


def _evidence(accepted: Accepted) -> str:
    items = ", ".join(item.id for item in accepted.items)
    return f"session {accepted.session_id}" + (f", items {items}" if items else "")
