"""A one-off message: something has happened, and a button that shows it to whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import say
from bot.ui.base import Style
from bot.ui.buttons import ShowCards
from bot.ui.look import GOOD, note

if TYPE_CHECKING:
    import discord

    from bot.services.outbox import Post


def post(told: Post) -> discord.ui.LayoutView:
    """Its sentence, with the person's mention."""
    text = say(f"post.{told.name}", owner_id=told.mention, **told.values)
    if told.purchase_id is None:
        return note(text, GOOD)
    return note(text, GOOD, ShowCards(say("post.show"), style=Style.primary, purchase=told.purchase_id))
