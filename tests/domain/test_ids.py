"""Our ids sort by time, never repeat, and fit into a button."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import PATTERN, reference, ulid

times = st.integers(0, 2**48 - 1)


@given(st.lists(times, min_size=2, unique=True))
def test_they_sort_by_the_millisecond(moments: list[int]):
    made = {moment: ulid(moment) for moment in moments}
    assert sorted(moments, key=lambda moment: made[moment]) == sorted(moments)


@given(times)
def test_they_match_their_pattern_and_nothing_else_does(now: int):
    made = ulid(now)
    assert re.fullmatch(PATTERN, made)
    assert not re.fullmatch(PATTERN, made.lower() + "a")
    assert not re.fullmatch(PATTERN, made[:-1])
    assert reference(made) == made[18:]


def test_many_of_one_millisecond_differ():
    made = {ulid(1_795_514_400_000) for _ in range(10_000)}
    assert len(made) == 10_000
    assert len({one[:10] for one in made}) == 1
    assert len({reference(one) for one in made}) == 10_000
