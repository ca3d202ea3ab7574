"""Whatever people press, whatever the partner does, whenever the process dies: the books stay right (money safety)."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiosqlite
import pytest
from hypothesis import HealthCheck, event, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.services.presence import Presence
from bot.store.engine import Store
from tests.behaviour.inline import _execute
from tests.services.conftest import already_migrated
from tests.services.machine import MEMBERS, SLUGS, Errors, Scene
from tests.virtual import VirtualLoop, keep_engines

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

SHARDS, EXAMPLES, STEPS = 50, 10, 50
"""500 examples in all."""
READS = ("status", "inventory", "available", "card")
members, slugs = st.sampled_from(MEMBERS), st.sampled_from(SLUGS)
broken = st.sampled_from(
    ["hang", "reset", "half_body", "slow", "429", "500", "504", "html_403", "redirect", "bad_json", "wrong_types"]
)
Trouble = tuple[str, bool, int] | None
"""A fault of the next order or sale: its kind, whether it comes after the execution, and its seconds."""
breakages = st.tuples(broken, st.booleans(), st.just(5)) | st.tuples(
    st.sampled_from(["connect_error", "connect_timeout", "401"]), st.just(value=False), st.just(5)
)
outcomes = st.tuples(
    st.sampled_from(["fail", "fail_delivered", "late"]), st.just(value=False), st.sampled_from([30, 1500, 4000])
)
turns = st.none() | st.integers(0, 120)
"""After how many turns of the loop the process dies, if it does."""
soon = st.sampled_from([0.0, 0.3, 2.0, 10.0])


class Machine(RuleBasedStateMachine):
    path: Path
    loop: VirtualLoop
    errors: Errors

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(limit=st.sampled_from([None, 1_500]))
    def begin(self, limit: int | None) -> None:
        self.errors.seen.clear()
        self.run(self._begin(limit))

    async def _begin(self, limit: int | None) -> None:
        self.scene = Scene(self.path, limit)
        await self.scene.start()

    def _open(
        self, who: int, slug: str, amount: int, presses: int, turns: int | None, seconds: float, trouble: Trouble
    ) -> None:
        async def work() -> None:
            asked = await self.scene.offer(who, slug, amount)
            if asked is not None:
                self._spoil("init", trouble)
                await self.scene.at_once([self.scene.confirm(asked, who) for _ in range(presses)], turns, seconds)

        self.run(work())

    # Several names, so that Hypothesis, which takes all rules alike, has people do something most of the time.
    opening = rule(
        who=members,
        slug=slugs,
        amount=st.integers(1, 2),
        presses=st.integers(1, 2),
        turns=turns,
        seconds=soon,
        trouble=st.none() | breakages | outcomes,
    )
    open, open_too, open_once_more = opening(_open), opening(_open), opening(_open)

    def _spoil(self, route: Any, trouble: Trouble) -> None:
        if trouble is not None:
            kind, after, seconds = trouble
            self.scene.partner.faults.add(route, kind, after=after, seconds=seconds)

    @rule(which=st.integers(0, 100), who=members, seconds=soon)
    def press_an_old_confirmation(self, which: int, who: int, seconds: float) -> None:
        async def work() -> None:
            asked = self.scene.confirmations
            if asked:
                await self.scene.at_once([self.scene.confirm(asked[which % len(asked)][0], who)], None, seconds)

        self.run(work())

    def _sell(self, which: int, presses: int, turns: int | None, seconds: float, trouble: Trouble) -> None:
        async def work() -> None:
            cards = [row for row in self.scene.rows().cards if row["state"] in {"HELD", "IN_DOUBT"}]
            if cards:
                card = cards[which % len(cards)]
                self._spoil("buyback", trouble)
                sales = [self.scene.sell(card["id"], card["discord_id"]) for _ in range(presses)]
                await self.scene.at_once(sales, turns, seconds)

        self.run(work())

    selling = rule(
        which=st.integers(0, 100),
        presses=st.integers(1, 2),
        turns=turns,
        seconds=soon,
        trouble=st.none() | breakages,
    )
    sell, sell_too = selling(_sell), selling(_sell)

    @rule(route=st.sampled_from(READS), kind=broken, times=st.integers(1, 4))
    def break_reads(self, route: Any, kind: Any, times: int) -> None:
        self.scene.partner.faults.add(route, kind, times=times, seconds=5)

    @rule(which=st.integers(0, 100), by=st.sampled_from([-300, -1, 200]))
    def change_a_price(self, which: int, by: int) -> None:
        async def work() -> None:
            pulls = self.scene.pulls()
            if pulls:
                card = pulls[which % len(pulls)].card
                self.scene.partner.reprice(card.id, max(0, self.scene.partner.engine.price(card) + by))

        self.run(work())

    @rule(scope=st.sampled_from(["bot", "guild:11", f"member:{MEMBERS[0]}"]), action=st.sampled_from(["buy", "sell"]))
    def freeze(self, scope: str, action: str) -> None:
        self.run(self.scene.freeze(scope, action, 120))

    def _wait(self, seconds: int) -> None:
        self.run(asyncio.sleep(seconds))

    waiting = rule(seconds=st.sampled_from([1, 20, 70, 400, 1000, 4000]))
    wait, wait_too = waiting(_wait), waiting(_wait)

    @rule()
    def die(self) -> None:
        if self.scene.unfinished():  # else it makes no difference
            self.run(self.scene.restart())

    @invariant()
    def all_is_well(self) -> None:
        self.run(self._look())
        assert self.errors.seen == []

    async def _look(self) -> None:
        self.scene.check()

    def teardown(self) -> None:
        if hasattr(self, "scene"):
            try:
                self.run(self._end())
            finally:
                self.scene.close_database()

    async def _end(self) -> None:
        scene = self.scene
        scene.partner.faults.clear()
        for _ in range(9):  # late looks for three hours, the sweep after them, and some more
            await asyncio.sleep(3600)
            if not scene.unfinished() and not scene.stopped():
                break
        try:
            scene.check_the_end()
            assert self.errors.seen == []
            for row in scene.rows().purchases:
                event(f"a purchase ends as {row['state']}")
            for row in scene.rows().sales:
                event(f"a sale ends as {row['state']}")
        finally:
            await scene.app.close()
            left = asyncio.all_tasks() - {asyncio.current_task()}
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


async def _nothing(_presence: Presence) -> None:
    """A process that dies says no goodbye."""


async def _stay_open(store: Store) -> None:
    """The connections are the next bot's, since to open them anew takes longer than all else that a start does."""
    await asyncio.gather(*store._running, return_exceptions=True)


@contextmanager
def quiet(errors: Errors) -> Generator[None]:
    root = logging.getLogger("bot")
    level, propagate = root.level, root.propagate
    root.setLevel(logging.ERROR)
    root.propagate = False
    root.addHandler(errors)
    yield
    root.removeHandler(errors)
    root.setLevel(level)
    root.propagate = propagate


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_machine(shard: int, sqlite_url: str, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(aiosqlite.Connection, "_execute", _execute)
    monkeypatch.setattr("bot.app.upgrade", already_migrated)
    monkeypatch.setattr(Presence, "end", _nothing)
    close, stores = Store.close, list[Store]()
    monkeypatch.setattr(Store, "close", _stay_open)
    keep_engines(monkeypatch)
    opened = Store.open

    def opening(url: str, *, sync: str = "FULL") -> Store:
        stores.append(opened(url, sync=sync))
        return stores[-1]

    monkeypatch.setattr(Store, "open", opening)
    loop, errors = VirtualLoop(), Errors()
    loop.set_exception_handler(errors.of_loop)
    made = seed(shard)(type("Machine", (Machine,), {"path": sqlite_file, "loop": loop, "errors": errors}))
    try:
        with quiet(errors):
            run_state_machine_as_test(
                made,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    print_blob=True,
                    suppress_health_check=list(HealthCheck),
                ),
            )
    finally:
        for store in set(stores):
            loop.run_until_complete(close(store))
        loop.close()
