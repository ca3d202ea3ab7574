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
from bot.domain.sale import CardState
from bot.services.ordering import _REASONS
from bot.services.pauses import ACTIONS, BREAKER, OPERATOR, RESTORE, SWEEP
from bot.texts import TEXTS, Raw, escape, percent, plain, say

FORBIDDEN = re.compile(
    r"\b(profits?|investments?|invest|guaranteed?s?|bets?|wagers?|jackpots?|free money|cash|paid|you get)\b",
    re.IGNORECASE,
)
ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("bot", "cogs") for path in (ROOT / folder).rglob("*.py")]
CODE = "\n".join(path.read_text() for path in SOURCES if "texts" not in path.parts)


def raised() -> list[tuple[str, set[str]]]:
    """All refusals that the code raises with a literal name, and the values they carry."""
    found: list[tuple[str, set[str]]] = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Refusal"), args=[ast.Constant(value=str(name))]):
                    found.append((name, {keyword.arg or "" for keyword in node.keywords}))
                case _:
                    pass
    return found


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def test_no_text_says_a_forbidden_word() -> None:
    assert {name for name, text in TEXTS.items() if FORBIDDEN.search(text)} == set()


def test_texts_are_short() -> None:
    assert {name: len(text) for name, text in TEXTS.items() if len(text) > 320} == {}


def test_every_refusal_that_is_raised_has_a_text_and_all_its_values() -> None:
    found = raised()
    assert len(found) > 25
    for name, values in found:
        text = TEXTS[f"refusal.{name}"] if values else TEXTS.get(f"refusal.{name}.unknown", TEXTS[f"refusal.{name}"])
        assert fields(text) <= values, name


def test_every_end_of_an_order_has_a_text() -> None:
    tree = ast.parse((ROOT / "bot/services/ordering.py").read_text())
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef | ast.FunctionDef)]
    ends = {
        constant.value
        for function in functions
        if function.name in {"_why_not", "_change"}
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
        for constant in ast.walk(node.value)
        if isinstance(constant, ast.Constant) and constant.value and not str(constant.value).startswith("lane")
    }
    assert len(ends) > 5
    assert {end for end in ends | {"lane"} if f"outcome.CANCELLED.{end}" not in TEXTS} == set()
    assert {end for end in {*_REASONS.values(), "other"} if f"outcome.REFUSED.{end}" not in TEXTS} == set()
    reviews = {"too_few", "too_many", "foreign", "old_items", "day", "linked"}
    assert {end for end in reviews if f"outcome.REVIEW.{end}" not in TEXTS} == set()
    assert {end for end in ("expired", "key", "not_sent", "not_executed") if f"sale.why.{end}" not in TEXTS} == set()


def test_names_that_are_put_together_have_texts_too() -> None:
    wanted = {f"refusal.already_{name}" for name in ("ordered", "delivered", "ended")}
    wanted |= {f"refusal.confirmation_{name}" for name in ("replaced", "cancelled")}
    wanted |= {f"{name}.{state}" for name in ("state", "past") for state in State}
    wanted |= {f"order.card.{state}" for state in CardState}
    wanted |= {f"pause.{name}" for name in (*ACTIONS, *ACTIONS["everything"], OPERATOR, BREAKER, RESTORE, SWEEP)}
    assert wanted - set(TEXTS) == set()


def test_no_text_is_left_over() -> None:
    built = ("outcome.", "state.", "sale.why.", "account.none_", "packs.option_", "pull.RESERVED", "pull.SUBMITTING")
    built += ("order.card.", "pause.", "past.")
    spoken = set(re.findall(r'"([a-z_]+\.[A-Za-z_.]+|nothing)"', CODE))
    spoken |= {f"refusal.{name}" for name in re.findall(r'"([a-z_]+)"', CODE)}
    spoken |= {f"post.{name}" for name in re.findall(r'"([a-z_.]+)"', CODE)}
    spoken |= {"account.generated", "account.linked", "refusal.already_ordered", "refusal.already_delivered"}
    spoken |= {"refusal.already_ended", "refusal.confirmation_replaced", "refusal.confirmation_cancelled"}
    left = {name for name in TEXTS if name.removesuffix(".unknown") not in spoken and not name.startswith(built)}
    assert left == set()


def test_places_are_named_as_their_values_are_rendered() -> None:
    for name, text in TEXTS.items():
        assert all(re.fullmatch(r"[a-z_]+", field) for field in fields(text)), name


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
