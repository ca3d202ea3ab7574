"""A clock that differs from the partner's: the operator is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.domain.clock import HOUR
from bot.domain.purchase import State
from tests.services.conftest import OPERATORS, World, refused
from tests.services.test_breaker import _look as look
from tests.services.test_breaker import told


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"operator_channel": OPERATORS}


async def test_the_operator_is_told_of_a_clock_that_is_off_once_an_hour(world: World):
    world.partner.ahead = 40
    await look(world.app)
    await asyncio.sleep(1)
    assert await told(world) == [], "one answer may have been slow"
    assert await refused(world.offer()) == "clock_skew"
    await asyncio.sleep(1)
    (text,) = await told(world)
    assert "differ by 40 seconds" in text
    await asyncio.sleep(30 * 60)
    assert await refused(world.offer()) == "clock_skew"
    await world.restart()
    assert await refused(world.offer()) == "clock_skew"
    await look(world.app)
    await asyncio.sleep(1)
    assert len(await told(world)) == 1
    await asyncio.sleep(HOUR / 1000)
    await look(world.app)
    await asyncio.sleep(1)
    assert len(await told(world)) == 2
    world.partner.ahead = 0
    assert (await world.ended(await world.order())).state is State.DELIVERED
