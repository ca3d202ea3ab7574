"""What a server can do to an order, on a real socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .conftest import answer

if TYPE_CHECKING:
    from .conftest import Peer


class Fault:
    """Reads the order, carries it out or not, and then does something."""

    def __init__(self, *parts: bytes, pause: float = 0, end: str = "close") -> None:
        self.parts = parts
        self.pause = pause
        self.end = end

    async def __call__(self, peer: Peer, executes: bool) -> None:
        if not await peer.request():
            return
        if executes:
            peer.execute()
        await peer.send(*self.parts, pause=self.pause)
        if self.end == "reset":
            peer.reset()
        elif self.end == "hang":
            await asyncio.sleep(60)


class NoRead(Fault):
    """Ends the connection before the order is read."""

    async def __call__(self, peer: Peer, executes: bool) -> None:
        if self.end == "reset":
            peer.reset()


class HeadersOnly(Fault):
    """Ends the connection between headers and body."""

    async def __call__(self, peer: Peer, executes: bool) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        peer.server.requests.append("half a request")
        peer.reset()


def error(status: int, sentence: str) -> Fault:
    return Fault(answer(status, b'{"error": "%s"}' % sentence.encode()))


def chunked(*chunks: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(chunks)
