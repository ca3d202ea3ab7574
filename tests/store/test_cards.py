"""Cards and sales as rows: each claims one item of its owner's, each sale runs once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.ids import ulid
from bot.domain.item import Claims, Item
from bot.domain.sale import CardState, SaleState
from bot.errors import LostError
from bot.store import cards, sales
from bot.store import tables as t
from bot.store.cards import Card, NewCard, Owner
from tests.store.conftest import ALICE, GUILD, ME, NOW, OWNER, reserved

if TYPE_CHECKING:
    from bot.store.engine import Store


def new(item_id: str, purchased_at: int | None = None) -> NewCard:
    item = Item(item_id, f"Card {item_id}", "front", None, (("Year", "1999"),), 850, "pack", purchased_at)
    return NewCard(item, 1_000, "Rare", 0x3B82F6)


async def added(store: Store, *item_ids: str, owner: Owner = OWNER) -> list[Card]:
    made = await reserved(store, user_id=owner.user_id)
    mine = Owner(made.id, owner.discord_id, owner.user_id, owner.guild_id, owner.pack_id, owner.pack_name)
    await store.run(lambda conn: cards.add(conn, mine, [new(item_id) for item_id in item_ids], NOW))
    async with store.read() as conn:
        return await cards.of_purchase(conn, made.id)


async def step(store: Store, card: Card, *states: CardState, **values: Any) -> Card:
    for state in states:
        card = await store.run(lambda conn, card=card, state=state: cards.step(conn, card, state, **values))
    return card


async def test_a_card_is_as_it_was_pulled(store: Store):
    first, second = await added(store, "b", "a")
    assert [first.position, second.position] == [0, 1]
    assert (first.item_id, first.name, first.image, first.back_image) == ("b", "Card b", "front", None)
    assert (first.attributes, first.fmv, first.tier, first.price) == ((("Year", "1999"),), 1_000, "Rare", 850)
    assert (first.state, first.sold_for, first.purchased_at) == (CardState.HELD, None, None)
    async with store.read() as conn:
        assert await cards.by_id(conn, second.id) == second
        assert await cards.by_id(conn, "0" * 26) is None
    await store.run(lambda conn: cards.add(conn, OWNER, [], NOW))


async def test_one_item_again_is_the_next_occurrence(store: Store):
    one, two, other = await added(store, "a", "a", "b")
    assert (one.occurrence, two.occurrence, other.occurrence) == (0, 1, 0)
    (three,) = await added(store, "a")
    assert three.occurrence == 2
    (theirs,) = await added(store, "a", owner=Owner(None, 102, "bob", GUILD, "pack", "A pack"))
    assert theirs.occurrence == 0
    async with store.read() as conn:
        assert (await cards.claims(conn, "alice")).undated == {"a": 3, "b": 1}
        assert (await cards.claims(conn, "bob")).undated == {"a": 1}
    # What is sold or gone claims nothing, and its place is free again.
    await step(store, one, CardState.SUBMITTING, CardState.SOLD, sold_for=5)
    await step(store, other, CardState.GONE)
    await step(store, three, CardState.SUBMITTING, CardState.IN_DOUBT)
    async with store.read() as conn:
        assert (await cards.claims(conn, "alice")).undated == {"a": 2}
        assert await cards.unsettled(conn, "alice") == 1
    (again,) = await added(store, "a")
    assert again.occurrence == 0


async def test_a_claim_is_unique_in_the_schema(store: Store):
    (one,) = await added(store, "a")
    (two,) = await added(store, "a")
    with pytest.raises(IntegrityError):
        await store.run(
            lambda conn: conn.execute(t.cards.update().where(t.cards.c.id == two.id).values(occurrence=one.occurrence))
        )


async def test_of_eight_one_takes_the_step(store: Store):
    (card,) = await added(store, "a")

    async def contend() -> str:
        try:
            await step(store, card, CardState.SUBMITTING)
        except LostError:
            return "lost"
        return "won"

    assert sorted(await asyncio.gather(*(contend() for _ in range(8)))) == ["lost"] * 7 + ["won"]


async def test_what_the_inventory_says_is_taken_over(store: Store):
    (card,) = await added(store, "a")
    await store.run(lambda conn: cards.refresh(conn, card, Item("a", "", None, None, (), 900, "pack", NOW, True, None)))
    async with store.read() as conn:
        now = await cards.by_id(conn, card.id)
        assert now is not None
        assert await cards.claims(conn, "alice") == Claims(Counter({("a", NOW): 1}), Counter())
        assert await cards.alike(conn, now) == 1
    assert (now.price, now.offer_known, now.offer_ends, now.purchased_at, now.ver) == (900, True, None, NOW, 2)
    # The date stays, and a card that has moved on stays altogether.
    later = Item("a", "", None, None, (), 700, "pack", NOW + 1, True, NOW + 9)
    await store.run(lambda conn: cards.refresh(conn, now, later))
    await store.run(lambda conn: cards.refresh(conn, now, Item("a", "", None, None, (), 1)))
    async with store.read() as conn:
        now = await cards.by_id(conn, card.id)
    assert now is not None
    assert (now.price, now.offer_ends, now.purchased_at, now.ver) == (700, NOW + 9, NOW, 3)


def sale(card: Card, **changed: Any) -> dict[str, Any]:
    fresh = {"id": ulid(NOW), "card_id": card.id, "discord_id": ALICE, "user_id": "alice", "guild_id": GUILD}
    return fresh | {"pack_id": "pack", "quoted": 850, "created_at": NOW} | changed


async def test_one_sale_of_a_card_at_a_time(store: Store):
    (card,) = await added(store, "a")
    first = await store.run(lambda conn: sales.add(conn, **sale(card)))
    assert (first.state, first.amount) == (SaleState.SUBMITTING, None)
    for state in (SaleState.SUBMITTING, SaleState.IN_DOUBT):
        first = await store.run(lambda conn, seen=first, state=state: sales.change(conn, seen, state=state))
        with pytest.raises(IntegrityError):
            await store.run(lambda conn: sales.add(conn, **sale(card)))
    await store.run(lambda conn: sales.change(conn, first, state=SaleState.NOT_SOLD))
    with pytest.raises(LostError):
        await store.run(lambda conn: sales.change(conn, first, state=SaleState.SOLD))
    assert await store.run(lambda conn: sales.add(conn, **sale(card)))


async def test_due_sales(store: Store):
    made = await added(store, "a", "b", "c")
    due = (NOW + 5, NOW + 9, None)
    first, second, third = [
        await store.run(lambda conn, card=card, at=at: sales.add(conn, **sale(card, look_at=at)))
        for card, at in zip(made, due, strict=True)
    ]
    await store.run(lambda conn: sales.change(conn, third, state=SaleState.SOLD, amount=850))
    assert await store.run(lambda conn: sales.take_due(conn, ME, NOW + 4)) == []
    assert await store.run(lambda conn: sales.take_due(conn, ME, NOW + 5)) == [first.id]
    taken = await store.run(lambda conn: sales.take_up(conn, ME))
    assert [one.id for one in taken] == [second.id], "the first one is this process's already"
    async with store.read() as conn:
        assert await sales.next_look(conn, ME) == NOW + 5
        assert await sales.next_look(conn, ME, without=[first.id]) == NOW + 9
        found = await sales.by_id(conn, third.id)
        assert found is not None
        assert (found.state, found.amount) == (SaleState.SOLD, 850)
