"""The catalogue, and the way through it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import MONEY
from bot.ui.answers import acknowledge, answer, guard, replace, think
from bot.ui.buttons import ChoosePack, TurnCatalogue
from bot.ui.packs import SEARCH_LIMIT, by_text, catalogue

if TYPE_CHECKING:
    from bot.client import Client

    Interaction = discord.Interaction[Client]


class Packs(commands.Cog):
    """Looking at packs."""

    @app_commands.command(description="Look at the packs: prices, odds, and what is in stock", extras=MONEY)
    @app_commands.describe(search="A name, a sport, a game…")
    async def packs(self, interaction: Interaction, search: app_commands.Range[str, 1, SEARCH_LIMIT] = "") -> None:
        await guard(interaction, "/packs", partial(look, interaction, search))


async def look(interaction: Interaction, search: str) -> None:
    """The first of the packs that `search` finds."""
    await think(interaction, private=True)
    listing = await interaction.client.app.catalogue.listing()
    await answer(interaction, catalogue(listing, listing.search(search), search=search))


@ChoosePack.pressed
async def choose(interaction: Interaction, chosen: str, page: int, search: str) -> None:
    await acknowledge(interaction)
    listing = await interaction.client.app.catalogue.listing()
    pack = by_text(listing.packs, chosen)
    await replace(interaction, catalogue(listing, listing.search(search), search=search, chosen=pack, turn=page))


@TurnCatalogue.pressed
async def turn(interaction: Interaction, page: int, search: str) -> None:
    await acknowledge(interaction)
    listing = await interaction.client.app.catalogue.listing()
    await replace(interaction, catalogue(listing, listing.search(search), search=search, turn=page))


async def setup(client: Client) -> None:
    await client.add_cog(Packs())
