"""The layer between the wire and the routes where the faults happen, on a socket and in-process alike."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Protocol, get_args

from sandbox.false_answers import Answer, false_answer
from sandbox.faults import CONNECT, OUTCOMES, Fault, Kind
from sandbox.ledger import LoggedRequest, Route

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.partner import Sandbox

WIRE = "sandbox.wire"
"""Where a scope carries its `Wire`."""
HERE: frozenset[Kind] = frozenset(get_args(Kind)) - OUTCOMES
HUGE = 6_000_000
CHUNK = b" " * 60_000


class Wire(Protocol):
    """What is below HTTP."""

    async def hang(self) -> None:
        """Nothing more is said, until the other side has had enough."""
        ...

    async def reset(self) -> None: ...

    async def cut(self) -> None:
        """Ends the connection without another byte."""
        ...


def route_of(method: str, path: str) -> Route | None:
    """The short name of an API route, at either prefix."""
    rest = path.removeprefix("/_").removeprefix("/api/v1/")
    fixed: dict[tuple[str, str], Route] = {
        ("GET", "vm/available"): "available",
        ("GET", "vm/recent-pulls"): "recent",
        ("POST", "vm/buy/init"): "init",
        ("POST", "vm/buy/status"): "status",
        ("POST", "vm/buyback"): "buyback",
    }
    if method == "GET" and rest.startswith("card/"):
        return "card"
    if method == "GET" and rest.startswith("inventory/"):
        return "inventory"
    return fixed.get((method, rest))


class Trouble:
    """The ASGI application around the routes: logs each request, and lets the faults asked for happen."""

    def __init__(self, sandbox: Sandbox, app: ASGIApp) -> None:
        self._sandbox = sandbox
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = route_of(scope["method"], scope["path"])
        send = self._dated(send)
        if route is None:
            await self._app(scope, receive, send)
            return
        sandbox, wire = self._sandbox, scope[WIRE]
        sandbox.ledger.requests.append(LoggedRequest(scope["method"], route, sandbox.clock.now()))
        fault = sandbox.faults.take(route, HERE) or sandbox.faults.random(route)
        if sandbox.down or (fault and fault.kind in CONNECT):
            await wire.reset()
        elif fault is None:
            await self._app(scope, receive, send)
        else:
            await self._go_wrong(fault, route, _Exchange(self._app, scope, receive, send), wire)

    def _dated(self, send: Send) -> Send:
        """Answers carry the partner's own time, by which callers measure how far theirs is off."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = datetime.fromtimestamp(self._sandbox.clock.now() / 1000 + self._sandbox.ahead, UTC)
                message["headers"] = [*message["headers"], (b"date", format_datetime(now, usegmt=True).encode())]
            await send(message)

        return dated

    async def _go_wrong(self, fault: Fault, route: Route, exchange: _Exchange, wire: Wire) -> None:
        if fault.kind == "slow" and not fault.after:
            await self._sandbox.clock.sleep(fault.seconds)
        # A read may as well be executed: the false answer then resembles the true one.
        if fault.after or fault.kind in ("slow", "close_idle") or exchange.is_read:
            await exchange.execute()
        match fault.kind:
            case "hang":
                await wire.hang()
            case "reset":
                await wire.reset()
            case "half_body":
                await exchange.half()
                await wire.cut()
            case "slow":
                await self._sandbox.clock.sleep(fault.seconds if fault.after else 0)
                await exchange.answer(Answer(exchange.status, exchange.body))
            case "close_idle":
                await exchange.answer(Answer(exchange.status, exchange.body))
                await wire.cut()
            case "huge":
                await exchange.bloat()
            case _:
                await exchange.answer(false_answer(fault, route, exchange.body))


class _Exchange:
    """One request, and what the routes answered to it, if they were asked."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._scope, self._receive, self._send = app, scope, receive, send
        self.is_read = scope["method"] == "GET"
        self.status = 200
        self.body = b'{"session_id":"00000000-0000-4000-8000-000000000000","nfts":[],"success":true,"amount":1.0}'
        """Until something is executed: what could have been an answer."""

    async def execute(self) -> None:
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self._app(self._scope, self._receive, keep)
        self.body = b"".join(parts)

    async def answer(self, answer: Answer) -> None:
        await self._start(answer, len(answer.body))
        await self._send({"type": "http.response.body", "body": answer.body})

    async def half(self) -> None:
        """Promises the whole body, and gives half of it."""
        await self._start(Answer(200, b""), len(self.body))
        await self._send({"type": "http.response.body", "body": self.body[: len(self.body) // 2], "more_body": True})

    async def bloat(self) -> None:
        """The true body, and then white space without end, nearly."""
        await self._start(Answer(200, b""), len(self.body) + HUGE)
        await self._send({"type": "http.response.body", "body": self.body, "more_body": True})
        for left in range(HUGE, 0, -len(CHUNK)):
            await self._send({"type": "http.response.body", "body": CHUNK, "more_body": left > len(CHUNK)})

    async def _start(self, answer: Answer, length: int) -> None:
        headers = {"content-type": answer.content_type, "content-length": str(length)}
        if answer.location:
            headers["location"] = answer.location
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": answer.status, "headers": raw})
