"""Members whose inventory the partner never shows: they wait alone, and nobody else waits for them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.domain.purchase import State
from bot.partner.errors import ForbiddenError
from bot.services.differences import UNREAD
from bot.store import freezes, guilds
from tests.services.conftest import ALICE, BOB, GUILD, LIVE, OPERATORS, World, on_sqlite, refusal, refused
from tests.services.test_differences import OPERATOR, stopped, vanishes
from tests.services.test_sweep import LONG_AGO, MODERATORS, frozen, settled_card, sweep, told

pytestmark = [pytest.mark.usefixtures("no_sweep"), on_sqlite]


@pytest.fixture
def overrides() -> dict[str, Any]:
    return LIVE


def unreadable(world: World, *user_ids: str) -> Any:
    """The partner never shows these inventories. Gives what makes them readable."""
    read = world.app.reads.inventory

    async def reading(asked: str) -> Any:
        if asked in user_ids:
            raise ForbiddenError("inventory: status 403")
        return await read(asked)

    def readable() -> None:
        world.app.reads.inventory = read

    world.app.reads.inventory = reading
    return readable


async def restored(world: World) -> None:
    async def work(conn: Any) -> None:
        await freezes.add(conn, scope="bot", action="buy", cause="restore", reason="r", now=world.clock.now())

    await world.app.store.run(work)
    await asyncio.sleep(1)


async def test_one_who_can_never_be_read_keeps_nobody_else_from_buying(world: World):
    await world.app.store.run(lambda conn: guilds.put_audit_channel(conn, GUILD, MODERATORS))
    await settled_card(world, ALICE)
    await settled_card(world, BOB)
    await restored(world)
    readable = unreadable(world, await world.user_id(ALICE))
    began = world.clock.now()
    await sweep(world)
    assert await world.app.meta.get("swept_at") == str(began)
    assert (await world.app.pauses.unpause(OPERATOR, GUILD)).lifted
    assert (await world.ended(await world.order(BOB))).state is State.DELIVERED
    assert (await refusal(world.offer(ALICE))).values == {"reason": UNREAD}
    for channel_id in (OPERATORS, MODERATORS):
        (text,) = [text for text in await told(world, channel_id) if "lifted" not in text]
        assert f"doesn't show the cards of <@{ALICE}>" in text
    assert await refused(world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE)) == "partner_unread"
    await sweep(world)
    assert len([text for text in await told(world) if "doesn't show" in text]) == 1, "told once"
    assert len(await frozen(world)) == 2
    readable()
    await sweep(world)
    assert not await stopped(world)
    assert (await world.ended(await world.order(ALICE))).state is State.DELIVERED


async def test_who_differs_once_read_is_told_of(world: World):
    made = await settled_card(world, ALICE)
    await settled_card(world, BOB)
    readable = unreadable(world, await world.user_id(ALICE))
    await sweep(world)
    readable()
    card = (await world.cards(made))[0]
    vanishes(world, card)
    await sweep(world)
    assert card.item_id in (await told(world))[-1].replace("\\", "")
    assert len([one for one in await frozen(world) if one.lifted_at is None]) == 2
    await world.app.pauses.unpause_member(OPERATOR, GUILD, ALICE)
    assert not await stopped(world)


@pytest.mark.parametrize("others", [0, 10])
async def test_a_partner_that_is_down_is_no_reason_to_stop_members(world: World, others: int):
    """None could be read; or too many couldn't."""
    people = range(201, 201 + others)
    await settled_card(world, ALICE)
    for who in people:
        await world.order(who)
    await asyncio.sleep(LONG_AGO)
    unreadable(world, *[await world.user_id(who) for who in people or (ALICE,)])
    await sweep(world)
    assert await frozen(world) == []
    assert await world.app.meta.get("swept_at") is None
