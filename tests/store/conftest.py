"""Rows as tests need them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from bot.domain.ids import ulid
from bot.store import purchases
from bot.store.cards import Owner

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.purchase import State
    from bot.store.engine import Store
    from bot.store.purchases import Purchase

NOW = 1_795_514_400_000
ALICE, BOB, GUILD, CHANNEL = 101, 102, 11, 12
ME, OTHER = "0" * 26, "1" * 26
"""Two processes."""
OWNER = Owner(None, ALICE, "alice", GUILD, "pack", "A pack")
_numbers = itertools.count(1)


def values(**changed: Any) -> dict[str, Any]:
    """A purchase to reserve, another one with each call."""
    fresh = {
        "id": ulid(NOW),
        "key": f"confirmation:{next(_numbers)}",
        "discord_id": ALICE,
        "user_id": "alice",
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "pack_id": "pack",
        "pack_name": "A pack",
        "amount": 1,
        "total": 500,
        "private": False,
        "terms": "{}",
        "created_at": NOW,
    }
    return fresh | changed


async def reserved(store: Store, **changed: Any) -> Purchase:
    made = await store.run(lambda conn: purchases.reserve(conn, **values(**changed)))
    assert made is not None
    return made


async def stepped(store: Store, seen: Purchase, *states: State) -> Purchase:
    """Through these states, one after the other."""
    for state in states:

        async def step(conn: AsyncConnection, seen: Purchase = seen, state: State = state) -> Purchase:
            return await purchases.step(conn, seen, state, now=NOW, session_id="s")

        seen = await store.run(step)
    return seen
