"""Where requests go, what they carry, how much of an answer is read, and that the key shows nowhere."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.domain.clock import SystemClock
from bot.partner import errors
from bot.partner.api import PartnerReads
from bot.partner.http import LARGEST_BODY, PRODUCTION, SANDBOX, address, environment
from bot.partner.orders import Deadline, PartnerOrders

from .conftest import KEY, URL, FakeClock, Peer, answer, serving

if TYPE_CHECKING:
    from collections.abc import Callable

LIVE_KEY = SecretStr("live-key")
ALL_ROUTES = {
    "GET /_/api/v1/vm/available",
    "GET /_/api/v1/vm/recent-pulls",
    "GET /_/api/v1/card/i",
    "GET /_/api/v1/inventory/u",
    "POST /_/api/v1/vm/buy/status",
    "POST /_/api/v1/vm/buy/init",
    "POST /_/api/v1/vm/buyback",
}


async def ask_everything(
    url: str | None, key: SecretStr, handle: Callable[[httpx2.Request], httpx2.Response] | None, clock: FakeClock
) -> list[errors.PartnerError]:
    """Every call once; the errors that were raised."""
    transport = httpx2.MockTransport(handle) if handle else None
    reads = PartnerReads(url, key, clock, transport=transport)
    orders = PartnerOrders(url, key, clock, transport=transport)
    raised: list[errors.PartnerError] = []
    deadline = Deadline.after(clock, 10)
    for call in (
        reads.packs,
        lambda: reads.recent_pulls(["a|b", "c"], 7),
        lambda: reads.card("i"),
        lambda: reads.inventory("u"),
        lambda: reads.status("s"),
        orders.look,
        lambda: orders.buy("p", 3, "u", deadline),
        lambda: orders.sell("v1|1|0", deadline),
    ):
        try:
            await call()
        except errors.PartnerError as error:
            raised.append(error)
    await reads.close()
    await orders.close()
    return raised


async def test_every_route_keeps_the_prefix_of_the_sandbox(clock: FakeClock):
    """urljoin with an absolute path would drop it, and buy for real."""
    seen: list[httpx2.Request] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(400)

    await ask_everything(None, KEY, handle, clock)
    assert {f"{one.method} {one.url.path}" for one in seen} == ALL_ROUTES
    assert {one.url.host for one in seen} == {"api.phygitals.com"}
    assert {one.headers["X-API-Key"] for one in seen} == {KEY.get_secret_value()}
    bodies = {one.url.path.rsplit("/", 1)[1]: json.loads(one.content) for one in seen if one.method == "POST"}
    assert bodies == {
        "init": {"id": "p", "amount": 3, "user_id": "u"},
        "status": {"session_id": "s"},
        "buyback": {"item_id": "v1|1|0"},
    }
    pulls = next(one for one in seen if one.url.path.endswith("recent-pulls"))
    assert pulls.url.params.multi_items() == [("claw_ids", "a|b"), ("claw_ids", "c"), ("limit", "7")]


@pytest.mark.parametrize(
    ("key", "url", "expected"),
    [
        ("sandbox-x", None, SANDBOX),
        ("live", None, PRODUCTION),
        ("sandbox-x", "http://127.0.0.1:8799/_/", "http://127.0.0.1:8799/_"),
        ("live", "https://elsewhere.test/prefix/", "https://elsewhere.test/prefix"),
    ],
)
def test_address(key: str, url: str | None, expected: str):
    assert address(SecretStr(key), url) == expected


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("sandbox-x", PRODUCTION),
        ("sandbox-x", "https://elsewhere.test/_/api"),
        ("sandbox-x", "https://elsewhere.test/a_"),
        ("sandbox-x", "https://_"),
        ("sandbox-x", "https://elsewhere.test/?/_"),
        ("sandbox-x", "https://elsewhere.test#/_"),
        ("live", SANDBOX),
        ("live", SANDBOX + "/"),
        ("Sandbox-x", SANDBOX),
        ("live", "ftp://elsewhere.test"),
        ("live", "elsewhere.test"),
        ("live", "https://"),
        ("live", "https://[::1"),
        ("live", "https://user:secret@elsewhere.test"),
        ("", None),
        ("a b", None),
        ("live\n", None),
        ("lïve", None),
    ],
)
@pytest.mark.parametrize("make", [PartnerOrders, PartnerReads])
def test_guard(make: type, key: str, url: str | None, clock: FakeClock):
    with pytest.raises(ValueError, match=r"partner (key|URL)") as raised:
        make(url, SecretStr(key), clock)
    if key.strip():
        assert key.strip() not in str(raised.value).replace("sandbox key", "")


@pytest.mark.parametrize(
    ("key", "url", "expected"),
    [
        ("sandbox-x", None, "sandbox"),
        ("sandbox-x", SANDBOX + "/", "sandbox"),
        ("live", None, "production"),
        ("live", "https://Elsewhere.test:8443/x", "elsewhere.test"),
    ],
)
def test_environment(key: str, url: str | None, expected: str):
    assert environment(SecretStr(key), url) == expected


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)))
async def test_ids_are_one_segment_of_the_path(id_: str):
    seen: list[str] = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.raw_path.decode())
        return httpx2.Response(404, json={"error": "User not found"})

    reads = PartnerReads(URL, KEY, FakeClock(), transport=httpx2.MockTransport(handle))
    await reads.inventory(id_)
    prefix, _, last = seen[0].rpartition("/")
    assert prefix == "/_/api/v1/inventory"
    assert unquote(last) == id_
    assert not set(last) & set("|?#.&; ")


@pytest.mark.parametrize("id_", ["v1|110586049456|0", "..", ".", "../../vm/available", "a%2Fb", "ü/é", "a?b#c"])
async def test_awkward_ids_on_a_real_socket(id_: str, clock: FakeClock):
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(404, b'{"error": "Card not found"}'))

    async with serving(behave) as server:
        reads = PartnerReads(server.url, KEY, clock)
        with pytest.raises(errors.CardNotFoundError):
            await reads.card(id_)
        await reads.close()
    path = server.requests[0].split()[1]
    assert path.startswith("/_/api/v1/card/")
    assert unquote(path.removeprefix("/_/api/v1/card/")) == id_


def key_echo(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(418, json={"error": f"no such key: {KEY.get_secret_value()}"})


async def test_key_shows_nowhere(clock: FakeClock, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(418, b'{"error": "who is %s?"}' % KEY.get_secret_value().encode()))

    async with serving(behave) as server:
        raised = await ask_everything(server.url, KEY, None, clock)
    raised += await ask_everything(URL, KEY, key_echo, clock)
    assert len(raised) == 16
    shown = [caplog.text, repr(PartnerReads(URL, KEY, clock).__dict__), repr(PartnerOrders(URL, KEY, clock).__dict__)]
    for error in raised:
        shown += [str(error), repr(error), "".join(traceback.format_exception(error))]
    assert "who is [key]?" in "".join(shown)
    assert KEY.get_secret_value() not in "".join(shown)


async def test_oversize_body_is_not_read_to_its_end(clock: FakeClock):
    sent = 0

    async def behave(peer: Peer) -> None:
        nonlocal sent
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 10 * LARGEST_BODY:
            await peer.send(b" " * 65_536)
            sent += 65_536

    async with serving(behave) as server:
        reads = PartnerReads(server.url, KEY, clock)
        with pytest.raises(errors.BadAnswerError, match="more than"):
            await reads.packs()
        await asyncio.sleep(0.02)
        await reads.close()
    assert LARGEST_BODY <= sent < 5 * LARGEST_BODY  # what the sockets' buffers hold comes on top


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_reads_follow_no_redirect(status: int, clock: FakeClock):
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(status, b"", "Location: /_/api/v1/elsewhere"))

    async with serving(behave) as server:
        reads = PartnerReads(server.url, KEY, clock)
        with pytest.raises(errors.BadAnswerError):
            await reads.packs()
        await reads.close()
    assert server.requests == ["GET /_/api/v1/vm/available HTTP/1.1"]


async def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch, clock: FakeClock):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(200, b"[]"))

    async with serving(behave) as server:
        reads, orders = PartnerReads(server.url, KEY, clock), PartnerOrders(server.url, KEY, clock)
        assert await reads.packs() == await orders.look() == ()
        await reads.close()
        await orders.close()
    assert len(server.requests) == 2


async def test_reads_keep_their_connection_and_orders_do_not(clock: FakeClock):
    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(answer(200, b"[]"))

    async with serving(behave) as server:
        reads = PartnerReads(server.url, KEY, clock)
        for _ in range(5):
            await reads.packs()
        assert server.connections == 1
        await reads.close()
    async with serving(behave) as server:
        orders = PartnerOrders(server.url, KEY, clock)
        for _ in range(5):
            await orders.look()
        assert server.connections == 5
        await orders.close()


async def test_a_connection_that_closed_while_idle_costs_a_read_nothing():
    async def behave(peer: Peer) -> None:
        await peer.request()
        await peer.send(answer(200, b"[]"))  # kept alive, it says, and closes

    async with serving(behave) as server:
        reads = PartnerReads(server.url, KEY, SystemClock())
        for _ in range(10):
            assert await reads.packs() == ()
        await reads.close()


@pytest.mark.parametrize(
    ("headers", "skew"),
    [
        ({"Date": "Tue, 24 Nov 2026 10:00:40 GMT"}, 40.5),
        ({"Date": "Tue, 24 Nov 2026 09:59:00 GMT"}, -59.5),
        ({"Date": "Tue, 24 Nov 2026 10:00:40 GMT", "Age": "60"}, None),
        ({"Date": "yesterday"}, None),
        ({"Date": "Tue, 24 Nov 99999999999 10:00:40 GMT"}, None),
        ({}, None),
    ],
)
async def test_skew(headers: dict[str, str], skew: float | None, clock: FakeClock):
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=[], headers=headers))
    reads = PartnerReads(URL, KEY, clock, transport=transport)
    assert reads.skew is None
    await reads.packs()
    assert reads.skew == skew


async def test_skew_outlives_an_answer_without_date(clock: FakeClock):
    dates = [{"Date": "Tue, 24 Nov 2026 10:00:40 GMT"}, {}]
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=[], headers=dates.pop(0)))
    reads = PartnerReads(URL, KEY, clock, transport=transport)
    await reads.packs()
    await reads.packs()
    assert reads.skew == 40.5
