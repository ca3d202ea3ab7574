"""Asks what to open, and orders it when its person confirms."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import MONEY
from bot.errors import Refusal
from bot.ui import confirmation as show
from bot.ui.answers import NOBODY, answer, guard, replace, think
from bot.ui.buttons import Agree, AmountForm, Cancel, Confirm, Open, OpenMore
from bot.ui.packs import OPTIONS, by_text, choice, key
from bot.ui.place import check_channel, place_of, reply_of

if TYPE_CHECKING:
    from bot.client import Client

    Interaction = discord.Interaction[Client]

log = logging.getLogger(__name__)


class Opening(commands.Cog):
    """Opening packs."""

    def __init__(self) -> None:
        self.asked: dict[int, Interaction] = {}
        """By person the interaction whose answer is their newest confirmation: its token can edit it for certain."""

    @app_commands.command(name="open", description="Open a pack. You confirm before anything is bought", extras=MONEY)
    @app_commands.describe(
        pack="Which pack", amount="How many at once", private="Only you see the cards (otherwise the channel does)"
    )
    async def open_(
        self,
        interaction: Interaction,
        pack: str,
        amount: app_commands.Range[int, 1, 100] = 1,
        private: bool = False,  # noqa: FBT001, FBT002 - a slash command's option
    ) -> None:
        await guard(interaction, "/open", partial(ask, interaction, pack, amount, private=private))

    @open_.autocomplete("pack")
    async def _packs(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        packs = await interaction.client.app.catalogue.suggestions(current)
        return [app_commands.Choice(name=choice(pack), value=key(pack)) for pack in packs[:OPTIONS]]


async def ask(interaction: Interaction, text: str, amount: int, *, private: bool = False) -> None:
    """Shows a confirmation for the pack that `text` means: a choice's value, an id, or a name."""
    check_channel(interaction)
    await think(interaction, private=True)
    app = interaction.client.app
    pack = by_text((await app.catalogue.listing()).packs, text)
    if pack is None:
        raise Refusal("pack_unknown", text=text)
    offer = await app.opening.offer(interaction.user.id, place_of(interaction), pack.id, amount, private=private)
    await answer(interaction, show.confirmation(offer, app.settings.settlement_note))
    interaction.extras["confirmation"] = offer.confirmation.id
    asked = _cog(interaction).asked
    for person in [person for person, one in asked.items() if one.is_expired()]:
        del asked[person]
    asked[interaction.user.id] = interaction


def _cog(interaction: Interaction) -> Opening:
    return cast("Opening", interaction.client.cogs["Opening"])


@Open.pressed
async def open_some(interaction: Interaction, amount: int, pack: str) -> None:
    await ask(interaction, pack, amount)


@OpenMore.pressed
async def open_more(interaction: Interaction, most: int, pack: str) -> None:
    await AmountForm(most=most, pack=pack).show(interaction)


@AmountForm.submitted
async def amount_given(interaction: Interaction, pack: str, amount: str, most: int) -> None:  # noqa: ARG001 - `most` is for the form's text: the service knows the limit
    if not (amount.strip().isascii() and amount.strip().isdigit()):
        raise Refusal("number", text=amount)
    await ask(interaction, pack, int(amount))


@Confirm.pressed
async def confirm(interaction: Interaction, confirmation: str) -> None:
    app = interaction.client.app
    asked = await app.opening.standing(confirmation, interaction.user.id)
    if not await app.accounts.accepted(interaction.user.id):
        await replace(interaction, show.terms(asked, app.settings.terms_url, app.settings.privacy_url))
        return
    await _order(interaction, confirmation, private=asked.private)


@Agree.pressed
async def agree(interaction: Interaction, confirmation: str) -> None:
    app = interaction.client.app
    asked = await app.opening.standing(confirmation, interaction.user.id)
    await _order(interaction, confirmation, private=asked.private, agreed=True)


async def _order(interaction: Interaction, confirmation: str, *, private: bool, agreed: bool = False) -> None:
    # The interaction first, money second: a press that came too late for Discord buys nothing. Nor does it wait for
    # a database that is busy with others.
    message_id = await think(interaction, private=private)
    if agreed:
        await interaction.client.app.accounts.accept(interaction.user.id)
    reply = reply_of(interaction, message_id, private=private)
    purchase = await interaction.client.app.opening.confirm(confirmation, interaction.user.id, reply)
    asked = _cog(interaction).asked.pop(interaction.user.id, None)
    view = show.ordered(purchase)
    try:
        if asked is not None and asked.extras["confirmation"] == confirmation:
            await asked.edit_original_response(view=view, allowed_mentions=NOBODY)
        elif interaction.message is not None:  # after a restart; not sure to work
            await interaction.followup.edit_message(interaction.message.id, view=view, allowed_mentions=NOBODY)
    except discord.HTTPException as error:
        log.info("the confirmation of %s keeps its buttons, which buy nothing more: %s", purchase.id, error)


@Cancel.pressed
async def cancel(interaction: Interaction, confirmation: str) -> None:
    await interaction.client.app.opening.cancel(confirmation, interaction.user.id)
    await replace(interaction, show.cancelled())


async def setup(client: Client) -> None:
    await client.add_cog(Opening())
