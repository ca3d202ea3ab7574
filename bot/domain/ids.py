"""Our ids: ULIDs as text, sortable by the millisecond."""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PATTERN = "[0-9A-HJKMNP-TV-Z]{26}"
"""A regular expression of exactly one id, for the custom_ids of buttons."""


def ulid(now: int) -> str:
    """A new id, made at `now` (milliseconds UTC)."""
    value = (now << 80) | secrets.randbits(80)
    out: list[str] = []
    for _ in range(26):
        out.append(_ALPHABET[value & 31])
        value >>= 5
    return "".join(reversed(out))


def reference(id_: str) -> str:
    """The short form that people read to a moderator: the last eight characters, which are all random."""
    return id_[-8:]
