"""What a process is at is left alone while it is alive, and is anybody's when it isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.store import messages, processes, purchases
from bot.store.tables import messages as messages_table
from bot.store.tables import processes as table
from tests.store.conftest import CHANNEL, ME, NOW, OTHER, reserved

if TYPE_CHECKING:
    from bot.store.engine import Store

LEASE = 60_000


async def alive(store: Store, worker: str, lease: int = LEASE) -> None:
    """By hand on SQLite, where a start ends all others."""
    await store.run(lambda conn: processes.renew(conn, worker, lease))


async def dies(store: Store, worker: str) -> None:
    """Its lease has ended."""
    await store.run(lambda conn: conn.execute(update(table).where(table.c.id == worker).values(alive_until=-1)))


async def taken(store: Store, worker: str) -> list[str]:
    return [one.id for one in await store.run(lambda conn: purchases.take_up(conn, worker))]


async def test_one_process_has_it_until_it_ends(store: Store):
    made = await reserved(store)
    await alive(store, ME)
    assert await taken(store, ME) == [made.id]
    assert await taken(store, ME) == [], "it is at it already"
    assert await taken(store, OTHER) == []
    async with store.read() as conn:
        assert await purchases.next_look(conn, OTHER) is None
    await store.run(lambda conn: processes.leave(conn, ME))
    assert await taken(store, OTHER) == [made.id]


async def test_a_lease_that_ended(store: Store):
    made = await reserved(store, look_at=NOW)
    await alive(store, ME)
    assert await store.run(lambda conn: purchases.take_due(conn, ME, NOW)) == [made.id]
    assert await store.run(lambda conn: purchases.take_due(conn, OTHER, NOW)) == []
    await dies(store, ME)
    assert await store.run(lambda conn: purchases.take_due(conn, OTHER, NOW)) == [made.id]
    await store.run(lambda conn: processes.renew(conn, OTHER, LEASE))
    await store.run(lambda conn: processes.renew(conn, ME, LEASE))
    if not store.is_sqlite:
        assert await taken(store, ME) == [], "alive again, but another one has it now"


async def test_a_new_start_on_sqlite_ends_all_others(store: Store):
    await alive(store, ME)
    await alive(store, OTHER)
    async with store.read() as conn:
        ids = set((await conn.execute(select(table.c.id))).scalars())
    assert ids == ({OTHER} if store.is_sqlite else {ME, OTHER})


async def test_a_duty_and_its_epoch(store: Store):
    await alive(store, ME)
    assert await store.run(lambda conn: processes.take_duty(conn, "sweep", ME)) == 1
    assert await store.run(lambda conn: processes.take_duty(conn, "sweep", ME)) == 1
    assert await store.run(lambda conn: processes.take_duty(conn, "sweep", OTHER)) is None
    assert await store.run(lambda conn: processes.has_duty(conn, "sweep", 1))
    await dies(store, ME)
    assert await store.run(lambda conn: processes.take_duty(conn, "sweep", OTHER)) == 2
    assert not await store.run(lambda conn: processes.has_duty(conn, "sweep", 1))


async def test_a_message_is_drawn_by_one_and_again_after_a_stall(store: Store):
    made = await reserved(store)
    await store.run(lambda conn: messages.add(conn, NOW, channel_id=CHANNEL, purchase_id=made.id))
    await alive(store, ME)

    async def behind(worker: str) -> int:
        return len(await store.run(lambda conn: messages.take_behind(conn, worker, NOW)))

    async def drawn(worker: str) -> None:
        id_ = await store.run(lambda conn: conn.execute(select(messages_table.c.id)))
        one = id_.scalar_one()
        await store.run(lambda conn: messages.drawn(conn, one, worker, 0, shown_ver=1))

    assert (await behind(ME), await behind(OTHER)) == (1, 0)
    await dies(store, ME)
    assert await behind(OTHER) == 1
    await drawn(OTHER)
    assert await behind(OTHER) == 0
    await drawn(ME)  # it stood still in the middle of an edit, which may have put an older picture there
    assert await behind(OTHER) == 1
