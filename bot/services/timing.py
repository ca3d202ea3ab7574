"""How long is waited for what (money safety, "Clocks")."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clock import DAY, HOUR, MINUTE, SECOND

ENOUGH_LOOKS = 2
"""So many alike looks are evidence."""
MAX_SKEW, WARN_SKEW = 30.0, 5.0
"""Seconds between our clock and the partner's: above the one nothing is bought, above the other it is logged."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds. wall < lease < settle, or an order could still be on its way when its outcome is judged."""

    wall: int = 45 * SECOND
    """The longest that a call which moves money may take."""
    lease: int = 60 * SECOND
    """After it, whoever holds an order will not send it any more."""
    settle: int = 15 * MINUTE
    """After it, what isn't in the inventory was not bought."""
    reserved: int = 60 * SECOND
    """A reservation of that age is cancelled instead of sent."""
    skew: int = 60 * SECOND
    """How far the partner's clock may be off when items are dated."""
    overdue: int = 30 * MINUTE
    late_look: int = HOUR
    """After NOT_EXECUTED, between looks for items that come late."""
    give_up: int = DAY
    """A doubt that is older goes to a person."""

    @classmethod
    def settling(cls, seconds: float) -> Timing:
        """With another settle time (`SETTLE_SECONDS`); the shorter ones shrink with it."""
        settle = round(seconds * SECOND)
        return cls(wall=min(45 * SECOND, settle // 3), lease=min(60 * SECOND, settle // 2), settle=settle)

    @property
    def between_looks(self) -> int:
        return self.settle // 3

    def next_look(self, since: int, now: int) -> int:
        """After a look at `now` for a doubt that began at `since`: one falls on the moment the settle time is over."""
        settled = since + self.settle
        return settled if now < settled < now + self.between_looks else now + self.between_looks
