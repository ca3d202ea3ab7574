"""Background work is held, its failures are told, and its end is complete."""

from __future__ import annotations

import asyncio
import gc

import pytest

from bot.tasks import Tasks


async def test_what_it_holds_is_not_collected():
    tasks, done = Tasks(), asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.set()

    tasks.spawn(work(), "work")
    gc.collect()
    async with asyncio.timeout(1):
        await done.wait()


@pytest.mark.logs_errors
async def test_a_failure_is_told(caplog: pytest.LogCaptureFixture):
    tasks = Tasks()

    async def work() -> None:
        raise LookupError("what it was")

    await asyncio.gather(tasks.spawn(work(), "the work"), return_exceptions=True)
    assert "the work failed" in caplog.text
    assert "what it was" in caplog.text


async def test_cancel_ends_also_what_comes_of_it():
    tasks, ended = Tasks(), list[str]()

    async def child() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("child")

    async def parent() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            tasks.spawn(child(), "child")
            await asyncio.sleep(0)
            ended.append("parent")

    tasks.spawn(parent(), "parent")
    await asyncio.sleep(0)
    await tasks.cancel()
    assert sorted(ended) == ["child", "parent"]


async def test_wait_includes_what_is_started_meanwhile_and_has_an_end(caplog: pytest.LogCaptureFixture):
    tasks, ended = Tasks(), list[str]()

    async def child() -> None:
        await asyncio.sleep(0.02)
        ended.append("child")

    async def parent() -> None:
        await asyncio.sleep(0.01)
        tasks.spawn(child(), "child")
        ended.append("parent")

    tasks.spawn(parent(), "parent")
    await tasks.wait(1)
    assert ended == ["parent", "child"]
    slow = tasks.spawn(asyncio.sleep(60), "slow")
    await tasks.wait(0.01)
    assert not slow.done()
    assert "1 tasks were still at work" in caplog.text
    await tasks.cancel()
