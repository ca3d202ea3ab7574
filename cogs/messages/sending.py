"""The ways by which a message in Discord is brought up to date, one after the other."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

import discord

from bot.ui.answers import NOBODY

if TYPE_CHECKING:
    from bot.client import Client
    from bot.store.messages import Message

log = logging.getLogger(__name__)

UNKNOWN_MESSAGE = 10008
BY_CHANNEL = frozenset({UNKNOWN_MESSAGE, 10015, 50027})
"""What the interaction's token can't do: unknown message, unknown webhook, invalid webhook token."""


class NoWayError(Exception):
    """The message can't be drawn any more, and never will be; its text says why, for the operator."""


async def send(client: Client, message: Message, view: discord.ui.LayoutView, mention: int | None) -> int | None:
    """Draws it: by the interaction's token while that lives, by the channel after, as a new message where the old one
    is gone. The new message's id, or None.

    Raises:
        NoWayError: none of these will ever work.
        discord.HTTPException: it didn't work this time.
    """
    if message.message_id is not None and await _edited(client, message, message.message_id, view):
        return None
    if message.private:
        raise NoWayError("only its person could see it, and its token has ended")
    people = NOBODY if mention is None else discord.AllowedMentions(users=[discord.Object(mention)])
    try:
        channel = client.get_partial_messageable(message.channel_id)
        made = await channel.send(view=view, nonce=_nonce(message), allowed_mentions=people)
    except (discord.NotFound, discord.Forbidden) as error:
        raise NoWayError(f"no message can be posted there: {error.text}") from error
    return made.id


async def _edited(client: Client, message: Message, message_id: int, view: discord.ui.LayoutView) -> bool:
    """False: the message isn't there any more, or can't be reached."""
    assert client.application_id is not None
    if message.token is not None:
        hook = discord.Webhook.partial(client.application_id, message.token, client=client)
        try:
            await hook.edit_message(message_id, view=view, allowed_mentions=NOBODY)
        except discord.HTTPException as error:
            # Unknown to the token may still be known to the channel: a message that took a deleted one's place.
            if error.code not in BY_CHANNEL:
                raise
        else:
            return True
    if message.private:
        return False
    part = client.get_partial_messageable(message.channel_id).get_partial_message(message_id)
    try:
        await part.edit(view=view, allowed_mentions=NOBODY)
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise NoWayError(f"the channel is gone: {error.text}") from error
        return False
    except discord.Forbidden as error:
        raise NoWayError(f"the bot may not see the channel: {error.text}") from error
    return True


def _nonce(message: Message) -> int:
    """The same for the same message to be made: Discord drops a repeated one. 63 bits."""
    if message.nonce is not None:
        return message.nonce
    digest = hashlib.sha256(f"{message.id}:{message.message_id}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1
