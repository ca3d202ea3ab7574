"""Which failures of an order are surely not sent, on real sockets (money-safety).

The table says what the partner does, whether it carried the order out, and what the client must say. The rule that it
must never break: an order that was carried out is not reported as unsent or refused, and is never sent twice.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
from contextlib import closing

import httpx2
import pytest

from bot.domain.clock import SystemClock
from bot.partner import errors
from bot.partner.models import Accepted
from bot.partner.orders import Deadline, PartnerOrders

from .breakages import Fault, HeadersOnly, NoRead, chunked, error
from .conftest import KEY, URL, FakeClock, Peer, RawServer, answer, serving

SHORT = 0.5
"""The wall in seconds, for what would take for ever."""
GOOD = b'{"session_id": "s-1", "nfts": []}'
HTML = b"<!DOCTYPE html><title>Attention required</title>"
DOUBT = errors.InDoubtError
NO, YES = False, True

# what happens, is the order carried out?, what the client says
TABLE: list[tuple[str, Fault, bool, type]] = [
    ("good", Fault(answer(200, GOOD)), YES, Accepted),
    ("good, without cards", Fault(answer(200, b'{"session_id": "s-1", "nfts": null}')), YES, Accepted),
    ("good, without a length", Fault(b"HTTP/1.1 200 OK\r\n\r\n" + GOOD), YES, Accepted),
    ("good, in chunks", Fault(chunked(b"5\r\n", GOOD[:5], b"\r\n1c\r\n", GOOD[5:], b"\r\n0\r\n\r\n")), YES, Accepted),
    ("good, after a 100", Fault(b"HTTP/1.1 100 Continue\r\n\r\n", answer(200, GOOD)), YES, Accepted),
    ("closes at once", NoRead(), NO, DOUBT),
    ("resets at once", NoRead(end="reset"), NO, DOUBT),
    ("resets before the body", HeadersOnly(), NO, DOUBT),
    ("closes after the order", Fault(), YES, DOUBT),
    ("closes, not executed", Fault(), NO, DOUBT),
    ("resets after the order", Fault(end="reset"), YES, DOUBT),
    ("hangs", Fault(end="hang"), YES, DOUBT),
    ("hangs, not executed", Fault(end="hang"), NO, DOUBT),
    ("hangs after the status line", Fault(b"HTTP/1.1 200 OK\r\n", end="hang"), YES, DOUBT),
    ("hangs after the headers", Fault(answer(200, GOOD)[: -len(GOOD)], end="hang"), YES, DOUBT),
    ("closes after the headers", Fault(answer(200, GOOD)[: -len(GOOD)]), YES, DOUBT),
    ("half a body, closes", Fault(answer(200, GOOD)[:-9]), YES, DOUBT),
    ("half a body, resets", Fault(answer(200, GOOD)[:-9], end="reset"), YES, DOUBT),
    ("half a body, hangs", Fault(answer(200, GOOD)[:-9], end="hang"), YES, DOUBT),
    ("a broken chunk", Fault(chunked(b"zz\r\n", GOOD)), YES, DOUBT),
    ("chunks without an end", Fault(chunked(b"21\r\n", GOOD, b"\r\n")), YES, DOUBT),
    ("drips beyond the wall", Fault(*(bytes([b]) for b in answer(200, GOOD)), pause=0.02), YES, DOUBT),
    ("garbage", Fault(b"\x16\x03\x01\x00\xff" * 20), YES, DOUBT),
    ("endless headers", Fault(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000), YES, DOUBT),
    ("two lengths", Fault(answer(200, GOOD, "Content-Length: 3")), YES, DOUBT),
    ("gzip garbage", Fault(answer(200, b"not gzip", "Content-Encoding: gzip")), YES, DOUBT),
    ("gzip bomb", Fault(answer(200, gzip.compress(bytes(8_000_000)), "Content-Encoding: gzip")), YES, DOUBT),
    ("an oversize body", Fault(answer(200, b" " * 5_000_000 + GOOD)), YES, DOUBT),
    ("an endless body", Fault(b"HTTP/1.1 200 OK\r\n\r\n", *[b" " * 100_000] * 200), YES, DOUBT),
    ("bad JSON", Fault(answer(200, b'{"session_id": "s-1"')), YES, DOUBT),
    ("not UTF-8", Fault(answer(200, b'{"session_id": "\xff"}')), YES, DOUBT),
    ("deeply nested JSON", Fault(answer(200, b"[" * 200_000)), YES, DOUBT),
    ("an empty body", Fault(answer(200, b"")), YES, DOUBT),
    ("HTML with 200", Fault(answer(200, HTML, kind="text/html")), YES, DOUBT),
    ("a list", Fault(answer(200, b"[]")), YES, DOUBT),
    ("no session", Fault(answer(200, b'{"nfts": []}')), YES, DOUBT),
    ("session null", Fault(answer(200, b'{"session_id": null}')), YES, DOUBT),
    ("session a number", Fault(answer(200, b'{"session_id": 7}')), YES, DOUBT),
    ("session empty", Fault(answer(200, b'{"session_id": ""}')), YES, DOUBT),
    ("session with a NUL", Fault(answer(200, b'{"session_id": "a\\u0000"}')), YES, DOUBT),
    ("a refusal with 200", error(200, "Claw machine is out of stock"), YES, DOUBT),
    ("201", Fault(answer(201, GOOD)), YES, DOUBT),
    ("204", Fault(b"HTTP/1.1 204 No Content\r\n\r\n"), YES, DOUBT),
    ("301", Fault(answer(301, b"", "Location: /_/api/v1/vm/buy/init")), YES, DOUBT),
    ("307", Fault(answer(307, b"", "Location: /_/api/v1/vm/buy/init")), YES, DOUBT),
    ("308", Fault(answer(308, b"", "Location: /_/api/v1/vm/buy/init")), NO, DOUBT),
    ("documented refusal", error(400, "Claw machine is out of stock"), NO, errors.OutOfStockError),
    ("refusal in HTML", Fault(answer(400, b"Claw machine is out of stock", kind="text/html")), YES, DOUBT),
    ("refusal of another status", error(409, "Claw machine is out of stock"), YES, DOUBT),
    ("refusal in other words", error(400, "Claw machine is out of stock."), YES, DOUBT),
    ("refusal as a list", Fault(answer(400, b'{"error": ["Claw machine is out of stock"]}')), YES, DOUBT),
    ("refusal cut off", Fault(answer(400, b'{"error": "VM not found"}')[:-2]), YES, DOUBT),
    ("401", error(401, "Invalid API key"), NO, errors.InvalidKeyError),
    ("403 HTML", Fault(answer(403, HTML, kind="text/html")), NO, DOUBT),
    ("403 JSON", error(403, "Forbidden"), YES, DOUBT),
    ("404", error(404, "Not found"), NO, DOUBT),
    ("408", Fault(answer(408, b"")), YES, DOUBT),
    ("429", error(429, "Rate limit exceeded"), YES, DOUBT),
    ("500 documented", error(500, "Error during transaction"), YES, errors.OrderFailedError),
    ("500 HTML", Fault(answer(500, HTML, kind="text/html")), YES, DOUBT),
    ("500 with a refusal", error(500, "Claw machine is out of stock"), YES, DOUBT),
    ("502", Fault(answer(502, HTML, kind="text/html")), YES, DOUBT),
    ("503", error(503, "Unavailable"), NO, DOUBT),
    ("503 to be retried", Fault(answer(503, b"", "Retry-After: 0")), YES, DOUBT),
    ("504", Fault(answer(504, HTML, kind="text/html")), YES, DOUBT),
]


async def buy(url: str, clock: FakeClock | None = None, deadline: Deadline | None = None, wall: float = 5) -> object:
    """What became of an order: what it returned, or the error that it raised."""
    use = clock or SystemClock()
    orders = PartnerOrders(url, KEY, use, wall=wall)
    try:
        return await orders.buy("pack", 1, "user", deadline or Deadline.after(use, 10))
    except errors.PartnerError as raised:
        return raised
    finally:
        await orders.close()


@pytest.mark.parametrize(
    ("fault", "executes", "expected"), [row[1:] for row in TABLE], ids=[row[0].replace(" ", "_") for row in TABLE]
)
async def test_table(fault: Fault, executes: bool, expected: type):
    async def behave(peer: Peer) -> None:
        await fault(peer, executes)

    async with serving(behave) as server:
        outcome = await buy(server.url, wall=SHORT if fault.pause or fault.end == "hang" else 5)
        await asyncio.sleep(0.02)  # time for a second try that must not come
    assert type(outcome) is expected, outcome
    assert server.executed == executes
    assert server.connections == 1
    assert len(server.requests) <= 1


async def test_closed_port_is_not_sent():
    with closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = held.getsockname()[1]
    assert type(await buy(f"http://127.0.0.1:{port}/_")) is errors.NotSentError


async def test_connect_timeout_is_not_sent(monkeypatch: pytest.MonkeyPatch):
    """A listener whose queue is full drops the handshake."""
    monkeypatch.setattr("bot.partner.orders.CONNECT", 0.1)
    with closing(socket.socket()) as listener, closing(socket.socket()) as first, closing(socket.socket()) as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        outcome = await buy(f"http://127.0.0.1:{listener.getsockname()[1]}/_")
    assert type(outcome) is errors.NotSentError
    assert str(outcome) == "ConnectTimeout"


async def test_failed_tls_is_not_sent():
    async def plain(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(answer(400, b"this is plain HTTP"))

    async with serving(plain) as server:
        outcome = await buy(server.url.replace("http:", "https:"))
    assert type(outcome) is errors.NotSentError
    assert server.requests == []


async def test_full_pool_is_not_sent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.partner.orders.CONNECTIONS", 3)
    monkeypatch.setattr("bot.partner.orders.CONNECT", 0.3)
    full = asyncio.Event()

    async def hang(peer: Peer) -> None:
        await peer.request()
        if len(peer.server.requests) == 3:
            full.set()
        await asyncio.sleep(60)

    async with serving(hang) as server:
        clock = SystemClock()
        orders = PartnerOrders(server.url, KEY, clock)
        async with asyncio.TaskGroup() as group:
            hanging = [group.create_task(orders.buy("p", 1, "u", Deadline.after(clock, 9))) for _ in range(3)]
            await full.wait()
            with pytest.raises(errors.NotSentError, match="PoolTimeout"):
                await orders.buy("p", 1, "u", Deadline.after(clock, 9))
            for task in hanging:
                task.cancel()
        await orders.close()
    assert len(server.requests) == 3


class Failing(httpx2.AsyncBaseTransport):
    """Fails before or after the moment at which the real transport would begin to write."""

    def __init__(self, error: Exception, started: bool) -> None:
        self.error = error
        self.started = started

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.started:
            await request.extensions["trace"]("http11.send_request_headers.started", {})
        raise self.error


BEFORE = ["ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol", "InvalidURL"]
ANY_TIME = ["ReadTimeout", "ReadError", "WriteTimeout", "WriteError", "RemoteProtocolError", "ProxyError", "CloseError"]


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("kind", [*BEFORE, *ANY_TIME])
async def test_unsent_needs_both_the_kind_and_the_trace(kind: str, started: bool, clock: FakeClock):
    orders = PartnerOrders(URL, KEY, clock, transport=Failing(getattr(httpx2, kind)("x"), started))
    with pytest.raises(errors.PartnerError, match=kind) as raised:
        await orders.buy("p", 1, "u", Deadline.after(clock, 10))
    unsent = kind in BEFORE and not started
    assert type(raised.value) is (errors.NotSentError if unsent else errors.InDoubtError)


async def good(peer: Peer) -> None:
    if await peer.request():
        peer.execute()
        await peer.send(answer(200, GOOD))


@pytest.mark.parametrize("late", ["wall", "boot"])
async def test_expired_deadline_sends_no_byte(late: str, clock: FakeClock):
    deadline = Deadline.after(clock, 10)
    clock.ms += 10_000 * (late == "wall")
    clock.boot += 10 * (late == "boot")
    async with serving(good) as server:
        outcome = await buy(server.url, clock, deadline)
    assert type(outcome) is errors.NotSentError
    assert server.connections == 0


@pytest.mark.parametrize("late", ["wall", "boot"])
async def test_deadline_that_passes_while_connecting_sends_no_byte(late: str):
    class Jumping(FakeClock):
        """Both clocks run on; the machine slept after the first look at one of them."""

        def now(self) -> int:
            self.ms += 6_000 * (late == "wall")
            return self.ms

        def boottime(self) -> float:
            self.boot += 6 * (late == "boot")
            return self.boot

    clock = Jumping()
    async with serving(good) as server:
        outcome = await buy(server.url, clock, Deadline.after(clock, 10))
        await asyncio.sleep(0.02)
    assert type(outcome) is errors.NotSentError
    assert server.connections == 1
    assert server.bytes_seen == 0


async def test_cancelled_order_stays_cancelled():
    reached = asyncio.Event()

    async def hang(peer: Peer) -> None:
        await peer.request()
        peer.execute()
        reached.set()
        await asyncio.sleep(60)

    async with serving(hang) as server:
        task = asyncio.create_task(buy(server.url))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.02)
    assert server.executed == len(server.requests) == 1


async def test_servers_that_close_idle_connections_leave_no_doubt():
    async with serving(good) as server:  # answers with keep-alive, and closes right then
        clock = SystemClock()
        orders = PartnerOrders(server.url, KEY, clock, wall=5)
        for _ in range(30):
            assert await orders.buy("pack", 1, "user", Deadline.after(clock, 10)) == Accepted("s-1", ())
        await orders.close()
    assert server.connections == server.executed == 30


@pytest.mark.parametrize(
    ("fault", "executes", "expected"),
    [
        (Fault(answer(200, b'{"success": true, "amount": 8.42}')), YES, 842),
        (Fault(answer(200, b'{"success": true}')), YES, DOUBT),
        (Fault(answer(200, b'{"success": true, "amount": "8.42"}')), YES, DOUBT),
        (Fault(answer(200, b'{"success": true, "amount": -1}')), YES, DOUBT),
        (Fault(answer(200, b'{"success": true, "amount": NaN}')), YES, DOUBT),
        (Fault(answer(200, b'{"success": 1, "amount": 8.42}')), YES, DOUBT),
        (Fault(answer(200, b'{"success": false, "amount": 8.42}')), YES, DOUBT),
        (Fault(answer(200, b'{"amount": 8.42}')), YES, DOUBT),
        (Fault(end="reset"), YES, DOUBT),
        (Fault(answer(403, HTML, kind="text/html")), NO, DOUBT),
        (error(400, "Item not found"), NO, errors.ItemNotFoundError),
    ],
)
async def test_sale(fault: Fault, executes: bool, expected: object):
    async def behave(peer: Peer) -> None:
        await fault(peer, executes)

    async with serving(behave) as server:
        outcome = await sell(server)
    assert expected in {type(outcome), outcome}
    assert server.executed == executes
    assert len(server.requests) == 1


async def sell(server: RawServer) -> object:
    clock = SystemClock()
    orders = PartnerOrders(server.url, KEY, clock, wall=5)
    try:
        return await orders.sell("v1|1|0", Deadline.after(clock, 10))
    except errors.PartnerError as raised:
        return raised
    finally:
        await orders.close()
