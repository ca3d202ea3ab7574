"""The process dies between any two steps, and another one ends what it left: nothing twice, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from bot.domain.purchase import State
from bot.domain.sale import CardState
from bot.store.engine import Store
from tests.services.conftest import GUILD, SETTLED, World

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.store.purchases import Purchase

SLUG = "soccer-sprint"
MANY = 60
"""More points than any of these has."""


class Points:
    """Counts what is done for the bot, before and after: transactions and requests. At the chosen one all stops."""

    def __init__(self) -> None:
        self.left = -1
        self.stopped = False

    async def pass_by(self) -> None:
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
    # Both temperaments have the same points; this one has items enough for all.
    world.partner.engine.reserve = False
    await world.restart(Watched(world.partner.transport(), made))
    return made


async def dies_at(world: World, points: Points, number: int, work: Coroutine[Any, Any, Any]) -> bool:
    """Starts the work, and ends the process at that point. False: it never came to it."""
    points.left = number
    task = asyncio.create_task(work)
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
    ends: list[str] = []
    for number in range(MANY):
        who = 1000 + number
        offer = await world.offer(who, SLUG, 2)
        died = await dies_at(world, points, number, world.confirm(offer))
        await asyncio.sleep(SETTLED)
        ends.append(await check_purchase(world, who))
        await world.offer(who, SLUG)  # the lane is free
        if not died:
            break
    else:
        pytest.fail("it has more points than were tried")
    assert len(ends) > 12
    assert ends[0] == "nothing"
    assert ends[-1] == State.DELIVERED
    assert set(ends) == {"nothing", State.CANCELLED, State.NOT_EXECUTED, State.DELIVERED}


async def test_a_sale_at_each_point(world: World, points: Points):
    ends: list[CardState] = []
    for number in range(MANY):
        who = 1000 + number
        card = await world.card(who, SLUG)
        price = await world.price(card, who)
        before = len(world.ledger.sales)
        died = await dies_at(
            world, points, number, world.app.sales.sell(card.id, who, GUILD, price, world.reply(private=True))
        )
        await asyncio.sleep(SETTLED)
        now = await world.app.cards.card(card.id)
        sold = len(world.ledger.sales) - before
        assert sold == (now.state is CardState.SOLD)
        assert now.state in {CardState.SOLD, CardState.HELD}
        ends.append(now.state)
        await world.offer(who, SLUG)  # the lane is free
        if not died:
            break
    else:
        pytest.fail("it has more points than were tried")
    assert len(ends) > 6
    assert ends[0] is CardState.HELD
    assert ends[-1] is CardState.SOLD


@pytest.mark.parametrize("step", [0, 3, 6])
async def test_a_crash_in_the_middle_of_whatever_is_going_on(world: World, step: int):
    """Not at a point of our choice: after so many turns of the loop, also in the middle of a commit."""
    world.partner.engine.reserve = False
    made: dict[int, Purchase] = {}
    for number in range(12):
        who = 1000 + number
        offer = await world.offer(who, SLUG, 2)
        press = asyncio.create_task(world.confirm(offer))
        for _ in range(number * 9 + step):
            await asyncio.sleep(0)
        press.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            made[who] = await press
        await world.restart()
    await asyncio.sleep(SETTLED)
    for who in range(1000, 1012):
        end = await check_purchase(world, who)
        assert end != "nothing" or who not in made
