"""The sentences: all used, none forbidden, each refusal has one; and what is put in them is harmless."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.purchase import State
from bot.texts import TEXTS, Raw, escape, percent, plain, say

FORBIDDEN = re.compile(
    r"\b(profits?|investments?|invest|guaranteed?s?|bets?|wagers?|jackpots?|free money|cash|paid|you get)\b",
    re.IGNORECASE,
)
ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py")]
CODE = "\n".join(path.read_text() for path in SOURCES if "texts" not in path.parts)


def raised() -> set[str]:
    """The names of all refusals that the code raises literally."""
    names: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                match node.args[0]:
                    case ast.Constant(value=str(name)):
                        names.add(name)
                    case _:
                        pass
    return names


def test_no_text_says_a_forbidden_word() -> None:
    assert {name for name, text in TEXTS.items() if FORBIDDEN.search(text)} == set()


def test_texts_are_short() -> None:
    assert {name: len(text) for name, text in TEXTS.items() if len(text) > 320} == {}


def test_every_refusal_that_is_raised_has_a_text() -> None:
    names = raised()
    assert len(names) > 25
    assert {name for name in names if f"refusal.{name}" not in TEXTS} == set()


def test_names_that_are_put_together_have_texts_too() -> None:
    wanted = {f"refusal.already_{name}" for name in ("ordered", "delivered", "ended")}
    wanted |= {f"refusal.confirmation_{name}" for name in ("replaced", "cancelled")}
    wanted |= {f"state.{state}" for state in State}
    assert wanted - set(TEXTS) == set()


def test_no_text_is_left_over() -> None:
    built = ("outcome.", "state.", "sale.why.", "account.none_", "packs.option_", "pull.RESERVED", "pull.SUBMITTING")
    spoken = set(re.findall(r'"([a-z_]+\.[A-Za-z_.]+|nothing)"', CODE))
    spoken |= {f"refusal.{name}" for name in re.findall(r'"([a-z_]+)"', CODE)}
    spoken |= {f"post.{name}" for name in re.findall(r'"([a-z_]+)"', CODE)}
    spoken |= {"account.generated", "account.linked", "refusal.already_ordered", "refusal.already_delivered"}
    spoken |= {"refusal.already_ended", "refusal.confirmation_replaced", "refusal.confirmation_cancelled"}
    left = {name for name in TEXTS if name.removesuffix(".unknown") not in spoken and not name.startswith(built)}
    assert left == set()


def test_places_are_named_as_their_values_are_rendered() -> None:
    for name, text in TEXTS.items():
        for _, field, form, _ in string.Formatter().parse(text):
            assert field is None or re.fullmatch(r"[a-z_]+", field), name
            assert not form, name


def test_values_are_rendered_by_the_ending_of_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "{a_cents}|{b_at}|{c_on}|{d_share}|{e_id}|{f}|{g}"
    monkeypatch.setitem(TEXTS, "test", text)
    said = say(
        "test", a_cents=1_234_50, b_at=1_500, c_on=2_500, d_share=Decimal("0.125"), e_id=7, f="*a*", g=Raw("**b**")
    )
    assert said == "$1,234.50|<t:1:R>|<t:2:f>|12.5 %|<@7>|\\*a\\*|**b**"


def test_an_unknown_value_has_its_own_sentence() -> None:
    assert say("refusal.not_your_card", owner_id=42) == "Only <@42> can sell this card."
    assert say("refusal.not_your_card", owner_id=None) == "Only the card's owner can sell it."
    assert "somebody else" in say("refusal.not_yours")


@pytest.mark.parametrize(
    ("share", "text"),
    [("0", "0 %"), ("0.00001", "under 0.01 %"), ("0.2", "20 %"), ("0.3333333", "33.33 %"), ("1", "100 %")],
)
def test_percentages(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text


@given(st.text(max_size=300), st.integers(10, 200))
def test_escaped_text_is_one_harmless_line(text: str, limit: int) -> None:
    shown = escape(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown
    bare = re.sub(r"\\.", "", shown)
    assert not set(bare) & set("*_~`|<>#[]()")
    assert "@e" not in shown
    assert "://" not in shown
    assert not re.match(r"[-+]|\d+[.)]", shown)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} for c in shown)
    assert set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff") & set(shown) == set()


@given(st.text(max_size=300), st.integers(1, 100))
def test_plain_text_is_one_line_of_its_limit(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert not any(unicodedata.category(c)[0] == "C" for c in shown)


def test_ten_thousand_characters_are_cut_with_an_ellipsis() -> None:
    assert escape("word " * 2000, 50).endswith("…")
    assert plain("a" * 10_000, 50) == "a" * 49 + "…"
    assert len(escape("e" + "\u0301" * 10_000, 50)) <= 3
