"""What goes wrong on our own side: database errors, lost races, late answers, slow looks, a clock that jumps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.errors import LostError
from bot.store import cards, purchases
from tests.services.conftest import ALICE, BOB, SETTLED, World, on_sqlite
from tests.services.test_doubts import doubtful

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.services.sales import SaleView
    from bot.store.cards import Card


def disk_full() -> OperationalError:
    return OperationalError("INSERT", {}, Exception("disk full"))


@pytest.mark.logs_errors
async def test_a_database_error_while_delivering_costs_seconds(world: World, monkeypatch: pytest.MonkeyPatch):
    add, calls = cards.add, 0

    async def failing_once(*args: Any, **values: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise disk_full()
        await add(*args, **values)

    monkeypatch.setattr(cards, "add", failing_once)
    end = await world.ended(await world.order(), 30)
    assert calls == 2
    assert (end.state, len(await world.cards(end))) == (State.DELIVERED, 1)


@on_sqlite
@pytest.mark.logs_errors
@pytest.mark.parametrize("to", [State.ACCEPTED, State.IN_DOUBT, State.DELIVERED])
async def test_a_write_that_always_fails_does_not_spin(world: World, monkeypatch: pytest.MonkeyPatch, to: State):
    """And once it goes again, the order comes to its end. Nothing is sent twice."""
    step, failures, broken = purchases.step, 0, True

    async def failing(conn: AsyncConnection, seen: Any, state: State, **values: Any) -> Any:
        nonlocal failures
        if state is to and broken:
            failures += 1
            raise disk_full()
        return await step(conn, seen, state, **values)

    monkeypatch.setattr(purchases, "step", failing)
    if to is State.IN_DOUBT:
        world.faults.add("init", "reset", after=True)
    made = await world.order()
    for _ in range(6):
        before = failures
        await asyncio.sleep(60)
        assert failures - before <= 12, "attempts in one minute"
    assert failures > 0
    broken = False
    assert (await world.ended(made, 180)).state is State.DELIVERED
    assert world.ledger.count("init") == 1


async def test_an_answered_sale_that_loses_a_race_is_recorded_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    card = await world.card()
    step, lost = cards.step, 0

    async def losing_once(conn: AsyncConnection, seen: Card, to: CardState, **values: Any) -> Card:
        nonlocal lost
        if to is CardState.SOLD and not lost:
            lost += 1
            raise LostError(seen.id)
        return await step(conn, seen, to, **values)

    monkeypatch.setattr(cards, "step", losing_once)
    view = await world.sell(card)
    assert lost == 1
    paid = world.ledger.sales[0].amount_cents
    assert (view.sale.state, view.sale.amount, view.card.sold_for) == (SaleState.SOLD, paid, paid)


@pytest.mark.parametrize("amount", [1, 2])
async def test_a_session_that_comes_late_is_still_this_orders(world: World, amount: int):
    offer = await world.offer(amount=amount)
    world.faults.add("init", "slow", after=True, seconds=20)
    made = await world.ended(await world.confirm(offer), 1)
    assert made.state is State.SUBMITTING

    async def given_up(conn: AsyncConnection) -> None:
        """What another process does that finds it after its lease."""
        now = world.clock.now()
        await purchases.step(conn, made, State.IN_DOUBT, now=now, look_at=now + 60_000, doubted_at=now)

    await world.app.store.run(given_up)
    end = await world.ended(made, 100)
    assert (end.state, len(await world.cards(end))) == (State.DELIVERED, amount)
    assert end.session_id is not None
    way = [State.SUBMITTING, State.IN_DOUBT, State.ACCEPTED, State.DELIVERED]
    assert (await world.states(made))[-4:] == way


class Stuck(httpx2.AsyncBaseTransport):
    """A partner that takes forty seconds to say nothing about some inventories."""

    def __init__(self, world: World) -> None:
        self.inner, self.clock = world.partner.transport(), world.clock
        self.users: set[str] = set()
        self.asked = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if any(user in str(request.url) for user in self.users):
            self.asked += 1
            await self.clock.sleep(40)
            raise httpx2.ReadTimeout("nothing came", request=request)
        return await self.inner.handle_async_request(request)


@on_sqlite
@pytest.mark.usefixtures("no_breaker")
async def test_slow_looks_of_many_do_not_hold_up_a_stranger(world: World):
    transport = Stuck(world)
    await world.restart(transport)
    sellers = range(201, 213)
    pulled = [await world.card(who) for who in sellers]
    for card in pulled:
        world.faults.add("buyback", "reset")
        assert (await world.sell(card, card.discord_id)).sale.state is SaleState.IN_DOUBT
    transport.users = {card.user_id for card in pulled}
    made = await doubtful(world, executed=True, who=BOB)
    assert made.look_at is not None
    await asyncio.sleep((made.look_at - world.clock.now()) / 1000 - 1)
    assert (await world.purchase(made)).state is State.IN_DOUBT
    await asyncio.sleep(600)  # the sellers' looks are all under way, time and again
    again = await doubtful(world, executed=True, who=BOB)
    assert transport.asked >= len(pulled)
    assert (await world.purchase(made)).state is State.DELIVERED
    assert again.look_at is not None
    await asyncio.sleep((again.look_at - world.clock.now()) / 1000 + 10)
    assert (await world.purchase(again)).state is State.DELIVERED


@on_sqlite
@pytest.mark.logs_errors
async def test_a_look_that_fails_blocks_no_other(world: World, monkeypatch: pytest.MonkeyPatch):
    poisoned, card = await world.card(ALICE), await world.card(BOB)
    alike, failures = cards.alike, 0

    async def failing_for_one(conn: AsyncConnection, seen: Card) -> int:
        nonlocal failures
        if seen.id == poisoned.id:
            failures += 1
            raise ZeroDivisionError
        return await alike(conn, seen)

    monkeypatch.setattr(cards, "alike", failing_for_one)
    views: list[SaleView] = []
    for one in (poisoned, card):
        world.faults.add("buyback", "reset", after=True)
        views.append(await world.sell(one, one.discord_id))
    await asyncio.sleep(SETTLED)
    ends = [(await world.app.sales.view(view.sale.id)).sale.state for view in views]
    assert ends == [SaleState.IN_DOUBT, SaleState.SOLD]
    assert 2 < failures <= SETTLED / 60 + 10
    monkeypatch.setattr(cards, "alike", alike)
    await asyncio.sleep(20 * 60)
    assert (await world.app.sales.view(views[0].sale.id)).sale.state is SaleState.SOLD


@pytest.mark.parametrize("ahead", [-32, 32])
async def test_a_clock_that_jumps_after_the_confirmation_cancels_the_order(world: World, ahead: int):
    offer = await world.offer()
    world.partner.ahead = ahead
    end = await world.ended(await world.confirm(offer))
    assert (end.state, end.reason) == (State.CANCELLED, "clock")
    assert world.ledger.count("init") == 0
    world.partner.ahead = 0
    await asyncio.sleep(61)
    assert (await world.ended(await world.order())).state is State.DELIVERED
