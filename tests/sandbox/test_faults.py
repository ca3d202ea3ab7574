"""Faults, in-process and on a socket: what the caller sees, and what was executed nevertheless."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox import Sandbox
from sandbox.server import serving
from tests.sandbox.conftest import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.conftest import Caller, VirtualClock

RAISED: list[tuple[Any, type[Exception]]] = [
    ("hang", httpx2.ReadTimeout),
    ("reset", httpx2.ReadError),
    ("half_body", httpx2.RemoteProtocolError),
]
ANSWERED = [
    ("401", 401, '{"error": "Invalid API key"}'),
    ("429", 429, '{"error": "Rate limit exceeded"}'),
    ("500", 500, '{"error": "Error during transaction"}'),
    ("504", 504, "<html>"),
    ("html_403", 403, "<!DOCTYPE html>"),
    ("redirect", 307, ""),
    ("refuse", 400, '{"error": "Claw machine is out of stock"}'),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("kind", "raised"), RAISED)
async def test_a_broken_connection_in_process(production: Caller, kind: Any, raised: type[Exception], after: bool):
    production.sandbox.faults.add("init", kind, after=after)
    with pytest.raises(raised):
        await production.init()
    assert len(production.sandbox.ledger.purchases) == after
    assert (await production.init(user="user-2")).status_code == 200


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("kind", "raised"), RAISED)
async def test_a_broken_connection_on_a_socket(kind: Any, raised: type[Exception], after: bool):
    sandbox = Sandbox()
    body = {"id": sandbox.packs["diamond-classics"].id, "amount": 1, "user_id": "u"}
    async with (
        serving(sandbox) as url,
        httpx2.AsyncClient(base_url=f"{url}/_/api/v1", headers={"X-API-Key": "sandbox-1"}, timeout=0.3) as http,
    ):
        sandbox.faults.add("init", kind, after=after)
        with pytest.raises(raised):
            await http.post("/vm/buy/init", json=body)
        assert len(sandbox.ledger.purchases) == after
        assert (await http.post("/vm/buy/init", json=body)).status_code == 200


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("kind", "status", "text"), ANSWERED)
async def test_a_false_answer(caller: Caller, kind: Any, status: int, text: str, after: bool):
    caller.sandbox.faults.add("init", kind, after=after)
    answer = await caller.init()
    assert answer.status_code == status
    assert answer.text.startswith(text)
    assert len(caller.sandbox.ledger.purchases) == after


async def test_documented_texts_belong_to_their_routes(caller: Caller):
    caller.sandbox.faults.add("buyback", "429")
    assert "already being processed" in (await caller.sell("x")).text
    for path, route in (("/inventory/u", "inventory"), ("/vm/available", "available")):
        caller.sandbox.faults.add(route, "500")
        assert (await caller.http.get(path)).json() == {"error": "An unexpected error occurred"}
    caller.sandbox.faults.add("init", "refuse", error=(400, "VM not found"))
    assert (await caller.init()).json() == {"error": "VM not found"}


async def test_wrong_answers_have_the_wrong_content(caller: Caller):
    good = (await caller.http.get("/vm/available")).json()
    caller.sandbox.faults.add("available", "wrong_types")
    wrong = (await caller.http.get("/vm/available")).json()
    assert wrong[0].keys() == good[0].keys()
    assert (wrong[0]["id"], wrong[0]["mint_price"]) == (7, "seven")
    caller.sandbox.faults.add("available", "wrong_shape")
    assert (await caller.http.get("/vm/available")).json() == {"data": [good]}
    caller.sandbox.faults.add("available", "bad_json")
    with pytest.raises(ValueError, match="Expecting"):
        (await caller.http.get("/vm/available")).json()
    caller.sandbox.faults.add("init", "wrong_types", after=True)
    assert (await caller.init()).json()["session_id"] == 7
    assert len(caller.sandbox.ledger.purchases) == 1


async def test_a_huge_body_comes_in_pieces(caller: Caller):
    caller.sandbox.faults.add("available", "huge")
    read = pieces = 0
    async with caller.http.stream("GET", "/vm/available") as answer:
        async for piece in answer.aiter_raw():
            read, pieces = read + len(piece), pieces + 1
    assert read > 5_000_000
    assert pieces > 50


async def test_slow_before_is_executed_after_the_caller_has_gone(production: Caller, clock: VirtualClock):
    production.sandbox.faults.add("init", "slow", seconds=40)
    with pytest.raises(httpx2.ReadTimeout):
        await production.init()
    assert clock.now() - START == 15_000
    assert not production.sandbox.ledger.purchases
    await clock.sleep(26)
    assert [purchase.at - START for purchase in production.sandbox.ledger.purchases] == [40_000]


async def test_slow_after_is_executed_first(production: Caller, clock: VirtualClock):
    production.sandbox.faults.add("init", "slow", after=True, seconds=5)
    assert (await production.init()).status_code == 200
    assert production.sandbox.ledger.purchases[0].at == START
    assert clock.now() - START == 5_000


async def test_a_cancelled_caller_does_not_stop_the_partner(production: Caller, clock: VirtualClock):
    production.sandbox.faults.add("init", "slow", seconds=5)
    call = asyncio.ensure_future(production.init())
    await clock.sleep(1)
    call.cancel()
    await clock.sleep(5)
    assert call.cancelled()
    assert len(production.sandbox.ledger.purchases) == 1


async def test_without_a_limit_a_hanging_call_ends_in_an_hour(caller: Caller, clock: VirtualClock):
    caller.sandbox.faults.add("available", "hang")
    with pytest.raises(httpx2.ReadError):
        await caller.http.get("/vm/available", timeout=None)
    assert clock.now() - START == 3_600_000


def traced(events: list[str], refuse_at: str = "") -> dict[str, Any]:
    async def trace(name: str, _info: dict[str, Any]) -> None:
        events.append(name)
        if name == refuse_at:
            raise RuntimeError("too late to send")

    return {"trace": trace}


@pytest.mark.parametrize(
    ("kind", "raised"), [("connect_error", httpx2.ConnectError), ("connect_timeout", httpx2.ConnectTimeout)]
)
async def test_a_failed_connection_sends_nothing(caller: Caller, kind: Any, raised: type[Exception]):
    caller.sandbox.faults.add("init", kind)
    events: list[str] = []
    with pytest.raises(raised):
        await caller.http.post("/vm/buy/init", json={}, extensions=traced(events))
    assert events == ["connection.connect_tcp.started", "connection.connect_tcp.failed"]
    assert not caller.sandbox.ledger.requests


async def test_a_trace_that_refuses_keeps_the_request_back(caller: Caller):
    with pytest.raises(RuntimeError):
        await caller.http.post(
            "/vm/buy/init", json={}, extensions=traced([], refuse_at="http11.send_request_headers.started")
        )
    assert not caller.sandbox.ledger.requests


async def test_the_trace_in_process_is_the_one_of_a_socket():
    sandbox, events = Sandbox(), {"in-process": [], "socket": []}
    async with serving(sandbox) as url:
        for name, transport in (("in-process", sandbox.transport()), ("socket", None)):
            async with httpx2.AsyncClient(transport=transport, base_url=url) as http:
                await http.get("/_/api/v1/vm/available", extensions=traced(events[name]))
    until = events["socket"].index("http11.receive_response_headers.complete") + 1
    assert events["in-process"] == events["socket"][:until]


async def test_answers_tell_the_partners_time(caller: Caller):
    assert (await caller.http.get("/vm/available")).headers["date"] == "Wed, 18 Nov 2026 11:06:40 GMT"
    caller.sandbox.ahead = 65.0
    assert (await caller.init()).headers.get_list("date") == ["Wed, 18 Nov 2026 11:07:45 GMT"]


async def test_faults_wait_in_line_and_repeat(caller: Caller):
    caller.sandbox.faults.add("available", "401", times=2)
    caller.sandbox.faults.add("*", "504")
    caller.sandbox.faults.add("status", "500", times=None)
    codes = [(await caller.http.get("/vm/available")).status_code for _ in range(4)]
    assert codes == [401, 401, 504, 200]
    assert [(await caller.status("x")).status_code for _ in range(3)] == [500] * 3
    caller.sandbox.faults.clear()
    assert (await caller.status("x")).status_code == 400


async def test_down_is_down_for_all_and_ends(caller: Caller):
    caller.sandbox.down = True
    for call in (caller.http.get("/vm/available"), caller.init(), caller.status("x"), caller.sell("x")):
        with pytest.raises(httpx2.ReadError):
            await call
    caller.sandbox.down = False
    assert (await caller.init()).status_code == 200
    assert len(caller.sandbox.ledger.purchases) == 1


async def test_random_faults_come_at_their_rate_and_repeat_with_the_seed(make: Callable[..., Caller]):
    runs = []
    for _ in range(2):
        caller = make(seed=3)
        caller.sandbox.faults.rate = 0.3
        outcomes = []
        for _ in range(60):
            try:
                outcomes.append((await caller.http.get("/vm/available")).status_code)
            except httpx2.TransportError as error:
                outcomes.append(type(error).__name__)
        runs.append(outcomes)
    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 4


async def test_an_idle_connection_is_closed_after_the_answer():
    sandbox = Sandbox()
    async with serving(sandbox) as url:
        port = int(url.rpartition(":")[2])
        sandbox.faults.add("available", "close_idle")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /_/api/v1/vm/available HTTP/1.1\r\nHost: x\r\nX-API-Key: sandbox-1\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 1)  # to the end: the server has closed
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"200 OK" in head
    assert b"connection: close" not in head.lower()
    assert body.endswith(b"]")
