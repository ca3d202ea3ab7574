"""A clock that stands still until somebody sleeps, and a server that answers with raw bytes."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

KEY = SecretStr("sandbox-b7c1-test-key")
URL = "https://partner.test/_"


@dataclass
class FakeClock:
    ms: int = 1_795_514_400_000
    boot: float = 1_000.0
    sleeps: list[float] = field(default_factory=list)

    def now(self) -> int:
        return self.ms

    def boottime(self) -> float:
        return self.boot

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.ms += round(seconds * 1000)
        self.boot += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@dataclass
class Peer:
    """One connection, as the server sees it. `execute` is the partner carrying the order out."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: RawServer

    async def request(self) -> bytes:
        """The whole request, counted as received; empty if the client closes before that."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            self.server.bytes_seen += len(error.partial)
            return b""
        self.server.bytes_seen += len(head)
        self.server.requests.append(head.split(b"\r\n", 1)[0].decode())
        length = next((int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")), 0)
        return head + await self.reader.readexactly(length)

    def execute(self) -> None:
        self.server.executed += 1

    async def send(self, *parts: bytes, pause: float = 0) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(pause)

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class RawServer:
    port: int = 0
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    bytes_seen: int = 0
    executed: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/_"


@asynccontextmanager
async def serving(behave: Callable[[Peer], Awaitable[None]]) -> AsyncIterator[RawServer]:
    """A server on loopback that treats each connection as told, and closes it then."""
    state = RawServer()
    tasks: set[asyncio.Task[None]] = set()

    async def treat(peer: Peer) -> None:
        try:
            await behave(peer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, as some of them should
        finally:
            peer.writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state.connections += 1
        task = asyncio.create_task(treat(Peer(reader, writer, state)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError), result


def answer(status: int, body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
