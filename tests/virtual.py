"""Time that passes only when nothing else is to be done: minutes of waiting take milliseconds.

The loop's own clock jumps to the next timer. It stands still while the database is at work: that happens in threads
and on sockets, of which a loop sees nothing until they are done.
"""

from __future__ import annotations

import asyncio
import selectors
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from bot.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import pytest

START = 1_795_514_400_000
"""When virtual time begins, milliseconds UTC."""


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.virtual = 0.0
        self.at_work = 0
        """How many transactions are open, or stores being closed."""
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self.virtual


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if self._loop.at_work:
            return super().select(None)
        ready = super().select(0)
        if not ready:
            self._loop.virtual += timeout
        return ready


class VirtualClock:
    """The product's and the local partner's clock."""

    def now(self) -> int:
        return START + round(self.boottime() * 1000)

    def boottime(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def hold_time_during_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tells the loop when the database is at work."""
    for name in ("read", "write"):
        monkeypatch.setattr(Store, name, _counted(getattr(Store, name)))
    close = Store.close

    async def closing(self: Store) -> None:
        with _at_work():
            await close(self)

    monkeypatch.setattr(Store, "close", closing)


_idle: dict[tuple[str, str], list[Store]] = {}


def keep_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed stores are opened again by the next test: compiling all statements anew takes longer than most tests."""
    opened, close = Store.open, Store.close
    keys: dict[Store, tuple[str, str]] = {}

    def opening(url: str, *, sync: str = "FULL") -> Store:
        idle = _idle.setdefault((url, sync), [])
        store = idle.pop() if idle else opened(url, sync=sync)
        keys[store] = (url, sync)
        return store

    async def closing(self: Store) -> None:
        await close(self)
        if self in keys:
            _idle[keys.pop(self)].append(self)

    monkeypatch.setattr(Store, "open", opening)
    monkeypatch.setattr(Store, "close", closing)


def _counted(door: Callable[[Store], Any]) -> Any:
    @asynccontextmanager
    async def counted(self: Store):
        with _at_work():
            async with door(self) as conn:
                yield conn

    return counted


@contextmanager
def _at_work() -> Generator[None]:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.at_work += 1
    try:
        yield
    finally:
        loop.at_work -= 1
