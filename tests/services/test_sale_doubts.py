"""Sales of which it isn't known whether they were carried out: the inventory decides, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import TYPE_CHECKING

import pytest

from bot.domain.clock import DAY, HOUR, SECOND
from bot.domain.ids import reference
from bot.domain.sale import CardState, SaleState
from bot.texts import escape
from tests.services.conftest import GUILD, OPERATORS, OTHER_PACK, SETTLED, World, refusal, refused
from tests.services.test_breaker import told

if TYPE_CHECKING:
    from bot.services.sales import SaleView

AUDIT = 78
DOUBTS = [
    ("refuse", (400, "Transaction failed")),
    ("refuse", (400, "Item already has an active buyback session")),
    ("refuse", (429, "A buyback request for this item is already being processed")),
    ("refuse", (500, "An unexpected error occurred")),
    ("refuse", (400, "Something new")),
    *((kind, (400, "")) for kind in ("hang", "reset", "half_body", "504", "html_403", "redirect", "bad_json")),
    *((kind, (400, "")) for kind in ("wrong_types", "wrong_shape", "huge")),
]


async def test_all_else_is_in_doubt_until_the_inventory_tells(world: World):
    """Each fault for two people, of whom the second one's sale is carried out."""
    cases = [(kind, error, executed) for kind, error in DOUBTS for executed in (False, True)]
    packs = itertools.cycle(("sandlot-starter", "hardwood-rookies", "soccer-sprint"))  # one has too few cards
    orders = [await world.order(who, next(packs)) for who in range(1, len(cases) + 1)]
    await asyncio.sleep(60)
    cards = [(await world.cards(order))[0] for order in orders]
    views: list[SaleView] = []
    for card, (kind, error, executed) in zip(cards, cases, strict=True):
        world.faults.add("buyback", kind, after=executed, error=error)
        views.append(await world.sell(card, card.discord_id))
        expected = SaleState.SUBMITTING if kind == "hang" else SaleState.IN_DOUBT
        assert (kind, error, views[-1].sale.state) == (kind, error, expected)
    await asyncio.sleep(SETTLED)
    now = [(await world.app.sales.view(view.sale.id)).sale.state for view in views]
    ends = [SaleState.SOLD if executed else SaleState.NOT_SOLD for _, _, executed in cases]
    assert dict(zip(cases, now, strict=True)) == dict(zip(cases, ends, strict=True))
    assert world.ledger.count("buyback") == len(cases)
    sold = [card.user_id for card, end in zip(cards, ends, strict=True) if end is SaleState.SOLD]
    assert [one.user_id for one in world.ledger.sales] == sold


@pytest.mark.parametrize("executed", [False, True], ids=["lost", "executed"])
async def test_a_lost_answer_is_never_followed_by_another_call(world: World, executed: bool):
    card = await world.card()
    world.faults.add("buyback", "reset", after=executed)
    view = await world.sell(card)
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


@pytest.mark.usefixtures("no_sweep", "no_breaker")
@pytest.mark.parametrize("overrides", [{"operator_channel": OPERATORS}])
async def test_after_a_day_without_evidence_people_are_told_once(world: World, caplog: pytest.LogCaptureFixture):
    await world.app.guilds.set_audit_channel(1, GUILD, AUDIT)
    card = await world.card()
    await asyncio.sleep(60)
    world.faults.add("buyback", "reset", after=True)
    view = await world.sell(card)
    world.faults.add("inventory", "html_403", times=None)
    await asyncio.sleep(DAY / SECOND - 60)
    assert await told(world) == []
    await asyncio.sleep(HOUR / SECOND)
    (text,) = await told(world)
    for fact in (reference(view.sale.id), escape(card.name, 99), f"<@{card.discord_id}>", "once an hour"):
        assert fact in text
    assert f"sale {view.sale.id} needs a person" in caplog.text
    posts = [post for post in await world.app.outbox.to_draw() if post.post is not None]
    buttons = {post.channel_id: json.loads(post.post or "")["purchase_id"] for post in posts}
    assert buttons == dict.fromkeys((OPERATORS, AUDIT), card.purchase_id)
    await world.restart()
    reads = world.ledger.count("inventory")
    await asyncio.sleep(DAY / SECOND)
    assert (await world.app.sales.view(view.sale.id)).sale.state is SaleState.IN_DOUBT
    assert 20 <= world.ledger.count("inventory") - reads <= 30, "a look each hour"
    assert len(await told(world)) == 1
    world.faults.clear()
    await asyncio.sleep(3 * HOUR / SECOND)
    assert (await world.app.sales.view(view.sale.id)).sale.state is SaleState.SOLD
