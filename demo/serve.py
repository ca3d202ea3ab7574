"""`python -m bot demo`: the page, until somebody presses Ctrl-C."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from demo.gallery import Gallery
from demo.simcord_hooks import Stage
from demo.site import Site
from demo.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

HOW = """
  Pullcord's demo is at  {url}

  Open it in a browser. On the left you are Alice: type /open, choose a pack, press Enter, and confirm.
  On the right, Bob sees what happens. The cards are made up, and nothing leaves this computer.
  Ctrl-C ends it.
"""


async def serve(port: int, tell: Callable[[str], None]) -> None:
    """Serves the page on loopback, until it is cancelled; on a free port, if that one is taken.

    `tell` is called once, with the address and what to do there.
    """
    # The library warns at each start of what the bot doesn't use: voice, and intents beyond those it asks for.
    logging.getLogger("discord").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="pullcord-demo-") as folder:
        async with World.open(Path(folder)) as world:
            site = Site(world)
            stage = site.stage = Stage(
                world.env,
                world.channels,
                world.people,
                pictures=Gallery(world.partner),
                port=port,
                site=site.routes(),
            )
            async with stage:
                tell(HOW.format(url=stage.url.partition("#")[0]))
                await stage.keep_time()
