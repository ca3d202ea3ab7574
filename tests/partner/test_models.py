"""What the partner's JSON becomes: lenient where nothing depends on it, strict where something does."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.item import Inventory, Item
from bot.domain.pack import Pack, Tier
from bot.partner.errors import BadAnswerError
from bot.partner.listings import CardDetails
from bot.partner.models import Accepted, Fulfilled, Pending

from .calls import call
from .conftest import FakeClock

PACK = {
    "id": "pack-1",
    "slug": "topps-chrome-2024",
    "name": "Topps Chrome",
    "description": "One card",
    "enable": True,
    "in_stock": False,
    "mint_price": 49.99,
    "max_per_mint": 10,
    "categories": ["Baseball", 7, "Vintage"],
    "ev": 55.125,
    "buyback_percent": 0.85,
    "claw_image_url": "https://cdn.test/pack.png",
    "rarity_distribution": [
        {"id": 0, "name": "Common", "color": "#9CA3AF", "lower": 60, "upper": 100, "weight": 80},
        {"id": 1, "name": "Mythic", "color": "red", "lower": 500, "upper": 15000.5, "weight": -0.25},
    ],
    "new_in_2027": {"a": [1]},
}
METADATA = {
    "name": "Rookie",
    "image": "https://cdn.test/f.png",
    "back_image": None,
    "attributes": [
        {"trait_type": "Year", "value": 1999},
        {"trait_type": "Grade", "value": "PSA 10.0"},
        {"trait_type": "Score", "value": 9.5},
        {"trait_type": "Signed", "value": True},
        {"trait_type": None, "value": "x"},
        "odd",
    ],
}
ATTRIBUTES = (("Year", "1999"), ("Grade", "PSA 10.0"), ("Score", "9.5"))
ITEM = {
    "id": "v1|110586049456|0",
    "claw_id": "pack-1",
    "buyback_price": 70.125,
    "purchased_at": "2026-11-24T12:00:00.123Z",
    "buyback_expires_at": "2026-12-01T12:00:00.123Z",
    "content": {"metadata": METADATA},
}
BOUGHT = Item(
    id="v1|110586049456|0",
    name="Rookie",
    image="https://cdn.test/f.png",
    back_image=None,
    attributes=ATTRIBUTES,
    buyback_price=7013,
)


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with keys changed; `...` takes a key out."""
    return {k: v for k, v in {**base, **changes}.items() if v is not ...}


async def pack(**changes: Any) -> Pack:
    (one,) = await call("packs", json.dumps([changed(PACK, **changes)]))
    return one


async def owned(**changes: Any) -> Item:
    answer = await call("inventory", json.dumps({"user_id": "u", "items": [changed(ITEM, **changes)]}))
    return answer.items[0]


async def test_pack():
    assert await pack() == Pack(
        id="pack-1",
        slug="topps-chrome-2024",
        name="Topps Chrome",
        description="One card",
        price=4999,
        enabled=True,
        in_stock=False,
        max_amount=10,
        categories=("Baseball", "Vintage"),
        tiers=(
            Tier("Common", 0x9CA3AF, 6000, 10000, Decimal(80)),
            Tier("Mythic", 0x99AAB5, 50000, 1500050, Decimal("-0.25")),
        ),
        buyback_share=Decimal("0.85"),
        ev=5513,
        image="https://cdn.test/pack.png",
    )


@pytest.mark.parametrize("odd", [None, ..., "", [], {}, "85", True, 1e40, -3])
async def test_odd_optional_values_of_a_pack(odd: Any):
    got = await pack(ev=odd, buyback_percent=odd, claw_image_url=odd, description=odd, slug=odd, categories=odd)
    assert (got.ev, got.buyback_share, got.image, got.categories) == (None, None, None, ())
    assert got.description == (odd if isinstance(odd, str) else "")


@pytest.mark.parametrize("key", ["id", "name", "mint_price", "enable", "in_stock", "max_per_mint"])
@pytest.mark.parametrize("odd", [None, ..., [], {}, "1", -1, 10.5])
async def test_pack_that_cannot_be_read_is_left_out(key: str, odd: Any):
    readable_all_the_same = {("id", "1"), ("name", "1"), ("mint_price", 10.5)}
    if odd is not ... and not isinstance(odd, list | dict) and (key, odd) in readable_all_the_same:
        assert len(await call("packs", json.dumps([changed(PACK, **{key: odd})]))) == 1
        return
    packs = await call("packs", json.dumps([changed(PACK, **{key: odd}), changed(PACK, id="other"), None, 3]))
    assert [one.id for one in packs] == ["other"]


async def test_pack_left_out_is_logged_once_by_its_id():
    body = json.dumps([PACK, changed(PACK, id="broken-for-the-log", mint_price=None)])
    with capture_logs() as logs:
        await call("packs", body)
        await call("packs", body)
    assert [line["pack"] for line in logs] == ["broken-for-the-log"]


async def test_a_list_in_which_nothing_can_be_read_is_no_empty_catalogue():
    with pytest.raises(BadAnswerError):
        await call("packs", json.dumps([changed(PACK, mint_price="49.99"), 7]))
    assert await call("packs", "[]") == ()


@pytest.mark.parametrize("weight", [None, ..., "80", True, [], 1e300])
async def test_weight_that_is_no_number_is_unknown(weight: Any):
    tier = changed(PACK["rarity_distribution"][0], weight=weight)
    assert (await pack(rarity_distribution=[tier])).tiers[0].weight is None


@pytest.mark.parametrize(
    "tier", [None, 7, "x", {}, {"name": "x", "weight": 5}, {"lower": 1, "upper": "2", "weight": 5}]
)
async def test_odd_tier_stays_in_place_without_weight(tier: Any):
    tiers = (await pack(rarity_distribution=[PACK["rarity_distribution"][0], tier])).tiers
    assert [one.weight for one in tiers] == [Decimal(80), None]


@pytest.mark.parametrize("odd", [None, ..., "x", {}, 3])
async def test_pack_without_tiers(odd: Any):
    assert (await pack(rarity_distribution=odd)).tiers == ()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://cdn.test/ü.png?a=1", True),
        ("http://cdn.test/x", True),
        ("", False),
        ("/cards/x.png", False),
        ("javascript:alert(1)", False),
        ("data:image/png;base64,AA", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://a b", False),
        ("https://a/\n", False),
        ("https://a/" + "x" * 2048, False),
        ("ipfs://abc", False),
    ],
)
async def test_only_addresses_of_the_web_are_kept(url: str, kept: bool):
    assert (await pack(claw_image_url=url)).image == (url if kept else None)


async def test_long_text_is_kept_and_megabytes_are_not():
    assert (await pack(name="x" * 10_000)).name == "x" * 10_000
    assert len((await pack(name="x" * 1_000_000)).name) < 100_000


async def test_text_fits_into_every_database():
    assert (await pack(name="a\0b\ud800c")).name == "ab?c"


async def test_inventory():
    item = await owned()
    assert item.purchased_at == 1_795_521_600_123
    assert (item.pack_id, item.offer_known, item.offer_ends) == ("pack-1", True, 1_796_126_400_123)
    assert (item.name, item.attributes, item.buyback_price) == ("Rookie", ATTRIBUTES, 7013)


@pytest.mark.parametrize(
    ("ends", "expected"), [(None, (True, None)), (..., (False, None)), ("soon", (False, None)), (17, (False, None))]
)
async def test_end_of_offer_is_known_only_if_the_partner_says_so(ends: Any, expected: tuple[bool, None]):
    item = await owned(buyback_expires_at=ends)
    assert (item.offer_known, item.offer_ends) == expected


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-11-24T12:00:00Z", 1_795_521_600_000),
        ("2026-11-24T13:00:00.5+01:00", 1_795_521_600_500),
        ("2026-11-24T12:00:00", 1_795_521_600_000),
        ("24 November", None),
        ("", None),
        (None, None),
        (1_795_521_600_000, None),
    ],
)
async def test_moments(text: Any, ms: int | None):
    assert (await owned(purchased_at=text)).purchased_at == ms


@pytest.mark.parametrize("change", [{"id": None}, {"id": ""}, {"id": 7}, {"claw_id": None}, {"claw_id": ...}])
async def test_inventory_with_an_item_that_cannot_be_read_is_no_look(change: dict[str, Any]):
    with pytest.raises(BadAnswerError):
        await owned(**change)


@pytest.mark.parametrize("body", [{}, {"items": None}, {"items": {}}, {"items": [None]}, [], None, "x"])
async def test_inventory_without_items_is_no_look(body: Any):
    with pytest.raises(BadAnswerError):
        await call("inventory", json.dumps(body))


async def test_inventory_of_another_is_no_look():
    with pytest.raises(BadAnswerError):
        await call("inventory", json.dumps({"user_id": "somebody", "items": []}))
    assert await call("inventory", '{"items": []}') == Inventory((), read_at=FakeClock().now())


async def test_image_falls_back_to_the_link():
    links = {"image": "https://cdn.test/link.png", "back_image": "https://cdn.test/back.png"}
    item = await owned(content={"metadata": changed(METADATA, image="", back_image=None), "links": links})
    assert (item.image, item.back_image) == (links["image"], links["back_image"])
    item = await owned(content={"metadata": METADATA, "links": links})
    assert item.image == METADATA["image"]


@pytest.mark.parametrize("content", [None, ..., [], "x", {}, {"metadata": None}, {"metadata": [], "links": 5}])
async def test_item_without_content_is_named_by_its_id(content: Any):
    item = await owned(content=content)
    assert (item.name, item.image, item.attributes) == (ITEM["id"], None, ())


@pytest.mark.parametrize("nfts", [..., None, [], "x", {}, [None, {}, {"id": 5}]])
async def test_session_alone_is_accepted(nfts: Any):
    assert await call("buy", json.dumps(changed({"session_id": "s-1", "nfts": nfts}))) == Accepted("s-1", ())


async def test_accepted_with_the_cards_that_can_be_read():
    item = changed(ITEM, claw_id=..., purchased_at=...)
    assert await call("buy", json.dumps({"session_id": "s", "nfts": [None, item]})) == Accepted("s", (BOUGHT,))


async def test_status():
    result = {"session_id": "s", "user_id": "u", "public_id": "_XKCD", "tx_hash": "x", "nfts": [ITEM]}
    assert await call("status", json.dumps({"result": result})) == Fulfilled("u", "_XKCD", (BOUGHT,))
    assert await call("status", json.dumps({"result": {"nfts": [ITEM, {}]}})) == Fulfilled(None, "", (BOUGHT,))
    assert await call("status", '{"status": "pending"}') == Pending()
    assert await call("status", '{"status": "pending", "result": null}') == Pending()
    assert await call("status", '{"result": {"session_id": "s", "nfts": []}}') == Pending()
    assert await call("status", '{"result": {}}') == Pending()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "fulfilled"},
        {"status": "failed"},
        {"result": "done"},
        {"result": {"nfts": {}}},
        {"result": {"nfts": [{}]}},
        {"result": {"session_id": "another", "nfts": [ITEM]}},
    ],
)
async def test_status_that_says_nothing(body: Any):
    with pytest.raises(BadAnswerError):
        await call("status", json.dumps(body))


async def test_recent_pulls():
    pull = {"id": "v1|1|0", "claw_id": "p", "value": 82.5, "buyback_price": 70.13, "metadata": METADATA}
    (one,) = await call("recent_pulls", json.dumps([pull, {"id": "no pack"}, None]))
    assert (one.id, one.pack_id, one.value, one.buyback_price, one.created_at) == ("v1|1|0", "p", 8250, 7013, None)
    assert (one.name, one.image, one.attributes) == ("Rookie", METADATA["image"], ATTRIBUTES)


async def test_card():
    card = {"id": "c", "name": "Plain", "image": "https://cdn.test/plain.png", "fmv": 98.5, "metadata": METADATA}
    image = METADATA["image"]
    assert await call("card", json.dumps(card)) == CardDetails("c", "Rookie", image, None, 9850, ATTRIBUTES)
    bare = changed(card, metadata=..., fmv=...)
    assert await call("card", json.dumps(bare)) == CardDetails("c", "Plain", card["image"], None, None, ())
