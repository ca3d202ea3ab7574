"""Link codes: what a community's own site gives a logged-in member, to be redeemed once in Discord.

A code is `1.<claims>.<mac>`: claims are JSON in base64url without padding, the MAC is HMAC-SHA256 over everything
before the second dot. It proves who made it; that it is used once is the store's business, by its nonce.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, cast

VERSION = "1"
LONGEST = 1_024
"""Characters; nothing longer is looked at."""
LONGEST_USER_ID = 128
NONCE = range(8, 65)
"""How many characters a nonce may have."""


class CodeError(Exception):
    """Not a code that was made with our secret."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says. `expires_at` is milliseconds UTC; with a `discord_id` only that account may redeem it.

    Whether it has expired, is for linking, or was used is for the reader to check.
    """

    user_id: str
    purpose: str
    expires_at: int
    nonce: str
    discord_id: int | None


def make_code(
    secret: bytes, *, user_id: str, purpose: str = "link", expires_at: int, nonce: str, discord_id: int | None = None
) -> str:
    """A code for one person. `nonce` must be new and unguessable, for example `secrets.token_urlsafe(12)`.

    Raises:
        CodeError: the values can't stand in a code (an empty or very long id, a negative time).
    """
    claims: dict[str, object] = {"u": user_id, "p": purpose, "e": expires_at, "n": nonce}
    if discord_id is not None:
        claims["d"] = str(discord_id)  # a string, because JavaScript's numbers can't hold a Discord id
    _code(claims)
    signed = f"{VERSION}.{_pack(json.dumps(claims, separators=(',', ':')).encode())}"
    text = f"{signed}.{_pack(_mac(secret, signed))}"
    if len(text) > LONGEST:
        raise CodeError("too long")
    return text


def read_code(secret: bytes, text: str) -> Code:
    """Reads a code as a person pasted it; white space around it is no matter.

    Raises:
        CodeError: it isn't ours.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise CodeError("too long")
    signed, _, mac = text.rpartition(".")
    version, _, claims = signed.partition(".")
    # Compared as text: base64 has several spellings of the same bytes, and a code shall have only one.
    if not hmac.compare_digest(_pack(_mac(secret, signed)).encode(), mac.encode(errors="replace")):
        raise CodeError("not signed by us")
    if version != VERSION:
        raise CodeError("another version")
    try:
        return _code(json.loads(_unpack(claims)))
    except (ValueError, RecursionError):
        raise CodeError("no claims") from None


def _code(claims: object) -> Code:
    match claims:
        case {"u": str(user_id), "p": str(purpose), "e": int(expires_at), "n": str(nonce)}:
            discord_id = cast("dict[str, Any]", claims).get("d")
        case _:
            raise CodeError("claims are missing")
    known = discord_id is None or (
        isinstance(discord_id, str)
        and discord_id.isascii()
        and discord_id.isdigit()
        and len(discord_id) <= len(str(2**64))
    )
    if (
        not 0 < len(user_id) <= LONGEST_USER_ID
        or len(nonce) not in NONCE
        or expires_at < 0
        or isinstance(expires_at, bool)
        or not known
    ):
        raise CodeError("claims are wrong")
    return Code(user_id, purpose, expires_at, nonce, None if discord_id is None else int(discord_id))


def _mac(secret: bytes, signed: str) -> bytes:
    return hmac.new(secret, signed.encode(errors="replace"), hashlib.sha256).digest()


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpack(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise CodeError("not base64") from None
