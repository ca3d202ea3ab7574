"""The rules of money safety hold in every order of events; and without any one of them they don't."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from bot.domain.purchase import STEPS, State
from bot.domain.sale import CARD_STEPS, CardState
from tests.protocol.checker import Result, check
from tests.protocol.model import Protocol

NOT_MODELLED = {
    (State.ACCEPTED, State.REVIEW): "a result with other than the amount of cards, or for somebody else",
    (State.NOT_EXECUTED, State.REVIEW): "more late items than cards were bought",
}
NEVER_WHILE_SELLING = {
    # Nothing else is under way then for a day, which a person would have to settle.
    (State.IN_DOUBT, State.REVIEW),
    (State.REVIEW, State.DELIVERED),
    (State.REVIEW, State.NOT_EXECUTED),
}
CARDS_NOT_MODELLED = {
    (CardState.HELD, CardState.GONE): "a sandbox that forgot",
    (CardState.IN_DOUBT, CardState.GONE): "the same, and a card that went through another door",
    (CardState.SUBMITTING, CardState.GONE): "a card that went through another door",
}
SMALL, LARGE = {"crashes": 1, "faults": 1}, {"crashes": 2, "faults": 2}
FLOOR = 50_000
"""A model of fewer states than that explores nothing worth a proof."""


class Mutant(NamedTuple):
    """A rule left out; what goes wrong then, after how many steps at least, of which the last is what."""

    without: str
    selling: bool
    wrong: str
    steps: int
    last: str


TWICE = "purchase 0 was carried out twice"
NEVER_FOUND = "purchase 0 is called NOT_EXECUTED, may be carried out, and nothing would find that"
CALLED_OFF = "purchase 0 is called CANCELLED and was carried out, or may be"
UNSOLD = "the card is called unsold, and was sold, or may be"
ANOTHERS = "purchase 0 has the card of another one"
TWO_CARDS = "one item is two purchases' card"
CARRIED_OUT = "partner, order 0: carries it out"
MUTANTS = [
    Mutant("no retry", False, TWICE, 7, CARRIED_OUT),
    Mutant("doubt after a crash", False, CALLED_OFF, 7, "purchase 0: cancels"),
    Mutant("write-ahead", False, CALLED_OFF, 4, "purchase 0: cancels"),
    Mutant("compare-and-set", False, TWICE, 8, CARRIED_OUT),
    Mutant("settle time", False, NEVER_FOUND, 8, "purchase 0: concludes"),
    Mutant("settle time", True, UNSOLD, 7, "sale: concludes NOT_SOLD"),
    # An answer that is neither documented nor surely not sent, a 5xx say, taken for a failure: a purchase is called
    # refused, and a card that may be sold could be sold again.
    Mutant(
        "doubt", False, "purchase 0 is called REFUSED and was carried out, or may be", 5, "purchase 0: stores REFUSED"
    ),
    Mutant("doubt", True, UNSOLD, 4, "sale: stores NOT_SOLD"),
    Mutant("deadline", False, NEVER_FOUND, 9, "purchase 0: sends"),
    Mutant("deadline", True, UNSOLD, 8, "sale: sends"),
    # Of a purchase the late looks would make it good; of a sale nothing would.
    Mutant("second look", True, UNSOLD, 7, "sale: concludes NOT_SOLD"),
    Mutant("sessions of others", False, TWO_CARDS, 14, "purchase 0: its session has a result"),
    Mutant("late looks", False, NEVER_FOUND, 10, "purchase 0: concludes"),
    Mutant("claims checked again", False, TWO_CARDS, 26, "purchase 1: stores what it found"),
    Mutant("claims of sold cards", True, ANOTHERS, 15, "purchase 0: stores what it found"),
    Mutant("the later order first", False, ANOTHERS, 23, "purchase 0: stores what it found"),
    Mutant("the date of a pull", True, UNSOLD, 15, "sale: concludes NOT_SOLD"),
]


class Checked(NamedTuple):
    model: Protocol
    result: Result


@pytest.fixture(scope="module", params=[False, True], ids=["two purchases", "a purchase and a sale"])
def checked(request: pytest.FixtureRequest) -> Checked:
    model = Protocol(selling=request.param, **SMALL)
    return Checked(model, check(model))


def test_nothing_goes_wrong(checked: Checked):
    assert checked.result.wrong is None, str(checked.result)
    assert checked.result.states > FLOOR, str(checked.result)


def test_it_takes_the_steps_of_the_domain(checked: Checked):
    """That it takes no other it asserts at each step."""
    assert checked.model.steps == STEPS - NOT_MODELLED.keys() - (
        NEVER_WHILE_SELLING if checked.model.selling else set()
    )
    if checked.model.selling:
        assert checked.model.card_steps == CARD_STEPS - CARDS_NOT_MODELLED.keys()


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("selling", [False, True], ids=["two purchases", "a purchase and a sale"])
def test_nothing_goes_wrong_with_two_crashes_and_two_faults(selling: bool):
    result = check(Protocol(selling=selling, **LARGE))
    assert result.wrong is None, str(result)
    assert result.states > 4 * FLOOR, str(result)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: f"{one.without}, {'sale' if one.selling else 'purchases'}")
def test_without_a_rule_something_goes_wrong(mutant: Mutant):
    result = check(Protocol(selling=mutant.selling, without={mutant.without}, **SMALL))
    assert result.wrong is not None, f"nobody misses it: {result}"
    assert mutant.wrong in result.wrong, str(result)
    assert (len(result.trace), result.trace[-1]) == (mutant.steps, mutant.last), str(result)
