"""Bots that are killed, stopped and started again, and several of them at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.wire.acts import complete, press, revealing, shown
from tests.wire.world import PATIENCE

if TYPE_CHECKING:
    from tests.wire.conftest import Scene

pytestmark = [pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]


async def test_a_killed_bot_is_followed_by_one_that_ends_its_reveal(scene: Scene):
    world = scene.world
    first = await scene.bot("phoenix")
    message = await revealing(world, scene.person(), scene.channel(), 2)
    first.kill()
    assert await first.wait() == -signal.SIGKILL
    await world.until(lambda: not world.gateway.live("phoenix"))
    second = await scene.bot("phoenix")
    await complete(message)
    assert second.log != first.log
    second.kill(signal.SIGTERM)
    assert await second.wait() == 0


async def test_a_stopped_bot_answers_when_it_goes_on(scene: Scene):
    world = scene.world
    bot = await scene.bot("sleeper")
    world.patience = 0.2
    bot.stop()
    late = await world.slash(scene.person(), scene.channel(), "packs")
    assert late.answer is None
    bot.cont()
    await late.until(lambda: late.refused)
    assert late.refused == [10062]
    world.patience = PATIENCE
    assert (await world.slash(scene.person(), scene.channel(), "packs")).answer
    bot.kill()
    await bot.wait()


async def test_a_second_bot_on_one_file_ends_with_a_sentence(scene: Scene):
    first = await scene.bot("owner")
    second = await scene.another("owner")
    assert await second.wait() == 2
    assert "pullcord.db" in second.text()
    scene.bots.remove(second)  # what it said is no line of JSON
    first.kill()
    await first.wait()


async def test_servers_are_shared_out_by_shard(scene: Scene):
    world = scene.world
    low, high = [await scene.bot(f"shard{n}", SHARDS=f"{n}/2") for n in (0, 1)]
    towns = [scene.guild, world.guild("The other club")]
    assert [(town.id >> 22) % 2 for town in towns] == [0, 1]
    for town, other in zip(towns, (high, low), strict=True):
        other.stop()  # it could not have answered
        looked = await world.slash(scene.person(), world.channel(town), "packs")
        await shown(looked.message, "each")
        other.cont()
    for bot in (low, high):
        bot.kill()
        await bot.wait()


async def test_two_bots_with_the_same_shard_both_get_a_press_and_one_answers(scene: Scene):
    world = scene.world
    bots = [await scene.bot(f"twin{n}") for n in (0, 1)]
    alice = scene.person()
    looked = await world.slash(alice, scene.channel(), "packs", search="sandlot")
    await looked.until(lambda: looked.refused)
    await shown(looked.message, "each")
    pressed = await press(world, alice, looked.message, "open")
    await pressed.until(lambda: pressed.refused)
    assert (looked.refused, pressed.refused) == ([40060], [40060])
    for bot in bots:
        bot.kill()
        await bot.wait()
