"""The panel of a server's settings. Each press asks anew who it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import Refusal
from bot.texts import Raw
from bot.ui import settings as show
from bot.ui.answers import acknowledge, answer, guard, replace, think
from bot.ui.buttons import AuditChannel, ModeratorRoles, NoAuditChannel
from bot.ui.permission import check_moderator, manages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.client import Client

    Interaction = discord.Interaction[Client]


class Settings(commands.Cog):
    """What a server's moderators set."""

    @app_commands.command(description="What this bot does in this server (moderators)")
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: Interaction) -> None:
        await guard(interaction, "/settings", partial(panel, interaction))


async def panel(interaction: Interaction) -> None:
    """Shows it privately."""
    await think(interaction, private=True)
    await check_moderator(interaction)
    await answer(interaction, await _drawn(interaction))


async def _drawn(interaction: Interaction) -> discord.ui.LayoutView:
    guild = _guild(interaction)
    now = await interaction.client.app.guilds.of(guild.id)
    return show.settings(guild, now, manages=manages(interaction))


def _guild(interaction: Interaction) -> discord.Guild:
    assert interaction.guild is not None, "guard lets in nobody from elsewhere"
    return interaction.guild


@AuditChannel.pressed
async def choose_channel(interaction: Interaction, chosen: int | None) -> None:
    await acknowledge(interaction)
    await check_moderator(interaction)
    guild = _guild(interaction)
    if chosen is not None and not show.can_post(guild, chosen):
        raise Refusal("channel_shut", channel=Raw(f"<#{chosen}>"))
    await interaction.client.app.guilds.set_audit_channel(interaction.user.id, guild.id, chosen)
    await replace(interaction, await _drawn(interaction))


@NoAuditChannel.pressed
async def no_channel(interaction: Interaction) -> None:
    await choose_channel(interaction, None)


@ModeratorRoles.pressed
async def choose_roles(interaction: Interaction, chosen: Sequence[int]) -> None:
    await acknowledge(interaction)
    await check_moderator(interaction)
    if not manages(interaction):
        raise Refusal("roles_manage")  # or a moderator could make others moderators
    await interaction.client.app.guilds.set_moderator_roles(interaction.user.id, _guild(interaction).id, chosen)
    await replace(interaction, await _drawn(interaction))


async def setup(client: Client) -> None:
    await client.add_cog(Settings())
