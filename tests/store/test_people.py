"""Accounts, confirmations and freezes as rows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.domain.ids import ulid
from bot.store import accounts, confirmations, freezes
from bot.store import tables as t
from bot.store.accounts import Account
from bot.store.confirmations import Confirmation
from tests.store.conftest import ALICE, BOB, CHANNEL, GUILD, NOW

if TYPE_CHECKING:
    from bot.store.engine import Store


def account(discord_id: int, user_id: str, origin: str = "linked") -> Account:
    return Account(discord_id, user_id, origin, NOW, None)


async def test_accounts_are_one_to_one(store: Store):
    async def add(discord_id: int, user_id: str) -> bool:
        return await store.run(lambda conn: accounts.add(conn, account(discord_id, user_id)))

    assert sorted(await asyncio.gather(*(add(ALICE, f"u{n}") for n in range(5)))) == [False] * 4 + [True]
    assert sorted(await asyncio.gather(*(add(1000 + n, "u9") for n in range(5)))) == [False] * 4 + [True]
    async with store.read() as conn:
        mine = await accounts.by_discord_id(conn, ALICE)
        assert mine is not None
        assert await accounts.by_user_id(conn, mine.user_id) == mine
        assert await accounts.by_user_id(conn, "nobody") is None
        changes = (await conn.execute(select(func.count()).select_from(t.account_changes))).scalar()
    assert changes == 2, "those that came to nothing aren't remembered"


async def test_an_earlier_link_is_remembered_of_both(store: Store):
    mine = account(ALICE, "u1")
    async with store.read() as conn:
        assert not await accounts.linked_before(conn, ALICE, "u1")
    await store.run(lambda conn: accounts.add(conn, mine))
    await store.run(lambda conn: accounts.remove(conn, mine, NOW + 1))
    async with store.read() as conn:
        assert await accounts.by_discord_id(conn, ALICE) is None
        assert await accounts.linked_before(conn, ALICE, "u2")
        assert await accounts.linked_before(conn, BOB, "u1")
        assert not await accounts.linked_before(conn, BOB, "u2")


async def test_a_code_is_used_once(store: Store):
    uses = await asyncio.gather(
        *(store.run(lambda conn, who=who: accounts.use_code(conn, "nonce", who, NOW)) for who in range(6))
    )
    assert sorted(uses) == [False] * 5 + [True]
    async with store.read() as conn:
        assert await accounts.code_used(conn, "nonce")
        assert not await accounts.code_used(conn, "another")


async def test_terms_are_accepted_by_version(store: Store):
    for _ in range(2):
        await store.run(lambda conn: accounts.accept(conn, ALICE, "1", NOW))
    async with store.read() as conn:
        assert await accounts.accepted(conn, ALICE, "1")
        assert not await accounts.accepted(conn, ALICE, "2")
        assert not await accounts.accepted(conn, BOB, "1")


def confirmation(discord_id: int = ALICE) -> Confirmation:
    return Confirmation(
        id=ulid(NOW),
        discord_id=discord_id,
        guild_id=GUILD,
        channel_id=CHANNEL,
        pack_id="pack",
        pack_name="A pack",
        amount=1,
        total=500,
        private=False,
        terms="{}",
        state="OPEN",
        created_at=NOW,
        expires_at=NOW + 1,
    )


async def state_of(store: Store, one: Confirmation) -> str:
    async with store.read() as conn:
        found = await confirmations.by_id(conn, one.id)
    assert found is not None
    return found.state


async def test_a_newer_confirmation_replaces_the_open_one(store: Store):
    first, theirs, second = confirmation(), confirmation(BOB), confirmation()
    for one in (first, theirs, second):
        await store.run(lambda conn, one=one: confirmations.add(conn, one))
    assert [await state_of(store, one) for one in (first, theirs, second)] == ["REPLACED", "OPEN", "OPEN"]
    await store.run(lambda conn: confirmations.close(conn, second.id, "USED"))
    third = confirmation()
    await store.run(lambda conn: confirmations.add(conn, third))
    assert [await state_of(store, one) for one in (second, third)] == ["USED", "OPEN"]


async def test_of_many_confirmations_at_once_one_stays_open(store: Store):
    for _ in range(4):
        made = [confirmation() for _ in range(6)]
        await asyncio.gather(*(store.run(lambda conn, one=one: confirmations.add(conn, one)) for one in made))
        assert sorted([await state_of(store, one) for one in made]) == ["OPEN"] + ["REPLACED"] * 5


async def test_two_open_confirmations_are_refused_by_the_schema(store: Store):
    first, second = confirmation(), confirmation()
    await store.run(lambda conn: confirmations.add(conn, first))
    await store.run(lambda conn: confirmations.add(conn, second))
    with pytest.raises(IntegrityError):
        await store.run(lambda conn: confirmations.close(conn, first.id, "OPEN"))


async def test_a_locked_confirmation_waits_for_its_end(store: Store):
    """Whoever looks with a lock sees what the transaction before it left."""
    one = confirmation()
    await store.run(lambda conn: confirmations.add(conn, one))
    begun = asyncio.Event()

    async def slow(conn) -> None:
        await confirmations.close(conn, one.id, "CANCELLED")
        begun.set()
        await asyncio.sleep(0.1)

    async def look(conn) -> str:
        found = await confirmations.by_id(conn, one.id, lock=True)
        assert found is not None
        return found.state

    closing = asyncio.create_task(store.run(slow))
    await begun.wait()
    assert await store.run(look) == "CANCELLED"
    await closing


WIDEST_FIRST = ("bot", f"guild:{GUILD}", "pack:pack", f"member:{ALICE}")


async def stopping(store: Store, action: str = "buy", now: int = NOW, **changed) -> str | None:
    who = {"discord_id": ALICE, "guild_id": GUILD, "pack_id": "pack"} | changed
    async with store.read() as conn:
        found = await freezes.stopping(conn, action, now, **who)
    return None if found is None else found.scope


async def freeze(store: Store, scope: str, ends_at: int | None = None, action: str = "buy") -> str:
    return await store.run(
        lambda conn: freezes.add(conn, scope=scope, action=action, cause="c", reason="r", now=NOW, ends_at=ends_at)
    )


async def test_the_widest_freeze_is_the_one_that_is_told(store: Store):
    assert await stopping(store) is None
    for scope in reversed(WIDEST_FIRST):
        await freeze(store, scope)
        assert await stopping(store) == scope
        assert await stopping(store, "sell") is None


@pytest.mark.parametrize(
    ("scope", "other"),
    [(f"guild:{GUILD}", {"guild_id": 12}), ("pack:pack", {"pack_id": "p"}), (f"member:{ALICE}", {"discord_id": BOB})],
)
async def test_a_freeze_stops_nobody_else(store: Store, scope: str, other: dict):
    await freeze(store, scope)
    assert await stopping(store) == scope
    assert await stopping(store, **other) is None


async def test_a_freeze_ends_to_the_millisecond_or_when_it_is_lifted(store: Store):
    await freeze(store, "bot", ends_at=NOW + 5)
    assert await stopping(store, now=NOW + 4) == "bot"
    assert await stopping(store, now=NOW + 5) is None
    made = await freeze(store, "bot")
    assert await stopping(store, now=NOW + 5) == "bot"
    await store.run(
        lambda conn: conn.execute(t.freezes.update().where(t.freezes.c.id == made).values(lifted_at=NOW + 6))
    )
    assert await stopping(store, now=NOW + 6) is None
