"""Where an interaction happens, in the services' words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

import discord

from bot.domain.clock import MINUTE
from bot.errors import Refusal
from bot.services.place import Place, Reply

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger(__name__)

TOKEN_LIVES = 14 * MINUTE
"""Discord says 15; an edit begun in the last minute might come too late."""


def place_of(interaction: discord.Interaction[Any]) -> Place:
    """The channel of a press or command. All of ours are used in servers only."""
    assert interaction.guild_id is not None
    assert interaction.channel_id is not None
    channel = interaction.channel
    nsfw = isinstance(channel, discord.abc.GuildChannel | discord.Thread) and channel.is_nsfw()
    return Place(interaction.guild_id, interaction.channel_id, nsfw)


def reply_of(interaction: discord.Interaction[Any], message_id: int, *, private: bool) -> Reply:
    """The message in which this interaction's subject is shown."""
    app = cast("App", interaction.client.app)
    assert interaction.channel_id is not None
    return Reply(interaction.channel_id, message_id, interaction.token, app.clock.now() + TOKEN_LIVES, private)


def check_channel(interaction: discord.Interaction[Any]) -> None:
    """Whether the bot will be able to keep an order's message in this channel up to date.

    Raises:
        Refusal: `channel`.
    """
    may = interaction.app_permissions
    send = may.send_messages_in_threads if isinstance(interaction.channel, discord.Thread) else may.send_messages
    if not (may.view_channel and send):
        log.warning(
            "no permission to view or to send in channel %s of server %s: nothing can be opened there",
            interaction.channel_id,
            interaction.guild_id,
        )
        raise Refusal("channel")
