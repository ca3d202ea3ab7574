"""The long run of docs/reliability.md: `make torture`, or `python -m bench.torture --kills 200 --people 100`."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests import postgres
from tests.torture import weather
from tests.torture.run import running
from tests.torture.test_crowd import crowd

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.torture.report import Figures

A_ROUND, PEOPLE = 50, 12
"""Kills and people of one run: each begins with an empty database and the next seed."""
LONGEST = 1_800.0
"""Seconds of one run."""
KINDS = {"sqlite": 1, "postgres": 2}
"""Processes."""


@contextmanager
def database(kind: str, folder: Path) -> Generator[str]:
    """An empty one; a start of the bot makes its tables."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder / 'pullcord.db'}"
        return
    binaries = postgres.binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL isn't here: apt install postgresql")
    with postgres.cluster(binaries) as sockets:
        yield f"postgresql+asyncpg://pullcord@/postgres?host={sockets}"


async def killed(kind: str, seed: int, kills: int, *, naive: bool = False) -> Figures:
    name = f"{kind}, {'the naive bot, ' if naive else ''}killed at random"
    others = {"NAIVE": "1"} if naive else {}
    with tempfile.TemporaryDirectory() as made, database(kind, Path(made)) as url:
        async with running(Path(made), url, seed=seed, processes=KINDS[kind], seconds=LONGEST, **others) as run:
            await run.begin()
            run.weather.money, run.weather.reads = 0.5, 0.1
            if seed % 2:
                weather.trouble(run.world)
            async with run.living(PEOPLE):
                await run.storm(kills)
            return await run.end(name)


async def crowded(kind: str, seed: int, people: int) -> Figures:
    with tempfile.TemporaryDirectory() as made, database(kind, Path(made)) as url:
        others = {"SETTLE_SECONDS": "60"}
        async with running(
            Path(made), url, seed=seed, processes=KINDS[kind], few=False, seconds=LONGEST, **others
        ) as run:
            run.partner.engine.reserve = False
            await run.begin()
            return await crowd(run, f"{kind}, {people} people at once", people)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=2_000, help="how many bots are killed, half on each database")
    parser.add_argument("--people", type=int, default=1_000, help="how many open a pack at once; 0: nobody")
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--only", choices=KINDS, help="one database alone")
    parser.add_argument("--naive", action="store_true", help="the control run: it is to fail")
    chosen = parser.parse_args()
    kinds = [kind for kind in KINDS if chosen.only in {None, kind}]
    each = chosen.kills // len(kinds)
    made: list[Figures] = []
    for kind in kinds:
        for number, before in enumerate(range(0, each, A_ROUND)):
            kills = min(A_ROUND, each - before)
            made.append(asyncio.run(killed(kind, chosen.seed + number, kills, naive=chosen.naive)))
        if chosen.people:
            made.append(asyncio.run(crowded(kind, chosen.seed, chosen.people)))
    print(table(made))
    failed = [figures for figures in made if figures.failed]
    for figures in failed:
        print(figures.told())
        kind = figures.name.partition(",")[0]
        print(f"Again: python -m bench.torture --only {kind} --seed {figures.seed} --kills {A_ROUND} --people 0")
    return 1 if failed else 0


def table(made: list[Figures]) -> str:
    """A line for each kind of run."""
    kinds: dict[str, list[Figures]] = {}
    for figures in made:
        kinds.setdefault(figures.name, []).append(figures)
    columns = [name for name in made[0].row() if name != "run"]
    rows = [f"| run | {' | '.join(columns)} |", f"| --- |{' ---: |' * len(columns)}"]
    for name, some in kinds.items():
        sums = [str(sum(figures.row()[column] for figures in some)) for column in columns]
        rows.append(f"| {name} | {' | '.join(sums)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    raise SystemExit(main())
