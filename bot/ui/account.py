"""/account: who somebody is at the partner, and their last orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.domain.ids import reference
from bot.texts import Raw, say
from bot.ui.base import Style
from bot.ui.buttons import Dismiss, Link, ShowCards, Unlink
from bot.ui.look import GOOD, MONEY, TROUBLE, WAITING, Text, note, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.accounts import Account, LinkOffer
    from bot.store.purchases import Purchase


def account(mode: str, mine: Account | None, orders: Sequence[Purchase], now: int) -> discord.ui.LayoutView:
    """The partner's id, how it came to be, a running cool-down, and the last orders."""
    return page(
        MONEY,
        Text(say("account.head")),
        Text("\n".join(_who(mode, mine, now))),
        Text(say("account.orders" if orders else "account.no_orders")),
        *(_order(one) for one in orders),
    )


def _who(mode: str, mine: Account | None, now: int) -> list[str]:
    if mine is None:
        return [say(f"account.none_{mode}")]
    lines = [say(f"account.{mine.origin}", user_id=mine.user_id, linked_at=mine.linked_at)]
    if mine.sell_from is not None and mine.sell_from > now:
        lines.append(say("account.cool_down", sell_from_at=mine.sell_from))
    return lines


def _order(one: Purchase) -> discord.ui.Section[Any]:
    text = say(
        "account.order",
        amount=one.amount,
        pack=one.pack_name,
        total_cents=one.total,
        state=Raw(say(f"state.{one.state}")),
        made_at=one.created_at,
        reference=reference(one.id),
    )
    return discord.ui.Section[Any](text, accessory=ShowCards(say("pull.show"), disabled=not one.cards, purchase=one.id))


def offer(made: LinkOffer) -> discord.ui.LayoutView:
    """Which id would be joined to which account?"""
    text = say("account.offer", user_id=made.user_id, owner_id=made.discord_id, expires_at=made.expires_at)
    yes = Link(say("account.link"), style=Style.success, offer=made.id)
    return note(text, WAITING, yes, Dismiss(say("account.cancel")))


def linked(mine: Account) -> discord.ui.LayoutView:
    """It is done."""
    return note(say("account.done", user_id=mine.user_id, owner_id=mine.discord_id), GOOD)


def ask_unlink(mine: Account) -> discord.ui.LayoutView:
    """Once, before it is undone."""
    text = say("account.ask_unlink", user_id=mine.user_id)
    yes = Unlink(say("account.unlink"), style=Style.danger, linked=mine.linked_at)
    return note(text, TROUBLE, yes, Dismiss(say("account.cancel")))


def unlinked() -> discord.ui.LayoutView:
    """It is undone."""
    return note(say("account.unlinked"), GOOD)


def unchanged() -> discord.ui.LayoutView:
    """The answer was no."""
    return note(say("account.unchanged"), WAITING)
