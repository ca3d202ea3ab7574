"""The whole bot under SimCord: a server with people, the local Partner API, and time that only tests move."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import discord
import pytest
import simcord

from bot.app import App
from bot.client import Client
from bot.errors import Refusal
from bot.settings import Settings
from sandbox import Sandbox
from tests.behaviour.inline import sqlite_inline  # noqa: F401 - a fixture for all tests of this folder
from tests.behaviour.look import button, texts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Iterator
    from pathlib import Path

PACK = "sandlot-starter"
START = datetime(2026, 1, 1, tzinfo=UTC)
"""SimCord's."""
SETTLE = 3.5
"""Seconds of real time that a press may take. What waits longer than that waits for `advance_time`."""


class SimClock:
    """The product's and the sandbox's clock: its time is the simulation's, its sleeps end by `advance_time` alone."""

    env: simcord.Env | None = None

    def now(self) -> int:
        return int(self.boottime() * 1000)

    def boottime(self) -> float:
        return (START if self.env is None else self.env.now()).timestamp()

    async def sleep(self, seconds: float) -> None:
        assert self.env is not None
        await self.env.external_wait(asyncio.sleep(seconds), reason="the product's clock")


class World:
    """A guild with three people, the partner, and a bot that can be restarted."""

    def __init__(self, env: simcord.Env, partner: Sandbox, build: Callable[[], Client]) -> None:
        self.env, self.partner, self.build = env, partner, build
        self.guild = env.create_guild(name="Card Club")
        self.channel = self.guild.create_text_channel("packs")
        self.alice, self.bob, self.mod = (
            self.guild.add_member(env.create_user(name)) for name in ("alice", "bob", "mod")
        )

    @property
    def bot(self) -> Client:
        assert isinstance(self.env.bot, Client)
        return self.env.bot

    @property
    def app(self) -> App:
        return self.bot.app

    @property
    def ledger(self) -> Any:
        """What the partner really executed."""
        return self.partner.ledger

    async def after(self, seconds: float) -> None:
        """Lets that much time pass."""
        while seconds > 0:  # in steps, each of which may take its share of real time
            await self.env.advance_time(min(seconds, 60))
            seconds -= 60

    async def restart(self) -> None:
        """The process ends at once and another begins: tasks die where they stand."""
        old = self.bot
        await old.remove_cog("Messages")
        await old.app.close()
        await self.env.restart_bot(self.build())

    async def ask(self, who: Any = None, pack: str = PACK, **options: Any) -> Any:
        """/open, up to the confirmation."""
        result = await (who or self.alice).slash(self.channel, "open", pack=pack, **options)
        assert result.ephemeral
        assert result.response is not None
        return result.response

    async def press(self, message: Any, name: str, who: Any = None) -> Any:
        """A press on the message's first button of that name."""
        return await (who or self.alice).click(message, custom_id=button(message, name))

    async def order(self, who: Any = None, pack: str = PACK, **options: Any) -> Any:
        """/open, confirm, and agree where it is the first time: the interaction that ordered."""
        asked = await self.ask(who, pack, **options)
        result = await self.press(asked, "confirm", who)
        if "18 or older" in texts(self.message(asked)):
            result = await self.press(self.message(asked), "agree", who)
        return result

    async def opened(self, who: Any = None, pack: str = PACK, seconds: float = 60, **options: Any) -> Any:
        """An order with its cards: its message after that time."""
        result = await self.order(who, pack, **options)
        await self.after(seconds)
        return self.message(result.response)

    def public(self) -> list[Any]:
        """The messages of the channel that everybody sees, oldest first."""
        return [message for message in self.channel.history() if not message.flags.ephemeral]

    def message(self, seen: Any) -> Any:
        """The message as it is now."""
        channel_id = seen.channel.id if isinstance(seen, discord.Message) else seen.channel_id
        return simcord.actors.ResponseMessage(self.env, self.env.backend.get_message(channel_id, seen.id))

    @contextmanager
    def held(self) -> Iterator[list[tuple[str, Any]]]:
        """Interactions made inside wait at the gateway; they are all delivered at the end, in one turn."""
        feeds = self.env.backend.subscribers[:]
        waiting: list[tuple[str, Any]] = []

        def hold(event: str, payload: Any) -> None:
            if event == "INTERACTION_CREATE":
                waiting.append((event, payload))
            else:
                for feed in feeds:
                    feed(event, payload)

        self.env.backend.subscribers[:] = [hold]
        try:
            yield waiting
        finally:
            self.env.backend.subscribers[:] = feeds
            for event, payload in waiting:
                for feed in feeds:
                    feed(event, payload)


@pytest.fixture
def temperament() -> str:
    """The partner's; parametrize a test to have another."""
    return "production"


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Settings that differ; parametrize a test to have some."""
    return {}


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def partner(clock: SimClock, temperament: Any) -> Sandbox:
    return Sandbox(temperament=temperament, clock=clock)


@pytest.fixture
def build(
    sqlite_url: str, tmp_path: Path, clock: SimClock, partner: Sandbox, overrides: dict[str, Any]
) -> Callable[[], Client]:
    def make() -> Client:
        values: dict[str, Any] = {
            "discord_token": "a-token",
            "partner_api_key": "sandbox-key",
            "database_url": sqlite_url,
            "data_dir": tmp_path,
        }
        settings = Settings(_env_file=None, **{**values, **overrides})
        return Client(App(settings, clock=clock, transport=partner.transport(), sync="OFF"))

    return make


@pytest.fixture
async def env(
    build: Callable[[], Client], clock: SimClock, request: pytest.FixtureRequest
) -> AsyncGenerator[simcord.Env]:
    """SimCord's plugin looks for a fixture of this name, for its clock and its transcript."""
    marker = request.node.get_closest_marker("simcord")
    options: dict[str, Any] = {"shard_count": 1, "settle_timeout": SETTLE, **(marker.kwargs if marker else {})}
    made = clock.env = simcord.Env(build(), **options)
    await made.start()
    yield made
    await made.shutdown()
    await made.bot.app.close()
    # A command's refusal passes discord.py's handler of errors, where SimCord takes it for one.
    errors = [error for error in made.errors if not isinstance(getattr(error, "original", error), Refusal)]
    assert not errors, errors


@pytest.fixture
def world(env: simcord.Env, partner: Sandbox, build: Callable[[], Client]) -> World:
    return World(env, partner, build)


@pytest.fixture(autouse=True, scope="session")
def quick_settling() -> Generator[None]:
    """SimCord looks again every 50 ms while a task waits for a thread (aiosqlite's): sooner is 3 times faster."""
    defaults = simcord.Env._settle_internal.__kwdefaults__
    before = defaults["idle"]
    defaults["idle"] = 0.001
    yield
    defaults["idle"] = before
