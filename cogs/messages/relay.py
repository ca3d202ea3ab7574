"""One way for every message: whatever is behind its subject is drawn anew, and the store told what was drawn.

A message that is being drawn has a task of its own. The pause that Discord wants between two edits is in its row, so
that another process keeps it too; what happens to the subject meanwhile is seen once, in its newest state, after it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.domain.clock import MINUTE, SECOND
from bot.scheduler import Scheduler
from cogs.messages.picture import picture
from cogs.messages.sending import NoWayError, send

if TYPE_CHECKING:
    import asyncio

    from bot.client import Client
    from bot.store.messages import Message
    from cogs.messages.picture import Picture

log = logging.getLogger(__name__)

BAD_REQUEST = 400
BUSY = 429
BROKEN = 500
LONGEST_WAIT = 5 * MINUTE
MOST_TRIES = 8
"""Of a message that Discord itself calls bad: it won't be better by repetition."""


class Relay:
    """Draws what is behind, each message by itself: a slow channel holds up no other."""

    def __init__(self, client: Client) -> None:
        self._client, self._app = client, client.app
        self._drawing: dict[str, asyncio.Task[None]] = {}
        self._scheduler = Scheduler(
            "relay", self._app.clock, self._app.tasks, next_due=self._next_due, work=self._round
        )

    def start(self) -> None:
        self._app.outbox.on_news = self._scheduler.now
        self._scheduler.now()

    def stop(self) -> None:
        self._scheduler.stop()

    async def _next_due(self) -> int | None:
        due = await self._app.outbox.next_due()
        if due is None or not self._drawing:
            return due
        # What is being drawn counts as due until its task has ended, and that wakes us.
        return max(due, self._app.clock.now() + SECOND)

    async def _round(self) -> None:
        for message in await self._app.outbox.to_draw():
            if message.id not in self._drawing:
                self._drawing[message.id] = self._app.tasks.spawn(self._draw(message), f"draw {message.id}")

    async def _draw(self, message: Message) -> None:
        try:
            await self._show(message)
        finally:
            del self._drawing[message.id]
        self._scheduler.now()

    async def _show(self, message: Message) -> None:
        """Brings one message up to date, or notes when to try again."""
        try:
            made = await picture(self._app, message)
            try:
                new_id = await self._send(message, made)
            except NoWayError as error:
                await self._no_way(message, made, str(error))
                return
            # Version 0 keeps a reveal behind: after its last card comes the list of all.
            ver = made.ver if made.complete else 0
            due_at = self._app.clock.now() + round(made.pause * SECOND)
            await self._app.outbox.shown(message, ver=ver, revealed=made.revealed, message_id=new_id, due_at=due_at)
        except Exception as error:
            if message.tries >= MOST_TRIES and isinstance(error, discord.HTTPException) and error.status == BAD_REQUEST:
                await self._app.outbox.lost(message, f"Discord doesn't take it: {error.text}")
                return
            expected = (
                isinstance(error, OSError | aiohttp.ClientError)
                or (isinstance(error, discord.HTTPException) and (error.status == BUSY or error.status >= BROKEN))
                or self._client.is_closed()  # the bot stops: its session is gone, and the next one draws it
            )
            log.log(
                logging.WARNING if expected else logging.ERROR,
                "a message in channel %s couldn't be drawn, it is tried again: %s",
                message.channel_id,
                error,
                exc_info=None if expected else error,
            )
            wait = min(LONGEST_WAIT, SECOND << min(message.tries, 10))
            await self._app.outbox.failed(message, due_at=self._app.clock.now() + wait)

    async def _send(self, message: Message, made: Picture) -> int | None:
        mention = made.owner if message.post is not None else None
        try:
            return await send(self._client, message, made.view, mention)
        except discord.HTTPException as error:
            if error.status != BAD_REQUEST:
                raise
            log.warning("Discord doesn't take a message in channel %s: %s", message.channel_id, error)
        bare = await picture(self._app, message, images=False)
        return await send(self._client, message, bare.view, mention)

    async def _no_way(self, message: Message, made: Picture, why: str) -> None:
        """A private message whose time is over waits for its subject's end, and then a post tells its person."""
        if not message.private:
            await self._app.outbox.lost(message, why)
        elif made.told is None and made.complete:
            await self._app.outbox.shown(message, ver=made.ver, revealed=made.revealed)
        else:
            if made.told is not None:
                await self._app.outbox.post(
                    made.told, message.channel_id, mention=made.owner, purchase_id=made.purchase_id
                )
            await self._app.outbox.lost(message, why)
