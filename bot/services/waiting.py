"""Lanes as people meet them: what isn't settled yet, and when we look again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.domain.sale import SaleState
from bot.errors import Refusal
from bot.store import lanes, purchases, sales

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def check_lane(conn: AsyncConnection, user_id: str, pack_id: str) -> None:
    """Whether an unsettled purchase or sale stands in the way of another one of this person and pack.

    One that is being sent at this moment doesn't: it will have left the lane in seconds, or be in doubt by then.

    Raises:
        Refusal: `lane_purchase`, `lane_sale`, `lane_review`.
    """
    lane = await lanes.holder(conn, user_id, pack_id)
    if lane is None:
        return
    if lane.purchase_id is not None:
        # It may have left the lane since that was read.
        order = await purchases.by_id(conn, lane.purchase_id)
        if order is not None and order.state is State.REVIEW:
            raise Refusal("lane_review", since_on=order.created_at)
        if order is not None and order.state is State.IN_DOUBT:
            raise Refusal("lane_purchase", since_on=order.created_at, look_at=order.look_at or order.created_at)
        return
    assert lane.sale_id is not None
    sale = await sales.by_id(conn, lane.sale_id)
    if sale is not None and sale.state is SaleState.IN_DOUBT:
        raise Refusal("lane_sale", since_on=sale.created_at, look_at=sale.look_at or sale.created_at)
