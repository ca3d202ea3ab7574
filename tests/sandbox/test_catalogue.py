"""What the catalogue promises to everybody who tests against it."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from sandbox import catalogue
from sandbox.catalogue import cents

if TYPE_CHECKING:
    from tests.sandbox.conftest import Caller


async def test_the_list_has_every_kind_of_pack(caller: Caller):
    packs = await caller.packs()
    assert len(packs) >= 14
    assert {pack["category"] for pack in packs.values()} >= {
        "Baseball", "Basketball", "Football", "Soccer", "Pokémon", "Hockey",
    }  # fmt: skip
    prices = [pack["mint_price"] for pack in packs.values()]
    assert (min(prices), max(prices)) == (1.0, 500.0)
    assert {1, 5, 10, 25} <= {pack["max_per_mint"] for pack in packs.values()}
    assert {pack["type"] for pack in packs.values()} == {"CORE", "EBAY"}
    assert [slug for slug, pack in packs.items() if not pack["in_stock"]] == ["summer-nationals"]
    assert [slug for slug, pack in packs.items() if not pack["enable"]] == ["holiday-hoops"]
    assert [slug for slug, pack in packs.items() if pack["claw_image_url"] == ""] == ["mystery-puck"]


async def test_odds_come_in_every_condition(caller: Caller):
    packs = await caller.packs()
    weights = {slug: [t.get("weight") for t in pack["rarity_distribution"]] for slug, pack in packs.items()}
    assert weights["lopsided-league"] == [80, None, -5, 1]
    assert "weight" not in packs["lopsided-league"]["rarity_distribution"][1]
    assert sum(weights["world-strikers"]) == 500
    assert sum(weights["diamond-classics"]) == 100
    tiers = packs["pokemon-starter"]["rarity_distribution"]
    assert tiers[0]["upper"] > tiers[1]["lower"]
    tiers = packs["diamond-classics"]["rarity_distribution"]
    assert all(low["upper"] == high["lower"] for low, high in itertools.pairwise(tiers))


async def test_one_name_is_hostile(caller: Caller):
    name = (await caller.packs())["champions-of-the-world"]["name"]
    assert len(name) > 200
    for poison in ("**", "@everyone", "](https://", "\u200f", "\u202e", "`", "||"):
        assert poison in name


async def test_a_broken_pack_can_still_be_pulled_from(caller: Caller):
    assert len(await caller.pull("lopsided-league", 10)) == 10


def test_every_card_lies_in_a_tier_of_its_pack():
    built = catalogue.build()
    assert len(built.cards) >= 300
    assert len({card.key for card in built.cards.values()}) == len(built.cards)
    assert len({card.name for card in built.cards.values()}) > 300
    for pack in built.packs.values():
        cards = built.cards_of(pack)
        assert [sum(card.tier == tier for card in cards) for tier in range(4)] == [9, 6, 4, 2]
        for card in cards:
            tier = pack.tiers[card.tier]
            assert cents(tier.lower) <= card.fmv <= cents(tier.upper)
            assert card.id.startswith("v1|") == (pack.type == "EBAY")
    assert any(card.fmv == cents(built.packs["sandlot-starter"].tiers[0].upper) for card in built.cards.values())


def test_cards_have_traits_of_text_and_number_and_some_have_no_back():
    cards = catalogue.build().cards.values()
    years = {type(card.attributes()[0]["value"]) for card in cards}
    assert years == {int, str}
    assert {card.has_back for card in cards} == {True, False}
    assert {card.grader for card in cards} == {"PSA", "BGS", "CGC"}
    for card in cards:
        traits = {trait["trait_type"]: trait["value"] for trait in card.attributes()}
        assert {"Year", "Set", "Grader", "Grade", "Category", "Card Number"} <= set(traits)
        assert all(value != "" for value in traits.values())


async def test_minted_items_have_addresses_and_listed_ones_none(caller: Caller):
    [minted] = await caller.pull("pokemon-elite")
    assert minted["id"] == minted["mint_address"]
    assert minted["type"] == "enft"
    assert minted["collection_address"]
    [listed] = await caller.pull("diamond-classics")
    assert (listed["type"], listed["mint_address"], listed["token_standard"]) == ("ebay", None, None)


async def test_money_never_has_more_than_two_digits(caller: Caller):
    text = (await caller.http.get("/vm/recent-pulls", params={"limit": "100"})).text
    text += (await caller.http.get("/vm/available")).text
    amounts = re.findall(r'"(?:value|buyback_price|mint_price|ev|min_ev|max_ev|lower|upper)":\s*([\d.]+)', text)
    assert len(amounts) > 100
    assert all(len(amount.partition(".")[2]) <= 2 for amount in amounts)
