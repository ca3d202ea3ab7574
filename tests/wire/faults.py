"""Discord's bad days, on demand: refused, broken, slow and lost answers of chosen routes."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["429", "500", "502", "503", "504", "hang", "reset", "slow"]


@dataclass(eq=False)
class Fault:
    """One rule. `route` is searched in "METHOD /path", the path without `/api/v10`."""

    kind: Kind
    route: re.Pattern[str]
    times: int | None
    """How often it still happens; None: always."""
    share: float
    executed: bool
    """Whether the request is carried out before its answer goes wrong."""
    seconds: float
    """`retry_after` of a 429, and how long a slow or hanging answer takes."""
    globally: bool
    """Whether a 429 is of the whole bot."""
    hits: int = 0


class Faults:
    """The rules that hold now, first come first asked. The same seed hits the same requests."""

    def __init__(self, seed: int = 0) -> None:
        self._rules: list[Fault] = []
        self._dice = random.Random(seed)

    def add(
        self,
        kind: Kind,
        route: str = "",
        *,
        times: int | None = 1,
        share: float = 1.0,
        executed: bool = False,
        seconds: float = 0.1,
        globally: bool = False,
    ) -> Fault:
        fault = Fault(kind, re.compile(route), times, share, executed, seconds, globally)
        self._rules.append(fault)
        return fault

    def clear(self) -> None:
        self._rules.clear()

    def pick(self, route: str) -> Fault | None:
        """The rule that hits this request, or None."""
        for fault in self._rules:
            if fault.times != 0 and fault.route.search(route) and self._dice.random() < fault.share:
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
