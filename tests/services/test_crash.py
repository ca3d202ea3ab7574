"""The process dies between any two steps, and another one ends what it left: nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.store.engine import Store
from tests.services.conftest import GUILD, SETTLED, World

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.store.cards import Card
    from bot.store.purchases import Purchase

SLUG = "soccer-sprint"
MANY = 60
"""More points than any of these has."""
_mine: ContextVar[bool] = ContextVar("_mine", default=False)
"""Set in the work that is to die, and so in every task that comes of it; others, who settle meanwhile, don't count."""


class Points:
    """Counts what is done for the bot, before and after: transactions and requests. At the chosen one all stops."""

    def __init__(self) -> None:
        self.left = -1
        self.stopped = False

    async def pass_by(self) -> None:
        if not _mine.get():
            return
        if self.left == 0:
            self.stopped = True
            await asyncio.Event().wait()  # until the process ends
        self.left -= 1

    async def around(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            await self.pass_by()
        except asyncio.CancelledError:
            work.close()
            raise
        result = await work
        await self.pass_by()
        return result


class Watched(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncBaseTransport, points: Points) -> None:
        self.inner, self.points = inner, points

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self.points.around(self.inner.handle_async_request(request))


@pytest.fixture
async def points(world: World, monkeypatch: pytest.MonkeyPatch) -> Points:
    made = Points()
    run = Store.run
    monkeypatch.setattr(Store, "run", lambda store, work: made.around(run(store, work)))
    await world.restart(Watched(world.partner.transport(), made))
    return made


async def dies_at(world: World, points: Points, number: int, work: Coroutine[Any, Any, Any]) -> bool:
    """Starts the work, and ends the process at that point. False: it never came to it."""
    points.left = number
    context = copy_context()
    context.run(_mine.set, True)
    task = asyncio.create_task(work, context=context)
    await asyncio.sleep(60)
    died, points.left, points.stopped = points.stopped, -1, False
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await world.restart(Watched(world.partner.transport(), points))
    return died


async def check_purchase(world: World, who: int) -> str:
    """How it ended, which must be what the partner's books say."""
    purchases = await world.app.cards.recent(who)
    account = await world.app.accounts.of(who)
    bought = [one for one in world.ledger.purchases if account is not None and one.user_id == account.user_id]
    if not purchases:
        assert bought == []
        return "nothing"
    (made,) = purchases
    cards = await world.cards(made)
    if bought:
        (one,) = bought
        assert made.state is State.DELIVERED
        assert sorted(card.item_id for card in cards) == sorted(one.item_ids)
    else:
        assert made.state in {State.CANCELLED, State.NOT_EXECUTED}
        assert cards == ()
    return made.state


async def test_a_purchase_at_each_point(world: World, points: Points):
    world.partner.engine.reserve = False  # items enough for all
    people = range(1000, 1000 + MANY)
    for number, who in enumerate(people):
        offer = await world.offer(who, SLUG, 2)
        if not await dies_at(world, points, number, world.confirm(offer)):
            break
    else:
        pytest.fail("it has more points than were tried")
    assert number > 12
    await asyncio.sleep(SETTLED)
    ends = [await check_purchase(world, who) for who in people[: number + 1]]
    assert ends[0] == "nothing"
    assert ends[-1] == State.DELIVERED
    assert set(ends) == {"nothing", State.CANCELLED, State.NOT_EXECUTED, State.DELIVERED}
    for who in people[: number + 1]:
        await world.offer(who, SLUG)  # the lane is free


async def test_a_sale_at_each_point(world: World, points: Points):
    cards: list[Card] = []
    for number in range(MANY):
        who = 1000 + number
        cards.append(await world.card(who, SLUG))
        price = await world.price(cards[-1], who)
        sale = world.app.sales.sell(cards[-1].id, who, GUILD, price, world.reply(private=True))
        if not await dies_at(world, points, number, sale):
            break
    else:
        pytest.fail("it has more points than were tried")
    assert len(cards) > 6
    await asyncio.sleep(SETTLED)
    ends = [(await world.app.cards.card(card.id)).state for card in cards]
    assert ends[0] is CardState.HELD
    assert ends[-1] is CardState.SOLD
    assert set(ends) == {CardState.HELD, CardState.SOLD}
    sold = sorted(card.user_id for card, end in zip(cards, ends, strict=True) if end is CardState.SOLD)
    assert sold == sorted(one.user_id for one in world.ledger.sales)
    for card in cards:
        await world.offer(card.discord_id, SLUG)  # the lane is free


@pytest.mark.parametrize("step", [0, 5])
async def test_a_crash_in_the_middle_of_whatever_is_going_on(world: World, step: int):
    """Not at a point of our choice: after so many turns of the loop, also in the middle of a commit."""
    world.partner.engine.reserve = False
    made: dict[int, Purchase] = {}
    for number in range(10):
        who = 1000 + number
        offer = await world.offer(who, SLUG, 2)
        press = asyncio.create_task(world.confirm(offer))
        for _ in range(number * 10 + step):
            await asyncio.sleep(0)
        press.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            made[who] = await press
        await world.restart()
    await asyncio.sleep(SETTLED)
    for who in range(1000, 1010):
        end = await check_purchase(world, who)
        assert end != "nothing" or who not in made


@pytest.fixture
def database_that_fails(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """While its last entry is True no transaction comes about."""
    switch = [False]
    run = Store.run

    async def failing(store: Store, work: Any) -> Any:
        if switch[-1]:
            raise OperationalError("COMMIT", {}, OSError("no space left on device"))
        return await run(store, work)

    monkeypatch.setattr(Store, "run", failing)
    return switch


@pytest.mark.logs_errors
async def test_an_order_whose_outcome_could_not_be_stored(world: World, database_that_fails: list[bool]):
    offer = await world.offer()
    world.faults.add("init", "slow", after=True, seconds=5)
    made = await world.ended(await world.confirm(offer), 1)
    database_that_fails.append(True)
    assert (await world.ended(made, 10)).state is State.SUBMITTING
    database_that_fails.append(False)
    end = await world.ended(made, 180)
    assert end.state is State.DELIVERED
    assert await world.states(made) == ["RESERVED", "SUBMITTING", "IN_DOUBT", "DELIVERED"]
    assert world.ledger.count("init") == 1


@pytest.mark.logs_errors
async def test_a_sale_whose_outcome_could_not_be_stored(world: World, database_that_fails: list[bool]):
    card = await world.card()
    price = await world.price(card)
    world.faults.add("buyback", "slow", after=True, seconds=5)
    sale = await world.app.sales.sell(card.id, card.discord_id, GUILD, price, world.reply())
    await asyncio.sleep(1)
    database_that_fails.append(True)
    await asyncio.sleep(10)
    assert (await world.app.cards.card(card.id)).state is CardState.SUBMITTING
    database_that_fails.append(False)
    await asyncio.sleep(SETTLED)
    view = await world.app.sales.view(sale.id)
    assert (view.sale.state, view.sale.amount, view.card.state) == (SaleState.SOLD, None, CardState.SOLD)
    assert len(world.ledger.sales) == world.ledger.count("buyback") == 1
