"""Runs the bot until it is told to stop, and then stops in order."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.jobs import heartbeat

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.app import App
    from bot.client import Client

log = logging.getLogger(__name__)
RELAY_SECONDS = 5
"""How long a stop waits for messages; the next start draws what is left."""
OPEN_FILES = 4_096
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def run(main: Coroutine[Any, Any, None]) -> None:
    """asyncio.run, on uvloop where it is installed, with enough open files for thousands of polls."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main)


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(number: signal.Signals) -> None:
        log.info("%s: no new purchases; those under way are finished. Once more ends at once.", number.name)
        stop.set()
        for each in _SIGNALS:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    for number in _SIGNALS:
        loop.add_signal_handler(number, told, number)
    return stop


async def _shown(app: App) -> None:
    """Waits, not for long, until the relay has drawn how things stand."""
    with suppress(TimeoutError):
        async with asyncio.timeout(RELAY_SECONDS):
            while await app.outbox.behind():
                await app.clock.sleep(0.1)


async def serve(client: Client, token: str, grace: float) -> None:
    """Runs `client` until SIGTERM or SIGINT, or until its gateway fails, which is raised.

    Calls to the partner that are under way get `grace` seconds to end while Discord is still there, so that people
    see how their purchase went. What is left is taken up by the next start.
    """
    stop = _told_to_stop()
    app = client.app

    def connected() -> bool:
        return client.is_ready() and not any(shard.is_closed() for shard in client.shards.values())

    app.tasks.spawn(heartbeat.beat(app.settings.data_dir, app.clock, connected), "heartbeat")
    gateway = asyncio.create_task(client.start(token), name="gateway")
    waiting = asyncio.create_task(stop.wait(), name="told to stop")
    try:
        await asyncio.wait({gateway, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not gateway.done():
            await app.drain(grace)
            if client.is_ready():
                await _shown(app)
            else:
                gateway.cancel()  # still starting: there is nothing to end in order
            await client.close()
        await asyncio.wait({gateway})
        if not gateway.cancelled():
            gateway.result()  # raises its failure, if it has one
    finally:
        waiting.cancel()
        await client.close()
        await app.close()
