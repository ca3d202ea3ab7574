"""The Discord side: loads the features, syncs commands that changed, and leaves no press without an answer."""

from __future__ import annotations

import hashlib
import json
import logging
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.errors import Refusal
from bot.ui import base
from bot.ui.answers import admit, guard, report
from bot.ui.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import App

log = logging.getLogger(__name__)

FEATURES = (
    *("cogs.packs", "cogs.opening", "cogs.cards", "cogs.account", "cogs.messages"),
    *("cogs.orders", "cogs.settings", "cogs.operator"),
)
MONEY = {"money": True}
"""The `extras` of a command with which something can be bought."""


class Tree(app_commands.CommandTree["Client"]):
    """Slash commands, with the same way of failing as buttons."""

    async def interaction_check(self, interaction: discord.Interaction[Client], /) -> bool:
        if interaction.type is discord.InteractionType.autocomplete:
            if interaction.client.pace.suggests(interaction.user.id):
                return True
            await interaction.response.autocomplete([])
            return False
        try:
            admit(interaction)
        except Refusal as refusal:
            await report(interaction, refusal, "command")
            return False
        return True

    async def on_error(self, interaction: discord.Interaction[Client], error: app_commands.AppCommandError, /) -> None:
        name = "unknown" if interaction.command is None else interaction.command.qualified_name
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            log.warning("Discord sent a command as it was before: %s", error)
            await report(interaction, Refusal("command_changed"), name)
            return
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await report(interaction, cause, f"command {name}")


class Client(commands.AutoShardedBot):
    """The bot. `app` is everything behind Discord."""

    def __init__(self, app: App, shard_count: int | None = None) -> None:
        shards = app.settings.shards
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=discord.Intents(guilds=True),
            help_command=None,
            tree_cls=Tree,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shard_count if shards is None else shards.count,
            max_messages=None,
        )
        self.shard_ids = None if shards is None else list(shards.ids)
        self.app = app
        self.pace = Pace(app.clock)

    async def setup_hook(self) -> None:
        await self.app.start()
        for feature in FEATURES:
            # load_extension would take the modules away again on close, and the next bot in this process would
            # have other classes than the registry.
            await import_module(feature).setup(self)
        self.add_dynamic_items(*base.PRESSES)
        for command in self.tree.get_commands():
            if isinstance(command, app_commands.Command):
                command.nsfw = self.app.settings.age_restricted and bool(command.extras.get("money"))
        await self._sync()
        await self.app.resume()

    async def _sync(self) -> None:
        """Tells Discord of the commands, if they are others than the last time."""
        shape = json.dumps([c.to_dict(self.tree) for c in self.tree.get_commands()], sort_keys=True)
        stamp = f"{self.application_id}:{hashlib.sha256(shape.encode()).hexdigest()}"
        if await self.app.meta.get("commands") != stamp:
            await self.tree.sync()
            await self.app.meta.set("commands", stamp)

    async def on_interaction(self, interaction: discord.Interaction[Client]) -> None:
        """Takes what discord.py lets fall without an answer: forms, and presses that it can't place."""
        data = cast("dict[str, Any]", interaction.data or {})
        custom_id = str(data.get("custom_id", ""))
        if interaction.type is discord.InteractionType.modal_submit:
            await self._submitted(interaction, custom_id, data)
        elif interaction.type is discord.InteractionType.component and not self._placed(interaction, custom_id):
            await guard(interaction, "stray press", partial(self._stray, interaction))

    async def _submitted(self, interaction: discord.Interaction[Client], custom_id: str, data: dict[str, Any]) -> None:
        for form in base.FORMS:
            values = form.address.read(custom_id)
            if values is not None:
                work = partial(form.handler, interaction, **{**dict(_inputs(data)), **values})
                await guard(interaction, f"form {form.address.name}", work)
                return
        await guard(interaction, "stray form", partial(self._stray, interaction))

    @staticmethod
    def _placed(interaction: discord.Interaction[Client], custom_id: str) -> bool:
        """Whether discord.py finds a class for it, and the component in its message."""
        known = any(press.address.pattern.fullmatch(custom_id) for press in base.PRESSES)
        if not known or interaction.message is None:
            return False
        shown = discord.ui.LayoutView.from_message(interaction.message, timeout=None)
        return any(getattr(item, "custom_id", None) == custom_id for item in shown.walk_children())

    async def _stray(self, interaction: discord.Interaction[Client]) -> None:
        """discord.py calls a button that it can place. Otherwise the message may be old: it is drawn anew."""
        if interaction.message is not None:
            message = await self.app.outbox.at(interaction.message.id)
            if message is not None:
                await self.app.outbox.redraw(message)
        raise Refusal("stray")


def _inputs(data: dict[str, Any]) -> Iterator[tuple[str, str | list[str]]]:
    """The texts and choices of a submitted form, wherever they are nested."""
    for part in data.get("components", []):
        inner = part.get("component") or part
        if "value" in inner or "values" in inner:
            yield inner["custom_id"], inner.get("value", inner.get("values"))
        yield from _inputs(inner)
