"""A Discord to test with: what is in it, and what its people do."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.wire.faults import Faults
from tests.wire.gateway import Gateway
from tests.wire.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, FORM
from tests.wire.model import USUAL, Channel, Clock, Guild, Interaction, Member, Message, Watched, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.wire.gateway import Session
    from tests.wire.rest import Call

PATIENCE = 3.0
"""Seconds within which an interaction has to be answered."""
_SUBCOMMANDS = {1, 2}
_LIKE = {3: str, 4: int, 5: bool, 10: float}
"""Types of a command's options."""
_BUTTON = 2


class World(Watched):
    """The state of everything, and the people's hands.

    `url` is set when it is served (`tests.wire.discord.serving`).
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.url = ""
        self.token = "wire"
        """Every bot token that begins so is the bot's; what follows the first dot names the process."""
        self.clock = Clock()
        self.faults = Faults(seed)
        self.gateway = Gateway(self)
        self.calls: list[Call] = []
        self.patience = PATIENCE
        self.commands: list[dict[str, Any]] = []
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.members: dict[int, Member] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.me = self.member("Pullcord")
        self._dice = random.Random(seed)

    # --- what there is

    def guild(self, name: str = "Card Club", id_: int | None = None) -> Guild:
        """A server. Its shard is `(id >> 22) % count`; ids that are left out follow each other in that."""
        guild = Guild(id_ or (1 << 56) + (len(self.guilds) << 22), name)
        self.guilds[guild.id] = guild
        for session in self.gateway.sessions:
            if session.holds(guild):
                session.dispatch("GUILD_CREATE", self.guild_payload(guild))
        return guild

    def channel(self, guild: Guild, name: str = "packs", *, nsfw: bool = False) -> Channel:
        channel = Channel(self.clock.snowflake(), guild, name, nsfw)
        self.channels[channel.id] = channel
        self.gateway.dispatch(guild, "CHANNEL_CREATE", channel.payload())
        return channel

    def member(self, name: str, id_: int | None = None, permissions: int = USUAL) -> Member:
        """A person, on every server."""
        member = Member(id_ or self.clock.snowflake(), name, permissions)
        self.members[member.id] = member
        return member

    def new_message(self, channel: Channel, *, owner: Member | None = None) -> Message:
        message = Message(self.clock.snowflake(), channel, self.me, owner=owner)
        message.on_change = self.changed
        self.messages[message.id] = message
        return message

    def public(self, channel: Channel) -> list[Message]:
        """What everybody sees in the channel, oldest first."""
        return [one for one in self.messages.values() if one.channel is channel and not (one.ephemeral or one.deleted)]

    def guild_payload(self, guild: Guild) -> dict[str, Any]:
        everyone = {
            "id": str(guild.id),
            "name": "@everyone",
            "permissions": str(USUAL),
            "position": 0,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        lists = ("emojis", "stickers", "features", "threads", "presences", "voice_states", "stage_instances")
        numbers = ("verification_level", "default_message_notifications", "explicit_content_filter", "afk_timeout")
        more_numbers = ("mfa_level", "nsfw_level", "premium_tier", "system_channel_flags")
        return {
            **dict.fromkeys(lists, ()),
            **dict.fromkeys((*numbers, *more_numbers), 0),
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": "1",
            "icon": None,
            "unavailable": False,
            "roles": [everyone],
            "channels": [one.payload() for one in self.channels.values() if one.guild is guild],
            "members": [self.me.payload()],
            "member_count": len(self.members),
            "large": False,
            "joined_at": "2024-01-01T00:00:00+00:00",
            "preferred_locale": "en-US",
            "premium_progress_bar_enabled": False,
        }

    async def online(self, label: str | None = None, seconds: float = 10.0) -> Session:
        """A connected session: of the bot process with that label, or any. Raises TimeoutError."""
        return (await self.until(lambda: self.gateway.live(label), seconds))[0]

    # --- what people do; each waits for the first answer, or until Discord would show a failure

    async def slash(
        self, user: Member, channel: Channel, name: str, *, wait: bool = True, **options: Any
    ) -> Interaction:
        """A command, with the name of a subcommand after a space: `slash(alice, packs, "account show")`."""
        return await self._sent(COMMAND, user, channel, self._command(name, options), wait=wait)

    async def autocomplete(
        self, user: Member, channel: Channel, name: str, option: str, typed: str, **options: Any
    ) -> Interaction:
        """What is offered while somebody types; see `Interaction.choices`."""
        data = self._command(name, {**options, option: typed}, focused=option)
        return await self._sent(AUTOCOMPLETE, user, channel, data)

    async def press(
        self,
        user: Member,
        message: Message,
        custom_id: str,
        values: Sequence[str] | None = None,
        *,
        wait: bool = True,
        forged: bool = False,
    ) -> Interaction:
        """A press on a button or, with `values`, a choice in a select.

        Only what the person sees can be pressed; `forged` sends what no honest client would.
        """
        found = next((part for part in message.parts() if part.get("custom_id") == custom_id), dict[str, Any]())
        if not forged:
            assert found, f"{custom_id!r} is not on the message"
            assert not found.get("disabled"), f"{custom_id!r} can't be pressed"
            assert not message.ephemeral or message.owner is user, "only its person sees this message"
            assert not message.deleted, "the message is gone"
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": found.get("type", _BUTTON)}
        if values is not None:
            data["values"] = list(values)
        return await self._sent(COMPONENT, user, message.channel, data, source=message, wait=wait)

    async def submit(self, user: Member, opened: Interaction, *, wait: bool = True, **values: str) -> Interaction:
        """The form that answered `opened`, filled in: the inputs' values by custom_id."""
        assert opened.answer is not None
        form = opened.answer.data
        inputs = [part for part in walk(form["components"]) if part.get("custom_id")]
        assert {part["custom_id"] for part in inputs} == set(values), [part["custom_id"] for part in inputs]
        filled = [
            {"type": 18, "id": number, "component": {**_input(part), "value": values[part["custom_id"]]}}
            for number, part in enumerate(inputs, 1)
        ]
        data = {"custom_id": form["custom_id"], "components": filled}
        return await self._sent(FORM, user, opened.channel, data, source=opened.source, wait=wait)

    def replay(self, interaction: Interaction) -> None:
        """Delivers it once more, with the same id and token, as after a resume."""
        self.gateway.dispatch(interaction.channel.guild, "INTERACTION_CREATE", interaction.payload)

    # --- how it goes over the wire

    async def _sent(
        self,
        kind: int,
        user: Member,
        channel: Channel,
        data: dict[str, Any],
        *,
        source: Message | None = None,
        wait: bool = True,
    ) -> Interaction:
        id_, token = self.clock.snowflake(), f"aW50{self._dice.getrandbits(512):0128x}"
        payload: dict[str, Any] = {
            "id": str(id_),
            "application_id": str(self.me.id),
            "type": kind,
            "data": data,
            "token": token,
            "version": 1,
            "guild_id": str(channel.guild.id),
            "guild": {"id": str(channel.guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "locale": "en-US",
            "channel_id": str(channel.id),
            "channel": {**channel.payload(), "permissions": str(user.permissions)},
            "member": user.payload(),
            "app_permissions": str(channel.app_permissions),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(channel.guild.id)},
            "context": 0,
            "attachment_size_limit": 10 << 20,
            **({} if source is None else {"message": source.payload()}),
        }
        interaction = Interaction(id_, token, payload, user, channel, self.clock.now(), source)
        self.interactions[token] = interaction
        self.replay(interaction)
        if wait:
            with suppress(TimeoutError):
                await interaction.until(lambda: interaction.answer, self.patience)
        return interaction

    def _command(self, name: str, values: dict[str, Any], focused: str = "") -> dict[str, Any]:
        first, *rest = name.split()
        command = next((one for one in self.commands if one["name"] == first), None)
        assert command is not None, f"the bot has no command {first!r}, but {[c['name'] for c in self.commands]}"
        data: dict[str, Any] = {"id": command["id"], "name": first, "type": 1}
        inner, defined = data, command
        for part in rest:
            defined = next(one for one in defined["options"] if one["name"] == part and one["type"] in _SUBCOMMANDS)
            inner["options"] = [{"name": part, "type": defined["type"]}]
            inner = inner["options"][0]
        options = {one["name"]: one for one in defined.get("options", [])}
        assert values.keys() <= options.keys(), f"/{name} has no option {values.keys() - options.keys()}"
        missing = {key for key, one in options.items() if one.get("required")} - values.keys()
        assert not missing or focused, f"/{name} needs {missing}"
        inner["options"] = [
            {"name": key, "type": kind, "value": _LIKE[kind](value), **({"focused": True} if key == focused else {})}
            for key, value in values.items()
            for kind in [options[key]["type"]]
        ]
        return data


def _input(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": part["type"], "id": part.get("id", 0), "custom_id": part["custom_id"]}
