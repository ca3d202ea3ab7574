"""May this person do this here? The one place that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.services.breaker import CAUSE
from bot.store import freezes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.services.place import Place
    from bot.settings import Settings

_FROZEN = {"buy": ("frozen", "frozen_until"), "sell": ("frozen_sell", "frozen_sell_until")}


def served(settings: Settings, guild_id: int) -> bool:
    """Whether the operator serves this server; with a sandbox key and no list, every one."""
    return not settings.guild_ids or guild_id in settings.guild_ids


def check_place(settings: Settings, place: Place) -> None:
    """Whether money may move in this place at all.

    Raises:
        Refusal: `not_served`, `age_channel`.
    """
    if not served(settings, place.guild_id):
        raise Refusal("not_served")
    if settings.age_restricted and not place.age_restricted:
        raise Refusal("age_channel")


async def check_frozen(
    conn: AsyncConnection, action: str, now: int, *, discord_id: int, guild_id: int, pack_id: str
) -> None:
    """Asked in the transaction that makes the thing so.

    Raises:
        Refusal: `breaker`; with the reason `frozen` or `frozen_until`, of selling `frozen_sell` or `frozen_sell_until`.
    """
    found = await freezes.stopping(conn, action, now, discord_id=discord_id, guild_id=guild_id, pack_id=pack_id)
    if found is None:
        return
    if found.cause == CAUSE:
        raise Refusal("breaker")
    for_now, until = _FROZEN[action]
    if found.ends_at is None:
        raise Refusal(for_now, reason=found.reason)
    raise Refusal(until, reason=found.reason, ends_at=found.ends_at)
