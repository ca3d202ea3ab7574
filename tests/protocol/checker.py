"""Breadth first over all states of a model: what is wrong in one of them, and from which no end can be reached."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

S = TypeVar("S")


class Move(NamedTuple, Generic[S]):
    """One step of one party. `fault`: something that need not happen, and that no run may depend on to end."""

    name: str
    state: S
    fault: bool = False


def fault(name: str, state: S, costs: int = 1) -> Move[S]:
    """A move that need not happen; `state` has a budget of faults, of which it takes its share."""
    return Move(name, state._replace(faults=state.faults - costs), fault=True)


class Model(Protocol[S]):
    def start(self) -> S: ...

    def moves(self, state: S) -> Iterator[Move[S]]: ...

    def wrong(self, state: S) -> str | None:
        """What must never be, in words."""
        ...

    def ended(self, state: S) -> bool:
        """Whether everything has come to its right end."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """`wrong` is None where nothing is; else `trace` is a shortest way there."""

    states: int
    wrong: str | None = None
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        steps = "".join(f"\n  {number}. {step}" for number, step in enumerate(self.trace, 1))
        return f"{self.wrong or 'nothing wrong'} ({self.states} states){steps}"


def check(model: Model[S]) -> Result:
    """All that can happen, in the order of its length."""
    start = model.start()
    numbers, states = {start: 0}, [start]
    came: list[tuple[int, str]] = [(-1, "")]
    back: list[list[int]] = [[]]
    """From where a state is reached without a fault."""

    def trace(number: int) -> tuple[str, ...]:
        names: list[str] = []
        while number:
            number, name = came[number]
            names.append(name)
        return tuple(reversed(names))

    number = 0
    while number < len(states):
        state = states[number]
        if (wrong := model.wrong(state)) is not None:
            return Result(len(states), wrong, trace(number))
        for name, reached, fault in model.moves(state):
            to = numbers.setdefault(reached, len(states))
            if to == len(states):
                states.append(reached)
                came.append((number, name))
                back.append([])
            if not fault:
                back[to].append(number)
        number += 1

    stuck = _stuck(back, {number for number, state in enumerate(states) if model.ended(state)})
    return Result(len(states)) if stuck is None else Result(len(states), "it can never end", trace(stuck))


def _stuck(back: list[list[int]], well: set[int]) -> int | None:
    """The nearest state from which none of those where all is `well` is reached; `back` says what leads to each."""
    queue = deque(well)
    while queue:
        for before in back[queue.popleft()]:
            if before not in well:
                well.add(before)
                queue.append(before)
    return next((number for number in range(len(back)) if number not in well), None)
