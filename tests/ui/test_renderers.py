"""Every page in every state: within Discord's limits, with alt texts, and nothing alive in it that a partner sent."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.services.offers import Quote
from bot.services.outbox import Post
from bot.store.accounts import LinkOffer
from bot.texts.outcomes import OUTCOMES
from bot.ui import account, card, confirmation, packs, pull, sale
from bot.ui.post import post
from tests.behaviour.look import buttons, parts, pictures, texts
from tests.ui import desk
from tests.ui import values as v
from tests.ui.test_texts import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import discord

    from bot.store.purchases import Purchase


class Wire:
    """A view as it goes over the wire."""

    def __init__(self, view: discord.ui.LayoutView) -> None:
        self.components: list[dict[str, Any]] = view.to_components()
        self.length = view.content_length()


@cache
def drawn() -> tuple[tuple[str, Wire], ...]:
    """Every page there is, by what it shows. Discord's views need a running loop."""
    return tuple((name, Wire(view)) for name, view in pages())


def orders(order: Purchase) -> Iterator[Purchase]:
    """In every state and with every reason."""
    for state in State:
        reasons = [name.split(".")[2] for name in OUTCOMES if name.startswith(f"outcome.{state}.")]
        if not reasons or state is State.NOT_EXECUTED:
            reasons.append(None)
        for reason in reasons:
            yield replace(order, state=state, reason=reason)
    yield replace(order, state=State.ACCEPTED, overdue=True)
    yield replace(order, state=State.IN_DOUBT, look_at=None)


def pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    """Every page there is."""
    yield from catalogue_pages()
    yield from confirmation_pages()
    yield from order_pages()
    yield from card_pages()
    yield from sale_pages()
    yield from account_pages()
    yield from desk.pages()


def catalogue_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    many = tuple(replace(v.WORST_PACK, id=f"{i}" * 50, name=f"{i} {v.HOSTILE}") for i in range(60))
    yield "catalogue, empty", packs.catalogue(v.listing(), ())
    yield "catalogue, nothing found", packs.catalogue(v.listing(v.PACK), (), search=v.HOSTILE)
    for name, pack in (
        ("good", v.PACK),
        ("worst", v.WORST_PACK),
        ("sold out", replace(v.PACK, in_stock=False)),
        ("disabled", replace(v.PACK, enabled=False)),
        ("broken", replace(v.PACK, tiers=(v.tier(weight=None), v.tier(weight="-1")))),
        ("bare", replace(v.PACK, image=None, description="", ev=None, buyback_share=None, max_amount=1)),
    ):
        yield f"catalogue, {name}", packs.catalogue(v.listing(pack), (pack,))
        yield f"catalogue, {name}, stale", packs.catalogue(v.listing(pack, stale=True), (pack,))
    for turn in range(4):
        yield f"catalogue, page {turn}", packs.catalogue(v.listing(*many), many, search=v.HOSTILE, turn=turn)


def confirmation_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    for pack in (v.PACK, v.WORST_PACK, replace(v.PACK, ev=None, buyback_share=None)):
        yield (
            "confirmation",
            confirmation.confirmation(v.offer(pack, amount=9999), "Settle with the club within a week. " * 8),
        )
        yield "confirmation, private", confirmation.confirmation(v.offer(pack, amount=1, left=None, private=True), None)
        yield "terms", confirmation.terms(v.confirmation(pack), "https://example.com/terms", "https://example.com/p")
    yield "terms, no links", confirmation.terms(v.confirmation(), None, None)
    yield "ordered", confirmation.ordered(v.WORST_ORDER)
    yield "cancelled", confirmation.cancelled()


def order_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    for order in (*orders(v.ORDER), *orders(v.WORST_ORDER)):
        yield f"{order.state} {order.reason}", pull.shown(order, (), revealed=0, turn=0)
    for order in {one.state: one for one in orders(v.WORST_ORDER) if one.state in pull.OPENED}.values():
        for count in (1, 2, 3, 4, 25):
            pulled = v.cards(count)
            for revealed in range(count + 1):
                yield f"{order.state}, {revealed} of {count}", pull.shown(order, pulled, revealed=revealed, turn=0)
            for turn in range(6):
                yield f"{order.state}, {count}, page {turn}", pull.shown(order, pulled, revealed=count, turn=turn)


def card_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    for state in CardState:
        for one in (
            replace(v.WORST_CARD, state=state),
            replace(v.CARD, state=state, tier=None, price=None, image=None, attributes=()),
            replace(v.CARD, state=state, sold_for=9_999_999_99, offer_ends=None),
            replace(v.CARD, state=state, offer_known=False),
        ):
            yield f"card {state}", pull.opened(v.ORDER, (one,))
            yield f"cards {state}", pull.opened(v.ORDER, v.cards(25, one), 1)
            yield "back", card.back(one)
            yield "no back", card.back(replace(one, back_image=None))
            for known, ends in ((True, v.NOW), (True, None), (False, None)):
                yield "sell?", card.ask(Quote(one, 9_999_999_99, known, ends, v.NOW))


def sale_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    for state in SaleState:
        for reason in ("expired", "key", "not_sent", "not_executed"):
            yield f"sale {state}", sale.outcome(replace(v.SALE, state=state, reason=reason), v.WORST_CARD)
    yield "sale, amount unknown", sale.outcome(replace(v.SALE, amount=None), v.WORST_CARD)
    yield "sale, as quoted", sale.outcome(replace(v.SALE, amount=v.SALE.quoted), v.CARD)
    yield "sale, in doubt", sale.outcome(replace(v.SALE, state=SaleState.IN_DOUBT, look_at=v.NOW), v.CARD)


def account_pages() -> Iterator[tuple[str, discord.ui.LayoutView]]:
    for mine in (None, v.ACCOUNT, replace(v.ACCOUNT, user_id=v.HOSTILE, origin="linked", sell_from=v.NOW + 1)):
        for mode in ("generated", "linked"):
            last = [replace(order, id=f"{v.ID[:-1]}{i}") for i, order in enumerate(orders(v.WORST_ORDER))]
            yield "account", account.account(mode, mine, last[:5], v.NOW)
            yield "account, no orders", account.account(mode, mine, (), v.NOW)
    yield "link?", account.offer(LinkOffer(v.ID, 42, v.HOSTILE, "n", v.NOW))
    yield "linked", account.linked(v.ACCOUNT)
    yield "unlink?", account.ask_unlink(v.ACCOUNT)
    yield "unlinked", account.unlinked()
    yield "unchanged", account.unchanged()
    for name in ("order_arrived", "order_ended", "order_review", "sale_ended"):
        yield name, post(Post(name, 42, v.ID, {}))
        yield name, post(Post(name, 42, None, {}))


async def test_everything_is_within_discords_limits() -> None:
    for name, wire in drawn():
        found = list(parts(wire))
        assert len(found) <= 40, name
        assert wire.length <= 4000, (name, wire.length)
        ids = [part["custom_id"] for part in found if "custom_id" in part]
        assert len(ids) == len(set(ids)), (name, ids)
        for part in found:
            assert len(part.get("custom_id", "")) <= 100, name
            assert 0 < len(part.get("label", "-") or "") <= 80, name
            assert 0 < len(part.get("content", "-")) <= 4000, name
            for option in part.get("options", []):
                assert 0 < len(option["label"]) <= 100, name
                assert len(option["value"]) <= 100, name
                assert len(option.get("description") or "") <= 100, name
            assert len(part.get("options", [])) <= 25, name


async def test_every_picture_has_an_alt_text_and_a_good_address() -> None:
    seen = 0
    for name, wire in drawn():
        for url, alt in pictures(wire):
            seen += 1
            assert alt, name
            assert len(alt) <= 1024, name
            assert len(url) <= 2048, name
    assert seen > 20


async def test_nothing_that_a_partner_sends_comes_alive() -> None:
    for name, wire in drawn():
        text = texts(wire).replace("<@42>", "")
        text = text.replace("[terms](https://example.com/terms)", "").replace("[privacy](https://example.com/p)", "")
        assert "@everyone" not in text, name
        assert "<@" not in text.replace("\\<@", ""), name
        assert "](" not in text.replace("\\](", "").replace("\\]\\(", ""), name
        assert "://" not in text, name
        assert "||" not in text, name
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), name
        assert "`x`" not in text, name


async def test_no_page_says_a_forbidden_word() -> None:
    for name, wire in drawn():
        said = texts(wire) + " ".join(buttons(wire))
        assert not FORBIDDEN.search(said), (name, FORBIDDEN.search(said))


async def test_no_page_shows_a_place_left_empty() -> None:
    for name, wire in drawn():
        said = texts(wire)
        assert "None" not in said, (name, said)
        assert "{" not in said, name


async def test_a_pack_that_cannot_be_opened_has_its_buttons_off() -> None:
    for pack, stale in (
        (replace(v.PACK, in_stock=False), False),
        (replace(v.PACK, enabled=False), False),
        (replace(v.PACK, tiers=(v.tier(weight="0"),)), False),
        (v.PACK, True),
    ):
        found = buttons(Wire(packs.catalogue(v.listing(pack, stale=stale), (pack,))))
        assert all(found[label]["disabled"] for label in ("Open 1", "Open more…"))
    found = buttons(Wire(packs.catalogue(v.listing(v.PACK), (v.PACK,))))
    assert not found["Open 1"]["disabled"]


async def test_averages_stand_side_by_side_or_not_at_all() -> None:
    both = texts(Wire(packs.catalogue(v.listing(v.PACK), (v.PACK,))))
    assert "On average a card is worth $9.00, and sells back for $7.65." in both
    for pack in (replace(v.PACK, ev=None), replace(v.PACK, buyback_share=None)):
        assert "average" not in texts(Wire(packs.catalogue(v.listing(pack), (pack,))))


async def test_the_honest_odds_line() -> None:
    asked = texts(Wire(confirmation.confirmation(v.offer(), None)))
    # $10.00 / 0.85 = $11.77 is inside the tier of 15 %, and below the one of 5 %.
    assert "sells back for at least what it cost: between 5 % and 20 %, before any voucher of the partner's" in asked
    assert "**Rare**: 15 % · cards worth $10.00 to $49.99" in asked
    assert "Total **$20.00** ($10.00 each)" in asked


async def test_a_card_tells_what_matters_first() -> None:
    text = texts(Wire(pull.opened(v.ORDER, (v.CARD,))))
    assert "\nPSA 10 · Serial 12/99 · Category Baseball\n" in text, "its name says the year already"
    unnamed = texts(Wire(pull.opened(v.ORDER, (replace(v.CARD, name="Rico Vale"),))))
    assert "1999 · PSA 10 · Serial 12/99 · Category Baseball" in unnamed
    assert "Sells back for **$8.50** · offer ends <t:1767225660:R>" in text
    assert "no end" in texts(Wire(pull.opened(v.ORDER, (replace(v.CARD, offer_ends=None),))))
    assert "offer end unknown" in texts(Wire(pull.opened(v.ORDER, (replace(v.CARD, offer_known=False),))))
    assert "Tier unclear" in texts(Wire(pull.opened(v.ORDER, (replace(v.CARD, tier=None),))))


async def test_a_sold_card_has_its_amount_on_a_button_that_is_off() -> None:
    sold = replace(v.CARD, state=CardState.SOLD, sold_for=8_42)
    wire = Wire(pull.opened(v.ORDER, (sold,)))
    assert buttons(wire)["Sold $8.42"]["disabled"]
    assert "Sold · $8.42 recorded" in texts(wire)


async def test_a_sale_says_both_amounts_where_they_differ() -> None:
    text = texts(Wire(sale.outcome(v.SALE, v.CARD)))
    assert "Sold · $8.42 recorded" in text
    assert "shown as $8.50; the partner recorded $8.42" in text
    assert "shown as" not in texts(Wire(sale.outcome(replace(v.SALE, amount=8_50), v.CARD)))


async def test_the_reveal_shows_one_more_card_each_time() -> None:
    pulled = tuple(replace(c, name=f"Player {c.position}") for c in v.cards(3, v.CARD))
    order = replace(v.ORDER, state=State.DELIVERED, cards=3)
    for revealed in range(3):
        wire = Wire(pull.shown(order, pulled, revealed=revealed, turn=0))
        said = texts(wire)
        assert [f"Player {n}" in said for n in range(3)] == [n <= revealed for n in range(3)]
        assert f"Card {revealed + 1} of 3" in said
        assert ("Show all now" in buttons(wire)) == (revealed < 2)
    assert "Sell" in buttons(Wire(pull.shown(order, pulled, revealed=3, turn=0)))


@pytest.mark.parametrize(
    ("text", "found"),
    [("pack-1", True), ("sandlot starter ", True), ("SANDLOT", True), ("Sandlot St", False), ("", False)],
)
def test_a_typed_text_means_a_pack_only_as_a_whole(text: str, *, found: bool) -> None:
    assert packs.by_text([v.PACK, replace(v.PACK, id="2", slug="b", name="Other")], text) == (v.PACK if found else None)


def test_a_name_of_two_packs_means_neither() -> None:
    assert packs.by_text([v.PACK, replace(v.PACK, id="2")], "Sandlot Starter") is None


def test_a_pack_with_an_endless_id_has_a_key_that_finds_it() -> None:
    assert len(packs.key(v.WORST_PACK)) <= packs.KEY_LIMIT
    assert packs.by_text([v.PACK, v.WORST_PACK], packs.key(v.WORST_PACK)) == v.WORST_PACK
    assert len(packs.choice(v.WORST_PACK)) <= 100
