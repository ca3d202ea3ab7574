"""Purchases as rows: reserve, step, note, read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update

from bot.domain.ids import ulid
from bot.domain.purchase import HELD, RUNNING, SPENT, State
from bot.errors import LostError
from bot.store import messages, processes, sql
from bot.store.rows import value
from bot.store.tables import purchase_events, purchases

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Purchase:
    """Some pulls of one pack by one person. `total` in cents, times in milliseconds UTC."""

    id: str
    key: str
    """What makes it one: `confirmation:<id>`."""
    discord_id: int
    user_id: str
    guild_id: int
    channel_id: int
    pack_id: str
    pack_name: str
    amount: int
    total: int
    private: bool
    terms: str
    state: State
    ver: int
    reason: str | None
    session_id: str | None
    sends: int
    empty_looks: int
    cards: int
    """How many cards of it are known."""
    overdue: bool
    created_at: int
    submitted_at: int | None
    accepted_at: int | None
    doubted_at: int | None
    settled_at: int | None
    look_at: int | None
    worker: str | None
    """The process that is at it (`bot/store/processes.py`)."""


def of_row(row: Any) -> Purchase:
    return value(Purchase, row, state=State(row.state))


async def reserve(conn: AsyncConnection, **values: Any) -> Purchase | None:
    """A new row in RESERVED, or None when its key is a purchase already."""
    fresh = {"state": State.RESERVED, "ver": 1, "sends": 0, "empty_looks": 0, "cards": 0, "overdue": False}
    row = (
        await conn.execute(
            sql.insert(conn, purchases)
            .values(**fresh, **values)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(*purchases.c)
        )
    ).one_or_none()
    if row is None:
        return None
    await _event(conn, row.id, None, State.RESERVED, row.created_at, "")
    return of_row(row)


async def step(
    conn: AsyncConnection, seen: Purchase, to: State, *, now: int, detail: str = "", **values: Any
) -> Purchase:
    """Compare-and-set from what was seen, with its event.

    Raises:
        LostError: the row has moved on.
    """
    row = (
        await conn.execute(
            update(purchases)
            .where(purchases.c.id == seen.id, purchases.c.state == seen.state, purchases.c.ver == seen.ver)
            .values(state=to, ver=purchases.c.ver + 1, **values)
            .returning(*purchases.c)
        )
    ).one_or_none()
    if row is None:
        raise LostError(seen.id)
    await messages.want(conn, row.ver, purchase_id=seen.id)
    await _event(conn, seen.id, seen.state, to, now, detail)
    return of_row(row)


async def change(conn: AsyncConnection, seen: Purchase, **values: Any) -> Purchase:
    """New values without a step, and a new version, so that its messages are drawn anew.

    Raises:
        LostError: the row has moved on.
    """
    row = (
        await conn.execute(
            update(purchases)
            .where(purchases.c.id == seen.id, purchases.c.ver == seen.ver)
            .values(ver=purchases.c.ver + 1, **values)
            .returning(*purchases.c)
        )
    ).one_or_none()
    if row is None:
        raise LostError(seen.id)
    await messages.want(conn, row.ver, purchase_id=seen.id)
    return of_row(row)


async def touch(conn: AsyncConnection, purchase_id: str) -> None:
    """Something that its messages show has changed (a card of it)."""
    raised = update(purchases).where(purchases.c.id == purchase_id).values(ver=purchases.c.ver + 1)
    ver = (await conn.execute(raised.returning(purchases.c.ver))).scalar_one()
    await messages.want(conn, ver, purchase_id=purchase_id)


async def note(conn: AsyncConnection, purchase_id: str, now: int, detail: str) -> None:
    """A line in its timeline that is no step."""
    await _event(conn, purchase_id, None, None, now, detail)


async def _event(
    conn: AsyncConnection, purchase_id: str, before: State | None, after: State | None, now: int, detail: str
) -> None:
    await conn.execute(
        purchase_events.insert().values(
            id=ulid(now),
            purchase_id=purchase_id,
            from_state=before,
            to_state=after,
            happened_at=now,
            detail=detail[:2000],
        )
    )


async def by_id(conn: AsyncConnection, purchase_id: str) -> Purchase | None:
    row = (await conn.execute(select(purchases).where(purchases.c.id == purchase_id))).one_or_none()
    return None if row is None else of_row(row)


async def by_key(conn: AsyncConnection, key: str) -> Purchase | None:
    row = (await conn.execute(select(purchases).where(purchases.c.key == key))).one_or_none()
    return None if row is None else of_row(row)


async def take_up(conn: AsyncConnection, worker: str) -> list[Purchase]:
    """What is unfinished and nobody is at, oldest first: this process is from now on."""
    taken = await processes.take(conn, purchases, purchases.c.state.in_(RUNNING), worker)
    return [of_row(row) for row in taken]


async def let_go(conn: AsyncConnection, worker: str) -> None:
    """What this process has reserved and not begun to send is nobody's; its own step from here would be lost."""
    mine = (purchases.c.state == State.RESERVED) & (purchases.c.worker == worker)
    await conn.execute(update(purchases).where(mine).values(worker=None, ver=purchases.c.ver + 1))


take_due = partial(processes.take_due, purchases)
next_look = partial(processes.next_look, purchases)


async def recent(conn: AsyncConnection, discord_id: int, user_id: str | None, count: int) -> list[Purchase]:
    """The newest purchases that a person made, or that belong to the id they are linked to."""
    mine = purchases.c.discord_id == discord_id
    whose = mine if user_id is None else or_(mine, purchases.c.user_id == user_id)
    rows = await conn.execute(select(purchases).where(whose).order_by(purchases.c.id.desc()).limit(count))
    return [of_row(r) for r in rows]


async def unsettled(conn: AsyncConnection, user_id: str) -> int:
    """How many purchases of this user_id have not ended."""
    count = select(func.count()).where(purchases.c.user_id == user_id, purchases.c.state.in_(HELD))
    return (await conn.execute(count)).scalar_one()


async def awaiting(conn: AsyncConnection, seen: Purchase) -> int:
    """How many others of this person and pack may still get items: with a session and no cards, or in review."""
    count = select(func.count()).where(
        purchases.c.user_id == seen.user_id,
        purchases.c.pack_id == seen.pack_id,
        purchases.c.id != seen.id,
        purchases.c.state.in_((State.ACCEPTED, State.REVIEW)),
    )
    return (await conn.execute(count)).scalar_one()


async def not_executed(conn: AsyncConnection, user_id: str, pack_id: str) -> list[Purchase]:
    """Those of a person and pack that weren't carried out, as far as was seen, and are still looked for."""
    late = (purchases.c.state == State.NOT_EXECUTED) & purchases.c.look_at.is_not(None)
    mine = (purchases.c.user_id == user_id) & (purchases.c.pack_id == pack_id)
    return [of_row(r) for r in await conn.execute(select(purchases).where(mine, late).order_by(purchases.c.id))]


async def spend(conn: AsyncConnection, since: int, guild_id: int | None) -> int:
    """Cents that count against a limit: all that is held, and what was spent since (by the server, or by all)."""
    counted = or_(purchases.c.state.in_(HELD), (purchases.c.state.in_(SPENT)) & (purchases.c.created_at > since))
    where = counted if guild_id is None else counted & (purchases.c.guild_id == guild_id)
    return int((await conn.execute(select(func.coalesce(func.sum(purchases.c.total), 0)).where(where))).scalar_one())
