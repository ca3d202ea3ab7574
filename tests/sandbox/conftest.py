"""Virtual time, and a short way to call the sandbox."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

START = 1_795_000_000_000
TURNS = 40
"""Of the loop, after which whoever could go on without the clock has done so."""


class VirtualClock:
    """Jumps to the next sleeper's time whenever everybody sleeps."""

    def __init__(self) -> None:
        self._now = START
        self._sleepers: list[tuple[int, asyncio.Future[None]]] = []
        self._driver: asyncio.Task[None] | None = None

    def now(self) -> int:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wakes = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + round(seconds * 1000), wakes))
        if self._driver is None or self._driver.done():
            self._driver = asyncio.create_task(self._drive())
        await wakes

    async def _drive(self) -> None:
        while self._sleepers:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].done()]
            if self._sleepers:
                first = min(self._sleepers, key=lambda sleeper: sleeper[0])
                self._now = max(self._now, first[0])
                first[1].set_result(None)


@dataclass
class Caller:
    """A client of one sandbox, in-process, at its sandbox prefix."""

    sandbox: Sandbox
    clock: VirtualClock
    http: httpx2.AsyncClient
    user: str = "user-1"

    async def init(self, slug: str = "diamond-classics", amount: Any = 1, user: str | None = None) -> httpx2.Response:
        body = {"id": self.sandbox.packs[slug].id, "amount": amount, "user_id": user or self.user}
        return await self.http.post("/vm/buy/init", json=body)

    async def status(self, session_id: str) -> httpx2.Response:
        return await self.http.post("/vm/buy/status", json={"session_id": session_id})

    async def inventory(self, user: str | None = None) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/inventory/{user or self.user}")
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def sell(self, item_id: str) -> httpx2.Response:
        return await self.http.post("/vm/buyback", json={"item_id": item_id})

    async def pull(
        self, slug: str = "diamond-classics", amount: int = 1, user: str | None = None
    ) -> list[dict[str, Any]]:
        """Buys, waits, and gives the items of the result."""
        session = (await self.init(slug, amount, user)).json()["session_id"]
        while "result" not in (answer := (await self.status(session)).json()):
            assert answer == {"status": "pending"}
        return answer["result"]["nfts"]

    async def packs(self) -> dict[str, dict[str, Any]]:
        return {pack["slug"]: pack for pack in (await self.http.get("/vm/available")).json()}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def make(clock: VirtualClock) -> AsyncIterator[Callable[..., Caller]]:
    opened: list[httpx2.AsyncClient] = []

    def caller(**options: Any) -> Caller:
        sandbox = Sandbox(clock=clock, **options)
        http = httpx2.AsyncClient(
            transport=sandbox.transport(),
            base_url="http://partner.test/_/api/v1",
            headers={"X-API-Key": "sandbox-test"},
            timeout=15,
        )
        opened.append(http)
        return Caller(sandbox, clock, http)

    yield caller
    for http in opened:
        await http.aclose()


@pytest.fixture
def caller(make: Callable[..., Caller]) -> Caller:
    """Of the sandbox's temperament."""
    return make()


@pytest.fixture
def production(make: Callable[..., Caller]) -> Caller:
    return make(temperament="production")
