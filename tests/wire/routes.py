"""What the bot does in its own name: who it is, its commands, its channels' messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.wire import rules
from tests.wire.model import EPHEMERAL, SEND, VIEW, Channel, Message
from tests.wire.rules import error

if TYPE_CHECKING:
    from aiohttp import web

    from tests.wire.model import Guild
    from tests.wire.rest import Call, Rest
    from tests.wire.world import World

NONCE_LIVES = 5 * 60 * 1000
"""Discord compares a nonce with those of "the past few minutes"."""


def routes(world: World, rest: Rest) -> list[web.RouteDef]:
    own, channels = Own(world), Channels(world)
    commands, one = "/applications/{app}/commands", "/channels/{channel}/messages/{message}"
    return [
        rest.route("GET", "/gateway/bot", own.gateway),
        rest.route("GET", "/users/@me", own.me),
        rest.route("GET", "/users/{user}", own.user),
        rest.route("GET", "/applications/@me", own.application),
        rest.route("GET", "/oauth2/applications/@me", own.application),
        rest.route("GET", commands, own.commands),
        rest.route("PUT", commands, own.put_commands),
        rest.route("GET", "/guilds/{guild}", own.guild),
        rest.route("GET", "/guilds/{guild}/members/{user}", own.member),
        rest.route("GET", "/channels/{channel}", channels.fetch),
        rest.route("GET", "/channels/{channel}/messages", channels.history),
        rest.route("POST", "/channels/{channel}/messages", channels.post),
        rest.route("GET", one, channels.message),
        rest.route("PATCH", one, channels.edit),
        rest.route("DELETE", one, channels.delete),
    ]


class Own:
    """The bot itself, and who is on its servers."""

    def __init__(self, world: World) -> None:
        self._world = world

    def gateway(self, _call: Call) -> Any:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": f"{self._world.url.replace('http', 'ws')}/gateway", "shards": 1, "session_start_limit": limit}

    def me(self, _call: Call) -> Any:
        return {**self._world.me.user(), "bot": True, "mfa_enabled": False, "verified": True, "flags": 0}

    def application(self, _call: Call) -> Any:
        me = self._world.me
        return {
            "id": str(me.id),
            "name": me.name,
            "icon": None,
            "description": "",
            "bot_public": False,
            "bot_require_code_grant": False,
            "owner": me.user(),
            "team": None,
            "verify_key": "",
            "flags": 0,
        }

    def commands(self, _call: Call, app: str) -> Any:
        return self._world.commands

    def put_commands(self, call: Call, app: str) -> Any:
        stamp = {"application_id": app, "version": str(self._world.clock.snowflake())}
        known = {one["name"]: one["id"] for one in self._world.commands}
        self._world.commands = [
            {**one, **stamp, "id": known.get(one["name"]) or str(self._world.clock.snowflake())} for one in call.body
        ]
        return self._world.commands

    def _guild(self, guild: str) -> Guild:
        if int(guild) not in self._world.guilds:
            raise error(10004)
        return self._world.guilds[int(guild)]

    def guild(self, _call: Call, guild: str) -> Any:
        return self._world.guild_payload(self._guild(guild))

    def member(self, _call: Call, guild: str, user: str) -> Any:
        self._guild(guild)
        if int(user) not in self._world.members:
            raise error(10007)
        return self._world.members[int(user)].payload()

    def user(self, _call: Call, user: str) -> Any:
        if int(user) not in self._world.members:
            raise error(10013)
        return self._world.members[int(user)].user()


class Channels:
    """Messages by their channel, where ephemeral ones don't exist."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces: dict[tuple[int, str], tuple[int, Message]] = {}

    def _channel(self, channel: str) -> Channel:
        found = self._world.channels.get(int(channel))
        if found is None:
            raise error(10003)
        if not found.app_permissions & VIEW:
            raise error(50001)
        return found

    def _message(self, channel: str, message: str) -> Message:
        where = self._channel(channel)
        found = self._world.messages.get(int(message))
        if found is None or found.deleted or found.ephemeral or found.channel is not where:
            raise error(10008)
        return found

    def fetch(self, _call: Call, channel: str) -> Any:
        return self._channel(channel).payload()

    def history(self, _call: Call, channel: str) -> Any:
        where = self._channel(channel)
        return [one.payload() for one in reversed(self._world.public(where))][:50]

    def message(self, _call: Call, channel: str, message: str) -> Any:
        return self._message(channel, message).payload()

    def post(self, call: Call, channel: str) -> Any:
        where, data, now = self._channel(channel), call.body, self._world.clock.now()
        if not where.app_permissions & SEND:
            raise error(50013)
        rules.check_message(data)
        key = (where.id, str(data.get("nonce")))
        if data.get("enforce_nonce"):
            at, first = self._nonces.get(key, (0, None))
            if first is not None and now - at < NONCE_LIVES:
                return first.payload()
        message = self._world.new_message(where)
        message.write({**data, "flags": (data.get("flags") or 0) & ~EPHEMERAL})
        if data.get("nonce") is not None:
            self._nonces[key] = (now, message)
        return message.payload()

    def edit(self, call: Call, channel: str, message: str) -> Any:
        found = self._message(channel, message)
        rules.check_message(call.body, found.flags, new=False)
        found.write(call.body, self._world.clock.now())
        return found.payload()

    def delete(self, _call: Call, channel: str, message: str) -> None:
        self._message(channel, message).delete()
