"""HTTP as Discord speaks it: authorization, rate-limit headers, error bodies, a log of requests, and faults."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from aiohttp import web

from tests.wire.rules import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.faults import Fault
    from tests.wire.world import World

PREFIX = "/api/v10"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends a reset instead of a polite end."""


@dataclass(eq=False)
class Call:
    """One request, and how it was answered."""

    method: str
    path: str
    """Without the prefix `/api/v10`."""
    body: Any
    query: dict[str, str]
    at: int
    status: int = 0
    """0: it wasn't answered."""
    code: int = 0
    """Discord's error code."""
    fault: str | None = None

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"


class Rest:
    """Makes routes of endpoints: each takes a call and the values in its path, and gives JSON or None (204)."""

    def __init__(self, world: World) -> None:
        self._world = world

    def route(self, method: str, path: str, endpoint: Callable[..., Any], *, bot_only: bool = True) -> web.RouteDef:
        bucket = f"{crc32(f'{method} {path}'.encode()):08x}"

        async def handle(request: web.Request) -> web.Response:
            text = await request.text()
            call = Call(
                method,
                request.path.removeprefix(PREFIX),
                json.loads(text) if text else None,
                dict(request.query),
                self._world.clock.now(),
            )
            self._world.calls.append(call)
            fault = self._world.faults.pick(call.route)
            status, body, headers = 0, None, dict[str, str]()
            if fault is None or fault.executed or fault.kind == "slow":
                if fault is not None and fault.kind == "slow":
                    await asyncio.sleep(fault.seconds)
                allowed = not bot_only or self._allowed(request)
                status, body = self._answer(call, endpoint, request, allowed=allowed)
            if fault is not None and fault.kind != "slow":
                call.fault = fault.kind
                status, body, headers = await _spoil(request, fault)
            call.status = status
            self._world.changed()
            headers = {**_limits(bucket), **headers}
            if body is None:
                return web.Response(status=status, headers=headers)
            # discord.py knows JSON only by exactly this type, without a charset
            return web.Response(
                status=status, headers=headers, body=json.dumps(body).encode(), content_type="application/json"
            )

        return web.route(method, PREFIX + path, handle)

    def _allowed(self, request: web.Request) -> bool:
        return request.headers.get("Authorization", "").startswith(f"Bot {self._world.token}")

    def _answer(
        self, call: Call, endpoint: Callable[..., Any], request: web.Request, *, allowed: bool
    ) -> tuple[int, Any]:
        try:
            if not allowed:
                raise ApiError(401, 0, "401: Unauthorized")
            body = endpoint(call, **request.match_info)
        except ApiError as error:
            call.code = error.code
            return error.status, error.body
        return (204, None) if body is None else (200, body)


def _limits(bucket: str) -> dict[str, str]:
    """Plenty: without these headers discord.py sends the requests of a route one at a time."""
    return {
        "X-RateLimit-Limit": "10000",
        "X-RateLimit-Remaining": "9999",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
        "X-RateLimit-Bucket": bucket,
        "Via": "1.1 google",
    }


async def _spoil(request: web.Request, fault: Fault) -> tuple[int, Any, dict[str, str]]:
    """What the bot gets instead of the answer."""
    if fault.kind == "reset":
        if request.transport is not None and not request.transport.is_closing():  # a bot may have been killed since
            sock: socket.socket = request.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            request.transport.abort()
        return 499, None, {}
    if fault.kind == "hang":
        await asyncio.sleep(fault.seconds)
        return 504, {"message": "504: Gateway Timeout", "code": 0}, {}
    if fault.kind == "429":
        body = {"message": "You are being rate limited.", "retry_after": fault.seconds, "global": fault.globally}
        scope = "global" if fault.globally else "user"
        return 429, body, {"Retry-After": f"{fault.seconds:.0f}", "X-RateLimit-Scope": scope}
    return int(fault.kind), {"message": f"{fault.kind}: Server Error", "code": 0}, {}
