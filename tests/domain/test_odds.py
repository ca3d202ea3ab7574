"""Chances and tiers, against a count by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.odds import estimated_value, odds, tier_of
from bot.domain.pack import Pack, Tier, terms_hash, tiers_of

weights = st.decimals(0, 10_000, places=3)
bounds = st.tuples(st.integers(0, 100_000), st.integers(0, 100_000)).map(sorted)
tiers = st.builds(
    lambda name, ends, weight: Tier(name, 0, ends[0], ends[1], weight), st.text(max_size=8), bounds, weights
)
shares = st.decimals("0.01", 2, places=2)
packs = st.builds(
    lambda price, tiers, share, ev: Pack("p", "p", "P", "", price, True, True, 1, (), tuple(tiers), share, ev, None),
    st.integers(1, 100_000),
    st.lists(tiers, min_size=1, max_size=6),
    st.none() | shares,
    st.none() | st.integers(0, 100_000),
)


@given(packs)
def test_they_are_what_a_count_by_hand_gives(pack: Pack):
    found = odds(pack)
    total = sum(tier.weight or 0 for tier in pack.tiers)
    if not total:
        assert found is None
        return
    assert found is not None
    assert sum(found.shares) == 1
    assert all(
        share == Fraction(tier.weight or 0) / Fraction(total)
        for share, tier in zip(found.shares, pack.tiers, strict=True)
    )
    if pack.buyback_share is None:
        assert found.back is None
        assert found.average_value is found.average_sellback is None
        return
    assert found.back is not None
    # A card of this value sells back for at least the price exactly if value times share reaches it.
    low = high = Fraction(0)
    for share, tier in zip(found.shares, pack.tiers, strict=True):
        low += share if tier.lower * pack.buyback_share >= pack.price else 0
        high += share if tier.upper * pack.buyback_share >= pack.price else 0
    assert found.back == (low, high)
    assert 0 <= low <= high <= 1
    assert (found.average_value is None) == (found.average_sellback is None) == (pack.ev is None)
    if pack.ev is not None:
        assert found.average_value == pack.ev
        assert found.average_sellback is not None
        assert abs(found.average_sellback - pack.ev * pack.buyback_share) <= Decimal("0.5")


@given(packs, st.randoms())
def test_the_order_of_the_tiers_is_no_matter(pack: Pack, dice):
    order = list(range(len(pack.tiers)))
    dice.shuffle(order)
    found, mixed = odds(pack), odds(replace(pack, tiers=tuple(pack.tiers[place] for place in order)))
    assume(found is not None)
    assert found is not None
    assert mixed is not None
    assert mixed.back == found.back
    assert mixed.shares == tuple(found.shares[place] for place in order)


@given(packs, st.sampled_from([None, Decimal(-1), Decimal("NaN"), Decimal("Infinity"), Decimal("-0.001")]), st.data())
def test_one_weight_that_cannot_be_believed_spoils_them(pack: Pack, weight: Decimal | None, data: st.DataObject):
    place = data.draw(st.integers(0, len(pack.tiers) - 1))
    broken = [replace(tier, weight=weight) if at == place else tier for at, tier in enumerate(pack.tiers)]
    assert odds(replace(pack, tiers=tuple(broken))) is None


@given(packs)
def test_a_range_upside_down_and_no_tiers_have_no_odds(pack: Pack):
    assert odds(replace(pack, tiers=())) is None
    upside_down = replace(pack.tiers[0], lower=10, upper=9, weight=Decimal(1))
    assert odds(replace(pack, tiers=(*pack.tiers, upside_down))) is None
    assert odds(replace(pack, tiers=tuple(replace(tier, weight=Decimal(0)) for tier in pack.tiers))) is None


@given(st.lists(tiers, max_size=6), st.none() | st.integers(0, 100_000))
def test_a_tier_is_the_only_one_that_holds_the_value(several: list[Tier], value: int | None):
    found = tier_of(tuple(several), value)
    holding = [place for place, tier in enumerate(several) if value in range(tier.lower, tier.upper + 1)]
    assert found == (holding[0] if len(holding) == 1 else None)


def test_a_border_belongs_to_nobody():
    neighbours = tuple(
        Tier(name, 0, lower, upper, Decimal(1)) for name, lower, upper in (("A", 0, 100), ("B", 100, 200))
    )
    assert [tier_of(neighbours, value) for value in (0, 99, 100, 101, 200, 201, None)] == [0, 0, None, 1, 1, None, None]


@given(st.integers(1, 100_000), shares, st.integers(0, 1_000_000))
def test_a_value_is_told_by_its_price_unless_that_may_be_a_voucher(price: int, share: Decimal, value: int):
    buyback = round(value * Fraction(share))
    found = estimated_value(price, share, buyback)
    if buyback <= price:
        assert found is None
    else:
        assert found is not None
        assert abs(found - value) <= Fraction(1) / Fraction(share)


@pytest.mark.parametrize(("share", "price"), [(None, 900), (Decimal(0), 900), (Decimal("0.85"), None)])
def test_without_share_or_price_nothing_is_told(share: Decimal | None, price: int | None):
    assert estimated_value(500, share, price) is None


@given(packs, packs)
def test_terms_are_alike_exactly_if_what_they_say_is(one: Pack, two: Pack):
    def said(pack: Pack) -> tuple:
        return (
            *(pack.price, pack.buyback_share),
            *((tier.name, tier.lower, tier.upper, tier.weight) for tier in pack.tiers),
        )

    assert (terms_hash(one.terms()) == terms_hash(two.terms())) == (said(one) == said(two))
    shown = replace(one, name="another", in_stock=False, enabled=False, max_amount=9, ev=7, image="i")
    assert shown.terms() == one.terms()


@given(packs)
def test_tiers_are_read_back_from_terms(pack: Pack):
    colors = {tier.name: 0xABCDEF for tier in pack.tiers[:1]}
    read = tiers_of(pack.terms(), colors)
    assert [(t.name, t.lower, t.upper, t.weight) for t in read] == [
        (t.name, t.lower, t.upper, t.weight) for t in pack.tiers
    ]
    assert read[0].color == 0xABCDEF
