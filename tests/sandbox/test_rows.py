"""Each documented error row of the partner, by status and literal text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Caller, VirtualClock


def row(answer: httpx2.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def error(status: int, text: str) -> tuple[int, Any]:
    return status, {"error": text}


@pytest.mark.parametrize(
    ("prefix", "key", "status"),
    [
        ("/_", "sandbox-anything", 200),
        ("/_", "sandbox-", 200),
        ("/_", "live-key", 401),
        ("/_", "", 401),
        ("/_", None, 401),
        ("", "live-key", 200),
        ("", "sandbox-anything", 401),
        ("", "", 401),
        ("", None, 401),
    ],
)
async def test_a_key_opens_its_own_environment_only(prefix: str, key: str | None, status: int):
    headers = {} if key is None else {"X-API-Key": key}
    async with httpx2.AsyncClient(transport=Sandbox().transport(), base_url=f"http://x{prefix}/api/v1") as http:
        for method, path in (("GET", "/vm/available"), ("POST", "/vm/buy/init"), ("GET", "/inventory/u")):
            answer = await http.request(method, path, headers=headers)
            assert (answer.status_code == 401) == (status == 401)
            if status == 401:
                assert row(answer) == error(401, "Invalid API key")


async def test_both_prefixes_have_one_state():
    sandbox = Sandbox()
    async with httpx2.AsyncClient(transport=sandbox.transport(), base_url="http://x") as http:
        body = {"id": sandbox.packs["diamond-classics"].id, "amount": 1, "user_id": "u"}
        await http.post("/_/api/v1/vm/buy/init", json=body, headers={"X-API-Key": "sandbox-1"})
        answer = await http.get("/api/v1/inventory/u", headers={"X-API-Key": "live"})
    assert len(answer.json()["items"]) == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"user_id": None}, "user_id is required"),
        ({"user_id": ""}, "user_id is required"),
        ({"user_id": 7}, "user_id is required"),
        ({"id": "unknown"}, "VM not found"),
        ({"id": None}, "VM not found"),
        ({"id": ["x"]}, "VM not found"),
        ({"amount": 0}, "Amount must be greater than 0"),
        ({"amount": -3}, "Amount must be greater than 0"),
        ({"amount": "2"}, "Amount must be greater than 0"),
        ({"amount": None}, "Amount must be greater than 0"),
        ({"amount": 11}, "Amount must be less than or equal to 10"),
    ],
)
async def test_init_refuses(caller: Caller, change: dict[str, Any], text: str):
    body = {"id": caller.sandbox.packs["diamond-classics"].id, "amount": 1, "user_id": "u"} | change
    answer = await caller.http.post("/vm/buy/init", json=body)
    assert row(answer) == error(400, text)
    assert not caller.sandbox.ledger.purchases


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"'])
async def test_a_body_that_is_none_is_refused_in_the_usual_shape(caller: Caller, body: bytes):
    assert row(await caller.http.post("/vm/buy/init", content=body)) == error(400, "user_id is required")
    assert row(await caller.http.post("/vm/buy/status", content=body)) == error(400, "Transaction failed")
    assert row(await caller.http.post("/vm/buyback", content=body)) == error(400, "Item not found")


@pytest.mark.parametrize("slug", ["summer-nationals", "holiday-hoops"])
async def test_sold_out_and_disabled_are_one_sentence(caller: Caller, slug: str):
    assert row(await caller.init(slug)) == error(400, "Claw machine is out of stock")


@pytest.mark.parametrize("temperament", ["sandbox", "production"])
async def test_no_listing_left_is_out_of_stock(make: Callable[..., Caller], temperament: str):
    caller = make(temperament=temperament)
    caller.sandbox.keep_only("diamond-classics", 0)
    assert row(await caller.init()) == error(400, "Claw machine is out of stock")
    assert (await caller.packs())["diamond-classics"]["in_stock"] is False


async def test_the_read_rows(caller: Caller):
    assert row(await caller.status("unknown")) == error(400, "Transaction failed")
    assert row(await caller.http.get("/inventory/nobody")) == error(404, "User not found")
    assert row(await caller.http.get("/card/v1%7C1%7C0")) == error(404, "Card not found")
    for path in ("/inventory/", "/nothing", "/vm/buy/init"):
        answer = await caller.http.get(path)
        assert answer.status_code in (404, 405)
        assert not answer.headers["content-type"].startswith("application/json")


async def test_an_item_sells_once_and_until_its_end(caller: Caller, clock: VirtualClock):
    sold, late = await caller.pull(amount=2)
    assert (await caller.sell(sold["id"])).status_code == 200
    if sold["id"] != late["id"]:
        assert row(await caller.sell(sold["id"])) == error(400, "Item not found")
    assert row(await caller.sell("unknown")) == error(400, "Item not found")
    await clock.sleep(7 * 86_400 + 1)
    assert row(await caller.sell(late["id"])) == error(400, "Item has expired")
    assert len(caller.sandbox.ledger.sales) == 1


async def test_sales_of_one_item_at_once(production: Caller, clock: VirtualClock):
    [item] = await production.pull()
    first = asyncio.create_task(production.sell(item["id"]))
    await clock.sleep(0.1)
    assert row(await production.sell(item["id"])) == error(
        429, "A buyback request for this item is already being processed"
    )
    await clock.sleep(0.2)
    assert row(await production.sell(item["id"])) == error(400, "Item already has an active buyback session")
    assert (await first).status_code == 200
    assert row(await production.sell(item["id"])) == error(400, "Item not found")
    assert [sale.item_id for sale in production.sandbox.ledger.sales] == [item["id"]]


async def test_a_failed_transaction_may_have_delivered_or_not(production: Caller):
    for kind, bought in (("fail", 0), ("fail_delivered", 2)):
        production.sandbox.faults.add("init", kind)
        user = f"user-{kind}"
        session = (await production.init(amount=2, user=user)).json()["session_id"]
        while (answer := await production.status(session)).json() == {"status": "pending"}:
            pass
        assert row(answer) == error(400, "Transaction failed")
        assert len(await production.inventory(user)) == bought
        assert sum(len(p.item_ids) for p in production.sandbox.ledger.purchases if p.user_id == user) == bought
