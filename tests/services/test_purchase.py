from __future__ import annotations
import pytest
from bot.domain.purchase import State
from .conftest import *

@pytest.mark.parametrize("temperament", ["sandbox", "production"])
async def test_whole(world: World):
    made = await world.order(amount=3)
    end = await world.ended(made)
    assert end.state is State.DELIVERED
    assert len(await world.cards(end)) == 3

async def test_doubt(world: World):
    world.faults.add("init", "hang")
    made = await world.order(amount=3)
    end = await world.ended(made, SETTLED)
    assert end.state is State.NOT_EXECUTED, end
