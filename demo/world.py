"""The demo's world: a server with three people, the local Partner API, and the bot between them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import discord
import simcord

from bot.app import App
from bot.client import Client
from bot.settings import Settings
from demo.simcord_hooks import dress_bot, let_presses_edit, run_in_real_time
from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
    from simcord.actors import MemberActor

    from sandbox.faults import Kind

WELCOME = (
    "Welcome to **Card Club**! Type `/packs` to look around, or `/open` to open a pack. "
    "Whoever pulls something nice: show us! 🎉"
)
FOR_MODERATORS = (
    "This channel is for moderators, and the bot tells us here what we have to know. "
    "`/orders open` lists the orders that need somebody; if a member asks about one, ask for its reference."
)
FATES: dict[str, Kind | None] = {"well": None, "lost": "reset", "odd": "more"}
"""Of the next order, by the partner's fault: as it should be; carried out, but the answer is lost; a card too many."""


class DemoSettings(Settings):
    """What the operator has set for the real bot, in the environment or a file, is none of the demo's business."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


class DemoClock:
    """The product's and the partner's time: the simulation's, which `keep_time` moves as fast as the real one."""

    env: simcord.Env | None = None

    def now(self) -> int:
        return int(self.boottime() * 1000)

    def boottime(self) -> float:
        return (datetime.now(UTC) if self.env is None else self.env.now()).timestamp()

    async def sleep(self, seconds: float) -> None:
        assert self.env is not None
        await self.env.external_wait(asyncio.sleep(seconds), reason="the product's clock")


class World:
    """What the page's buttons can do."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._clock = folder, DemoClock()
        # Short waits, yet long enough that each state of the message can be read.
        self.partner = Sandbox(temperament="production", clock=self._clock, settle=4, hold=1.5)
        # Its own name is full of marks and mentions, to try the bot with; here it would be the first one seen.
        self.partner.change("champions-of-the-world", name="Champions of the World", description="All the greats.")
        self.env = simcord.Env(self._bot(), shard_count=1, check_errors=False)
        run_in_real_time(self.env)
        let_presses_edit(self.env)
        self._clock.env = self.env
        self.restarts = 0

    def _bot(self) -> Client:
        settings = DemoSettings.model_validate(
            {
                "discord_token": "demo",
                "partner_api_key": "sandbox-demo",
                "database_url": f"sqlite:///{self._folder}/demo.db",
                "data_dir": self._folder,
                "settlement_note": "This is a demo: the cards are made up, and nothing is charged.",
                "settle_seconds": 18,
            }
        )
        return Client(App(settings, clock=self._clock, transport=self.partner.transport(), sync="OFF"))

    @property
    def _app(self) -> App:
        return cast("Client", self.env.bot).app

    async def _furnish(self) -> None:
        dress_bot(self.env, "Pullcord")
        guild = self.env.create_guild(name="Card Club")
        moderator = guild.create_role("Moderator", permissions=discord.Permissions(manage_guild=True))
        hidden = discord.PermissionOverwrite(view_channel=False)
        shown = discord.PermissionOverwrite(view_channel=True)
        packs = guild.create_text_channel("packs", topic="Open packs here")
        bot = self.env.bot.user
        assert bot is not None
        moderators = guild.create_text_channel(
            "moderators", topic="For moderators", overwrites={guild.default_role: hidden, moderator: shown, bot: shown}
        )

        def person(name: str) -> MemberActor:
            user = self.env.create_user(name.lower(), global_name=name, avatar=name.lower())
            return guild.add_member(user, roles=[moderator] if name == "Mod" else [])

        self.people = (person("Alice"), person("Bob"), person("Mod"))
        self.channels = (packs, moderators)
        await self.people[2].send(packs, WELCOME)
        await self.people[2].send(moderators, FOR_MODERATORS)
        await self._app.guilds.set_audit_channel(self.people[2].id, guild.id, moderators.id)

    async def restart(self) -> None:
        """The bot's process ends at once, whatever it was doing, and another begins on the same database."""
        await self._app.close()
        await self.env.restart_bot(self._bot())
        self.restarts += 1

    @property
    def next_order(self) -> str:
        """What will become of the next order: a key of `FATES`."""
        kinds = {fault.kind for fault in self.partner.faults.waiting}
        return next((fate for fate, kind in FATES.items() if kind in kinds), "well")

    @next_order.setter
    def next_order(self, fate: str) -> None:
        self.partner.faults.clear()
        if (kind := FATES[fate]) is not None:
            self.partner.faults.add("init", kind, after=kind == "reset")

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncGenerator[World]:
        world = cls(folder)
        await world.env.start()
        try:
            with world.env.time_context():
                await world._furnish()
                yield world
        finally:
            await world.env.shutdown()
            await world._app.close()
