"""What the model is made of: the store's rows, the partner's books, and what each worker is in the middle of.

Time passes in jumps, each longer than a call, a lease and the settle time. What was stored, sent or carried out since
the last one is `fresh`. No jump comes while a call is on its way: it ends within its wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any, NamedTuple, TypeVar

from bot.domain.purchase import ENDED, State
from bot.domain.sale import CardState, SaleState

T = TypeVar("T")

SENDS = PRESSES = 2
"""How often an order that was surely not sent is tried, and a card that was surely not sold."""


_OVER = (State.REVIEW, *ENDED)
_QUIET = (State.ACCEPTED, *_OVER)
_BEFORE = (None, State.RESERVED, State.SUBMITTING)


FALSE_LOOK = 2
"""What an inventory that hides something costs of the faults: against more than one of them two looks are no help."""


class Answer(Enum):
    """What a call comes to. LOST is all that is neither documented nor surely not sent: time-outs, 5xx, resets."""

    DONE = auto()
    REFUSED = auto()
    NOT_SENT = auto()
    LOST = auto()

    __hash__ = object.__hash__  # Enum's own is slow


class Fate(Enum):
    """What becomes of an order at the partner."""

    NONE = auto()
    COMING = auto()
    """Carried out, its item not in the inventory yet."""
    THERE = auto()
    VOID = auto()
    """Its session has failed; there will be no item."""

    __hash__ = object.__hash__


class Where(Enum):
    """Whose the sold card's item is."""

    OURS = auto()
    PACK = auto()
    OTHER = auto()
    """Pulled again by somebody else."""
    AGAIN = auto()
    """Pulled again by the member's own purchase."""

    __hash__ = object.__hash__


class Row(NamedTuple):
    """A purchase in the store. `card`: of which order's item it has made its card."""

    state: State | None = None
    sends: int = 0
    looks: int = 0
    card: int | None = None
    fresh: bool = True
    other_old: bool = False
    """The other order's item is dated before this one's intent."""
    earlier: bool = False
    """The other order's intent came after this one's, by more than clocks may differ."""


class Book(NamedTuple):
    """What the partner knows of an order. `wire`: how many requests are on their way."""

    wire: int = 0
    runs: int = 0
    fate: Fate = Fate.NONE
    broken: bool = False
    """The session says "Transaction failed", whether or not the items are there."""
    fresh: bool = True


class Sale(NamedTuple):
    """The card of purchase 1 and the attempts to sell it, at both sides. `number` is the attempt's."""

    card: CardState = CardState.HELD
    state: SaleState | None = None
    number: int = 0
    looks: int = 0
    fresh: bool = True
    wire: int = 0
    runs: int = 0
    where: Where = Where.OURS
    foreign: bool = False
    """A call of ours has sold what wasn't the card's."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is in the middle of; `thing` is 0 or 1, as in `World`."""

    thing: int


@dataclass(frozen=True, slots=True)
class Ready(Task):
    """Has read that it is reserved, and has looked before the leap."""


@dataclass(frozen=True, slots=True)
class Sending(Task):
    """Has stored the intent of attempt `number`. The deadline for sending is the end of the period."""

    number: int
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Waiting(Task):
    number: int


@dataclass(frozen=True, slots=True)
class Answered(Task):
    number: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Looking(Task):
    """Has the inventory: the numbers of the orders whose items it showed."""

    items: frozenset[int]


@dataclass(frozen=True, slots=True)
class Found(Task):
    """Has concluded that this item is the purchase's, and hasn't stored that yet."""

    item: int


@dataclass(frozen=True, slots=True)
class SaleLook(Task):
    there: bool


READING = Ready | Looking | Found | SaleLook
"""They have read the row and are to change it: who comes second has lost."""


class World(NamedTuple):
    """`lane`: 0 or 1, who holds it; `sale` is what number 1 is, where that isn't a purchase under way.

    `tasks`: what each worker is at, None for nothing.
    """

    rows: tuple[Row, Row]
    books: tuple[Book, Book]
    sale: Sale | None
    lane: int | None
    tasks: tuple[Task | None, Task | None]
    crashes: int
    faults: int


def put(pair: tuple[T, T], place: int, value: T) -> tuple[T, T]:
    return (value, pair[1]) if place == 0 else (pair[0], value)


def task(world: World, worker: int, doing: Task | None) -> World:
    """That worker is at this now."""
    return world._replace(tasks=put(world.tasks, worker, doing))


def row(world: World, number: int, **values: Any) -> World:
    return world._replace(rows=put(world.rows, number, world.rows[number]._replace(**values)))


def book(world: World, number: int, **values: Any) -> World:
    return world._replace(books=put(world.books, number, world.books[number]._replace(**values)))


def sale(world: World, **values: Any) -> World:
    assert world.sale is not None
    return world._replace(sale=world.sale._replace(**values))


def reply(world: World, thing: int, answer: Answer) -> World:
    """Reaches whoever still waits for it."""
    for worker, doing in enumerate(world.tasks):
        if isinstance(doing, Waiting) and doing.thing == thing:
            return task(world, worker, Answered(thing, doing.number, answer))
    return world


def time_passes(world: World) -> World:
    """Nothing is fresh any more."""
    made = world._replace(
        rows=tuple(row._replace(fresh=False) for row in world.rows),
        books=tuple(book._replace(fresh=False) for book in world.books),
        sale=world.sale and world.sale._replace(fresh=False),
    )
    for worker, doing in enumerate(made.tasks):
        if isinstance(doing, Sending):
            made = task(made, worker, Sending(doing.thing, doing.number, fresh=False))
    return made


def lose(world: World, thing: int) -> World:
    """Its row moves on: whoever has read it before will fail in compare-and-set, so they may as well give up now."""
    first, second = (None if isinstance(doing, READING) and doing.thing == thing else doing for doing in world.tasks)
    return world._replace(tasks=(first, second))


def plain(world: World) -> World:
    """Without what makes no difference any more: states that can only do the same are one."""
    first, second = world.tasks
    if _rank(second) < _rank(first):
        first, second = second, first
    rows, books = _plain(world.rows, world.books, _answer_due(first), _answer_due(second))
    return World(rows, books, world.sale, world.lane, (first, second), world.crashes, world.faults)


@cache
def _rank(doing: Task | None) -> tuple[str, str]:
    return ("", "") if doing is None else (type(doing).__name__, repr(doing))


@cache
def _answer_due(doing: Task | None) -> int | None:
    return doing.thing if isinstance(doing, Sending | Waiting | Answered) else None


@cache
def _plain(
    rows: tuple[Row, Row], books: tuple[Book, Book], *answers: int | None
) -> tuple[tuple[Row, Row], tuple[Book, Book]]:
    for number in (0, 1):
        row, book = rows[number], books[number]
        if row.state in _QUIET:
            fresh = row.fresh and row.state is State.ACCEPTED
            row = row._replace(fresh=fresh, looks=0, sends=row.sends if number in answers else 0)
        if row.state in _OVER:
            book = book._replace(broken=False)
        if book.fate in {Fate.NONE, Fate.VOID} or rows[1 - number].state not in _BEFORE:
            book = book._replace(fresh=False)
        rows, books = put(rows, number, row), put(books, number, book)
    return rows, books
