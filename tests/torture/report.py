"""What a run came to, in a line."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.purchase import State
from bot.domain.sale import SaleState
from tests.torture.audit import COLUMNS

if TYPE_CHECKING:
    from tests.torture.audit import Audit, Rows
    from tests.torture.run import Run


TOLD: list[str] = []
"""The lines of this test's runs."""
MOST = 40
"""Sentences about what is wrong."""


@dataclass
class Figures:
    """Counts; `problems` are sentences by column, and `errors` what the bots logged as such."""

    name: str
    seed: int
    counts: dict[str, int]
    problems: dict[str, list[str]]
    errors: list[str]
    answers: list[float]
    """Seconds until the first answers to what people did, the quickest first."""
    unanswered: int
    seconds: float

    @classmethod
    def of(cls, run: Run, name: str, rows: Rows, audit: Audit, errors: list[str]) -> Figures:
        ledger, people = run.partner.ledger, run.people
        counts = {
            "purchases": len(rows.purchases),
            "bought": len(ledger.purchases),
            "doubted": sum(order.doubted_at is not None for order in rows.purchases),
            "review": sum(order.state == State.REVIEW for order in rows.purchases),
            "sales": len(rows.sales),
            "sold": sum(sale.state == SaleState.SOLD for sale in rows.sales),
            "people": len(people),
            "kills": run.kills,
            "stops": run.stops,
            "stalls": run.stalls,
            "faults": run.weather.hits + sum(call.fault is not None for call in run.world.calls),
        }
        answers = sorted(seconds for person in people for seconds in person.answered)
        unanswered = sum(person.unanswered for person in people)
        return cls(name, run.seed, counts, audit.problems, errors, answers, unanswered, time.monotonic() - run.began)

    def __str__(self) -> str:
        counted = [f"{what} {count}" for what, count in self.counts.items()]
        found = [f"{column} {len(self.problems[column])}" for column in COLUMNS]
        shares = {share: self.answers[int(len(self.answers) * share / 100)] for share in (50, 95, 99) if self.answers}
        waited = [f"{share} % in {seconds:.2f} s" for share, seconds in shares.items()]
        return (
            f"{self.name}, seed {self.seed}, {self.seconds:.0f} s: {', '.join(counted)}"
            f" | {len(self.answers)} first answers: {', '.join(waited)}, none {self.unanswered}"
            f" | {', '.join(found)}"
        )

    @property
    def failed(self) -> bool:
        return bool(self.errors) or any(self.problems.values())

    def row(self) -> dict[str, int]:
        """The figures of the table in docs/reliability.md."""
        return {**self.counts, **{column: len(found) for column, found in self.problems.items()}}

    def told(self) -> str:
        """The line, and what is wrong in sentences."""
        found = [f"{column}: {text}" for column, texts in self.problems.items() for text in texts]
        found += [f"logged: {line[:2000]}" for line in self.errors]
        return "\n".join([str(self), *found[:MOST]])

    def check(self) -> None:
        """Zero in each column, and nothing in the bots' logs that they call an error."""
        TOLD.append(str(self))
        assert not self.failed, self.told()
