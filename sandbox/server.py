"""The sandbox on a loopback socket, where the faults of the wire really happen."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.trouble import WIRE

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from starlette.types import Receive

    from sandbox.partner import Sandbox

HOST = "127.0.0.1"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends a reset instead of a polite end."""


class _SocketWire:
    def __init__(self, transport: asyncio.Transport, receive: Receive) -> None:
        self._transport = transport
        self._receive = receive

    async def hang(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def reset(self) -> None:
        if not self._transport.is_closing():  # the other side may be gone
            sock: socket.socket = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self._transport.abort()
        await self.hang()

    async def cut(self) -> None:
        self._transport.close()
        await self.hang()


class _Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, which lets the application reach its own connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("Any", transport))  # uvicorn asks for its own, narrower type
        app = self.app

        async def wired(scope: Any, receive: Any, send: Any) -> None:
            scope[WIRE] = _SocketWire(cast("asyncio.Transport", transport), receive)
            await app(scope, receive, send)

        self.app = wired


def config(sandbox: Sandbox) -> uvicorn.Config:
    return uvicorn.Config(
        cast("Any", sandbox.app),
        http=_Protocol,
        lifespan="off",
        ws="none",
        date_header=False,  # the sandbox sends its own
        proxy_headers=False,
        log_config=None,  # the host program's logging is its own
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


def listen(port: int = 0) -> socket.socket:
    """A bound loopback socket; port 0 takes a free one."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((HOST, port))
    return sock


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield  # the host program's signals are its own


@contextlib.asynccontextmanager
async def serving(sandbox: Sandbox, port: int = 0) -> AsyncGenerator[str]:
    """Serves the sandbox meanwhile, and gives its URL without a prefix, such as `http://127.0.0.1:8799`."""
    with listen(port) as sock:
        sandbox.public_url = f"http://{HOST}:{sock.getsockname()[1]}"
        server = _Server(config(sandbox))
        task = asyncio.create_task(server.serve(sockets=[sock]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(0.005)
        try:
            yield sandbox.public_url
        finally:
            server.should_exit = True
            await task
