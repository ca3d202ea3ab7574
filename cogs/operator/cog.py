"""Pausing the whole bot, and lifting what stops it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.services.by_hand import SHORTEST_REASON
from bot.services.pauses import LONGEST_REASON, What
from bot.ui import pauses as show
from bot.ui.answers import answer, guard, think
from bot.ui.permission import check_operator
from bot.ui.place import place_of

if TYPE_CHECKING:
    from bot.client import Client

    Interaction = discord.Interaction[Client]

Reason = app_commands.Range[str, SHORTEST_REASON, LONGEST_REASON]


@app_commands.default_permissions(administrator=True)
class Operator(commands.GroupCog, name="operator", description="For the operator of this bot"):
    """What concerns every server."""

    @app_commands.command(name="pause", description="Stop buying, selling or both, in every server")
    @app_commands.describe(reason="Why, as members read it: “Opening packs is paused: …”", what="What is paused")
    async def pause(
        self,
        interaction: Interaction,
        reason: Reason,
        what: What = "everything",
    ) -> None:
        await guard(interaction, "/operator pause", partial(pause, interaction, what, reason))

    @app_commands.command(name="unpause", description="Let buying and selling go on, and see what is still paused")
    @app_commands.describe(member="Take over what the partner shows of this member's cards, and let this member go on")
    async def unpause(self, interaction: Interaction, member: discord.User | None = None) -> None:
        await guard(interaction, "/operator unpause", partial(unpause, interaction, member))


async def pause(interaction: Interaction, what: What, reason: str) -> None:
    """Until it is lifted, also over restarts."""
    await think(interaction, private=True)
    await check_operator(interaction)
    pauses = interaction.client.app.pauses
    said = await pauses.pause(interaction.user.id, place_of(interaction).guild_id, what, reason)
    await answer(interaction, show.paused(what, said))


async def unpause(interaction: Interaction, member: discord.User | None) -> None:
    """Everything that may be lifted, or what stops one member."""
    await think(interaction, private=True)
    await check_operator(interaction)
    pauses, me, guild_id = interaction.client.app.pauses, interaction.user.id, place_of(interaction).guild_id
    if member is None:
        await answer(interaction, show.unpaused(await pauses.unpause(me, guild_id)))
    else:
        taken = await pauses.unpause_member(me, guild_id, member.id)
        await answer(interaction, show.unpaused_member(member.id, taken))


async def setup(client: Client) -> None:
    await client.add_cog(Operator())
