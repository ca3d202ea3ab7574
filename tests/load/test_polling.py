"""Ten thousand purchases that wait for their cards, at a partner that holds each poll for six seconds."""

from __future__ import annotations

import asyncio
import gc
import json
import tracemalloc
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.domain.ids import ulid
from bot.domain.purchase import State
from bot.settings import Settings
from bot.store import tables
from sandbox import Sandbox
from sandbox.engine import Session
from tests.virtual import VirtualClock, hold_time_during_transactions

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 10_000
RATE = 200
"""Polls a second, as the client is set."""
CONNECTIONS = 1_500
"""As many as the client may open for polls; beyond that they would wait for one another."""
SECONDS = 80
"""All are polled once in the first fifty, and more than half of them again."""
TRACED_SECONDS = 9
"""Until as many polls are held at the partner as there will ever be."""
MOST_MIB = 100

pytestmark = [pytest.mark.long, pytest.mark.timeout(120)]


class Noting(httpx2.AsyncBaseTransport):
    """When each session was asked for, in seconds."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, clock: VirtualClock) -> None:
        self.inner, self.clock = inner, clock
        self.polls: dict[str, list[float]] = defaultdict(list)
        self.held = self.most_held = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/buy/status"):
            self.polls[json.loads(request.content)["session_id"]].append(self.clock.boottime())
        self.held += 1
        self.most_held = max(self.most_held, self.held)
        try:
            return await self.inner.handle_async_request(request)
        finally:
            self.held -= 1


def accepted(number: int, now: int) -> dict[str, Any]:
    who = f"user-{number}"
    return {
        "id": ulid(now),
        "key": f"confirmation:{number}",
        "discord_id": number,
        "user_id": who,
        "guild_id": 11,
        "channel_id": 12,
        "pack_id": "pack",
        "pack_name": "A pack",
        "amount": 1,
        "total": 500,
        "private": False,
        "terms": "{}",
        "state": State.ACCEPTED,
        "ver": 3,
        "session_id": f"session-{number}",
        "sends": 1,
        "empty_looks": 0,
        "cards": 0,
        "overdue": False,
        "created_at": now,
        "submitted_at": now,
        "accepted_at": now,
        "look_at": now + 1_800_000,
    }


async def test_ten_thousand_are_polled_at_the_set_rate(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    hold_time_during_transactions(monkeypatch)
    clock = VirtualClock()
    partner = Sandbox(temperament="production", clock=clock)
    noting = Noting(partner.transport(), clock)
    settings = Settings(
        _env_file=None,
        discord_token="t",
        partner_api_key="sandbox-key",
        database_url=sqlite_url,
        data_dir=tmp_path,
    )
    app = App(settings, clock=clock, transport=noting, sync="OFF")
    await app.start()
    now = clock.now()
    rows = [accepted(number, now) for number in range(COUNT)]
    await app.store.run(lambda conn: conn.execute(tables.purchases.insert(), rows))
    for row in rows:
        session = row["session_id"]
        partner.engine.sessions[session] = Session(session, "_AAAA", "", row["user_id"], (), now + 3_600_000, False)
    rows.clear()
    gc.collect()
    tracemalloc.start()
    await app.resume()
    await asyncio.sleep(TRACED_SECONDS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()  # it makes all else slow
    await asyncio.sleep(SECONDS - TRACED_SECONDS)
    async with app.store.read() as conn:
        running = tables.purchases.c.state == "ACCEPTED"
        assert (await conn.execute(select(func.count()).where(running))).scalar_one() == COUNT
    await app.close()

    assert len(noting.polls) == COUNT
    a_second = Counter(int(at) for times in noting.polls.values() for at in times)
    gaps = [b - a for times in noting.polls.values() for a, b in zip([0.0, *times], [*times, SECONDS], strict=True)]
    # With `-s`: the figures that docs may quote.
    print(f"{a_second.total()} polls, at most {max(a_second.values())}/s and {noting.most_held} held,", end=" ")  # noqa: T201
    print(f"gap {max(gaps):.1f} s, {peak / 2**20:.0f} MiB")  # noqa: T201
    assert max(a_second.values()) <= RATE + 1
    assert max(gaps) <= 60
    assert noting.most_held <= CONNECTIONS
    assert peak <= MOST_MIB * 2**20
