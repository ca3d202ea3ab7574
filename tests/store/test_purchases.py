"""Purchases as rows: reserved once, moved by compare-and-set, along allowed steps only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.domain.clock import DAY
from bot.domain.ids import ulid
from bot.domain.purchase import HELD, RUNNING, STEPS, State
from bot.errors import LostError
from bot.store import lanes, limits, purchases
from bot.store.tables import purchase_events
from tests.store.conftest import ALICE, BOB, GUILD, ME, NOW, reserved, stepped, values

if TYPE_CHECKING:
    from bot.store.engine import Store

WAYS: dict[State, tuple[State, ...]] = {
    State.RESERVED: (),
    State.SUBMITTING: (State.SUBMITTING,),
    State.CANCELLED: (State.CANCELLED,),
    State.REFUSED: (State.SUBMITTING, State.REFUSED),
    State.ACCEPTED: (State.SUBMITTING, State.ACCEPTED),
    State.DELIVERED: (State.SUBMITTING, State.ACCEPTED, State.DELIVERED),
    State.IN_DOUBT: (State.SUBMITTING, State.IN_DOUBT),
    State.NOT_EXECUTED: (State.SUBMITTING, State.IN_DOUBT, State.NOT_EXECUTED),
    State.REVIEW: (State.SUBMITTING, State.IN_DOUBT, State.REVIEW),
}


async def test_of_eight_one_takes_the_step(store: Store):
    seen = await reserved(store)

    async def contend() -> str:
        try:
            await stepped(store, seen, State.SUBMITTING)
        except LostError:
            return "lost"
        return "won"

    assert sorted(await asyncio.gather(*(contend() for _ in range(8)))) == ["lost"] * 7 + ["won"]
    async with store.read() as conn:
        events = (await conn.execute(select(purchase_events.c.from_state, purchase_events.c.to_state))).all()
        now = await purchases.by_id(conn, seen.id)
    assert sorted(map(tuple, events), key=str) == [("RESERVED", "SUBMITTING"), (None, "RESERVED")]
    assert now is not None
    assert (now.state, now.ver) == (State.SUBMITTING, 2)


async def test_a_change_is_a_version_too(store: Store):
    seen = await reserved(store)
    made = await store.run(lambda conn: purchases.change(conn, seen, overdue=True))
    assert (made.overdue, made.ver) == (True, 2)
    with pytest.raises(LostError):
        await store.run(lambda conn: purchases.change(conn, seen, overdue=False))
    with pytest.raises(LostError):
        await stepped(store, seen, State.SUBMITTING)
    await store.run(lambda conn: purchases.touch(conn, seen.id))
    with pytest.raises(LostError):
        await stepped(store, made, State.SUBMITTING)


@pytest.mark.parametrize("before", list(State))
async def test_only_allowed_steps_can_be_stored(store: Store, before: State):
    for after in State:
        seen = await stepped(store, await reserved(store), *WAYS[before])
        if (before, after) in STEPS:
            assert (await stepped(store, seen, after)).state is after
            continue
        with pytest.raises(IntegrityError):
            await stepped(store, seen, after)
        async with store.read() as conn:
            assert await purchases.by_id(conn, seen.id) == seen


async def test_without_a_session_nothing_is_accepted(store: Store):
    seen = await reserved(store)
    sent = await store.run(lambda conn: purchases.step(conn, seen, State.SUBMITTING, now=NOW))
    with pytest.raises(IntegrityError):
        await store.run(lambda conn: purchases.step(conn, sent, State.ACCEPTED, now=NOW))


async def test_a_key_is_one_purchase(store: Store):
    async def reserve(who: int):
        row = values(key="the key", discord_id=who, user_id=f"user-{who}")
        return await store.run(lambda conn: purchases.reserve(conn, **row))

    made = [one for one in await asyncio.gather(*(reserve(who) for who in range(8))) if one is not None]
    assert len(made) == 1
    async with store.read() as conn:
        assert await purchases.by_key(conn, "the key") == made[0]
        assert await purchases.by_key(conn, "another") is None
    assert await reserve(99) is None


async def test_the_timeline_has_notes_too(store: Store):
    seen = await reserved(store)
    await store.run(lambda conn: purchases.note(conn, seen.id, NOW, "x" * 3000))
    async with store.read() as conn:
        rows = (await conn.execute(select(purchase_events).where(purchase_events.c.detail != ""))).all()
    assert [(row.from_state, row.to_state, len(row.detail)) for row in rows] == [(None, None, 2000)]


async def test_what_a_start_takes_up(store: Store):
    made = {state: await stepped(store, await reserved(store), *way) for state, way in WAYS.items()}
    found = await store.run(lambda conn: purchases.take_up(conn, ME))
    async with store.read() as conn:
        held = await purchases.unsettled(conn, "alice")
        awaiting = [await purchases.awaiting(conn, made[state]) for state in (State.IN_DOUBT, State.ACCEPTED)]
    assert {one.id for one in found} == {made[state].id for state in RUNNING}
    assert [one.id for one in found] == sorted(one.id for one in found)
    assert held == len(HELD)
    assert awaiting == [2, 1], "with a session or in review, and another than itself"


async def due(store: Store, now: int, worker: str = ME) -> list[str]:
    return await store.run(lambda conn: purchases.take_due(conn, worker, now))


async def test_due_looks(store: Store):
    first, second, third = [await reserved(store, look_at=at) for at in (NOW + 5, NOW + 9, None)]
    assert await due(store, NOW + 4) == []
    assert await due(store, NOW + 5) == [first.id]
    assert set(await due(store, NOW + 9)) == {first.id, second.id}
    async with store.read() as conn:
        assert await purchases.next_look(conn, ME) == NOW + 5
        assert await purchases.next_look(conn, ME, without=[first.id, third.id]) == NOW + 9
        assert await purchases.next_look(conn, ME, without=[first.id, second.id]) is None


async def test_recent_ones_of_a_person_and_of_their_id(store: Store):
    mine = [await reserved(store, id=ulid(NOW + n)) for n in range(4)]
    theirs = await reserved(store, id=ulid(NOW + 9), discord_id=BOB, user_id="alice")
    await reserved(store, discord_id=BOB, user_id="bob")
    async with store.read() as conn:
        assert await purchases.recent(conn, ALICE, None, 3) == mine[:0:-1]
        assert await purchases.recent(conn, ALICE, "alice", 2) == [theirs, mine[3]]


@pytest.mark.parametrize("state", list(State))
async def test_what_counts_against_a_limit(store: Store, state: State):
    """All that is held, however old; what was delivered, for 24 hours, to the millisecond."""
    old = {"created_at": NOW - DAY}
    young = {"created_at": NOW - DAY + 1}
    for when in (old, young):
        await stepped(store, await reserved(store, total=300, **when), *WAYS[state])
    await stepped(store, await reserved(store, total=40, guild_id=99, **young), *WAYS[state])
    here, everywhere = (600, 640) if state in HELD else (300, 340) if state is State.DELIVERED else (0, 0)
    async with store.read() as conn:
        assert await purchases.spend(conn, NOW - DAY, None) == everywhere
        assert await purchases.spend(conn, NOW - DAY, GUILD) == here
        assert await limits.left(conn, GUILD, NOW) is None
    await store.run(lambda conn: limits.put(conn, limits.BOT, 1_000))
    await store.run(lambda conn: limits.put(conn, limits.guild(99), 100))
    async with store.read() as conn:
        assert await limits.left(conn, GUILD, NOW) == (limits.BOT, 1_000 - everywhere)
        elsewhere = 100 - (everywhere - here)
        assert await limits.left(conn, 99, NOW) == min(
            (limits.BOT, 1_000 - everywhere), (limits.guild(99), elsewhere), key=lambda pair: pair[1]
        )
    await store.run(lambda conn: limits.put(conn, limits.BOT, None))
    async with store.read() as conn:
        assert await limits.left(conn, GUILD, NOW) is None


async def test_a_limit_makes_reservations_wait_for_one_another(store: Store):
    """Eight that each take 300 of 1,000, each after a look at what is left: three go through."""
    await store.run(lambda conn: limits.put(conn, limits.BOT, 1_000))

    async def press(n: int) -> bool:
        async def work(conn) -> bool:
            await limits.lock(conn, n % 2)
            found = await limits.left(conn, n % 2, NOW)
            assert found is not None
            if found[1] < 300:
                return False
            return await purchases.reserve(conn, **values(total=300, guild_id=n % 2)) is not None

        return await store.run(work)

    assert sum(await asyncio.gather(*(press(n) for n in range(8)))) == 3


async def test_a_lane_has_one_holder(store: Store):
    made = {one.id: one for one in [await reserved(store) for _ in range(4)]}

    async def take(holder: str) -> bool:
        return await store.run(lambda conn: lanes.take(conn, "alice", "pack", now=NOW, purchase_id=holder))

    assert sorted(await asyncio.gather(*(take(one) for one in (*made, *made)))) == [False] * 7 + [True]
    async with store.read() as conn:
        held = await lanes.holder(conn, "alice", "pack")
        assert await lanes.holder(conn, "alice", "another") is None
        assert await lanes.holder(conn, "bob", "pack") is None
    assert held is not None
    winner, *losers = sorted(made, key=lambda one: one != held.purchase_id)
    await store.run(lambda conn: lanes.leave(conn, purchase_id=losers[0]))
    async with store.read() as conn:
        assert await lanes.holder(conn, "alice", "pack") == held
    await store.run(lambda conn: lanes.leave(conn, purchase_id=winner))
    assert await take(losers[0]) is True


async def test_a_lane_is_held_by_a_purchase_or_a_sale(store: Store):
    made = await reserved(store)
    with pytest.raises(IntegrityError):
        await store.run(lambda conn: lanes.take(conn, "alice", "pack", now=NOW))
    with pytest.raises(IntegrityError):
        await store.run(lambda conn: lanes.take(conn, "alice", "pack", now=NOW, purchase_id=made.id, sale_id=made.id))
    with pytest.raises(IntegrityError):
        await store.run(lambda conn: lanes.take(conn, "alice", "pack", now=NOW, purchase_id="0" * 26))
