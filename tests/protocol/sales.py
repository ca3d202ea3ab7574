"""The model's sale of the card of purchase 1: what a worker does with it, and what the partner does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.sale import CARD_STEPS, CardState, SaleState
from bot.services.timing import ENOUGH_LOOKS
from tests.protocol import state as s
from tests.protocol.checker import Move, fault
from tests.protocol.state import FALSE_LOOK, PRESSES, Answer, Where, World

if TYPE_CHECKING:
    from collections.abc import Iterator

C, SS = CardState, SaleState
THING = 1
"""What it is called as a thing to work at, and as the holder of the lane."""
_AFTER = {Answer.DONE: SS.SOLD, Answer.REFUSED: SS.GONE, Answer.NOT_SENT: SS.NOT_SOLD, Answer.LOST: SS.IN_DOUBT}
_CARD = {SS.SOLD: C.SOLD, SS.NOT_SOLD: C.HELD, SS.GONE: C.GONE, SS.IN_DOUBT: C.IN_DOUBT}


class Sales:
    """As `Orders`."""

    def __init__(self, without: frozenset[str], used: set[tuple[CardState, CardState]]) -> None:
        self._without, self._used = without, used

    def _step(self, world: World, to: SaleState) -> World:
        """The sale and its card in one transaction."""
        assert world.sale is not None
        step = (world.sale.card, _CARD[to])
        assert step in CARD_STEPS, f"the domain knows no step from {step[0]} to {step[1]}"
        self._used.add(step)
        made = s.sale(s.lose(world, THING), card=step[1], state=to, looks=0)
        return made if to is SS.IN_DOUBT else made._replace(lane=None)

    def people(self, world: World, worker: int) -> Iterator[Move[World]]:
        """Sell is pressed. The look before it is of the same moment: only who has the lane could change anything."""
        sale = world.sale
        assert sale is not None
        if sale.card is not C.HELD or sale.number >= PRESSES or world.lane is not None or sale.where is not Where.OURS:
            return
        self._used.add((C.HELD, C.SUBMITTING))
        number = sale.number + 1
        made = s.sale(world, card=C.SUBMITTING, state=SS.SUBMITTING, number=number, looks=0, fresh=True)
        begun = s.task(made._replace(lane=THING), worker, s.Sending(THING, number))
        yield Move("sale: the card is to be sold", begun)

    def partner(self, world: World) -> Iterator[Move[World]]:
        sale = world.sale
        assert sale is not None
        if sale.where is Where.PACK:
            yield fault("somebody else pulls the item that was sold", s.sale(world, where=Where.OTHER), costs=0)
        if not sale.wire:
            return
        left = s.sale(world, wire=sale.wire - 1)
        match sale.where:
            case Where.OURS:
                done, answer = s.sale(left, runs=sale.runs + 1, where=Where.PACK), Answer.DONE
            case Where.PACK:
                done, answer = left, Answer.REFUSED
            case _:
                done, answer = s.sale(left, foreign=True), Answer.DONE
        yield Move("partner: answers the sale", s.reply(done, THING, answer))
        if world.faults:
            yield fault("partner: the request to sell gets lost", s.reply(left, THING, Answer.LOST))
            yield fault("partner: carries out the sale, the answer gets lost", s.reply(done, THING, Answer.LOST))

    def begin(self, world: World, worker: int) -> Iterator[Move[World]]:
        sale, name = world.sale, "sale:"
        assert sale is not None
        if sale.state is SS.SUBMITTING and not sale.fresh:
            yield Move(f"{name} finds it overdue", self._step(world, SS.IN_DOUBT))
        elif sale.state is SS.IN_DOUBT:
            mine = {Where.OURS, Where.AGAIN} if "the date of a pull" in self._without else {Where.OURS}
            seen = s.SaleLook(THING, there=sale.where in mine)
            yield Move(f"{name} looks", s.task(world, worker, seen))
            if world.faults >= FALSE_LOOK:
                missing = s.SaleLook(THING, there=False)
                yield fault(f"{name} looks, and is shown nothing", s.task(world, worker, missing), FALSE_LOOK)

    def work(self, world: World, worker: int, doing: s.Task) -> Iterator[Move[World]]:
        idle, name = s.task(world, worker, None), "sale:"
        match doing:
            case s.Answered(_, number, answer):
                yield self._store(idle, number, answer, name)
            case s.SaleLook(_, there):
                yield self._conclude(idle, there, name)
            case _:
                raise AssertionError(doing)

    def _store(self, idle: World, number: int, answer: Answer, name: str) -> Move[World]:
        """An answer is its call's however late it comes."""
        sale = idle.sale
        assert sale is not None
        to = SS.NOT_SOLD if answer is Answer.LOST and "doubt" in self._without else _AFTER[answer]
        running = sale.state is SS.SUBMITTING or (sale.state is SS.IN_DOUBT and to is not SS.IN_DOUBT)
        if sale.number == number and running:
            return Move(f"{name} stores {to}", self._step(idle, to))
        return Move(f"{name} comes too late with {to}", idle)

    def _conclude(self, idle: World, there: bool, name: str) -> Move[World]:
        sale = idle.sale
        assert sale is not None
        if not there:
            looks = min(sale.looks, 0) - 1
        elif not sale.fresh or "settle time" in self._without:
            looks = max(sale.looks, 0) + 1
        else:
            looks = 0
        if abs(looks) >= (1 if "second look" in self._without else ENOUGH_LOOKS):
            to = SS.SOLD if looks < 0 else SS.NOT_SOLD
            return Move(f"{name} concludes {to}", self._step(idle, to))
        return Move(f"{name} sees it {'there' if there else 'missing'}", s.sale(s.lose(idle, THING), looks=looks))

    def restart(self, world: World) -> World:
        assert world.sale is not None
        return self._step(world, SS.IN_DOUBT) if world.sale.state is SS.SUBMITTING else world
