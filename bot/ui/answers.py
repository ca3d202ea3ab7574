"""How a press or command is answered: privately, once, in words, whatever happens."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any, cast

import discord

from bot.errors import Refusal
from bot.services import gate
from bot.texts import say
from bot.ui.look import TROUBLE, note

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.app import App

log = logging.getLogger(__name__)

ALREADY_ANSWERED = 40060
"""A replayed event: Discord delivers some twice."""
TOKEN_GONE = 10062
"""More than three seconds passed: the person has been shown a failure."""


async def guard(interaction: discord.Interaction[Any], where: str, work: Callable[[], Awaitable[None]]) -> None:
    """Does the work of a press, form or command; whatever it raises becomes an answer."""
    try:
        served(interaction)
        await work()
    except Exception as error:  # noqa: BLE001 - discord.py would only log it, and the person would see a red line
        await report(interaction, error, where)


def served(interaction: discord.Interaction[Any]) -> None:
    """Whether this server is one of `GUILD_IDS`.

    Raises:
        Refusal: `not_served`.
    """
    app = cast("App", interaction.client.app)
    if not gate.served(app.settings, interaction.guild_id or 0):
        raise Refusal("not_served")


async def report(interaction: discord.Interaction[Any], error: Exception, where: str) -> None:
    """Tells the person what went wrong; what isn't a refusal also reaches the log, under the same reference."""
    if isinstance(error, Refusal):
        text = say(f"refusal.{error.name}", **error.values)
    elif isinstance(error, discord.HTTPException) and error.code in {ALREADY_ANSWERED, TOKEN_GONE}:
        log.info("%s: answered before, or too late (%s)", where, error.code)
        return
    else:
        reference = secrets.token_hex(4).upper()
        log.error("%s failed, reference %s", where, reference, exc_info=error)
        text = say("refusal.failed", reference=reference)
    try:
        await answer(interaction, note(text, TROUBLE))
    except discord.HTTPException as silent:
        log.warning("%s: could not tell the person: %s", where, silent)


async def think(interaction: discord.Interaction[Any], *, private: bool) -> int:
    """Takes up the interaction with "thinking…" within Discord's three seconds; its message's id.

    Raises:
        discord.NotFound: too late (10062). Nothing may be bought or sold then.
    """
    response = await interaction.response.defer(thinking=True, ephemeral=private)
    interaction.extras["thinking"] = private
    return cast("discord.InteractionCallbackResponse[Any]", response).message_id or 0


async def answer(interaction: discord.Interaction[Any], view: discord.ui.LayoutView) -> None:
    """Shows `view` to the person who pressed, and to nobody else."""
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
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
    else:
        await interaction.response.edit_message(view=view, allowed_mentions=NOBODY)


NOBODY = discord.AllowedMentions.none()
