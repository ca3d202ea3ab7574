"""Values to render: harmless ones, and the worst that a partner could send."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.domain.odds import odds
from bot.domain.pack import Pack, Tier
from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.services.catalogue import Listing
from bot.services.opening import Offer
from bot.store.accounts import Account
from bot.store.cards import Card
from bot.store.confirmations import Confirmation
from bot.store.purchases import Purchase
from bot.store.sales import Sale

NOW = 1_767_225_600_000
ID = "01JABCDEFGHJKMNPQRSTVWXYZ0"
HOSTILE = "**@everyone** <@1> [free](https://evil.example) \u202egnp.exe\u200b `x` ||no|| # " + "A_b*~>" * 2000


def tier(name: str = "Rare", lower: int = 10_00, upper: int = 49_99, weight: str | None = "20") -> Tier:
    return Tier(name, 0xAA00AA, lower, upper, None if weight is None else Decimal(weight))


PACK = Pack(
    id="pack-1",
    slug="sandlot",
    name="Sandlot Starter",
    description="Graded baseball.",
    price=10_00,
    enabled=True,
    in_stock=True,
    max_amount=10,
    categories=("Baseball",),
    tiers=(tier("Common", 1_00, 9_99, "80"), tier("Rare", 10_00, 49_99, "15"), tier("Grail", 50_00, 500_00, "5")),
    buyback_share=Decimal("0.85"),
    ev=9_00,
    image="https://example.com/pack.png",
)
WORST_PACK = replace(
    PACK,
    id="x" * 10_000,
    name=HOSTILE,
    description=HOSTILE,
    tiers=tuple(tier(HOSTILE, 1_00 + i, 9_999_999_99, "0.0000001") for i in range(40)),
    image="https://example.com/" + "y" * 5000,
)
ORDER = Purchase(
    id=ID,
    key="confirmation:1",
    discord_id=42,
    user_id="pc-1",
    guild_id=1,
    channel_id=2,
    pack_id="pack-1",
    pack_name="Sandlot Starter",
    amount=2,
    total=20_00,
    private=False,
    terms="{}",
    state=State.RESERVED,
    ver=1,
    reason=None,
    session_id=None,
    sends=0,
    empty_looks=0,
    cards=0,
    overdue=False,
    created_at=NOW,
    submitted_at=NOW,
    accepted_at=NOW,
    doubted_at=None,
    settled_at=None,
    look_at=NOW + 60_000,
    worker=None,
)
CARD = Card(
    id=ID,
    purchase_id=ID,
    discord_id=42,
    user_id="pc-1",
    guild_id=1,
    item_id="item-1",
    occurrence=0,
    pack_id="pack-1",
    pack_name="Sandlot Starter",
    position=0,
    name="1999 Comet Chrome Rico Vale",
    image="https://example.com/card.png",
    back_image="https://example.com/back.png",
    attributes=(("Category", "Baseball"), ("Grade", "PSA 10"), ("Year", "1999"), ("Serial", "12/99")),
    fmv=10_00,
    tier="Rare",
    tier_color=0xAA00AA,
    price=8_50,
    offer_known=True,
    offer_ends=NOW + 60_000,
    purchased_at=NOW,
    state=CardState.HELD,
    ver=1,
    sold_for=None,
)
WORST_CARD = replace(
    CARD,
    name=HOSTILE,
    tier=HOSTILE,
    attributes=tuple((HOSTILE, HOSTILE) for _ in range(50)),
    price=9_999_999_99,
)
WORST_ORDER = replace(ORDER, pack_name=HOSTILE, pack_id="x" * 10_000, amount=999_999, cards=25)
SALE = Sale(
    id=ID,
    card_id=ID,
    discord_id=42,
    user_id="pc-1",
    guild_id=1,
    pack_id="pack-1",
    quoted=8_50,
    amount=8_42,
    state=SaleState.SOLD,
    ver=2,
    reason=None,
    looks=0,
    created_at=NOW,
    settled_at=NOW,
    look_at=None,
    worker=None,
)
ACCOUNT = Account(42, "pc-1", "generated", NOW, None)


def cards(count: int, card: Card = WORST_CARD) -> tuple[Card, ...]:
    """So many, each with an id of its own."""
    return tuple(replace(card, id=f"{ID[:-2]}{i:02d}", position=i) for i in range(count))


def listing(*packs: Pack, stale: bool = False) -> Listing:
    return Listing(packs, NOW, stale)


def offer(pack: Pack = PACK, *, amount: int = 2, left: int | None = 99_00, private: bool = False) -> Offer:
    chances = odds(pack)
    assert chances is not None
    return Offer(confirmation(pack, amount=amount, private=private), pack, chances, left)


def confirmation(pack: Pack = PACK, *, amount: int = 2, private: bool = False) -> Confirmation:
    return Confirmation(
        id=ID,
        discord_id=42,
        guild_id=1,
        channel_id=2,
        pack_id=pack.id,
        pack_name=pack.name,
        amount=amount,
        total=pack.price * amount,
        private=private,
        terms="{}",
        state="OPEN",
        created_at=NOW,
        expires_at=NOW + 600_000,
    )
