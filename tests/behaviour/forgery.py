"""Presses that only a changed client can make, and what must not change by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcord.backend.serializers import message_payload

from bot.store import tables
from tests.behaviour.look import texts
from tests.behaviour.steps import rows

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

KEPT = (
    *(tables.purchases, tables.sales, tables.cards, tables.confirmations, tables.lanes),
    *(tables.accounts, tables.acceptances, tables.used_codes),
)
"""What no press in this file may change."""


async def forged(world: World, who: Any, message: Any, custom_id: str, *, select: str | None = None) -> Any:
    """A press on a message that claims to have this button, or this select of one option."""
    payload: Any = dict(
        message_payload(world.env.backend, world.env.backend.get_message(message.channel_id, message.id))
    )
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2 if select is None else 3}
    part: dict[str, Any] = {"type": 2, "style": 2, "label": "x", "id": 2, "custom_id": custom_id}
    if select is not None:
        data["values"] = [select]
        part = {"type": 3, "id": 2, "custom_id": custom_id, "options": [{"label": "x", "value": select}]}
    payload["components"] = [{"type": 1, "id": 1, "components": [part]}]
    return await who._dispatch_interaction(
        3, world.channel, data, extra={"message": payload}, source_message_id=message.id
    )


async def kept(world: World) -> list[Any]:
    """All that must stay as it is, in the store and at the partner."""
    ledger = world.ledger
    stored = [[tuple(row) for row in await rows(world, table)] for table in KEPT]
    return [*stored, ledger.count("init"), ledger.count("buyback"), list(ledger.purchases), list(ledger.sales)]


def private(result: Any, pressed: Any = None) -> str:
    """What it was answered with, for nobody else to see, beside the message that was pressed."""
    assert result.acknowledged
    shown = [one for one in (result.response, *result.followups) if one is not None]
    shown = [one for one in shown if pressed is None or one.id != pressed.id]
    assert all(one.ephemeral for one in shown)
    return "\n".join(texts(one) for one in shown)
