"""Starts and stops the relay with the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

from cogs.messages.relay import Relay

if TYPE_CHECKING:
    from bot.client import Client


class Messages(commands.Cog):
    """The relay's life."""

    def __init__(self, client: Client) -> None:
        self.relay = Relay(client)

    async def cog_load(self) -> None:
        self.relay.start()

    async def cog_unload(self) -> None:
        self.relay.stop()


async def setup(client: Client) -> None:
    await client.add_cog(Messages(client))
