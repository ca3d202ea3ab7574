"""A partner that notes for which order or sale it carried something out."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any, NamedTuple

import httpx2

_for: ContextVar[str] = ContextVar("_for", default="")


class Executed(NamedTuple):
    """What the partner carried out, for the purchase or sale of that id."""

    subject: str
    what: Any


class Noted(list[Any]):
    """A page of the ledger that also notes for whom."""

    def __init__(self) -> None:
        super().__init__()
        self.executed: list[Executed] = []

    def append(self, entry: Any) -> None:
        super().append(entry)
        self.executed.append(Executed(_for.get(), entry))


class Naming(httpx2.AsyncBaseTransport):
    """An order and a sale are tasks that carry their subject's name: the partner shall know it."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        task = asyncio.current_task()
        assert task is not None
        token = _for.set(task.get_name().rpartition(" ")[2])
        try:
            return await self._inner.handle_async_request(request)
        finally:
            _for.reset(token)
