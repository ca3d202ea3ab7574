"""The bot as these tests have it: the real one, that dies or stands still where it is told to.

`CRASH_AT`, `STALL_AT`: a point of `tests.torture.points`. `UNREACHABLE`: so many orders can't be connected.
`NAIVE`: the bot of `bench/naive.py` instead. What protects a bot from crowds is off, since a run is one: the pace of
one person's presses, and the breaker, which would stop buying after five doubts. Both have tests of their own.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

import httpx2
from discord.http import HTTPClient
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.partner.http import Wire
from bot.services import breaker
from bot.store import messages, purchases, sales
from bot.store.engine import Store
from bot.ui.pace import Pace
from tests.torture import points
from tests.wire import bot_process

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

_done: ContextVar[list[str]] = ContextVar("what this transaction has done")


class Fuse:
    """A signal for this process, at a point."""

    def __init__(self, told: str, number: signal.Signals) -> None:
        self._label, _, nth = told.partition("#")
        self._left, self._number = int(nth or 1), number

    def at(self, label: str) -> None:
        if label == self._label:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._number)


_fuses: list[Fuse] = []


def reached(label: str) -> None:
    for fuse in _fuses:
        fuse.at(label)


def _note(module: Any, function: str, name: Callable[..., str | None]) -> None:
    """What the function of the store does is what its transaction is known by."""
    original = getattr(module, function)

    @wraps(original)
    async def noted(*args: Any, **values: Any) -> Any:
        made = await original(*args, **values)
        if (what := name(made, *args, **values)) is not None:
            _done.get().append(what)
        return made

    setattr(module, function, noted)


def _wrap_transactions() -> None:
    _note(purchases, "reserve", lambda *_, **__: points.RESERVE)
    _note(purchases, "step", lambda _made, _conn, _seen, to, **_: points.ORDER_STEPS.get(to))
    _note(sales, "add", lambda *_, **__: points.SALE)
    _note(sales, "change", lambda *_, state=None, **__: points.SALE_STEPS.get(state))
    _note(messages, "take_behind", lambda made, *_: points.TAKEN if made else None)
    _note(messages, "drawn", lambda *_, **__: points.SHOWN)
    original = Store.write

    @asynccontextmanager
    async def write(self: Store) -> AsyncGenerator[Any]:
        done: list[str] = []
        _done.set(done)
        async with original(self) as conn:
            yield conn
            for what in done:
                reached(f"before {what}")
        for what in done:
            reached(f"after {what}")

    Store.write = write


def _wrap_partner() -> None:
    original, unreachable = Wire.call, int(os.environ.get("UNREACHABLE", "0"))

    async def call(self: Wire, route: str, method: str, path: str, *, extensions: Any = None, **values: Any) -> Any:
        nonlocal unreachable
        name = next((name for begin, name in points.CALLS.items() if path.startswith(begin)), "look")
        if name == "init" and unreachable:
            unreachable -= 1
            raise httpx2.ConnectError("refused")
        inner = (extensions or {}).get("trace")

        async def trace(event: str, info: Any) -> None:
            if event.endswith("send_request_headers.started"):
                reached(f"before {name}")
            if inner is not None:
                await inner(event, info)
            if event.endswith("send_request_body.complete"):
                reached(f"{name} sent")

        answer = await original(self, route, method, path, extensions={**(extensions or {}), "trace": trace}, **values)
        reached(f"{name} answered")
        return answer

    Wire.call = call


def _wrap_discord(client: Any) -> None:
    original = client.request

    async def request(self: Any, route: Any, *args: Any, **values: Any) -> Any:
        known = points.POSTS.items()
        name = next((n for (method, at), n in known if route.method == method and route.path.startswith(at)), "else")
        reached(f"before {name}")
        made = await original(self, route, *args, **values)
        reached(f"after {name}")
        return made

    client.request = request


def main() -> int:
    """As `tests.wire.bot_process`."""
    for variable, number in (("CRASH_AT", signal.SIGKILL), ("STALL_AT", signal.SIGSTOP)):
        if told := os.environ.get(variable):
            _fuses.append(Fuse(told, number))
    if _fuses or "UNREACHABLE" in os.environ:
        _wrap_transactions()
        _wrap_partner()
        _wrap_discord(HTTPClient)
        _wrap_discord(AsyncWebhookAdapter)
    breaker.ENOUGH_CALLS = breaker.DOUBTS = sys.maxsize
    Pace.press = lambda *_, **__: None
    if "NAIVE" in os.environ:
        import_module("bench.naive").install()
    return bot_process.main()
