"""One Discord, one partner and one bot process for all tests of a module; people and channels are each test's own."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox import Sandbox
from sandbox.server import serving as serving_partner
from tests.wire.discord import serving
from tests.wire.forge import Bot, Forge, settings
from tests.wire.world import PATIENCE, World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from pathlib import Path

    from tests.wire.model import Channel, Guild, Member

_numbers = itertools.count(1)


@dataclass
class Scene:
    """Everything that a test needs."""

    world: World
    partner: Sandbox
    forge: Forge
    folder: Path
    guild: Guild
    bots: list[Bot] = field(default_factory=list[Bot])

    def person(self) -> Member:
        return self.world.member(f"person{next(_numbers)}")

    def channel(self) -> Channel:
        return self.world.channel(self.guild, f"channel-{next(_numbers)}")

    async def another(self, label: str, **others: str) -> Bot:
        """A bot with its label's database, which has just been started."""
        env = settings(self.world, self.partner.public_url, self.folder / label, label=label, **others)
        made = await self.forge.bot(env, label=label)
        self.bots.append(made)
        return made

    async def bot(self, label: str, **others: str) -> Bot:
        """The same, online."""
        made = await self.another(label, **others)
        try:
            await self.world.online(label)
        except TimeoutError:
            raise AssertionError(f"{label} doesn't come online:\n{made.text()}") from None
        return made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Scene]:
    folder = tmp_path_factory.mktemp("wire")
    partner, forge = Sandbox(), Forge(folder)
    async with serving(World()) as world, serving_partner(partner):
        await forge.start()
        yield Scene(world, partner, forge, folder, world.guild())
        await forge.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(scene: Scene) -> Bot:
    """The bot that most tests share."""
    return await scene.bot("bot")


@pytest.fixture(autouse=True)
def nothing_logged_as_error_over_there(request: pytest.FixtureRequest) -> Generator[None]:
    """The bots' own logs are witnesses too."""
    if "scene" not in request.fixturenames:
        yield
        return
    scene: Scene = request.getfixturevalue("scene")
    before = {bot.log: len(bot.text()) for bot in scene.bots}
    yield
    scene.world.faults.clear()
    scene.world.patience = PATIENCE
    if request.node.get_closest_marker("logs_errors") is None:
        new = "".join(bot.text()[before.get(bot.log, 0) :] for bot in scene.bots)
        bad = [line for line in new.splitlines() if not line.startswith("{") or json.loads(line)["level"] == "error"]
        assert not bad, bad
