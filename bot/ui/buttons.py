"""Every button, select and form there is. What each does is said by the feature that owns it, in `cogs/`."""

from __future__ import annotations

import discord

from bot.texts import plain, say
from bot.ui.address import ID, NUMBER, REST
from bot.ui.base import Form, Pick, Press

# --- packs


class ChoosePack(Pick, name="pack", page=NUMBER, search=REST):
    """Another pack of the catalogue; the value is the pack's key."""


class TurnCatalogue(Press, name="packs", page=NUMBER, search=REST):
    """Another 25 packs in the select."""


class Open(Press, name="open", amount=NUMBER, pack=REST):
    """Asks for a confirmation."""


class OpenMore(Press, name="more", most=NUMBER, pack=REST):
    """Asks how many, then for a confirmation."""


class AmountForm(Form, name="amount", most=NUMBER, pack=REST):
    """How many packs to open."""

    def __init__(self, *, most: int, pack: str) -> None:
        super().__init__(plain(say("packs.form"), 45), most=most, pack=pack)
        digits: discord.ui.TextInput[AmountForm] = discord.ui.TextInput(custom_id="amount", max_length=4)
        self.add_item(discord.ui.Label(text=plain(say("packs.form_amount", most=most), 45), component=digits))


# --- opening


class Confirm(Press, name="confirm", confirmation=ID):
    """Orders what the confirmation shows."""


class Agree(Press, name="agree", confirmation=ID):
    """Agrees to the terms, and confirms."""


class Cancel(Press, name="cancel", confirmation=ID):
    """Takes the confirmation back."""


class Skip(Press, name="skip", purchase=ID):
    """Ends the reveal: all cards at once."""


class TurnCards(Press, name="cards", purchase=ID, page=NUMBER):
    """Another page of an order's cards."""


class ShowCards(Press, name="show", purchase=ID):
    """An order's cards, privately."""


# --- cards


class Sell(Press, name="sell", card=ID):
    """Asks the partner's price, and whether to sell for it."""


class SellNow(Press, name="sellnow", card=ID, quoted=NUMBER):
    """Sells for about the price shown (cents)."""


class Keep(Press, name="keep", card=ID):
    """Doesn't sell."""


class Back(Press, name="back", card=ID):
    """The back of the card."""


# --- account


class Link(Press, name="link", offer=ID):
    """Redeems a link code."""


class Unlink(Press, name="unlink"):
    """Takes the link away."""


class Dismiss(Press, name="dismiss"):
    """Leaves the account as it is."""
