"""Messages in Discord as rows: pictures of their subject, and one-off posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select, update

from bot.domain.ids import ulid
from bot.store import processes
from bot.store.rows import value
from bot.store.tables import messages

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Its subject is a purchase, a sale, or (a post) what it says itself, as JSON."""

    id: str
    purchase_id: str | None
    sale_id: str | None
    post: str | None
    channel_id: int
    message_id: int | None
    token: str | None
    """The interaction's, for edits while it lives. In no log, export or backup."""
    token_until: int | None
    private: bool
    nonce: int | None
    wanted_ver: int
    """Its subject's version, raised with it in one transaction. A post wants 1."""
    shown_ver: int
    revealed: int
    """How many of the cards it has shown."""
    page: int
    tries: int
    due_at: int | None
    lost: str | None


async def add(conn: AsyncConnection, now: int, **values: Any) -> None:
    """A message that shows nothing of its subject yet."""
    fresh = {"wanted_ver": 1, "shown_ver": 0, "revealed": 0, "page": 0, "tries": 0, "private": False}
    await conn.execute(messages.insert().values({"id": ulid(now), **fresh, **values}))


async def want(conn: AsyncConnection, ver: int, *, purchase_id: str | None = None, sale_id: str | None = None) -> None:
    """The subject is at this version now: its messages are behind until they show it."""
    subject = messages.c.purchase_id == purchase_id if purchase_id else messages.c.sale_id == sale_id
    await conn.execute(update(messages).where(subject).values(wanted_ver=ver))


_BEHIND = and_(messages.c.shown_ver < messages.c.wanted_ver, messages.c.lost.is_(None))


async def take_behind(conn: AsyncConnection, worker: str, now: int) -> list[Message]:
    """Those that show less than there is to show, may be tried now, and that this process draws."""
    may = or_(messages.c.due_at.is_(None), messages.c.due_at <= now)
    wanted = and_(_BEHIND, may)
    await processes.take(conn, messages, wanted, worker)
    mine = select(messages).where(wanted, messages.c.worker == worker).order_by(messages.c.id)
    return [value(Message, r) for r in await conn.execute(mine)]


async def behind(conn: AsyncConnection) -> int:
    """How many show less than there is to show."""
    return (await conn.execute(select(func.count()).select_from(messages).where(_BEHIND))).scalar_one()


async def next_due(conn: AsyncConnection, worker: str) -> int | None:
    """When the next one that is behind and that no other process draws may be tried (0: now), or a token ends."""
    may = await processes.free(conn, messages.c.worker, worker)
    query = select(func.min(func.coalesce(messages.c.due_at, 0))).where(_BEHIND, may)
    found = ((await conn.execute(query)).scalar(), await next_token_end(conn))
    return min((at for at in found if at is not None), default=None)


async def next_token_end(conn: AsyncConnection) -> int | None:
    """When the first of the tokens that are kept ends."""
    return (await conn.execute(select(func.min(messages.c.token_until)).where(messages.c.token.is_not(None)))).scalar()


async def at(conn: AsyncConnection, message_id: int) -> Message | None:
    """The row of a message in Discord."""
    row = (await conn.execute(select(messages).where(messages.c.message_id == message_id))).first()
    return None if row is None else value(Message, row)


async def put(conn: AsyncConnection, id_: str, **values: Any) -> None:
    await conn.execute(update(messages).where(messages.c.id == id_).values(**values))


async def drawn(conn: AsyncConnection, id_: str, worker: str, revealed: int, **values: Any) -> None:
    """What was drawn, by a process that had taken it: now anybody may take it again.

    `revealed` only grows: somebody may have skipped the rest of the reveal meanwhile. A process that stalled, and whose
    message another one has taken and drawn, may have put an older picture over a newer one: it is drawn once more.
    """
    most = case((messages.c.revealed > revealed, messages.c.revealed), else_=revealed)
    mine = update(messages).where(messages.c.id == id_, messages.c.worker == worker)
    row = await conn.execute(mine.values(revealed=most, worker=None, **values).returning(messages.c.id))
    if row.one_or_none() is None:
        await put(conn, id_, shown_ver=0)


async def put_all(conn: AsyncConnection, purchase_id: str, **values: Any) -> None:
    """On every message of a purchase."""
    await conn.execute(update(messages).where(messages.c.purchase_id == purchase_id).values(**values))


async def forget_tokens(conn: AsyncConnection, now: int) -> None:
    """Takes away the tokens that have ended."""
    await conn.execute(
        update(messages)
        .where(messages.c.token.is_not(None), messages.c.token_until <= now)
        .values(token=None, token_until=None)
    )
