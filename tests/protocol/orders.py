"""The model's purchases: what a worker does with one, as bot/services does it, and what the partner does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.purchase import STEPS, State
from bot.domain.sale import OPEN, SaleState
from bot.services.timing import ENOUGH_LOOKS
from tests.protocol import state as s
from tests.protocol.checker import Move, fault
from tests.protocol.state import FALSE_LOOK, SENDS, Answer, Fate, Where, World

if TYPE_CHECKING:
    from collections.abc import Iterator

S = State
KEEP_LANE = (S.SUBMITTING, S.IN_DOUBT, S.REVIEW)
_AFTER = {Answer.DONE: S.ACCEPTED, Answer.REFUSED: S.REFUSED, Answer.NOT_SENT: S.RESERVED, Answer.LOST: S.IN_DOUBT}


class Orders:
    """`without` names the rules that a mutant lacks. `used` gathers the steps that were taken."""

    def __init__(self, without: frozenset[str], used: set[tuple[State, State]]) -> None:
        self._without, self._used = without, used

    # -- the store

    def _step(self, world: World, number: int, to: State, **values: Any) -> World:
        """Compare-and-set, with the lane: as it was where that is taken."""
        row = world.rows[number]
        if to in KEEP_LANE and world.lane != number:
            if world.lane is None:
                world = world._replace(lane=number)
            elif to is not S.REVIEW:
                return world
        elif to not in KEEP_LANE and world.lane == number:
            world = world._replace(lane=None)
        world = self._moved(world, number)
        if "compare-and-set" not in self._without:
            assert row.state is not None
            assert (row.state, to) in STEPS, f"the domain knows no step from {row.state} to {to}"
            self._used.add((row.state, to))
        if to is S.SUBMITTING:
            other, its = world.books[1 - number], world.rows[1 - number]
            values |= {"sends": row.sends + 1, "fresh": True, "other_old": other.runs > 0 and not other.fresh}
            if its.state in {S.NOT_EXECUTED, S.REVIEW} or (its.state is S.ACCEPTED and not its.fresh):
                world = s.row(world, 1 - number, earlier=True)
        elif to is S.IN_DOUBT:
            values |= {"looks": 0, "fresh": True}
        return s.row(world, number, state=to, **values)

    def _moved(self, world: World, number: int) -> World:
        return world if "compare-and-set" in self._without else s.lose(world, number)

    def _free(self, world: World, seen: frozenset[int]) -> frozenset[int]:
        """Items of an inventory that no card claims. One that was sold still claims its pull: the look may be older."""
        claimed = {row.card for row in world.rows}
        if world.sale is not None and "claims of sold cards" in self._without and world.sale.card not in OPEN:
            claimed.discard(1)
        return seen - claimed

    def _contested(self, world: World, number: int) -> bool:
        """Whether another purchase, or a sale, could be what the inventory's change comes from."""
        if world.lane not in {None, number}:
            return True
        counted = {S.REVIEW} if "sessions of others" in self._without else {S.REVIEW, S.ACCEPTED}
        return world.rows[1 - number].state in counted

    def _new(self, world: World, number: int, items: frozenset[int]) -> set[int]:
        """Those that could by their date be this purchase's."""
        row, other = world.rows[number], world.rows[1 - number]
        theirs = row.earlier and other.state is S.NOT_EXECUTED and "the later order first" not in self._without
        return {item for item in items if item == number or not (row.other_old or theirs)}

    @staticmethod
    def _lane_in_doubt(world: World) -> bool:
        if world.lane is None:
            return False
        if world.lane == 1 and world.sale is not None:
            return world.sale.state is SaleState.IN_DOUBT
        return world.rows[world.lane].state in {S.IN_DOUBT, S.REVIEW}

    # -- the member, and a person who settles

    def people(self, world: World, number: int) -> Iterator[Move[World]]:
        row, book = world.rows[number], world.books[number]
        if row.state is None and not self._lane_in_doubt(world):
            yield Move(f"purchase {number} is confirmed", s.row(world, number, state=S.RESERVED, fresh=True))
        if row.state is S.REVIEW:
            # Who asks the partner gets the truth, once nothing is on its way any more.
            if book.fate is Fate.THERE and all(other.card != number for other in world.rows):
                made = self._step(world, number, S.DELIVERED, card=number)
                yield Move(f"a person finds the card of purchase {number}", made)
            if book.fate in {Fate.NONE, Fate.VOID} and not book.wire:
                made = self._step(world, number, S.NOT_EXECUTED)
                yield Move(f"a person finds that purchase {number} was not carried out", made)

    # -- the partner

    def partner(self, world: World, number: int) -> Iterator[Move[World]]:
        book, name = world.books[number], f"partner, order {number}:"
        if book.fate is Fate.COMING:
            there = s.book(world, number, fate=Fate.THERE)
            yield Move(f"{name} the item appears", there)
            if world.sale is not None and world.sale.where is Where.PACK:
                yield Move(f"{name} the item appears, which is the sold one", s.sale(there, where=Where.AGAIN))
        if not book.wire:
            return
        left = s.book(world, number, wire=book.wire - 1)
        yield Move(f"{name} refuses", s.reply(left, number, Answer.REFUSED))
        done = s.book(left, number, runs=book.runs + 1, fate=Fate.COMING, fresh=True)
        answered = s.reply(done, number, Answer.DONE)
        yield Move(f"{name} carries it out", answered)
        if world.faults:
            yield fault(f"{name} the request gets lost", s.reply(left, number, Answer.LOST))
            yield fault(f"{name} carries it out, the answer gets lost", s.reply(done, number, Answer.LOST))
            failed = s.book(left, number, fate=Fate.VOID, broken=True)
            yield fault(f"{name} accepts, and its session fails", s.reply(failed, number, Answer.DONE))
            broken = s.book(answered, number, broken=True)
            yield fault(f"{name} carries it out, and its session says that it failed", broken)

    # -- a worker

    def begin(self, world: World, worker: int, number: int) -> Iterator[Move[World]]:
        """What a process that is at nothing may do with this purchase."""
        row, book, name = world.rows[number], world.books[number], f"purchase {number}:"
        match row.state:
            case S.RESERVED:
                if not row.fresh or row.sends >= SENDS or self._lane_in_doubt(world):
                    yield Move(f"{name} cancels", self._step(world, number, S.CANCELLED))
                else:
                    yield Move(f"{name} looks before the leap", s.task(world, worker, s.Ready(number)))
            case S.SUBMITTING if not row.fresh:
                yield Move(f"{name} finds it overdue", self._step(world, number, S.IN_DOUBT))
            case S.ACCEPTED:
                if book.broken:
                    yield Move(f"{name} its session has failed", self._step(world, number, S.IN_DOUBT))
                elif book.fate in {Fate.COMING, Fate.THERE}:
                    yield Move(f"{name} its session has a result", self._step(world, number, S.DELIVERED, card=number))
            case S.IN_DOUBT | S.NOT_EXECUTED:
                late = row.state is S.NOT_EXECUTED
                if late and ("late looks" in self._without or not self._new(world, number, inventory(world))):
                    return  # nothing would come of it
                yield Move(f"{name} looks", s.task(world, worker, s.Looking(number, inventory(world))))
                if world.faults >= FALSE_LOOK and not late:
                    nothing = s.Looking(number, frozenset())
                    yield fault(f"{name} looks, and is shown nothing", s.task(world, worker, nothing), FALSE_LOOK)
            case _:
                pass

    def work(self, world: World, worker: int, doing: s.Task) -> Iterator[Move[World]]:
        """What it may do next."""
        number = doing.thing
        idle, name = s.task(world, worker, None), f"purchase {number}:"
        match doing:
            case s.Ready():
                yield self._submit(world, worker, number, name)
            case s.Answered(_, attempt, answer):
                yield self._store(idle, worker, number, attempt, answer, name)
            case s.Looking(_, items):
                yield from self._conclude(idle, worker, number, items, name)
            case s.Found(_, item):
                same = item in self._free(world, frozenset({item})) and not self._contested(world, number)
                if same or "claims checked again" in self._without:
                    idle = self._step(idle, number, S.DELIVERED, card=item)
                yield Move(f"{name} stores what it found", idle)
            case _:
                raise AssertionError(doing)

    def _submit(self, world: World, worker: int, number: int, name: str) -> Move[World]:
        attempt = world.rows[number].sends + 1
        if "write-ahead" in self._without:
            sent = s.book(world, number, wire=world.books[number].wire + 1)
            return Move(f"{name} sends", s.task(sent, worker, s.Waiting(number, attempt)))
        idle = s.task(world, worker, None)
        made = self._step(idle, number, S.SUBMITTING)
        sending = made if made is idle else s.task(made, worker, s.Sending(number, attempt))
        return Move(f"{name} stores the intent", sending)

    def _store(self, idle: World, worker: int, number: int, attempt: int, answer: Answer, name: str) -> Move[World]:
        """An answer is its attempt's however late it comes."""
        if answer is Answer.LOST and "no retry" in self._without:
            return Move(f"{name} tries again", s.task(idle, worker, s.Sending(number, attempt)))
        if "write-ahead" in self._without and idle.rows[number].state is S.RESERVED:
            idle = self._step(idle, number, S.SUBMITTING)
        row = idle.rows[number]
        to = S.REFUSED if answer is Answer.LOST and "doubt" in self._without else _AFTER[answer]
        if row.sends == attempt and row.state is not S.RESERVED and (row.state, to) in STEPS:
            return Move(f"{name} stores {to}", self._step(idle, number, to))
        return Move(f"{name} comes too late with {to}", idle)

    def _conclude(
        self, idle: World, worker: int, number: int, items: frozenset[int], name: str
    ) -> Iterator[Move[World]]:
        """What a look means: the evidence is judged by the claims of this moment."""
        row = idle.rows[number]
        late = row.state is S.NOT_EXECUTED
        if self._contested(idle, number):
            yield Move(f"{name} can't tell", idle)
            if not late and not row.fresh:
                yield Move(f"{name} can't tell, for a day", self._step(idle, number, S.REVIEW))
            return
        free = self._free(idle, items)
        new = self._new(idle, number, free)
        if len(new) == 1:
            yield Move(f"{name} finds its card", s.task(idle, worker, s.Found(number, *new)))
        elif late:
            made = self._step(idle, number, S.REVIEW) if new else idle
            yield Move(f"{name} finds {len(new)} cards", made)
        elif row.fresh and "settle time" not in self._without:
            yield Move(f"{name} can't tell yet", idle)
        elif free:
            yield Move(f"{name} finds cards that don't fit", self._step(idle, number, S.REVIEW))
        elif row.looks + 1 < ENOUGH_LOOKS and "second look" not in self._without:
            yield Move(f"{name} finds nothing", s.row(self._moved(idle, number), number, looks=row.looks + 1))
        else:
            yield Move(f"{name} concludes", self._step(idle, number, S.NOT_EXECUTED))

    def restart(self, world: World, number: int) -> World:
        """What a process that starts does with what it finds."""
        row = world.rows[number]
        if row.state is not S.SUBMITTING:
            return world
        return self._step(world, number, S.RESERVED if "doubt after a crash" in self._without else S.IN_DOUBT)


def inventory(world: World) -> frozenset[int]:
    """The items that the partner shows, by the order that they came with."""
    shown = {number for number, book in enumerate(world.books) if book.fate is Fate.THERE}
    if world.sale is not None and world.sale.where is not Where.OURS:
        shown.discard(1)
    return frozenset(shown)
