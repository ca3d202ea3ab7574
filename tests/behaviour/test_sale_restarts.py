"""The process dies between any two steps of a sale, and the next one ends it as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.sale import CardState, SaleState
from bot.store.tables import sales
from tests.behaviour.look import texts
from tests.behaviour.steps import (
    FIRST_LOOK,
    SETTLED,
    SOON,
    delivered,
    down,
    once,
    question,
    rows,
    sell_button,
    sold_as,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

SOLD = ("Sold", False)
HELD = ("Sell", True)


async def test_a_question_is_answered_after_the_restart(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    await world.restart()
    await world.press(asked, "sellnow")
    await world.after(SOON)
    await sold_as(world, asked, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)


async def test_a_question_is_declined_after_the_restart(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    await world.restart()
    await world.press(asked, "keep")
    assert "### Kept" in texts(world.message(asked))
    assert sell_button(world, message) == HELD
    assert (await rows(world, sales), world.ledger.count("buyback")) == ([], 0)


@pytest.mark.parametrize(
    ("fault", "at", "state", "end", "executed", "sent", "button"),
    [
        ({"kind": "connect_timeout"}, 1, SaleState.SUBMITTING, SaleState.NOT_SOLD, 0, 0, HELD),
        ({"kind": "hang"}, 1, SaleState.SUBMITTING, SaleState.NOT_SOLD, 0, 1, HELD),
        ({"kind": "hang", "after": True}, 2, SaleState.SUBMITTING, SaleState.SOLD, 1, 1, SOLD),
        ({"kind": "reset", "after": True}, 20, SaleState.IN_DOUBT, SaleState.SOLD, 1, 1, SOLD),
        ({"kind": "500"}, 16 * 60, SaleState.IN_DOUBT, SaleState.NOT_SOLD, 0, 1, HELD),
    ],
    ids=["no byte sent", "no answer", "executed, no answer", "in doubt", "in doubt, between looks"],
)
async def test_a_sale_ends_as_it_would_have(
    world: World, fault: Any, at: float, state: SaleState, end: SaleState, executed: int, sent: int, button: Any
) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", **fault)
    await world.press(asked, "sellnow")
    await world.after(at)
    (before,) = await rows(world, sales)
    assert before.state == state
    await world.restart()
    await world.after(SOON)
    if at < FIRST_LOOK:
        await sold_as(world, asked, "We don't know yet", SaleState.IN_DOUBT, CardState.IN_DOUBT, executed=executed)
    assert sell_button(world, message) == ("Sale not known yet", False)
    await world.after(SETTLED)
    (sale,) = await rows(world, sales)
    assert (sale.id, sale.state) == (before.id, end)
    assert (len(world.ledger.sales), world.ledger.count("buyback")) == (executed, sent)
    assert sell_button(world, message) == button
    await once(world)


async def test_a_sale_that_was_recorded_but_not_drawn_is_drawn(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=503, times=None)
    await world.press(asked, "sellnow")
    await world.after(SOON)
    assert "recorded" not in texts(world.message(asked))
    await world.restart()
    world.env.backend.faults.clear()
    await world.after(30)
    sale = await sold_as(world, asked, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)
    assert sell_button(world, message) == (f"Sold ${sale.amount / 100:.2f}", False)


async def test_an_outcome_that_is_known_only_after_a_pause_is_told_once(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", "reset", after=True)
    await world.press(asked, "sellnow")
    await world.after(SOON)
    await down(world, 3600)
    await world.after(SETTLED)
    assert sell_button(world, message) == SOLD
    assert texts(world.public()[-1]) == f"📬 <@{world.alice.id}>, the outcome of your sale is known."
    await world.restart()
    await world.after(3600)
    assert len(world.public()) == 2, "once"
    assert len(world.ledger.sales) == 1
