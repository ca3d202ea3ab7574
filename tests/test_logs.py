"""The log: readable, and without a secret in any spelling."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import structlog

from bot import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.logs_errors
TOKEN = "aW50ZXJhY3Rpb246MTQ1NjA3NDQ0Mzk4MDgwMDAxODp6VEpKYWM4dmd3TUJR"
OTHER = "AnotherKindOfToken"
SECRETS = ("MTk4.discord-token", "live-key-12345", 'quo"ted\\sécret')
WEBHOOK = "https://discord.com/api/v10/webhooks/80351110224678912/aW50ZXJhY3Rpb246MTIz/messages/@original"
CALLBACK = "https://discord.com/api/v10/interactions/80351110224678912/aW50ZXJhY3Rpb246MTIz/callback"


@pytest.fixture(params=["console", "json"])
def out(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(request.param, SECRETS, stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_says_when_where_and_what(out: io.StringIO):
    logging.getLogger("bot.test").warning("pack %s is gone", "p-1")
    line = out.getvalue()
    assert line.count("\n") == 1
    for part in ("bot.test", "warning", "pack p-1 is gone", "Z"):
        assert part in line


def test_json_is_an_object_a_line(out: io.StringIO, request: pytest.FixtureRequest):
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("bot.test").exception("failed")
    if "json" in request.node.callspec.id:
        assert out.getvalue().count("\n") == 1
        said = json.loads(out.getvalue())
        assert (said["event"], said["level"], said["logger"]) == ("failed", "error", "bot.test")
        assert "ValueError: no" in said["exception"]
    else:
        assert "ValueError: no" in out.getvalue()


def test_records_with_values_of_their_own_come_the_same_way(out: io.StringIO):
    structlog.get_logger("bot.partner").warning("a pack can't be read", pack="p-1", key="live-key-12345")
    line = out.getvalue()
    assert line.count("\n") == 1
    for part in ("bot.partner", "warning", "a pack can't be read", "p-1", "[secret]"):
        assert part in line


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_taken_out_wherever_they_are(out: io.StringIO, secret: str):
    log = logging.getLogger("bot.test")
    local_variable = secret
    try:
        try:
            raise KeyError(local_variable)
        except KeyError as error:
            raise RuntimeError(f"GET /?key={quote(secret, safe='')} with {secret!r}") from error
    except RuntimeError:
        log.exception("with %s", secret, extra={"header": {"X-API-Key": secret}})
    text = out.getvalue()
    assert "[secret]" in text
    for spelling in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]):
        assert spelling not in text


@pytest.mark.parametrize("address", [WEBHOOK, CALLBACK])
def test_the_tokens_of_interactions_are_taken_out(out: io.StringIO, address: str):
    try:
        raise OSError(f"cannot reach {address}?wait=true")
    except OSError:
        logging.getLogger("discord.http").exception("POST %s failed", address)
    assert "aW50ZXJhY3Rpb246MTIz" not in out.getvalue()
    assert "80351110224678912/[token]" in out.getvalue()


def test_a_secret_of_a_few_letters_does_not_black_out_the_log():
    redact = logs.redactor(["a", "", "bot"])
    assert redact("a bot says banana") == "a bot says banana"


def test_requests_are_not_logged_one_by_one(out: io.StringIO):
    logging.getLogger("httpx2").info("HTTP Request: GET …")
    assert not out.getvalue()


@pytest.mark.parametrize("token", [TOKEN, f"'token': '{OTHER}'", f'{{"token":"{OTHER}"}}', f"Reply(token='{OTHER}')"])
def test_an_interactions_token_is_found_by_what_it_looks_like_or_is_called(out: io.StringIO, token: str):
    logging.getLogger("aiosqlite").error("executing %r", (token,))
    logging.getLogger("discord.gateway").error("event %s", json.dumps({"d": {"token": OTHER, "note": token}}))
    assert OTHER not in out.getvalue()
    assert TOKEN not in out.getvalue()
    assert out.getvalue().count("[token]") >= 3


FORGERY = "2026-11-25T00:00:00Z [info     ] order 1 was delivered"
BREAKS = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x1b[2K\x1b[1A", "\u202e", "\x9b2K")


@pytest.mark.parametrize("sep", BREAKS, ids=ascii)
def test_a_text_from_outside_makes_no_line_of_its_own(out: io.StringIO, sep: str):
    sent = f"a name{sep}{FORGERY}"
    logging.getLogger("bot.test").warning("no pack %s", sent)
    structlog.get_logger("bot.test").warning("no pack", pack=sent, short=f"x{sep}y")
    logging.getLogger("bot.test").warning(sent, extra={"short": f"x{sep}y"})
    assert len(out.getvalue().splitlines()) == 3
    assert not [sign for sign in ("\r", "\x1b", "\u202e", "\x9b") if sign in out.getvalue()]


@pytest.mark.parametrize("sep", BREAKS, ids=ascii)
def test_an_error_that_quotes_it_is_set_in(out: io.StringIO, sep: str):
    try:
        raise ValueError(f"not a name: {sep}{FORGERY}")
    except ValueError:
        logging.getLogger("bot.test").exception("it failed")
    first, *others = out.getvalue().splitlines()
    assert "it failed" in first
    assert all(line.startswith("    ") for line in others)
    assert not [sign for sign in ("\r", "\x1b", "\u202e", "\x9b") if sign in out.getvalue()]
