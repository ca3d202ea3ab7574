"""Answers of the partner as they should not be: real ones, spoiled in a thousand ways. Seeded."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SENTENCES = (
    "Claw machine is out of stock",
    "Amount must be greater than 0",
    "Amount must be less than or equal to 25",
    "VM not found",
    "user_id is required",
    "Error during transaction",
    "Item not found",
    "Item has expired",
    "Transaction failed",
    "Item already has an active buyback session",
    "A buyback request for this item is already being processed",
    "An unexpected error occurred",
    "User not found",
    "Card not found",
    "Invalid API key",
)
STATUSES = (
    400,
    400,
    400,
    404,
    429,
    500,
    401,
    403,
    200,
    201,
    204,
    206,
    301,
    302,
    307,
    402,
    409,
    418,
    502,
    503,
    504,
    599,
)
PAGES = (
    b"<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body>cloudflare</body></html>",
    b"<html>502 Bad Gateway</html>",
    b"",
    b" \r\n",
    b"null",
    b"OK",
    b'"success"',
    b"\x00",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b"[" * 900 + b"]" * 900,
)
LITERALS = (
    "NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e999999999999999999", "0.0", "-0.0", "-0.01", "0.005",
    "1" * 60, "1" * 5_000, "1e15", "123.456", "10000000.01", "true", "false", "null", '""', '"1"', '"0"', "[]", "{}",
    '"\\ud800"', '"\\u0000"', '"null"', '"9999-99-99T00:00:00Z"', '"0001-01-01T00:00:00+14:00"', '"2026-02-30"',
    '"2026-11-24T10:00:00"', '"https://["', '"javascript:alert(1)"', '"#12"', '"' + "x" * 600 + '"', '"../.."',
    '"\\n"', '"pending"', '"s"', '"u"', '"another"',
)  # fmt: skip
KINDS = ("application/json", "text/html", "text/html; charset=utf-16", "application/json; charset=latin-1", "")
DATES = ("Tue, 24 Nov 2026 10:00:40 GMT", "yesterday", "Tue, 24 Nov 99999999999 10:00:40 GMT", "", "0")


@dataclass(frozen=True, slots=True)
class Spoiled:
    status: int
    headers: dict[str, str]
    body: bytes


def spoil(random: Random, real: Sequence[bytes]) -> Spoiled:
    """One of the real answers, no more as it was."""
    status, headers = 200, {"Content-Type": "application/json"}
    body = random.choice(real)
    if random.random() < 0.3:
        status = random.choice(STATUSES)
        if random.random() < 0.7:
            body = json.dumps({"error": random.choice(SENTENCES)}).encode()
    chance = random.random()
    if chance < 0.6:
        body = _structure(random, body)
    if chance > 0.5:
        body = _text(random, body)
    if random.random() < 0.2:
        headers["Content-Type"] = random.choice(KINDS)
        headers["Date"] = random.choice(DATES)
    if random.random() < 0.05:
        headers["Content-Encoding"] = random.choice(("gzip", "deflate", "br", "zstd", "identity", "rot13"))
        body = gzip.compress(body) if random.random() < 0.5 else body
    return Spoiled(status, headers, body)


def _structure(random: Random, body: bytes) -> bytes:
    """Values of other types, keys that are missing, renamed, twice, or elsewhere."""
    whole: list[Any] = [json.loads(body)]
    literals: list[str] = []
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        box, key = _place(random, whole)
        match random.randrange(8):
            case 0 if isinstance(box, dict):
                del box[key]
            case 1 if isinstance(box, dict):
                box[random.choice(("id", "error", "session_id", "items", "amount", key.upper()))] = box.pop(key)
            case 2:
                box[key] = [box[key]] * random.choice((0, 1, 2))
            case 3:
                box[key] = {random.choice(("id", "error", "result")): box[key]}
            case 4:
                other_box, other_key = _place(random, whole)
                box[key] = json.loads(json.dumps(other_box[other_key]))  # what stands elsewhere
            case 5:
                box[key] = {"error": random.choice(SENTENCES)}
            case _:
                # Written as it stands, also what `json` wouldn't write.
                box[key] = f"@{len(literals)}@"
                literals.append(random.choice(LITERALS))
    text = json.dumps(whole[0])
    for number, literal in enumerate(literals):
        text = text.replace(f'"@{number}@"', literal)
    return text.encode()


def _place(random: Random, whole: list[Any]) -> tuple[Any, Any]:
    """Some value: what holds it, and under which key."""
    box: Any = whole
    key: Any = 0
    while isinstance(box[key], dict | list) and box[key] and random.random() < 0.8:
        box = box[key]
        key = random.choice(list(box)) if isinstance(box, dict) else random.randrange(len(box))
    return box, key


def _text(random: Random, body: bytes) -> bytes:
    """What happens to bytes."""
    at = random.randrange(len(body) + 1)
    to = min(len(body), at + random.choice((1, 1, 2, 5, 50)))
    match random.randrange(9):
        case 0:
            return body[:at]
        case 1:
            return body[:at] + body[to:]
        case 2:
            return body[:at] + body[at:to] * 3 + body[to:]
        case 3:
            return body[:at] + random.randbytes(to - at) + body[to:]
        case 4:
            coding = random.choice(("utf-16", "utf-32", "utf-8-sig", "utf-16-be", "cp500"))
            return body.decode(errors="replace").encode(coding)
        case 5:
            return random.choice(PAGES)
        case 6:
            key = random.choice(("id", "session_id", "items", "success", "amount", "error", "result", "nfts"))
            return body.replace(b"{", f'{{"{key}":{random.choice(LITERALS)},'.encode(), random.choice((1, 2, 9)))
        case 7:
            key = random.choice((b'"id"', b'"session_id"', b'"amount"', b'"error"', b'"success"', b'"claw_id"'))
            return body.replace(b"}", b"," + key + b":" + random.choice(LITERALS).encode() + b"}", 2)
        case _:
            return random.choice((b"\xef\xbb\xbf", b"while(1);", b"\0", b"[")) + body
