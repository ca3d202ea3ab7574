"""Which items of an inventory no card of ours claims."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.item import Item, unclaimed

ids = st.sampled_from("abc")
items = st.lists(
    st.builds(lambda id_, at: Item(id_, "", None, None, (), None, "p", at), ids, st.none() | st.integers(1, 9)),
    max_size=9,
)
claims = st.dictionaries(ids, st.integers(0, 4))


@given(items, claims)
def test_each_claim_takes_one_item_away(held: list[Item], claimed: dict[str, int]):
    free = unclaimed(held, claimed)
    left = Counter(item.id for item in held)
    left.subtract({id_: min(count, left[id_]) for id_, count in claimed.items()})
    assert Counter(item.id for item in free) == +left
    assert not Counter(map(id, free)) - Counter(map(id, held))


@given(items, claims)
def test_of_the_same_item_the_newest_are_free(held: list[Item], claimed: dict[str, int]):
    free = unclaimed(held, claimed)
    for id_ in "abc":
        dates = sorted(item.purchased_at or 0 for item in held if item.id == id_)
        mine = sorted(item.purchased_at or 0 for item in free if item.id == id_)
        assert mine == dates[len(dates) - len(mine) :]


@given(items, claims)
def test_the_claims_are_left_as_they_are(held: list[Item], claimed: dict[str, int]):
    before = dict(claimed)
    unclaimed(held, claimed)
    assert claimed == before
