"""Back to an old backup: the partner knows more than the bot, which therefore buys and sells nothing until it may."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.domain.purchase import State
from bot.domain.sale import CardState
from bot.store import guilds
from bot.store.backup import backup
from bot.store.tables import freezes, messages
from tests.services.conftest import BOB, GUILD, OTHER_PACK, SETTLED, World, on_sqlite, refusal, refused

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

pytestmark = on_sqlite
MODERATORS = 78
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def the_store_may_know_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """World's own check counts every order of the partner's, also those after the backup."""

    async def check(_world: World) -> None: ...

    monkeypatch.setattr(World, "check", check)


def restore(saved: Path, env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bot", "restore", str(saved)]
    subprocess.run(command, env=env, cwd=saved.parent, check=True, capture_output=True, timeout=50)


async def go_back(world: World, saved: Path) -> None:
    """As an operator does it. The loop stands still meanwhile."""
    await world.app.close()
    env = {
        "DISCORD_TOKEN": "a-token",
        "PARTNER_API_KEY": "sandbox-key",
        "DATA_DIR": str(saved.parent),
        "DATABASE_URL": world.app.settings.database,
        "PYTHONPATH": str(ROOT),
    }
    restore(saved, os.environ | env)
    await world.start(world.build())


def save(world: World, target: Path) -> Path:
    backup(Path(world.app.settings.database.partition(":///")[2]), target)
    return target


async def lift(world: World) -> None:
    async def work(conn: AsyncConnection) -> None:
        await conn.execute(update(freezes).values(lifted_at=world.clock.now()))

    await world.app.store.run(work)


async def test_nothing_is_bought_or_sold_until_it_may_be(world: World, tmp_path: Path):
    card, sold_later = await world.card(), await world.card()
    offer = await world.offer(slug=OTHER_PACK)
    saved = save(world, tmp_path / "saved.db")
    assert (await world.sell(sold_later)).card.state is CardState.SOLD
    await world.card(BOB)
    before = world.ledger.count("init"), world.ledger.count("buyback")
    await go_back(world, saved)

    assert (await world.app.cards.card(sold_later.id)).state is CardState.HELD  # so it believes
    for attempt in (world.offer(), world.offer(BOB), world.confirm(offer)):
        told = await refusal(attempt)
        assert (told.name, "restored from a backup" in str(told.values["reason"])) == ("frozen", True)
    assert await refused(world.price(card)) == "frozen_sell"
    for one in (card, sold_later):
        assert await refused(world.sell(one, quoted=1)) == "frozen_sell"
    await world.restart()
    await asyncio.sleep(SETTLED)
    assert await refused(world.offer()) == "frozen"
    assert (world.ledger.count("init"), world.ledger.count("buyback")) == before

    await lift(world)
    assert (await world.ended(await world.order())).state is State.DELIVERED
    assert (await world.sell(card)).card.state is CardState.SOLD


async def test_what_was_under_way_is_never_called_not_bought(world: World, tmp_path: Path):
    """At the backup one is reserved, one being sent, one in doubt, one accepted. All four are bought in the end."""
    people = range(201, 205)
    offers = [await world.offer(who) for who in people]
    for fault in (("init", "reset"), ("init", "slow")):
        world.faults.add(*fault, after=True, seconds=5)
    in_doubt = await world.ended(await world.confirm(offers[0]), 1)
    submitting = await world.ended(await world.confirm(offers[1]), 1)
    accepted = await world.ended(await world.confirm(offers[2]), 1)
    world.faults.add("available", "slow", seconds=5)
    reserved = await world.ended(await world.confirm(offers[3]), 1)
    made = {
        State.IN_DOUBT: in_doubt,
        State.SUBMITTING: submitting,
        State.ACCEPTED: accepted,
        State.RESERVED: reserved,
    }
    assert {state: one.state for state, one in made.items()} == {state: state for state in made}
    saved = save(world, tmp_path / "saved.db")
    await asyncio.sleep(SETTLED)
    assert {(await world.purchase(one)).state for one in made.values()} == {State.DELIVERED}
    sent = world.ledger.count("init")
    await go_back(world, saved)
    await asyncio.sleep(SETTLED)
    ends = {state: await world.purchase(one) for state, one in made.items()}
    assert ends.pop(State.ACCEPTED).state is State.DELIVERED  # its session tells
    assert {(end.state, end.reason) for end in ends.values()} == {(State.REVIEW, "restored")}
    assert world.ledger.count("init") == sent == len(made)
    await lift(world)
    assert [await refused(world.offer(who)) for who in people[:2]] == ["lane_review"] * 2


async def test_what_was_bought_since_is_not_taken_for_an_older_order(world: World, tmp_path: Path):
    """An order that wasn't carried out is still looked for at the backup; then another one is bought."""
    world.faults.add("init", "reset")
    made = await world.ended(await world.order(), SETTLED)
    assert (made.state, made.look_at is not None) == (State.NOT_EXECUTED, True)
    saved = save(world, tmp_path / "saved.db")
    assert (await world.ended(await world.order())).state is State.DELIVERED
    await go_back(world, saved)
    end = await world.ended(made, 2 * 3600)
    assert (end.state, end.cards, end.look_at) == (State.NOT_EXECUTED, 0, None)
    assert "not looked for any more" in await world.notes(made)


async def test_each_order_that_waits_for_a_person_is_told_once(world: World, tmp_path: Path):
    await world.app.store.run(lambda conn: guilds.put_audit_channel(conn, GUILD, MODERATORS))
    offers = [await world.offer(who) for who in (201, 202)]
    world.faults.add("init", "reset", times=2)
    made = [await world.ended(await world.confirm(offer), 1) for offer in offers]
    saved = save(world, tmp_path / "saved.db")
    await go_back(world, saved)
    await world.restart()
    posts = [post for post in await told(world) if post["name"] == "notice.review"]
    assert sorted(post["purchase_id"] for post in posts) == sorted(one.id for one in made)
    assert {post["values"]["reason"] for post in posts} == {"restored"}


async def told(world: World) -> list[Any]:
    mine = select(messages).where(messages.c.post.is_not(None), messages.c.channel_id == MODERATORS)
    async with world.app.store.read() as conn:
        return [json.loads(row.post) for row in await conn.execute(mine)]
