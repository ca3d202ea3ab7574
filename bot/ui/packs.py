"""A page of the catalogue: one pack, and the way to the others."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import discord

from bot.domain.money import dollars
from bot.domain.odds import odds
from bot.services.catalogue import plain_letters
from bot.texts import escape, plain, say
from bot.ui.base import Style
from bot.ui.buttons import ChoosePack, Open, OpenMore, TurnCatalogue
from bot.ui.look import MONEY, TROUBLE, WAITING, Line, Row, Text, gallery, note, page, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.odds import Odds
    from bot.domain.pack import Pack
    from bot.services.catalogue import Listing

OPTIONS = 25
"""Discord's most for a select, and for an autocomplete."""
MOST_TIERS = 12
SEARCH_LIMIT = 60
KEY_LIMIT = 80


def key(pack: Pack) -> str:
    """What a button or a choice calls this pack: its id, or where that is too long a digest of it."""
    return pack.id if len(pack.id) <= KEY_LIMIT else hashlib.sha256(pack.id.encode()).hexdigest()


def by_text(packs: Sequence[Pack], text: str) -> Pack | None:
    """The pack that a key, an id or a whole name means; None where it is none or more than one."""
    for named in ([p for p in packs if text in {p.id, key(p)}], [p for p in packs if _same(text, p.slug, p.name)]):
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _same(text: str, *names: str) -> bool:
    return plain_letters(text.strip()) in {plain_letters(name.strip()) for name in names}


def stock(pack: Pack) -> str:
    """The name of the text that says whether it can be had."""
    if not pack.enabled:
        return "disabled"
    return "stock" if pack.in_stock else "sold_out"


def choice(pack: Pack) -> str:
    """A pack in one line of at most 100 characters, without markdown: for an autocomplete."""
    tail = f" · {dollars(pack.price)}" + ("" if pack.on_sale else f" · {say(f'packs.option_{stock(pack)}')}")
    return plain(pack.name, 100 - len(tail)) + tail


def catalogue(
    listing: Listing, found: Sequence[Pack], *, search: str = "", chosen: Pack | None = None, turn: int = 0
) -> discord.ui.LayoutView:
    """One pack of those found, and a select of all of them, 25 at a time."""
    if not found:
        return note(say("packs.none", search=search) if search else say("packs.empty"), WAITING)
    pages = -(-len(found) // OPTIONS)
    turn = min(turn, pages - 1)
    window = found[turn * OPTIONS : (turn + 1) * OPTIONS]
    pack = chosen or window[0]
    chances = odds(pack)
    search = search[:SEARCH_LIMIT]
    return page(
        MONEY if pack.on_sale and chances and not listing.stale else TROUBLE,
        Text(say("packs.name", pack=pack.name)),
        gallery((pack.image, say("packs.picture", pack=pack.name))),
        Text("\n".join(_facts(pack))),
        Line(),
        Text("\n".join(tier_lines(pack, chances))),
        Line(),
        Text("\n".join([*sellback_lines(pack, chances), _checked(listing)])),
        row(*_open_buttons(pack, able=pack.on_sale and chances is not None and not listing.stale)),
        _select(window, pack, search, turn) if len(found) > 1 else None,
        _turn_buttons(turn, pages, search),
        Text(say("packs.found", count=len(found), page=turn + 1, pages=pages)) if pages > 1 else None,
    )


def _facts(pack: Pack) -> list[str]:
    where = {"disabled": "packs.disabled", "sold_out": "packs.sold_out", "stock": "packs.in_stock"}[stock(pack)]
    price = "packs.price_one" if pack.max_amount == 1 else "packs.price"
    lines = [say(price, price_cents=pack.price, most=pack.max_amount) + " · " + say(where)]
    if pack.description:
        lines.append(escape(pack.description, 300))
    return lines


def _checked(listing: Listing) -> str:
    return say("packs.stale" if listing.stale else "packs.checked", checked_at=listing.checked_at)


def tier_lines(pack: Pack, chances: Odds | None) -> list[str]:
    """Each tier's chance beside its range of values."""
    if chances is None:
        return [say("packs.no_odds")]
    lines = [
        say("packs.tier", tier=plain(t.name, 40), chance_share=share, lower_cents=t.lower, upper_cents=t.upper)
        for t, share in list(zip(pack.tiers, chances.shares, strict=True))[:MOST_TIERS]
    ]
    if len(pack.tiers) > MOST_TIERS:
        lines.append(say("packs.more_tiers", count=len(pack.tiers) - MOST_TIERS))
    return lines


def sellback_lines(pack: Pack, chances: Odds | None) -> list[str]:
    """What the odds mean for selling back: the share, the averages, the chance to get the price back."""
    lines = [say("packs.buyback", buyback_share=pack.buyback_share)]
    if chances is not None and chances.average_value is not None:
        lines.append(say("packs.average", value_cents=chances.average_value, sellback_cents=chances.average_sellback))
    if chances is not None and chances.back is not None:
        low, high = chances.back
        name = "packs.odds_line_one" if low == high else "packs.odds_line"
        lines.append(say(name, low_share=low, high_share=high))
    return lines


def _open_buttons(pack: Pack, *, able: bool) -> list[Open | OpenMore]:
    one = Open(say("packs.open_one"), style=Style.primary, disabled=not able, amount=1, pack=key(pack))
    if pack.max_amount == 1:
        return [one]
    return [one, OpenMore(say("packs.open_more"), disabled=not able, most=pack.max_amount, pack=key(pack))]


def _select(window: Sequence[Pack], shown: Pack, search: str, turn: int) -> Row:
    options = [
        discord.SelectOption(
            label=plain(pack.name, 100) or "?",
            value=key(pack),
            description=say("packs.option", price=dollars(pack.price), stock=say(f"packs.option_{stock(pack)}")),
            default=pack.id == shown.id,
        )
        for pack in window
    ]
    return Row(ChoosePack(say("packs.choose"), options, page=turn, search=search))


def _turn_buttons(turn: int, pages: int, search: str) -> Row | None:
    return row(
        TurnCatalogue(say("packs.earlier"), page=turn - 1, search=search) if turn > 0 else None,
        TurnCatalogue(say("packs.later"), page=turn + 1, search=search) if turn + 1 < pages else None,
    )
