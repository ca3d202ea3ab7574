"""Sales of which it isn't known whether they were carried out: the inventory decides, and nothing is sent twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.sale import CardState, SaleState
from tests.services.conftest import OTHER_PACK, SETTLED, World, on_sqlite, refusal, refused

DOUBTS = [
    ("refuse", (400, "Transaction failed")),
    ("refuse", (400, "Item already has an active buyback session")),
    ("refuse", (429, "A buyback request for this item is already being processed")),
    ("refuse", (500, "An unexpected error occurred")),
    ("refuse", (400, "Something new")),
    *((kind, (400, "")) for kind in ("hang", "reset", "half_body", "504", "html_403", "redirect", "bad_json")),
    *((kind, (400, "")) for kind in ("wrong_types", "wrong_shape", "huge")),
]


@on_sqlite
@pytest.mark.parametrize("executed", [False, True], ids=["lost", "executed"])
@pytest.mark.parametrize(("kind", "error"), DOUBTS, ids=[f"{kind}-{error[1][:12]}" for kind, error in DOUBTS])
async def test_all_else_is_in_doubt_until_the_inventory_tells(
    world: World, kind: str, error: tuple[int, str], executed: bool
):
    await check_doubt(world, kind, error, executed=executed)


@pytest.mark.parametrize("executed", [False, True], ids=["lost", "executed"])
async def test_a_lost_answer_is_never_followed_by_another_call(world: World, executed: bool):
    await check_doubt(world, "reset", (400, ""), executed=executed)


async def check_doubt(world: World, kind: str, error: tuple[int, str], *, executed: bool) -> None:
    card = await world.card()
    world.faults.add("buyback", kind, after=executed, error=error)
    view = await world.sell(card)
    if kind == "hang":
        await asyncio.sleep(45)
        view = await world.app.sales.view(view.sale.id)
    assert (view.sale.state, view.card.state) == (SaleState.IN_DOUBT, CardState.IN_DOUBT)
    assert await refused(world.sell(card, quoted=1)) == "card_selling"
    told = await refusal(world.offer())
    assert told.name == "lane_sale"
    assert told.values == {"since_on": view.sale.created_at, "look_at": view.sale.look_at}
    await world.offer(slug=OTHER_PACK)
    await asyncio.sleep(SETTLED)
    view = await world.app.sales.view(view.sale.id)
    if executed:
        assert (view.sale.state, view.card.state) == (SaleState.SOLD, CardState.SOLD)
        assert (view.sale.amount, view.card.sold_for, view.sale.reason) == (None, None, "amount_unknown")
        assert await refused(world.price(card)) == "card_sold_unknown"
    else:
        assert (view.sale.state, view.card.state) == (SaleState.NOT_SOLD, CardState.HELD)
        assert (await world.sell(card)).sale.state is SaleState.SOLD
    assert len(world.ledger.sales) == 1
    await world.offer()


async def test_a_sale_is_not_called_off_before_the_settle_time(world: World):
    card = await world.card()
    world.faults.add("buyback", "reset")
    view = await world.sell(card)
    await asyncio.sleep(14 * 60)
    assert (await world.app.sales.view(view.sale.id)).sale.state is SaleState.IN_DOUBT
    await asyncio.sleep(3 * 60)
    assert (await world.app.sales.view(view.sale.id)).sale.looks == 1
    await asyncio.sleep(5 * 60)
    assert (await world.app.sales.view(view.sale.id)).sale.state is SaleState.NOT_SOLD


async def test_a_look_that_fails_is_no_look(world: World):
    card = await world.card()
    world.faults.add("buyback", "reset", after=True)
    view = await world.sell(card)
    world.faults.add("inventory", "500", times=None)
    await asyncio.sleep(2 * SETTLED)
    assert (await world.app.sales.view(view.sale.id)).sale.state is SaleState.IN_DOUBT
    world.faults.clear()
    await asyncio.sleep(11 * 60)
    assert (await world.app.sales.view(view.sale.id)).sale.state is SaleState.SOLD
