"""What this Discord holds: servers, channels, people, messages and interactions. Times are milliseconds UTC."""

from __future__ import annotations

import asyncio
import copy
import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

EPOCH = 1_420_070_400_000
"""Discord's ids count milliseconds from the first moment of 2015."""
EPHEMERAL, LOADING, V2 = 1 << 6, 1 << 7, 1 << 15
"""Flags of a message."""
VIEW, SEND, MANAGE_GUILD = 1 << 10, 1 << 11, 1 << 5
USUAL = VIEW | SEND | 1 << 14 | 1 << 16 | 1 << 31 | 1 << 38
"""Permissions of a member and of the app: also embed links, read history, use commands, send in threads."""


class Clock:
    """Discord's own time, which a test may move on, for example to end an interaction's token."""

    def __init__(self) -> None:
        self._offset = 0
        self._numbers = itertools.count()

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self._offset

    def advance(self, seconds: float) -> None:
        self._offset += round(seconds * 1000)

    def snowflake(self) -> int:
        return (self.now() - EPOCH) << 22 | next(self._numbers) & 0x3FFFFF


class Watched:
    """Something that a test waits for."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []
        self.on_change: Callable[[], None] = lambda: None
        """Called with each change: the world watches what is in it."""

    def changed(self) -> None:
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)
        self.on_change()

    async def until(self, test: Callable[[], T], seconds: float = 5.0) -> T:
        """What `test` gives as soon as it is true; it is asked again after each change.

        Raises:
            TimeoutError: it wasn't within that real time.
        """
        async with asyncio.timeout(seconds):
            while not (found := test()):
                one = asyncio.get_running_loop().create_future()
                self._waiting.append(one)
                await one
        return found


@dataclass(frozen=True)
class Guild:
    id: int
    name: str


@dataclass(eq=False)
class Channel:
    id: int
    guild: Guild
    name: str = "packs"
    nsfw: bool = False
    app_permissions: int = USUAL
    """What the bot may do here."""

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "guild_id": str(self.guild.id),
            "type": 0,
            "name": self.name,
            "position": 0,
            "nsfw": self.nsfw,
            "topic": None,
            "parent_id": None,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "flags": 0,
            "permission_overwrites": [],
        }


@dataclass(frozen=True)
class Member:
    id: int
    name: str
    permissions: int = USUAL

    def user(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
        }

    def payload(self) -> dict[str, Any]:
        return {
            "user": self.user(),
            "roles": [],
            "nick": None,
            "avatar": None,
            "joined_at": "2024-01-01T00:00:00+00:00",
            "premium_since": None,
            "communication_disabled_until": None,
            "pending": False,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(self.permissions),
        }


class Message(Watched):
    """A message of the bot. `history` holds its components after it was made and after each edit."""

    def __init__(self, id_: int, channel: Channel, author: Member, *, owner: Member | None = None) -> None:
        super().__init__()
        self.id, self.channel, self.author = id_, channel, author
        self.owner = owner
        """Whose interaction it answers; an ephemeral one is seen by this person alone."""
        self.flags = 0
        self.content = ""
        self.embeds: list[Any] = []
        self.components: list[dict[str, Any]] = []
        self.history: list[list[dict[str, Any]]] = []
        self.edited: int | None = None
        self.deleted = False

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says "thinking…"."""
        return bool(self.flags & LOADING)

    def parts(self) -> Iterator[dict[str, Any]]:
        """Every component, nested ones too."""
        return walk(self.components)

    def write(self, data: dict[str, Any], at: int | None = None) -> None:
        """Takes on what a body says, after the rules have passed it; `at` for an edit."""
        self.content = data.get("content", self.content) or ""
        self.embeds = data.get("embeds", self.embeds) or []
        self.flags = (self.flags | (data.get("flags") or 0)) & ~LOADING
        if "components" in data:
            self.components = copy.deepcopy(data["components"] or [])
            for number, part in enumerate(walk(self.components), 1):
                part.setdefault("id", number)
        self.history.append(self.components)
        self.edited = at
        self.changed()

    def delete(self) -> None:
        self.deleted = True
        self.changed()

    def payload(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": 0 if self.owner is None else 20,
            "author": {**self.author.user(), "bot": True},
            "application_id": str(self.author.id),
            **({} if self.owner is None else {"webhook_id": str(self.author.id)}),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "flags": self.flags,
            "timestamp": iso((self.id >> 22) + EPOCH),
            "edited_timestamp": None if self.edited is None else iso(self.edited),
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
        }


@dataclass(frozen=True)
class Answer:
    """What an interaction's callback said."""

    type: int
    """4 message, 5 "thinking…", 6 later edit, 7 edit, 8 choices, 9 form."""
    data: dict[str, Any]


@dataclass(eq=False)
class Interaction(Watched):
    """A command, press or form, as it was sent to the bot, and what came back."""

    id: int
    token: str
    payload: dict[str, Any]
    user: Member
    channel: Channel
    born: int
    source: Message | None = None
    """The message whose component was used."""
    answer: Answer | None = None
    """None: nothing came within three seconds, and the person was shown a failure."""
    original: Message | None = None
    """The answer's own message or, after an edit (6, 7), the one pressed on."""
    followups: list[Message] = field(default_factory=list[Message])
    refused: list[int] = field(default_factory=list[int])
    """Error codes with which answers to it weren't taken: 40060 a second one, 10062 a late one."""

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def message(self) -> Message:
        """`original`, which a test expects to be there."""
        assert self.original is not None, f"there is no message, answers were refused with {self.refused}"
        return self.original

    @property
    def choices(self) -> list[dict[str, Any]]:
        """What an autocomplete offers."""
        assert self.answer is not None, "nothing was offered"
        return self.answer.data["choices"]

    def reach(self, message_id: str) -> Message | None:
        """The message that its token calls by this id."""
        for one in (self.original, *self.followups):
            if one is not None and (message_id == str(one.id) or (message_id == "@original" and one is self.original)):
                return None if one.deleted else one
        return None


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, nested ones too, in the order in which they are read."""
    for part in components:
        yield part
        yield from walk(part.get("components") or [])
        for key in ("accessory", "component"):
            if part.get(key):
                yield from walk([part[key]])


def iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat()
