"""What differs between the documented sandbox and production."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.sandbox.conftest import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Caller, VirtualClock


async def test_the_sandbox_delivers_at_once(caller: Caller, clock: VirtualClock):
    started = (await caller.init(amount=3)).json()
    result = (await caller.status(started["session_id"])).json()["result"]
    assert [item["id"] for item in started["nfts"]] == [item["id"] for item in result["nfts"]]
    assert len(started["nfts"]) == 3
    assert result["user_id"] == "user-1"
    assert result["session_id"] == started["session_id"]
    assert result["tx_hash"].startswith("sandbox_")
    assert all("links" not in item["content"] for item in result["nfts"])
    assert clock.now() == START


async def test_the_sandbox_reserves_nothing_and_repeats_stack(caller: Caller):
    caller.sandbox.keep_only("diamond-classics", 1)
    [mine] = await caller.pull()
    [again] = await caller.pull()
    [other] = await caller.pull(user="user-2")
    assert mine["id"] == again["id"] == other["id"]
    assert len(await caller.inventory()) == 2
    assert len({purchase.session_id for purchase in caller.sandbox.ledger.purchases}) == 3


async def test_the_sandbox_freezes_prices_and_gives_a_week(caller: Caller, clock: VirtualClock):
    [item] = await caller.pull()
    await clock.sleep(3 * 86_400)
    [held] = await caller.inventory()
    assert held["buyback_price"] == item["buyback_price"]
    assert held["purchased_at"] == "2026-11-18T11:06:40.000Z"
    assert held["buyback_expires_at"] == "2026-11-25T11:06:40.000Z"
    assert (await caller.sell(item["id"])).json() == {"success": True, "amount": item["buyback_price"]}
    assert await caller.inventory() == []


async def test_a_deploy_wipes_everything_but_the_truth(caller: Caller):
    session = (await caller.init()).json()["session_id"]
    caller.sandbox.forget()
    assert (await caller.status(session)).json() == {"error": "Transaction failed"}
    assert (await caller.http.get("/inventory/user-1")).json() == {"error": "User not found"}
    assert len(caller.sandbox.ledger.purchases) == 1


async def test_production_holds_the_call_and_then_delivers(production: Caller, clock: VirtualClock):
    started = (await production.init(amount=2)).json()
    assert started["nfts"] == []
    assert (await production.http.get("/inventory/user-1")).json() == {"user_id": "user-1", "items": []}
    answers = []
    while not answers or answers[-1] == {"status": "pending"}:
        answers.append((await production.status(started["session_id"])).json())
    assert answers[0] == {"status": "pending"}
    assert 6_000 <= clock.now() - START <= 7_500
    assert len(answers[-1]["result"]["nfts"]) == 2
    held = await production.inventory()
    assert {item["id"] for item in held} == {item["id"] for item in answers[-1]["result"]["nfts"]}
    assert all(item["purchased_at"] > "2026-11-18T11:06:46" for item in held)
    assert all(item["content"]["links"]["image"] for item in answers[-1]["result"]["nfts"])


async def test_settle_and_hold_can_be_short(make: Callable[..., Caller], clock: VirtualClock):
    quick = make(temperament="production", settle=0.0)
    session = (await quick.init()).json()["session_id"]
    assert "result" in (await quick.status(session)).json()
    slow = make(temperament="production", settle=100.0, hold=1.0)
    session = (await slow.init()).json()["session_id"]
    assert (await slow.status(session)).json() == {"status": "pending"}
    assert clock.now() - START == 1_000


async def test_production_hands_each_item_out_once_and_takes_it_back(production: Caller):
    production.sandbox.keep_only("ice-breakers", 5)
    items = await production.pull("ice-breakers", 5)
    assert len({item["id"] for item in items}) == 5
    assert (await production.init("ice-breakers", user="user-2")).json() == {"error": "Claw machine is out of stock"}
    assert (await production.packs())["ice-breakers"]["in_stock"] is False
    assert (await production.sell(items[0]["id"])).status_code == 200
    [again] = await production.pull("ice-breakers", user="user-2")
    assert again["id"] == items[0]["id"]
    assert [item["id"] for item in await production.inventory("user-2")] == [items[0]["id"]]


async def test_the_last_item_has_one_winner(production: Caller):
    production.sandbox.keep_only("ice-breakers", 1)
    answers = await asyncio.gather(*(production.init("ice-breakers", user=f"racer-{n}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert len(production.sandbox.ledger.purchases) == 1


async def test_without_reserving_stock_never_ends(make: Callable[..., Caller]):
    caller = make(temperament="production", reserve=False, settle=0.0)
    caller.sandbox.keep_only("ice-breakers", 1)
    assert [await caller.pull("ice-breakers") for _ in range(3)]


async def test_production_prices_move_a_little_and_can_be_forced(production: Caller, clock: VirtualClock):
    [item] = await production.pull()
    card = (await production.http.get(f"/card/{quote(item['id'], safe='')}")).json()
    fair = card["fmv"] * 0.85
    shown = set()
    for _ in range(12):
        [held] = await production.inventory()
        shown.add(held["buyback_price"])
        assert abs(held["buyback_price"] - fair) <= fair * 0.031 + 0.01
        await clock.sleep(600)
    assert len(shown) > 3
    production.sandbox.reprice(item["id"], 1_234)
    [held] = await production.inventory()
    assert held["buyback_price"] == 12.34
    production.sandbox.drift(item["id"], -34)
    assert (await production.sell(item["id"])).json() == {"success": True, "amount": 12.00}
    assert production.sandbox.ledger.sales[0].amount_cents == 1_200


async def test_some_production_offers_have_no_end(make: Callable[..., Caller]):
    caller = make(temperament="production", settle=0.0)
    for slug in ("diamond-classics", "ice-breakers", "world-strikers"):
        await caller.pull(slug, 10)
    ends = [item["buyback_expires_at"] for item in await caller.inventory()]
    assert None in ends
    assert any(ends)


@pytest.mark.parametrize("temperament", ["sandbox", "production"])
async def test_the_same_seed_pulls_the_same_cards(make: Callable[..., Caller], temperament: str):
    pulls = [await make(temperament=temperament, seed=seed).pull(amount=10) for seed in (7, 7, 8)]
    first, same, other = ([item["id"] for item in items] for items in pulls)
    assert first == same != other


async def test_the_ledger_says_what_was_executed(production: Caller, clock: VirtualClock):
    production.sandbox.faults.add("init", "reset", after=True)
    with pytest.raises(Exception, match="reset"):
        await production.init(amount=2)
    await production.pull(amount=1, user="user-2")
    await clock.sleep(2)
    lost, known = production.sandbox.ledger.purchases
    assert (lost.user_id, lost.amount, lost.price_cents, len(lost.item_ids)) == ("user-1", 2, 2_500, 2)
    assert known.pack_id == production.sandbox.packs["diamond-classics"].id
    assert {item["id"] for item in await production.inventory()} == set(lost.item_ids)
    ledger = production.sandbox.ledger
    assert (ledger.count("init"), ledger.count("available"), ledger.count("inventory")) == (2, 0, 1)
    assert ledger.requests[0].method == "POST"


async def test_a_purchase_can_go_wrong_in_what_it_delivers(make: Callable[..., Caller], clock: VirtualClock):
    caller = make(temperament="production", settle=0.0)
    caller.sandbox.faults.add("init", "fewer")
    assert len(await caller.pull(amount=3)) == 2
    caller.sandbox.faults.add("init", "more", count=2)
    assert len(await caller.pull(amount=3)) == 5
    caller.sandbox.faults.add("init", "foreign")
    session = (await caller.init()).json()["session_id"]
    assert (await caller.status(session)).json()["result"]["user_id"] == "somebody-else"
    caller.sandbox.faults.add("init", "late", seconds=60)
    await caller.pull(user="user-2")
    assert await caller.inventory("user-2") == []
    await clock.sleep(60)
    assert len(await caller.inventory("user-2")) == 1


async def test_recent_pulls_are_newest_first_and_without_people(production: Caller):
    [item] = await production.pull()
    feed = (await production.http.get("/vm/recent-pulls")).json()
    assert feed[0]["id"] == item["id"]
    assert len(feed) == 20
    assert [pull["created_at"] for pull in feed] == sorted((pull["created_at"] for pull in feed), reverse=True)
    assert all("user_id" not in pull for pull in feed)
    for limit, length in (("1", 1), ("0", 1), ("-5", 1), ("1000", 25), ("many", 20)):
        assert len((await production.http.get("/vm/recent-pulls", params={"limit": limit})).json()) == length
    wanted = [production.sandbox.packs[slug].id for slug in ("diamond-classics", "soccer-sprint")]
    some = (await production.http.get("/vm/recent-pulls", params={"claw_ids": wanted})).json()
    assert some
    assert {pull["claw_id"] for pull in some} <= set(wanted)


async def test_a_changed_pack_is_sold_on_its_new_terms(caller: Caller):
    caller.sandbox.change("diamond-classics", mint_price=Decimal("12.50"), max_per_mint=2, weights=(0, 0, 0, 3))
    pack = (await caller.packs())["diamond-classics"]
    assert (pack["mint_price"], pack["max_per_mint"]) == (12.5, 2)
    assert [tier["weight"] for tier in pack["rarity_distribution"]] == [0, 0, 0, 3]
    items = await caller.pull(amount=2)
    assert caller.sandbox.ledger.purchases[0].price_cents == 1_250
    assert all(item["buyback_price"] > 100 for item in items)
