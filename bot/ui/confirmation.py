"""What somebody confirms before anything is bought, and the terms that come before the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.ids import reference
from bot.domain.money import dollars
from bot.texts import Raw, say
from bot.ui.base import Style
from bot.ui.buttons import Agree, Cancel, Confirm
from bot.ui.look import GOOD, MONEY, WAITING, Line, Text, note, page, row
from bot.ui.packs import sellback_lines, tier_lines

if TYPE_CHECKING:
    import discord

    from bot.services.opening import Offer
    from bot.store.confirmations import Confirmation
    from bot.store.purchases import Purchase


def confirmation(offer: Offer, settlement_note: str | None) -> discord.ui.LayoutView:
    """Price, odds, what is left of the limit, and what can't be undone."""
    asked, pack = offer.confirmation, offer.pack
    total = "confirm.total_one" if asked.amount == 1 else "confirm.total"
    lines = [
        say("confirm.private" if asked.private else "confirm.public"),
        say("confirm.final", expires_at=asked.expires_at),
    ]
    if offer.left is not None:
        lines.append(say("confirm.left", left_cents=offer.left))
    if settlement_note:
        lines.append(say("confirm.settlement", note=Raw(settlement_note)))
    return page(
        MONEY,
        Text(
            say("confirm.head", amount=asked.amount, pack=pack.name)
            + "\n"
            + say(total, total_cents=asked.total, price_cents=pack.price)
        ),
        Line(),
        Text("\n".join(tier_lines(pack, offer.odds))),
        Text("\n".join(sellback_lines(pack, offer.odds))),
        Line(),
        Text("\n".join(lines)),
        row(
            Confirm(say("confirm.yes", total=Raw(dollars(asked.total))), style=Style.success, confirmation=asked.id),
            Cancel(say("confirm.no"), confirmation=asked.id),
        ),
    )


def terms(asked: Confirmation, terms_url: str | None, privacy_url: str | None) -> discord.ui.LayoutView:
    """What is agreed to once; agreeing goes straight on to the order."""
    links = [
        say(name, url=Raw(url))
        for name, url in (("terms.terms", terms_url), ("terms.privacy", privacy_url))
        if url is not None
    ]
    lines = [say("terms.body")]
    if links:
        lines.append(say("terms.links", links=Raw(" · ".join(links))))
    lines += ["", say("terms.next", amount=asked.amount, pack=asked.pack_name, total_cents=asked.total)]
    return page(
        WAITING,
        Text(say("terms.head")),
        Text("\n".join(lines)),
        row(
            Agree(say("terms.agree"), style=Style.success, confirmation=asked.id),
            Cancel(say("confirm.no"), confirmation=asked.id),
        ),
    )


def ordered(purchase: Purchase) -> discord.ui.LayoutView:
    """In the place of a confirmation that was used."""
    return note(say("confirm.ordered", reference=reference(purchase.id)), GOOD)


def cancelled() -> discord.ui.LayoutView:
    """In the place of a confirmation that was taken back."""
    return note(say("confirm.cancelled"), WAITING)
