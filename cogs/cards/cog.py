"""What the buttons on an order's message do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.texts import say
from bot.ui import card as show
from bot.ui import pull
from bot.ui.answers import acknowledge, answer, replace, think
from bot.ui.buttons import Back, Keep, Sell, SellNow, ShowCards, Skip, TurnCards
from bot.ui.look import TROUBLE, WAITING, note
from bot.ui.place import place_of, reply_of

if TYPE_CHECKING:
    import discord

    from bot.client import Client

    Interaction = discord.Interaction[Client]


@Skip.pressed
async def skip(interaction: Interaction, purchase: str) -> None:
    app = interaction.client.app
    pulled = await app.cards.pull(purchase)
    await app.cards.check_owner(pulled.purchase, interaction.user.id)
    await replace(interaction, pull.opened(pulled.purchase, pulled.cards))
    await app.outbox.skip(purchase, len(pulled.cards))


@TurnCards.pressed
async def turn(interaction: Interaction, purchase: str, page: int) -> None:
    """The owner turns the message for all; anybody else gets a copy of their own."""
    app = interaction.client.app
    assert interaction.message is not None
    pulled = await app.cards.pull(purchase)
    view = pull.opened(pulled.purchase, pulled.cards, page)
    if not interaction.message.flags.ephemeral:
        try:
            await app.cards.check_owner(pulled.purchase, interaction.user.id)
        except Refusal:
            await answer(interaction, view)
            return
    message = await app.outbox.at(interaction.message.id)
    if message is not None:
        await app.outbox.turn(message, page)
    await replace(interaction, view)


@ShowCards.pressed
async def show_cards(interaction: Interaction, purchase: str) -> None:
    app = interaction.client.app
    await think(interaction, private=True)
    pulled = await app.cards.pull(purchase)
    await app.cards.check_owner(pulled.purchase, interaction.user.id)
    await answer(interaction, pull.shown(pulled.purchase, pulled.cards, revealed=len(pulled.cards), turn=0))


@Back.pressed
async def back(interaction: Interaction, card: str) -> None:
    await answer(interaction, show.back(await interaction.client.app.cards.card(card)))


@Sell.pressed
async def sell(interaction: Interaction, card: str) -> None:
    message_id = await think(interaction, private=True)
    quote = await interaction.client.app.offers.quote(card, interaction.user.id, place_of(interaction).guild_id)
    await answer(interaction, show.ask(quote))
    await _sale_on_top(interaction, message_id)


@SellNow.pressed
async def sell_now(interaction: Interaction, card: str, quoted: int) -> None:
    assert interaction.message is not None
    await acknowledge(interaction)
    reply = reply_of(interaction, interaction.message.id, private=True)
    guild_id = place_of(interaction).guild_id
    try:
        await interaction.client.app.sales.sell(card, interaction.user.id, guild_id, quoted, reply)
    except Refusal as refusal:
        # In the question's own place: its buttons don't hold any more.
        await replace(interaction, note(say(f"refusal.{refusal.name}", **refusal.values), TROUBLE))
        await _sale_on_top(interaction, interaction.message.id)


async def _sale_on_top(interaction: Interaction, message_id: int) -> None:
    """Where a sale has begun in this message, its picture: our answer, sent twice or late, may have covered it."""
    outbox = interaction.client.app.outbox
    if (message := await outbox.at(message_id)) is not None:
        await outbox.redraw(message)


@Keep.pressed
async def keep(interaction: Interaction, card: str) -> None:
    kept = await interaction.client.app.cards.card(card)
    await replace(interaction, note(say("sell.kept", card=show.name(kept)), WAITING))


async def setup(client: Client) -> None:
    """Only buttons: importing this module has bound them."""
