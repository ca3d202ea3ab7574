"""A member with two purchases of one pack, or with one and a card of that pack to sell; two processes; one partner.

Any process may take up anything at any time, which is more than the leases on work allow. What is left out: more than
one card a purchase, other members, and Discord, of none of which a lane or a claim knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from tests.protocol import state as s
from tests.protocol.checker import Move, fault
from tests.protocol.orders import KEEP_LANE, Orders
from tests.protocol.sales import THING, Sales
from tests.protocol.state import Answer, Book, Fate, Row, World

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

S, C = State, CardState
NOTHING = (S.REFUSED, S.CANCELLED, S.NOT_EXECUTED)
UNKNOWN_SALE = (SaleState.SUBMITTING, SaleState.IN_DOUBT)


class Protocol:
    """The product's rules, but for those that `without` names."""

    def __init__(
        self, *, selling: bool = False, without: Collection[str] = (), crashes: int = 2, faults: int = 2
    ) -> None:
        self.selling, self._crashes, self._faults, self._without = selling, crashes, faults, frozenset(without)
        self.steps: set[tuple[State, State]] = set()
        self.card_steps: set[tuple[CardState, CardState]] = set()
        self.orders = Orders(self._without, self.steps)
        self.sales = Sales(self._without, self.card_steps)

    def start(self) -> World:
        second, known, sale = Row(), Book(), None
        if self.selling:
            second, known, sale = Row(S.DELIVERED, 1, card=1), Book(runs=1, fate=Fate.THERE), s.Sale()
        return World(
            rows=(Row(S.RESERVED), second),
            books=(Book(), known),
            sale=sale,
            lane=None,
            tasks=(None, None),
            crashes=self._crashes,
            faults=self._faults,
        )

    def moves(self, world: World) -> Iterator[Move[World]]:
        """Also of one that changes nothing: the checker knows it already."""
        for name, reached, extra in self._moves(world):
            yield Move(name, s.plain(reached), extra)

    def _moves(self, world: World) -> Iterator[Move[World]]:
        for number in (0,) if self.selling else (0, 1):
            yield from self.orders.people(world, number)
            yield from self.orders.partner(world, number)
        if self.selling:
            yield from self.sales.partner(world)
        for worker, doing in enumerate(world.tasks):
            if doing is None:
                yield from self._begin(world, worker)
                continue
            yield from self._work(world, worker, doing)
            if world.crashes and isinstance(doing, s.Sending | s.Waiting | s.Answered):
                yield self._dies(s.task(world, worker, None))
        if world.crashes and None in world.tasks and world.lane is not None:
            yield self._dies(world)
        if not any(isinstance(doing, s.Waiting) for doing in world.tasks) and not _on_its_way(world):
            yield Move("time passes", s.time_passes(world))

    def _begin(self, world: World, worker: int) -> Iterator[Move[World]]:
        yield from self.orders.begin(world, worker, 0)
        if self.selling:
            yield from self.sales.people(world, worker)
            yield from self.sales.begin(world, worker)
        else:
            yield from self.orders.begin(world, worker, 1)

    def _work(self, world: World, worker: int, doing: s.Task) -> Iterator[Move[World]]:
        number, selling = doing.thing, self.selling and doing.thing == THING
        name = f"{'sale' if selling else f'purchase {number}'}:"
        match doing:
            case s.Sending(_, attempt, fresh):
                unsent = s.task(world, worker, s.Answered(number, attempt, Answer.NOT_SENT))
                if fresh or "deadline" in self._without:
                    sent = s.task(world, worker, s.Waiting(number, attempt))
                    yield Move(f"{name} sends", _on_the_wire(sent, number, selling=selling))
                    if world.faults:
                        yield fault(f"{name} can't connect", unsent)
                else:
                    yield Move(f"{name} is too late to send", unsent)
            case s.Waiting(_, attempt):
                if world.faults:
                    yield fault(f"{name} times out", s.task(world, worker, s.Answered(number, attempt, Answer.LOST)))
            case _:
                yield from (self.sales if selling else self.orders).work(world, worker, doing)

    def _dies(self, world: World) -> Move[World]:
        """And starts again. Of those that are only reading, dying is the same as not having begun."""
        return fault("a worker dies, and starts again", self._restart(world)._replace(crashes=world.crashes - 1), 0)

    def _restart(self, world: World) -> World:
        for number in (0, 1):
            world = self.orders.restart(world, number)
        return self.sales.restart(world) if self.selling else world

    def wrong(self, world: World) -> str | None:
        for number, (row, book) in enumerate(zip(world.rows, world.books, strict=True)):
            may_be = book.fate in {Fate.COMING, Fate.THERE} or book.wire
            if book.runs > 1:
                return f"purchase {number} was carried out twice"
            if row.state in {S.REFUSED, S.CANCELLED} and may_be:
                return f"purchase {number} is called {row.state} and was carried out, or may be"
            if row.state is S.NOT_EXECUTED and (book.wire or (may_be and "late looks" in self._without)):
                return f"purchase {number} is called {row.state}, may be carried out, and nothing would find that"
            if (row.state is S.DELIVERED) != (row.card is not None):
                return f"purchase {number} is {row.state} with card {row.card}"
            if row.card not in {None, number} and not _alike(world):
                return f"purchase {number} has the card of another one"
        if world.rows[0].card is not None and world.rows[0].card == world.rows[1].card:
            return "one item is two purchases' card"
        return _wrong_lane(world) or _wrong_sale(world)

    def ended(self, world: World) -> bool:
        cards = {row.card for row in world.rows}
        for number, (row, book) in enumerate(zip(world.rows, world.books, strict=True)):
            if row.state not in {None, S.DELIVERED, *NOTHING}:
                return False
            if number not in cards and book.fate in {Fate.COMING, Fate.THERE}:
                return False  # carried out, and nobody knows it
        return world.sale is None or world.sale.card in {C.SOLD, C.HELD, C.GONE}


def _on_its_way(world: World) -> bool:
    return any(book.wire for book in world.books) or (world.sale is not None and world.sale.wire > 0)


def _on_the_wire(world: World, number: int, *, selling: bool) -> World:
    if selling:
        assert world.sale is not None
        return s.sale(world, wire=world.sale.wire + 1)
    return s.book(world, number, wire=world.books[number].wire + 1)


def _alike(world: World) -> bool:
    """Both were sent in the same minute: by its date an item could be either's."""
    return world.sale is None and not any(row.earlier or row.other_old for row in world.rows)


def _wrong_lane(world: World) -> str | None:
    unknown = {number for number, row in enumerate(world.rows) if row.state in KEEP_LANE}
    if world.sale is not None and world.sale.state in UNKNOWN_SALE:
        unknown.add(THING)
    # A review that comes while another has the lane does without: it is counted by its state.
    must = {number for number in unknown if world.rows[number].state is not S.REVIEW}
    if world.lane is None:
        return f"the lane is free, and unknown are {sorted(must)}" if must else None
    return None if world.lane in unknown and must <= {world.lane} else f"the lane is {world.lane}'s, and shouldn't be"


def _wrong_sale(world: World) -> str | None:
    sale = world.sale
    if sale is None:
        return None
    if sale.foreign:
        return "the card of somebody else was sold"
    if sale.runs > 1:
        return "the card was sold twice"
    if sale.card is C.HELD and (sale.runs or sale.wire):
        return "the card is called unsold, and was sold, or may be"
    if sale.card is C.SOLD and not sale.runs:
        return "the card is called sold, and was not"
    return None
