"""Confirmations: what a person was shown, and the key of the purchase that they make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from bot.store import sql
from bot.store.rows import value
from bot.store.tables import confirmations

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One question "open this?". `state` is OPEN, USED, REPLACED or CANCELLED; `total` in cents."""

    id: str
    discord_id: int
    guild_id: int
    channel_id: int
    pack_id: str
    pack_name: str
    amount: int
    total: int
    private: bool
    terms: str
    state: str
    created_at: int
    expires_at: int


async def add(conn: AsyncConnection, made: Confirmation) -> None:
    """Stores it; a newer one of the same person replaces the one that was open."""
    row = None
    while row is None:  # two commands of one person at once: the later one waits for the other's row, and replaces it
        await conn.execute(
            update(confirmations)
            .where(confirmations.c.discord_id == made.discord_id, confirmations.c.state == "OPEN")
            .values(state="REPLACED")
        )
        row = (
            await conn.execute(
                sql.insert(conn, confirmations)
                .values({c.name: getattr(made, c.name) for c in confirmations.c})
                .on_conflict_do_nothing(index_elements=["discord_id"], index_where=text("state = 'OPEN'"))
                .returning(confirmations.c.id)
            )
        ).one_or_none()


async def by_id(conn: AsyncConnection, confirmation_id: str, *, lock: bool = False) -> Confirmation | None:
    """With `lock` it stays as it is until the transaction ends: a press doesn't meet a cancel or a newer one."""
    query = select(confirmations).where(confirmations.c.id == confirmation_id)
    row: Any = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else value(Confirmation, row)


async def close(conn: AsyncConnection, confirmation_id: str, state: str) -> None:
    """From OPEN, seen with a lock, to USED or CANCELLED."""
    await conn.execute(update(confirmations).where(confirmations.c.id == confirmation_id).values(state=state))
