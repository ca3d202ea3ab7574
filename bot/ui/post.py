"""A one-off message: something has happened, and a button that shows it to whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import Raw, escape, say
from bot.ui.base import Style
from bot.ui.buttons import ShowCards, ShowOrder
from bot.ui.look import GOOD, TROUBLE, note

if TYPE_CHECKING:
    import discord

    from bot.services.outbox import Post

NOTICE = "notice."
GOOD_NEWS = frozenset(
    {"settled_delivered", "settled_nothing", "unpaused", "unpaused_member", "breaker_off", "sweep_over"}
)
"""Notices of what is well again; all others are of trouble."""
LONGEST = 600
"""Characters of what people wrote, or of a list."""


def post(told: Post) -> discord.ui.LayoutView:
    """Its sentence, with the person's mention; a notice mentions nobody."""
    if told.name.startswith(NOTICE):
        return _notice(told, told.name.removeprefix(NOTICE))
    text = say(f"post.{told.name}", owner_id=told.mention, **told.values)
    if told.purchase_id is None:
        return note(text, GOOD)
    return note(text, GOOD, ShowCards(say("post.show"), style=Style.primary, purchase=told.purchase_id))


def _notice(told: Post, name: str) -> discord.ui.LayoutView:
    text = say(f"post.{told.name}", **{key: _shown(key, value) for key, value in told.values.items()})
    colour = GOOD if name in GOOD_NEWS else TROUBLE
    if told.purchase_id is None:
        return note(text, colour)
    return note(text, colour, ShowOrder(say("post.order"), style=Style.primary, purchase=told.purchase_id))


def _shown(key: str, value: str | int) -> str | int:
    """Values that are the name of a text, and those that may be long."""
    match key, value:
        case "reason", str():
            return Raw(say(f"outcome.REVIEW.{value}"))
        case "what", str():
            return Raw(say(f"pause.{value}"))
        case "causes", str():
            return Raw(", ".join(say(f"pause.{cause}") for cause in value.split(",")))
        case _, str():
            return Raw(escape(value, LONGEST))
        case _:
            return value
