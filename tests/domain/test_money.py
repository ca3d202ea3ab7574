"""Money is exact, and reads back as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import LARGEST, cents, dollars

amounts = st.integers(0, LARGEST)


@given(amounts)
def test_two_decimals_are_exact(amount: int):
    assert cents(Decimal(amount).scaleb(-2)) == amount


@given(amounts)
def test_what_is_shown_reads_back(amount: int):
    text = dollars(amount)
    assert text.startswith("$")
    assert cents(Decimal(text[1:].replace(",", ""))) == amount
    assert len(text.split(".")[1]) == 2
    assert all(len(group) == 3 for group in text[1:].split(".")[0].split(",")[1:])


@given(st.integers(0, LARGEST - 1), st.integers(1, 999))
def test_more_decimals_go_to_the_nearest_cent_and_halves_up(amount: int, rest: int):
    assert cents(Decimal(amount * 1000 + rest).scaleb(-5)) == amount + (rest >= 500)


@given(st.integers(1, LARGEST))
def test_what_is_owed_is_shown_as_such(amount: int):
    assert dollars(-amount) == f"-{dollars(amount)}"


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "-0.01", "10000000.01", "1e99"])
def test_no_amount_of_money(text: str):
    with pytest.raises(ValueError, match="not an amount of money"):
        cents(Decimal(text))
