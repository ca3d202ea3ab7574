"""Orders that a person may settle, and what came of it: for the tests of settling by hand."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.domain.purchase import State
from bot.services.by_hand import by_key
from bot.services.desk import Moderator
from bot.store import desk
from bot.store.tables import audit, lanes, messages
from tests.services.conftest import (
    BOB,
    GUILD,
    OTHER_PACK,
    World,
)

if TYPE_CHECKING:
    from bot.services.desk import Dossier

MOD, MINA = Moderator(901, GUILD), Moderator(902, GUILD)
STRANGER, OPERATOR = Moderator(903, GUILD + 1), Moderator(904, None)
REASON = "Support has confirmed it."


async def review(world: World, kind: str = "fewer", *, found: bool = True, amount: int = 3) -> Dossier:
    """An order that needs a person. `found`: what came of it is in the inventory alone."""
    offer = await world.offer(amount=amount)
    if found:
        world.faults.add("init", "reset", after=True)
    world.faults.add("init", kind)
    made = await world.ended(await world.confirm(offer), 120)
    assert made.state is State.REVIEW
    return await world.app.desk.order(MOD, made.id)


async def doubt(world: World, *, late: float | None = None) -> Dossier:
    """An order in doubt, old enough, with one empty look. `late`: it was executed, and its card comes after that."""
    if late is not None:
        world.partner.engine.settle = 0
        world.faults.add("init", "late", seconds=late)
    offer = await world.offer()
    world.faults.add("init", "reset", after=late is not None)
    made = await world.ended(await world.confirm(offer), 64)
    assert (made.state, made.empty_looks) == (State.IN_DOUBT, 1)
    return await world.app.desk.order(MOD, made.id)


def keys(seen: Dossier, count: int | None = None) -> list[str]:
    assert seen.items is not None
    return list(by_key(seen.items))[:count]


def as_delivered(world: World, seen: Dossier, chosen: list[str], who: Moderator = MOD, reason: str = REASON) -> Any:
    return world.app.by_hand.delivered(who, seen.order.id, seen.order.ver, chosen, reason)


def as_nothing(world: World, seen: Dossier, who: Moderator = MOD, reason: str = REASON) -> Any:
    return world.app.by_hand.not_bought(who, seen.order.id, seen.order.ver, reason)


async def decisions(world: World) -> list[Any]:
    async with world.app.store.read() as conn:
        found = await conn.execute(select(audit).where(audit.c.action == desk.SETTLED))
        return list(found.all())


async def posts(world: World) -> list[tuple[int, str]]:
    async with world.app.store.read() as conn:
        found = await conn.execute(select(messages.c.channel_id, messages.c.post).where(messages.c.post.is_not(None)))
        return [(row.channel_id, json.loads(row.post)["name"]) for row in found]


async def lane_is_free(world: World) -> bool:
    async with world.app.store.read() as conn:
        return (await conn.execute(select(lanes))).first() is None


async def unchanged(world: World, seen: Dossier) -> None:
    """Nothing was settled: the order, its lane, its cards and its past are as they were."""
    now = await world.app.desk.order(MOD, seen.order.id)
    assert (now.order.state, now.cards) == (seen.order.state, seen.cards)
    assert (await decisions(world), await lane_is_free(world)) == ([], False)


async def old_items(world: World) -> Dossier:
    """In review, since there is an item that was pulled before the order."""
    await world.order()
    await asyncio.sleep(60)
    world.partner.engine.init(world.pack_id(), 1, await world.user_id())
    world.partner.engine.init(world.pack_id(OTHER_PACK), 1, await world.user_id())
    await asyncio.sleep(120)
    offer = await world.offer()
    world.faults.add("init", "reset")
    made = await world.ended(await world.confirm(offer), 120)
    assert (made.state, made.reason) == (State.REVIEW, "old_items")
    return await world.app.desk.order(MOD, made.id)


async def with_cards(world: World) -> Dossier:
    """Bob's order, of which the result had too few cards."""
    offer = await world.offer(BOB, amount=3)
    world.faults.add("init", "fewer")
    made = await world.ended(await world.confirm(offer), 30)
    assert (made.state, made.cards) == (State.REVIEW, 2)
    return await world.app.desk.order(MOD, made.id)
