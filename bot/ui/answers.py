"""How a press or command is answered: privately, once, in words, whatever happens."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import discord

from bot.errors import Refusal
from bot.services import gate
from bot.texts import say
from bot.ui.look import TROUBLE, note

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.app import App
    from bot.domain.clock import Clock
    from bot.ui.pace import Pace

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds of the three that Discord waits for a first answer; the rest is for the way there."""
ALREADY_ANSWERED = 40060
"""A replayed event: Discord delivers some twice."""
DISCORD_TROUBLE = (aiohttp.ClientError, discord.DiscordServerError)
"""What isn't a mistake of ours: the line to Discord broke, or Discord did."""
TOKEN_GONE = 10062
"""More than three seconds passed: the person has been shown a failure."""


async def guard(
    interaction: discord.Interaction[Any], where: str, work: Callable[[], Awaitable[None]], *, orders: bool = False
) -> None:
    """Does the work of a press, form or command; whatever it raises becomes an answer.

    `orders`: it is a press that can buy.
    """
    app = cast("App", interaction.client.app)
    interaction.extras["hold"] = hold = app.tasks.spawn(_hold(interaction, app.clock), f"hold of {where}")
    try:
        if interaction.type is not discord.InteractionType.application_command:  # those the tree has let in
            admit(interaction, orders=orders)
        await work()
    except Exception as error:  # noqa: BLE001 - discord.py would only log it, and the person would see a red line
        await report(interaction, error, where)
    finally:
        hold.cancel()


def admit(interaction: discord.Interaction[Any], *, orders: bool = False) -> None:
    """Lets in what comes from a server that is served, and not too often from one person. Asked once of each.

    Raises:
        Refusal: `not_served`, `too_fast`.
    """
    app = cast("App", interaction.client.app)
    if interaction.guild_id is None or not gate.served(app.settings, interaction.guild_id):
        raise Refusal("not_served")
    cast("Pace", interaction.client.pace).press(interaction.user.id, orders=orders)


async def _hold(interaction: discord.Interaction[Any], clock: Clock) -> None:
    """Tells Discord that the answer comes later, when the work hasn't said a word for so long."""
    await clock.sleep(PATIENCE)
    if interaction.response.is_done():
        return
    interaction.extras["holding"] = True
    pressed = interaction.type is discord.InteractionType.component
    try:
        await interaction.response.defer(ephemeral=True, thinking=not pressed)
    except (discord.HTTPException, aiohttp.ClientError) as error:
        log.warning("Discord couldn't be told to wait for an answer: %s", error)
        return
    if not pressed:
        interaction.extras["thinking"] = True


async def _let_go(interaction: discord.Interaction[Any]) -> None:
    """Before the work's own answer: from here on nobody else answers."""
    hold = cast("asyncio.Task[None] | None", interaction.extras.pop("hold", None))
    if hold is None:
        return
    if "holding" in interaction.extras:
        await asyncio.wait([hold])
    else:
        hold.cancel()


async def report(interaction: discord.Interaction[Any], error: Exception, where: str) -> None:
    """Tells the person what went wrong; what isn't a refusal also reaches the log, under the same reference."""
    if interaction.client.is_closed():
        log.info("%s: cut off, since the bot stops (%s)", where, error)
        return
    if isinstance(error, Refusal):
        text = say(f"refusal.{error.name}", **error.values)
    elif isinstance(error, discord.HTTPException) and error.code in {ALREADY_ANSWERED, TOKEN_GONE}:
        log.info("%s: answered before, or too late (%s)", where, error.code)
        return
    else:
        reference = secrets.token_hex(4).upper()
        if isinstance(error, DISCORD_TROUBLE):
            log.warning("%s: Discord didn't take it, reference %s: %s", where, reference, error)
        else:
            log.error("%s failed, reference %s", where, reference, exc_info=error)
        text = say("refusal.failed", reference=reference)
    try:
        await answer(interaction, note(text, TROUBLE))
    except (discord.HTTPException, aiohttp.ClientError) as silent:
        log.warning("%s: could not tell the person: %s", where, silent)


async def take_up(interaction: discord.Interaction[Any]) -> None:
    """Before what only a first answer can be: a form, or a message in which an order will be shown.

    Raises:
        Refusal: `slow`: Discord was told meanwhile that the answer comes later.
    """
    await _let_go(interaction)
    if interaction.response.is_done():
        raise Refusal("slow")


async def acknowledge(interaction: discord.Interaction[Any]) -> None:
    """Takes up a press or form whose message is changed later; nothing if that was done meanwhile."""
    await _let_go(interaction)
    if not interaction.response.is_done():
        await interaction.response.defer()


async def think(interaction: discord.Interaction[Any], *, private: bool) -> int:
    """Takes up the interaction with "thinking…" within Discord's three seconds; its message's id.

    Raises:
        discord.NotFound: too late (10062). Nothing may be bought or sold then.
        Refusal: `slow`.
    """
    await take_up(interaction)
    response = await interaction.response.defer(thinking=True, ephemeral=private)
    interaction.extras["thinking"] = private
    return cast("discord.InteractionCallbackResponse[Any]", response).message_id or 0


async def answer(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Shows `view` to the person who pressed, and to nobody else."""
    await _let_go(interaction)
    thinking = cast("bool | None", interaction.extras.pop("thinking", None))
    if not interaction.response.is_done():
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=NOBODY)
    elif thinking:
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
    else:
        if thinking is False:
            # It would go on thinking in public. Completed first: until then Discord takes a follow-up for its text.
            await interaction.edit_original_response(view=note(say("nothing"), TROUBLE))
            await interaction.delete_original_response()
        await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=NOBODY)


async def replace(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Puts `view` in the place of the message whose button was pressed."""
    await _let_go(interaction)
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
    else:
        await interaction.response.edit_message(view=view, allowed_mentions=NOBODY)


NOBODY = discord.AllowedMentions.none()
