"""One look for the whole bot: a colour a meaning, and the few shapes that messages are made of."""

from __future__ import annotations

from typing import Any

import discord

from bot.texts import plain

WAITING = 0xF0B232
GOOD = 0x23A55A
MONEY = 0x5865F2
TROUBLE = 0xDA373C
LONGEST_URL = 2000
"""Discord takes 2,048 characters."""

Box = discord.ui.Container[discord.ui.LayoutView]
Row = discord.ui.ActionRow[Any]
Text = discord.ui.TextDisplay[discord.ui.LayoutView]
Line = discord.ui.Separator[discord.ui.LayoutView]


def note(text: str, colour: int, *buttons: discord.ui.Item[Any]) -> discord.ui.LayoutView:
    """A message of one text, and perhaps a row of buttons."""
    return page(colour, Text(text), row(*buttons))


def page(colour: int, *items: discord.ui.Item[Any] | None) -> discord.ui.LayoutView:
    """A message in the bot's frame; None among the items is left out.

    A fresh view each time: discord.py forgets the buttons of a view that is sent twice.
    """
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(Box(*(item for item in items if item is not None), accent_colour=colour))
    return view


def row(*items: discord.ui.Item[Any] | None) -> Row | None:
    """A row of those items that are there, or None when none is."""
    there = [item for item in items if item is not None]
    return Row(*there) if there else None


def gallery(*pictures: tuple[str | None, str]) -> discord.ui.MediaGallery[discord.ui.LayoutView] | None:
    """Pictures (address, alt text) side by side, or None when there is none to show."""
    shown = [discord.MediaGalleryItem(url, description=plain(alt, 300)) for url, alt in pictures if url and usable(url)]
    return discord.ui.MediaGallery(*shown) if shown else None


def thumbnail(url: str | None, alt: str) -> discord.ui.Thumbnail[discord.ui.LayoutView] | None:
    """A small picture, or None."""
    return discord.ui.Thumbnail(url, description=plain(alt, 300)) if url and usable(url) else None


def usable(url: str) -> bool:
    """Whether Discord will take it as a picture's address."""
    return url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL and url.isascii() and " " not in url
