"""How often one person may press: as often as people do, and not as often as a script."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from bot.domain.clock import SECOND
from bot.errors import Refusal

if TYPE_CHECKING:
    from bot.domain.clock import Clock


class Window:
    """At most `most` in any `seconds`, for each person.

    Only those that were let through count: who goes on pressing while refused waits no longer for it. A person is
    forgotten when their newest one counts no more, so as many are remembered as were active just now.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._times: dict[int, deque[float]] = {}
        """Of each person the newest ones; who pressed last is last."""

    def __len__(self) -> int:
        return len(self._times)

    def wait(self, person: int, now: float) -> float:
        """Seconds until this person's next one is let through; 0 for now."""
        times = self._times.get(person)
        if times is None or len(times) < self._most:
            return 0
        return max(0, times[0] + self._seconds - now)

    def take(self, person: int, now: float) -> None:
        """Counts one that is let through."""
        times = self._times.pop(person, deque[float](maxlen=self._most))
        times.append(now)
        self._times[person] = times
        while self._times[oldest := next(iter(self._times))][-1] + self._seconds <= now:
            del self._times[oldest]


class Pace:
    """The limits of one person over all servers of this process. They are in memory: a restart forgets them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._presses, self._orders = Window(10, 10), Window(3, 60)
        self._suggestions = Window(30, 10)

    def press(self, person: int, *, orders: bool) -> None:
        """Counts a press, a choice, a form or a command; with `orders` one that can buy.

        Raises:
            Refusal: `too_fast`.
        """
        now = self._clock.boottime()
        windows = (self._presses, self._orders) if orders else (self._presses,)
        wait = max(window.wait(person, now) for window in windows)
        if wait > 0:
            # A whole second, and not before the end: people are told it as a time of Discord's, which has no parts.
            until = -(-(self._clock.now() + wait * SECOND) // SECOND)
            raise Refusal("too_fast", until_at=int(until) * SECOND)
        for window in windows:
            window.take(person, now)

    def suggests(self, person: int) -> bool:
        """Whether suggestions are looked up for what this person types, which counts on its own."""
        now = self._clock.boottime()
        if self._suggestions.wait(person, now) > 0:
            return False
        self._suggestions.take(person, now)
        return True
