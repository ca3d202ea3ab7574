"""The sandbox without a socket: an httpx2 transport that fails the way that a socket would."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2

from sandbox.faults import CONNECT
from sandbox.trouble import WIRE, route_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Message, Scope

    from sandbox.faults import Fault
    from sandbox.partner import Sandbox

HOUR = 3600.0


class InProcess(httpx2.AsyncBaseTransport):
    """Serves each request in a task of its own: a client that gives up or is cancelled doesn't stop the partner."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        # A task for the client's side too: SimCord can't see through httpx2's context managers what a call waits for.
        return await asyncio.create_task(self._exchange(request))

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        await self._connect(request, timeouts.get("connect"))
        await _trace(request, "http11.send_request_headers.started")
        body = await request.aread()
        for step in ("send_request_headers.complete", "send_request_body.started", "send_request_body.complete"):
            await _trace(request, f"http11.{step}")
        await _trace(request, "http11.receive_response_headers.started")
        answer = _Answer(self._sandbox, body)
        serving = self._sandbox.keep(asyncio.create_task(answer.serve(_scope(request, answer))))
        await self._wait(serving, timeouts.get("read"))
        if answer.error is not None:
            raise answer.error
        await _trace(request, "http11.receive_response_headers.complete")
        return httpx2.Response(answer.status, headers=answer.headers, stream=answer, request=request)

    async def _connect(self, request: httpx2.Request, patience: float | None) -> None:
        await _trace(request, "connection.connect_tcp.started")
        route = route_of(request.method, request.url.path)
        fault: Fault | None = self._sandbox.faults.take(route, CONNECT) if route else None
        if fault is not None:
            await _trace(request, "connection.connect_tcp.failed")
            if fault.kind == "connect_error":
                raise httpx2.ConnectError("All connection attempts failed")
            await self._sandbox.clock.sleep(HOUR if patience is None else patience)
            raise httpx2.ConnectTimeout("")
        await _trace(request, "connection.connect_tcp.complete")

    async def _wait(self, serving: asyncio.Task[None], patience: float | None) -> None:
        await asyncio.sleep(0)  # most answers are there at once: no timer for those
        if serving.done() or patience is None:
            await asyncio.shield(serving)
            return
        timer = asyncio.create_task(self._sandbox.clock.sleep(patience))
        try:
            await asyncio.wait({serving, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
        if not serving.done():
            raise httpx2.ReadTimeout("")
        serving.result()


class _Answer(httpx2.AsyncByteStream):
    """One exchange: what the application says, and what happens to the wire meanwhile."""

    def __init__(self, sandbox: Sandbox, body: bytes) -> None:
        self._sandbox = sandbox
        self._body = body
        self._parts: list[bytes] = []
        self._complete = self._cut = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.error: httpx2.TransportError | None = None

    async def serve(self, scope: Scope) -> None:
        await self._sandbox.app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
        else:
            self._parts.append(message.get("body", b""))
            self._complete = not message.get("more_body", False)

    async def hang(self) -> None:
        await self._sandbox.clock.sleep(HOUR)
        await self.reset()

    async def reset(self) -> None:
        self.error = httpx2.ReadError("Connection reset by peer")

    async def cut(self) -> None:
        self._cut = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._cut and not self._complete:
            raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


def _scope(request: httpx2.Request, wire: _Answer) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "root_path": "",
        WIRE: wire,
    }


async def _trace(request: httpx2.Request, event: str) -> None:
    """As httpcore2 reports: the order client's guard hangs on these names."""
    trace: Any = request.extensions.get("trace")
    if trace is not None:
        await trace(event, {"request": request})
