"""Reads are spread evenly and tried again with jitter; polls keep out of everybody's way."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

import httpx2
import pytest

from bot.partner.api import ATTEMPTS, Pacer, PartnerReads
from bot.partner.errors import UnavailableError

from .conftest import KEY, URL, FakeClock


class Standing(FakeClock):
    """Doesn't move by itself: a sleep only notes until when it was."""

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)


async def test_slots_are_spread_evenly_when_all_come_at_once():
    clock = Standing()
    pacer = Pacer(clock, rate=50)
    await asyncio.gather(*(pacer.turn() for _ in range(101)))
    waits = [0.0, *clock.sleeps]
    assert len(waits) == 101  # the first one didn't wait
    assert [b - a for a, b in pairwise(waits)] == pytest.approx([0.02] * 100)


async def test_idle_time_is_not_saved_up():
    clock = Standing()
    pacer = Pacer(clock, rate=10)
    await pacer.turn()
    clock.boot += 60
    for _ in range(3):
        await pacer.turn()
    assert clock.sleeps == pytest.approx([0.1, 0.2])


async def test_ten_thousand_polls_do_not_delay_a_read():
    clock = Standing()
    calls: Counter[str] = Counter()

    def handle(request: httpx2.Request) -> httpx2.Response:
        calls[request.method] += 1
        return httpx2.Response(200, json={"status": "pending"} if request.method == "POST" else [])

    reads = PartnerReads(URL, KEY, clock, transport=httpx2.MockTransport(handle), rate=50, poll_rate=200)
    async with asyncio.TaskGroup() as group:
        polls = [group.create_task(reads._poll_pacer.turn()) for _ in range(9_999)]
        polls.append(group.create_task(reads.status("s")))
    assert max(clock.sleeps) == pytest.approx(50, rel=0.01)
    clock.sleeps.clear()
    await reads.packs()
    assert clock.sleeps == []
    assert calls == {"POST": 1, "GET": 1}


@pytest.mark.parametrize("failures", range(ATTEMPTS + 1))
async def test_a_read_is_tried_again_after_growing_pauses(failures: int, clock: FakeClock):
    left = [httpx2.Response(503), httpx2.Response(429), httpx2.ConnectError("x")][:failures]
    calls = 0

    def handle(_: httpx2.Request) -> httpx2.Response:
        nonlocal calls
        calls += 1
        if left:
            fault = left.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        return httpx2.Response(200, json=[])

    reads = PartnerReads(URL, KEY, clock, transport=httpx2.MockTransport(handle), rate=1_000_000)
    if failures == ATTEMPTS:
        with pytest.raises(UnavailableError):
            await reads.packs()
    else:
        assert await reads.packs() == ()
    assert calls == min(failures + 1, ATTEMPTS)
    pauses = clock.sleeps
    assert len(pauses) == calls - 1
    for pause, middle in zip(pauses, (0.5, 1.0), strict=False):
        assert middle * 0.5 <= pause <= middle * 1.5


async def test_pauses_differ(clock: FakeClock):
    """So that all who met the same outage don't come back at once."""
    reads = PartnerReads(URL, KEY, clock, transport=httpx2.MockTransport(lambda _: httpx2.Response(503)), rate=1e6)
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await reads.packs()
    pauses = [one for one in clock.sleeps if one > 0.01]  # the rest waited for a slot
    assert len(set(pauses)) == len(pauses) == 10


async def test_each_try_takes_its_slot(clock: FakeClock):
    reads = PartnerReads(URL, KEY, clock, transport=httpx2.MockTransport(lambda _: httpx2.Response(503)), rate=0.1)
    with pytest.raises(UnavailableError):
        await reads.packs()
    assert clock.boot - 1_000 == pytest.approx(20)
