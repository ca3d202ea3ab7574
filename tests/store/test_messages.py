"""Messages as rows: behind until they show the newest, and without a token that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.purchase import State
from bot.store import messages, purchases, sales
from tests.store.conftest import CHANNEL, ME, NOW, reserved, stepped
from tests.store.test_cards import added, sale

if TYPE_CHECKING:
    from bot.store.engine import Store
    from bot.store.messages import Message


async def message(store: Store, message_id: int | None = 7, **values: Any) -> None:
    await store.run(lambda conn: messages.add(conn, NOW, channel_id=CHANNEL, message_id=message_id, **values))


async def behind(store: Store, now: int = NOW) -> list[Message]:
    return await store.run(lambda conn: messages.take_behind(conn, ME, now))


async def next_due(store: Store) -> int | None:
    async with store.read() as conn:
        return await messages.next_due(conn, ME)


async def put(store: Store, seen: Message, **values: Any) -> None:
    await store.run(lambda conn: messages.put(conn, seen.id, **values))


async def test_behind_until_it_shows_the_newest(store: Store):
    made = await reserved(store)
    await message(store, purchase_id=made.id)
    (seen,) = await behind(store)
    assert (seen.purchase_id, seen.shown_ver, seen.revealed) == (made.id, 0, 0)
    assert await next_due(store) == 0
    await put(store, seen, shown_ver=made.ver)
    assert await behind(store) == []
    assert await next_due(store) is None
    made = await stepped(store, made, State.SUBMITTING)
    assert [one.id for one in await behind(store)] == [seen.id]
    await put(store, seen, shown_ver=made.ver)
    await store.run(lambda conn: purchases.touch(conn, made.id))
    assert len(await behind(store)) == 1


async def test_what_was_revealed_only_grows(store: Store):
    made = await reserved(store)
    await message(store, purchase_id=made.id)
    (seen,) = await behind(store)
    await store.run(lambda conn: messages.put_all(conn, made.id, revealed=3))
    await store.run(lambda conn: messages.drawn(conn, seen.id, ME, 2, shown_ver=0))
    (shown,) = await behind(store)
    assert shown.revealed == 3
    await store.run(lambda conn: messages.drawn(conn, seen.id, ME, 4, shown_ver=0))
    (shown,) = await behind(store)
    assert shown.revealed == 4


async def test_a_lost_message_is_left_alone(store: Store):
    made = await reserved(store)
    await message(store, purchase_id=made.id, lost="the channel is gone")
    assert await behind(store) == []
    assert await next_due(store) is None


async def test_a_sale_has_its_message_too(store: Store):
    (card,) = await added(store, "a")
    made = await store.run(lambda conn: sales.add(conn, **sale(card)))
    await message(store, sale_id=made.id, shown_ver=1)
    assert await behind(store) == []
    await store.run(lambda conn: sales.change(conn, made, looks=1))
    assert [one.sale_id for one in await behind(store)] == [made.id]


async def test_a_post_is_behind_until_it_is_there(store: Store):
    await message(store, None, post="{}", nonce=2**62)
    (seen,) = await behind(store)
    assert seen.nonce == 2**62
    await put(store, seen, message_id=9, shown_ver=1)
    assert await behind(store) == []
    async with store.read() as conn:
        found = await messages.at(conn, 9)
        assert await messages.at(conn, 10) is None
    assert found is not None
    assert found.id == seen.id


async def test_not_before_its_due_time(store: Store):
    await message(store, None, post="{}", due_at=NOW + 5)
    await message(store, None, post="{}", due_at=NOW + 9)
    assert await next_due(store) == NOW + 5
    assert await behind(store, NOW + 4) == []
    assert len(await behind(store, NOW + 5)) == 1
    assert len(await behind(store, NOW + 9)) == 2


async def test_tokens_are_forgotten_when_they_end(store: Store):
    made = await reserved(store)
    for until in (NOW + 5, NOW + 9):
        await message(store, until, purchase_id=made.id, shown_ver=9, token="t", token_until=until)
    assert await next_due(store) == NOW + 5, "the end of a token is something to do"
    await store.run(lambda conn: messages.forget_tokens(conn, NOW + 4))
    assert await next_due(store) == NOW + 5
    await store.run(lambda conn: messages.forget_tokens(conn, NOW + 5))
    assert await next_due(store) == NOW + 9
    async with store.read() as conn:
        first, second = await messages.at(conn, NOW + 5), await messages.at(conn, NOW + 9)
    assert first is not None
    assert second is not None
    assert (first.token, first.token_until) == (None, None)
    assert (second.token, second.token_until) == ("t", NOW + 9)


async def test_a_message_has_one_subject(store: Store):
    made = await reserved(store)
    for values in ({}, {"purchase_id": made.id, "post": "{}"}):
        with pytest.raises(IntegrityError):
            await message(store, **values)
