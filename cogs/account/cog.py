"""Showing, linking and unlinking one's own account."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import Refusal
from bot.ui import account as show
from bot.ui.answers import acknowledge, answer, guard, replace, think
from bot.ui.buttons import Dismiss, Link, Unlink

if TYPE_CHECKING:
    from bot.client import Client

    Interaction = discord.Interaction[Client]


class Account(commands.GroupCog, name="account", description="Your account here and at the partner"):
    """One's own account."""

    @app_commands.command(name="show", description="Your partner id and your last orders")
    async def show(self, interaction: Interaction) -> None:
        await guard(interaction, "/account show", partial(tell, interaction))

    @app_commands.command(name="link", description="Link your account on the community's site, with its code")
    @app_commands.describe(code="The code that the site gave you")
    async def link(self, interaction: Interaction, code: str) -> None:
        await guard(interaction, "/account link", partial(offer_link, interaction, code))

    @app_commands.command(name="unlink", description="Take away the link to your account on the community's site")
    async def unlink(self, interaction: Interaction) -> None:
        await guard(interaction, "/account unlink", partial(ask_unlink, interaction))


async def tell(interaction: Interaction) -> None:
    """Who one is at the partner, and one's last orders."""
    await think(interaction, private=True)
    app = interaction.client.app
    mine = await app.accounts.of(interaction.user.id)
    orders = await app.cards.recent(interaction.user.id)
    await answer(interaction, show.account(app.accounts.mode, mine, orders, app.clock.now()))


async def offer_link(interaction: Interaction, code: str) -> None:
    """Which id the code would join to whom."""
    await think(interaction, private=True)
    await answer(interaction, show.offer(await interaction.client.app.accounts.offer_link(interaction.user.id, code)))


async def ask_unlink(interaction: Interaction) -> None:
    """Whether one really wants to."""
    await think(interaction, private=True)
    accounts = interaction.client.app.accounts
    if accounts.mode == "generated":
        raise Refusal("no_unlink")
    mine = await accounts.of(interaction.user.id)
    if mine is None:
        raise Refusal("not_linked")
    await answer(interaction, show.ask_unlink(mine))


@Link.pressed
async def link(interaction: Interaction, offer: str) -> None:
    await acknowledge(interaction)
    await replace(interaction, show.linked(await interaction.client.app.accounts.link(offer, interaction.user.id)))


@Unlink.pressed
async def unlink(interaction: Interaction, linked: int) -> None:
    await acknowledge(interaction)
    await interaction.client.app.accounts.unlink(interaction.user.id, linked)
    await replace(interaction, show.unlinked())


@Dismiss.pressed
async def dismiss(interaction: Interaction) -> None:
    await replace(interaction, show.unchanged())


async def setup(client: Client) -> None:
    await client.add_cog(Account())
