"""Who may do what at the desk, asked at each command, press and form: Discord only hides commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import discord

from bot.errors import Refusal
from bot.services.desk import Moderator

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.app import App


async def desk_of(interaction: discord.Interaction[Any]) -> Moderator:
    """Whoever presses, at the desk of this server, or (the operator) of all.

    Raises:
        Refusal: `moderators_only`.
    """
    assert interaction.guild_id is not None, "guard lets in nobody from elsewhere"
    if await _is_operator(interaction):
        return Moderator(interaction.user.id, None)
    await check_moderator(interaction)
    return Moderator(interaction.user.id, interaction.guild_id)


async def check_moderator(interaction: discord.Interaction[Any]) -> None:
    """Whether this person may manage the server, or has one of the roles that its settings name.

    Raises:
        Refusal: `moderators_only`.
    """
    if manages(interaction):
        return
    app = cast("App", interaction.client.app)
    roles = (await app.guilds.of(interaction.guild_id or 0)).moderator_roles
    user = interaction.user
    if not (isinstance(user, discord.Member) and any(role.id in roles for role in user.roles)):
        raise Refusal("moderators_only")


def manages(interaction: discord.Interaction[Any]) -> bool:
    """Whether this person may manage the server, as Discord says with each press."""
    return interaction.permissions.manage_guild


async def check_operator(interaction: discord.Interaction[Any]) -> None:
    """Whether this person owns the application, or is of its team.

    Raises:
        Refusal: `operator_only`.
    """
    if not await _is_operator(interaction):
        raise Refusal("operator_only")


async def _is_operator(interaction: discord.Interaction[Any]) -> bool:
    return await cast("commands.Bot", interaction.client).is_owner(interaction.user)
