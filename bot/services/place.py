"""Where somebody does something, and where the answer is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a server."""

    guild_id: int
    channel_id: int
    age_restricted: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An interaction's own answer, in which a purchase or a sale is shown. `token_until` in milliseconds UTC."""

    channel_id: int
    message_id: int
    token: str
    token_until: int
    private: bool
