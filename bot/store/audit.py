"""Who did what, a line each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.ids import ulid
from bot.store.tables import audit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


async def add(
    conn: AsyncConnection,
    action: str,
    subject: str,
    now: int,
    *,
    actor: int | None = None,
    guild_id: int | None = None,
    **detail: object,
) -> None:
    """In the transaction of what it tells of, so that neither is there without the other."""
    await conn.execute(
        audit.insert().values(
            id=ulid(now),
            happened_at=now,
            guild_id=guild_id,
            actor=actor,
            action=action,
            subject=subject,
            detail=json.dumps(detail, ensure_ascii=False, default=str),
        )
    )
