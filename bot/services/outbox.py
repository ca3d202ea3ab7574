"""What Discord should show, as rows. Nothing here sends: the relay asks what is behind, draws it, and says so."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.store import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.services.place import Reply
    from bot.store.engine import Store
    from bot.store.messages import Message

log = logging.getLogger(__name__)
_NONCE_BITS = 63


@dataclass(frozen=True, slots=True)
class Post:
    """A one-off message: a text by name, whom it concerns, and the purchase that a button on it shows."""

    name: str
    mention: int | None
    purchase_id: str | None
    values: dict[str, str | int]


def post_of(message: Message) -> Post | None:
    """What a one-off message says; None for a message with a subject."""
    return None if message.post is None else Post(**json.loads(message.post))


async def add_post(
    conn: AsyncConnection,
    now: int,
    channel_id: int,
    name: str,
    *,
    mention: int | None = None,
    purchase_id: str | None = None,
    **values: str | int,
) -> None:
    """A one-off message, in the transaction of what it tells of.

    Discord drops a repeated nonce, so that a post whose answer was lost isn't posted twice.
    """
    text = json.dumps({"name": name, "mention": mention, "purchase_id": purchase_id, "values": values})
    nonce = secrets.randbits(_NONCE_BITS)
    await messages.add(conn, now, post=text, channel_id=channel_id, nonce=nonce)


async def add_reply(
    conn: AsyncConnection, now: int, reply: Reply, *, purchase_id: str | None = None, sale_id: str | None = None
) -> None:
    """An interaction's own answer, from now on the picture of this purchase or sale."""
    await messages.add(
        conn,
        now,
        purchase_id=purchase_id,
        sale_id=sale_id,
        channel_id=reply.channel_id,
        message_id=reply.message_id,
        token=reply.token,
        token_until=reply.token_until,
        private=reply.private,
    )


class Outbox:
    """The messages, for the relay."""

    def __init__(self, store: Store, clock: Clock, worker: str) -> None:
        self._store, self._clock, self._worker = store, clock, worker
        self.on_news: Callable[[], None] = lambda: None
        """Called, cheaply, whenever a message may be behind. The relay sets it."""

    def news(self) -> None:
        """Something changed that messages show."""
        self.on_news()

    async def to_draw(self) -> list[Message]:
        """Messages that show less than there is to show, may be tried now, and that no other process draws.

        They are this process's until it says how it went. Ended tokens are forgotten.
        """
        now = self._clock.now()
        async with self._store.read() as conn:
            token_ends = await messages.next_token_end(conn)
        if token_ends is not None and token_ends <= now:
            await self._store.run(lambda conn: messages.forget_tokens(conn, now))
        return await self._store.run(lambda conn: messages.take_behind(conn, self._worker, now))

    async def behind(self) -> int:
        """How many messages show less than there is to show."""
        async with self._store.read() as conn:
            return await messages.behind(conn)

    async def next_due(self) -> int | None:
        """When there will be work again, milliseconds UTC."""
        async with self._store.read() as conn:
            return await messages.next_due(conn, self._worker)

    async def at(self, message_id: int) -> Message | None:
        """The row of a message in Discord, if it is one of a purchase or a sale."""
        async with self._store.read() as conn:
            return await messages.at(conn, message_id)

    async def shown(
        self, message: Message, *, ver: int, revealed: int = 0, message_id: int | None = None, due_at: int | None = None
    ) -> None:
        """This much has been drawn; `due_at`: not again before. A new message isn't the interaction's any more."""
        where = {} if message_id is None else {"message_id": message_id, "token": None, "token_until": None}
        await self._store.run(
            lambda conn: messages.drawn(
                conn, message.id, self._worker, revealed, shown_ver=ver, tries=0, due_at=due_at, **where
            )
        )

    async def failed(self, message: Message, *, due_at: int) -> None:
        """It couldn't be drawn; it is tried again then."""
        await self._put(message, tries=message.tries + 1, due_at=due_at, worker=None)

    async def lost(self, message: Message, why: str) -> None:
        """It can't be drawn any more. The purchase or sale itself is safe in the store."""
        level = logging.INFO if message.sale_id else logging.WARNING
        log.log(
            level,
            "a message in channel %s can't be kept up to date (%s): %s",
            message.channel_id,
            why,
            message.purchase_id or message.sale_id or "a notice",
        )
        await self._put(message, lost=why, token=None, token_until=None)

    async def turn(self, message: Message, page: int) -> None:
        """Another page of a card list is shown there from now on."""
        await self._put(message, page=page)

    async def skip(self, purchase_id: str, cards: int) -> None:
        """The rest of the reveal at once."""
        await self._store.run(lambda conn: messages.put_all(conn, purchase_id, revealed=cards, shown_ver=0))
        self.news()

    async def redraw(self, message: Message) -> None:
        """It shall be drawn anew although nothing changed: what Discord shows may be old."""
        await self._put(message, shown_ver=0)
        self.news()

    async def post(
        self, name: str, channel_id: int, *, mention: int | None = None, purchase_id: str | None = None
    ) -> None:
        """A one-off message of its own."""
        now = self._clock.now()
        await self._store.run(
            lambda conn: add_post(conn, now, channel_id, name, mention=mention, purchase_id=purchase_id)
        )
        self.news()

    async def _put(self, message: Message, **values: object) -> None:
        await self._store.run(lambda conn: messages.put(conn, message.id, **values))
