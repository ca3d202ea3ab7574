"""The moderators' desk. Each command, press and form asks anew who it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import orders as show
from bot.ui.answers import acknowledge, answer, guard, replace, think
from bot.ui.buttons import (
    AsDelivered,
    ChooseItems,
    DeliveredForm,
    LookAgain,
    NotBought,
    NotBoughtForm,
    ShowOrder,
    Timeline,
    TurnOrders,
)
from bot.ui.permission import desk_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.client import Client

    Interaction = discord.Interaction[Client]


@app_commands.default_permissions(manage_guild=True)
class Orders(commands.GroupCog, name="orders", description="Orders that need a person (moderators)"):
    """Looking at orders."""

    @app_commands.command(name="open", description="Orders and sales that need a person's eyes")
    async def open(self, interaction: Interaction) -> None:
        await guard(interaction, "/orders open", partial(waiting, interaction))

    @app_commands.command(name="order", description="All about one order")
    @app_commands.describe(reference="The reference in the order's message, 8 letters and digits")
    async def order(self, interaction: Interaction, reference: app_commands.Range[str, 1, 60]) -> None:
        await guard(interaction, "/orders order", partial(find, interaction, reference))


async def waiting(interaction: Interaction) -> None:
    """What needs a person, the oldest first."""
    await think(interaction, private=True)
    who = await desk_of(interaction)
    await answer(interaction, show.waiting(await interaction.client.app.desk.waiting(who)))


async def find(interaction: Interaction, reference: str) -> None:
    """The order of a reference, or a list where there are several."""
    await think(interaction, private=True)
    who = await desk_of(interaction)
    desk = interaction.client.app.desk
    found = await desk.find(who, reference)
    if len(found) > 1:
        await answer(interaction, show.found(found))
    else:
        await answer(interaction, show.order(await desk.order(who, found[0].id)))


@TurnOrders.pressed
async def turn(interaction: Interaction, page: int) -> None:
    await acknowledge(interaction)
    who = await desk_of(interaction)
    await replace(interaction, show.waiting(await interaction.client.app.desk.waiting(who, page)))


@ShowOrder.pressed
async def show_order(interaction: Interaction, purchase: str) -> None:
    await think(interaction, private=True)
    who = await desk_of(interaction)
    await answer(interaction, show.order(await interaction.client.app.desk.order(who, purchase)))


@LookAgain.pressed
async def look_again(interaction: Interaction, purchase: str) -> None:
    await acknowledge(interaction)
    who = await desk_of(interaction)
    await replace(interaction, show.order(await interaction.client.app.desk.order(who, purchase)))


@Timeline.pressed
async def past(interaction: Interaction, purchase: str, page: int) -> None:
    await think(interaction, private=True)
    who = await desk_of(interaction)
    await answer(interaction, show.past(await interaction.client.app.desk.order(who, purchase), page))


@ChooseItems.pressed
async def choose(interaction: Interaction, chosen: Sequence[str], purchase: str, ver: int) -> None:
    await desk_of(interaction)
    await DeliveredForm(show.options_of(interaction.message, chosen), purchase=purchase, ver=ver).show(interaction)


@AsDelivered.pressed
async def as_delivered(interaction: Interaction, purchase: str, ver: int) -> None:
    await desk_of(interaction)
    await DeliveredForm(purchase=purchase, ver=ver).show(interaction)


@NotBought.pressed
async def not_bought(interaction: Interaction, purchase: str, ver: int) -> None:
    await desk_of(interaction)
    await NotBoughtForm(purchase=purchase, ver=ver).show(interaction)


@DeliveredForm.submitted
async def settle_delivered(
    interaction: Interaction, purchase: str, ver: int, reason: str, chosen: Sequence[str] = ()
) -> None:
    await acknowledge(interaction)
    who, app = await desk_of(interaction), interaction.client.app
    await app.by_hand.delivered(who, purchase, ver, chosen, reason)
    await replace(interaction, show.order(await app.desk.order(who, purchase)))


@NotBoughtForm.submitted
async def settle_not_bought(interaction: Interaction, purchase: str, ver: int, reason: str) -> None:
    await acknowledge(interaction)
    who, app = await desk_of(interaction), interaction.client.app
    await app.by_hand.not_bought(who, purchase, ver, reason)
    await replace(interaction, show.order(await app.desk.order(who, purchase)))


async def setup(client: Client) -> None:
    await client.add_cog(Orders())
