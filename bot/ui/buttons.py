"""Every button, select and form there is. What each does is said by the feature that owns it, in `cogs/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.services.by_hand import LONGEST_REASON, SHORTEST_REASON
from bot.texts import plain, say
from bot.ui.address import CENTS, ID, NUMBER, REST, TIME
from bot.ui.base import Form, Pick, PickChannel, PickRoles, PickSome, Press

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ui.base import Option

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

    orders = True


class Agree(Press, name="agree", confirmation=ID):
    """Agrees to the terms, and confirms."""

    orders = True


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


class SellNow(Press, name="sellnow", card=ID, quoted=CENTS):
    """Sells for about the price shown (cents)."""


class Keep(Press, name="keep", card=ID):
    """Doesn't sell."""


class Back(Press, name="back", card=ID):
    """The back of the card."""


# --- account


class Link(Press, name="link", offer=ID):
    """Redeems a link code."""


class Unlink(Press, name="unlink", linked=TIME):
    """Takes that link away, of the time when it was made."""


class Dismiss(Press, name="dismiss"):
    """Leaves the account as it is."""


# --- the moderators' desk


class TurnOrders(Press, name="orders", page=NUMBER):
    """A page of what needs a person, as it is now."""


class ShowOrder(Press, name="order", purchase=ID):
    """All about an order, privately, for a moderator."""


class LookAgain(Press, name="reorder", purchase=ID):
    """The same in its own place, as it is now."""


class Timeline(Press, name="past", purchase=ID, page=NUMBER):
    """Everything that happened to an order."""


class ChooseItems(PickSome, name="items", purchase=ID, ver=NUMBER):
    """Which unclaimed items become the order's cards; asks for the reason. `ver`: the version that was looked at."""


class AsDelivered(Press, name="delivered", purchase=ID, ver=NUMBER):
    """The order ends with the cards that it has; asks for the reason."""


class NotBought(Press, name="nothing", purchase=ID, ver=NUMBER):
    """The order ends without anything; asks for the reason."""


class DeliveredForm(Form, name="deliveredform", purchase=ID, ver=NUMBER):
    """Why it is settled as delivered, and with which items besides the cards that it has."""

    def __init__(self, items: Sequence[Option] = (), *, purchase: str, ver: int) -> None:
        super().__init__(plain(say("settle.delivered"), 45), purchase=purchase, ver=ver)
        if items:
            select: discord.ui.Select[Any] = discord.ui.Select(
                custom_id="chosen", options=list(items), max_values=len(items)
            )
            self.add_item(discord.ui.Label(text=plain(say("settle.items"), 45), component=select))
        self.add_item(_reason())


class NotBoughtForm(Form, name="nothingform", purchase=ID, ver=NUMBER):
    """Why it is settled as not bought."""

    def __init__(self, *, purchase: str, ver: int) -> None:
        super().__init__(plain(say("settle.nothing"), 45), purchase=purchase, ver=ver)
        self.add_item(_reason())


def _reason() -> discord.ui.Label[Any]:
    text: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="reason",
        style=discord.TextStyle.paragraph,
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
    )
    return discord.ui.Label(
        text=plain(say("settle.reason"), 45), description=plain(say("settle.reason_who"), 100), component=text
    )


# --- settings


class AuditChannel(PickChannel, name="auditchannel"):
    """Where the moderators read what happens."""


class NoAuditChannel(Press, name="noauditchannel"):
    """Nowhere."""


class ModeratorRoles(PickRoles, name="moderatorroles"):
    """Whose members are moderators."""
