"""Orders that a restored backup gave to people: they are told of when the bot starts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.store import meta, purchases
from bot.store.restore import UNTOLD

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.services.steps import Steps


async def tell_restored(steps: Steps, now: int, conn: AsyncConnection) -> None:
    """Each once, as any order in review; `now` in milliseconds UTC."""
    for purchase_id in json.loads(await meta.take(conn, UNTOLD) or "[]"):
        order = await purchases.by_id(conn, purchase_id)
        if order is not None and order.state is State.REVIEW:
            await steps.tell(conn, order, "notice.review", now, reason=order.reason or "")
