"""Which items of an inventory no card of ours claims."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.item import Claims, Item, unclaimed

ids = st.sampled_from("abc")
dates = st.integers(1, 9)
items = st.lists(
    st.builds(lambda id_, at: Item(id_, "", None, None, (), None, "p", at), ids, st.none() | dates), max_size=9
)
claims = st.builds(
    lambda dated, undated: Claims(Counter(dated), Counter(undated)),
    st.lists(st.tuples(ids, dates), max_size=6),
    st.lists(ids, max_size=4),
)


def pull(item: Item) -> tuple[str, int]:
    return item.id, item.purchased_at or 0


@given(items, claims)
def test_a_dated_card_claims_its_own_pull_and_an_undated_one_any_other(held: list[Item], claimed: Claims):
    free = unclaimed(held, claimed)
    after_dated = Counter(map(pull, held)) - claimed.dated
    for id_ in "abc":
        left = sum(count for (item_id, _), count in after_dated.items() if item_id == id_)
        assert sum(item.id == id_ for item in free) == max(0, left - claimed.undated[id_])
    assert not Counter(map(pull, free)) - after_dated


@given(items, claims)
def test_of_the_same_item_the_newest_are_free(held: list[Item], claimed: Claims):
    free = unclaimed(held, Claims(Counter(), claimed.undated))
    for id_ in "abc":
        seen = sorted(item.purchased_at or 0 for item in held if item.id == id_)
        mine = sorted(item.purchased_at or 0 for item in free if item.id == id_)
        assert mine == seen[len(seen) - len(mine) :]


@given(items, claims)
def test_the_claims_are_left_as_they_are(held: list[Item], claimed: Claims):
    before = Counter(claimed.dated), Counter(claimed.undated)
    unclaimed(held, claimed)
    assert (claimed.dated, claimed.undated) == before


def test_a_sold_item_that_was_pulled_again_is_another_pull():
    again = Item("a", "", None, None, (), None, "p", 9)
    assert unclaimed([again], Claims(Counter({("a", 1): 1}), Counter())) == [again]
