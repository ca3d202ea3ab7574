"""Discord on loopback, for an unmodified discord.py in another process.

async with serving(World()) as world:
    ...  # point the bot at world.url, see tests.wire.bot_process
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire import interactions, routes
from tests.wire.rest import Rest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.wire.world import World

LARGEST_BODY = 25 << 20


@asynccontextmanager
async def serving(world: World, port: int = 0) -> AsyncGenerator[World]:
    """Serves `world` meanwhile; port 0 takes a free one. `world.url` is its address without a path."""
    rest = Rest(world)
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes([*routes.routes(world, rest), *interactions.routes(world, rest)])
    app.add_routes([web.get("/gateway", world.gateway.handle), web.get("/resume", world.gateway.handle)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        world.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield world
    finally:
        world.gateway.cut()
        await runner.cleanup()
