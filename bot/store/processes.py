"""Which bots are at work on this database, what each of them has taken on, and what one does for all.

One mechanism for both databases: a row that is worked at names its `worker`, and is anybody's when that process isn't
alive. On PostgreSQL a process is alive for a lease that it renews, by the database's own clock. On SQLite there is one
process to a file (`bot/store/lock.py`), which is alive until it ends. Being alive never authorises a second send: that
is what the states and their compare-and-set are for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, literal, or_, select, text, update

from bot.domain.clock import DAY
from bot.store import sql
from bot.store.tables import duties, processes

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Row, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

_FOR_EVER = (1 << 62) - 1
_REMEMBERED = DAY
"""For so long a process that died without leaving can be seen."""
_CLOCK = text("CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")


def _is_alone(conn: AsyncConnection) -> bool:
    return conn.dialect.name == "sqlite"


async def now(conn: AsyncConnection) -> int:
    """What every process on this database takes for the time, milliseconds UTC. On SQLite no lease ends: 0."""
    return 0 if _is_alone(conn) else (await conn.execute(select(_CLOCK))).scalar_one()


async def renew(conn: AsyncConnection, worker: str, lease: int) -> None:
    """Alive for `lease` milliseconds from now. Rows that another process took over meanwhile stay that one's."""
    if _is_alone(conn):  # it holds the file's lock, so all others have ended
        await conn.execute(delete(processes))
        until = _FOR_EVER
    else:
        until = await now(conn) + lease
        await conn.execute(delete(processes).where(processes.c.alive_until < until - _REMEMBERED))
    statement = sql.insert(conn, processes).values(id=worker, alive_until=until)
    await conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"alive_until": until}))


async def leave(conn: AsyncConnection, worker: str) -> None:
    """It ends in order: what it had is anybody's at once."""
    await conn.execute(delete(processes).where(processes.c.id == worker))


async def hold(conn: AsyncConnection) -> int:
    """How many bots are running; no other one comes until the transaction ends. On SQLite the file's lock says: 0."""
    if _is_alone(conn):
        return 0
    await conn.execute(text(f"LOCK TABLE {processes.name} IN SHARE MODE"))  # a bot that starts waits here
    alive = processes.c.alive_until > await now(conn)
    return (await conn.execute(select(func.count()).where(alive))).scalar_one()


async def free(conn: AsyncConnection, column: ColumnElement[Any], worker: str) -> ColumnElement[bool]:
    """The condition that a row is this process's, or nobody's who is alive."""
    alive = select(processes.c.id).where(processes.c.alive_until > literal(await now(conn)))
    return or_(column.is_(None), column == worker, column.not_in(alive))


async def take(conn: AsyncConnection, table: Table, wanted: ColumnElement[bool], worker: str) -> list[Row[Any]]:
    """The wanted rows that nobody was at, oldest first: this process is from now on. All columns."""
    nobodys = table.c.worker.is_distinct_from(worker) & await free(conn, table.c.worker, worker)
    taken = update(table).where(wanted, nobodys).values(worker=worker).returning(*table.c)
    return sorted(await conn.execute(taken), key=lambda row: row.id)


async def take_due(table: Table, conn: AsyncConnection, worker: str, now: int) -> list[str]:
    """Ids of the rows whose due time has come, and that this process is at."""
    due = table.c.look_at <= now
    await take(conn, table, due, worker)
    return list((await conn.execute(select(table.c.id).where(due, table.c.worker == worker))).scalars())


async def next_look(table: Table, conn: AsyncConnection, worker: str, without: Collection[str] = ()) -> int | None:
    """The earliest due time, of all but those ids, and those that another process is at."""
    query = select(table.c.id, table.c.look_at).where(table.c.look_at.is_not(None))
    query = query.where(await free(conn, table.c.worker, worker))
    rows = await conn.execute(query.order_by(table.c.look_at).limit(len(without) + 1))
    return next((look_at for id_, look_at in rows if id_ not in without), None)


async def take_duty(conn: AsyncConnection, name: str, worker: str) -> int | None:
    """The epoch of a duty that is this process's now; None where another one that is alive has it."""
    statement = sql.insert(conn, duties).values(name=name, worker=worker, epoch=1)
    taken = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"worker": worker, "epoch": duties.c.epoch + 1},
            where=(duties.c.worker != worker) & await free(conn, duties.c.worker, worker),
        ).returning(duties.c.epoch)
    )
    if (epoch := taken.scalar_one_or_none()) is not None:
        return epoch
    mine = (duties.c.name == name) & (duties.c.worker == worker)
    return (await conn.execute(select(duties.c.epoch).where(mine))).scalar_one_or_none()


async def has_duty(conn: AsyncConnection, name: str, epoch: int) -> bool:
    """Whether a duty is still in the hands it was in at that epoch. It stays so until the transaction ends."""
    mine = select(duties.c.epoch).where(duties.c.name == name).with_for_update()
    return (await conn.execute(mine)).scalar_one_or_none() == epoch
