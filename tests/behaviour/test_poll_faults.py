"""After the order: polls that fail, sessions that failed, and results that aren't what was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.domain.clock import MINUTE
from bot.domain.purchase import State
from bot.store.tables import cards
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import (
    DELIVERY,
    FIRST_LOOK,
    OTHER_PACK,
    SETTLED,
    SOON,
    delivered,
    ordered,
    question,
    rows,
    told,
)

if TYPE_CHECKING:
    from sandbox.faults import Kind
    from tests.behaviour.conftest import World

WAITING = "📦 With the partner, ordered"


@pytest.mark.parametrize("kind", ["hang", "reset", "half_body", "500", "html_403", "bad_json", "wrong_types", "401"])
async def test_a_poll_that_fails_is_asked_again(world: World, kind: Kind) -> None:
    world.partner.faults.add("status", kind, times=2)
    message = await ordered(world)
    await told(world, message, WAITING, State.ACCEPTED, executed=1)
    await world.after(60 if kind == "hang" else 30)
    await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert world.ledger.count("init") == 1


async def test_a_session_that_failed_without_cards_is_looked_into_and_bought_nothing(world: World) -> None:
    world.partner.faults.add("init", "fail")
    message = await ordered(world)
    await world.after(10)
    await told(world, message, "We don't know yet", State.IN_DOUBT, executed=0)
    assert "isn't settled yet. We look again" in texts(await world.ask())
    await world.after(SETTLED)
    await told(world, message, "The sandbox shows nothing", State.NOT_EXECUTED, "sandbox", executed=0)


async def test_a_session_that_failed_with_cards_in_the_inventory_delivers_them(world: World) -> None:
    world.partner.faults.add("init", "fail_delivered")
    message = await ordered(world, amount=2)
    await world.after(10)
    await told(world, message, "We don't know yet", State.IN_DOUBT, executed=1)
    await world.after(FIRST_LOOK)
    await told(world, message, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)


async def test_sessions_that_the_sandbox_forgot_end_by_the_inventory_too(world: World) -> None:
    message = await ordered(world)
    world.partner.forget()
    await world.after(10)
    await told(world, message, "We don't know yet", State.IN_DOUBT, executed=1)
    await world.after(SETTLED)
    await told(world, message, "it may have been reset", State.NOT_EXECUTED, "sandbox", executed=1)


@pytest.mark.parametrize(
    ("kind", "amount", "said", "reason", "came"),
    [
        ("fewer", 2, "fewer cards came than were ordered.", "too_few", 1),
        ("more", 1, "more cards came than were ordered.", "too_many", 2),
        ("foreign", 1, "the partner's answer names another account.", "foreign", 0),
    ],
)
async def test_a_result_that_contradicts_the_order_shows_what_came_and_goes_to_people(
    world: World, kind: Kind, amount: int, said: str, reason: str, came: int
) -> None:
    world.partner.faults.add("init", kind)
    message = await ordered(world, amount=amount)
    await world.after(DELIVERY)
    seen = f"A person has to look at this order: {said}"
    order = await told(world, message, seen, State.REVIEW, reason, executed=1)
    assert order.cards == len(await rows(world, cards)) == came
    assert texts(world.message(message)).count("Sells back for") == came
    assert "Please tell a moderator. Reference" in texts(world.message(message))
    assert "A person has to look at your order of <t:" in texts(await world.ask()), "the lane stays taken"
    if came:
        refused = await question(world, message)
        assert "A person has to look at your order" in texts(refused)
    await told(world, await delivered(world, pack=OTHER_PACK), "Sells back for", State.DELIVERED, executed=1)
    await world.after(SETTLED)
    assert said in texts(world.message(message)), "it is for a person, however long that takes"
    assert world.ledger.count("buyback") == 0


async def test_items_that_come_to_the_inventory_late_are_cards_already_and_sell_later(world: World) -> None:
    vars(world.app.settings)["partner_api_key"] = SecretStr("a-real-key")  # a sandbox doesn't lag, it forgets
    world.partner.faults.add("init", "late", seconds=60)
    message = await ordered(world)
    await world.after(DELIVERY)
    await told(world, message, "offer end unknown", State.DELIVERED, executed=1)
    assert "The partner doesn't show" in texts(await question(world, message))
    await world.after(90)
    asked = await question(world, message)
    assert "The partner will buy this card for about" in texts(asked)
    await world.after(SOON)
    assert "offer end unknown" not in texts(world.message(message))


async def test_an_order_that_takes_very_long_says_so_and_still_arrives(world: World) -> None:
    world.partner.engine.settle = 33 * 60
    message = await ordered(world)
    await world.after(29 * 60)
    order = await told(world, message, WAITING, State.ACCEPTED, executed=1)
    assert not order.overdue
    assert "longer than usual" not in texts(world.message(message))
    await world.after(2 * 60)
    order = await told(world, message, "This takes longer than usual.", State.ACCEPTED, executed=1)
    assert order.overdue
    assert "Nothing more" not in texts(world.message(message))
    await world.after(15 * 60)
    order = await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert order.settled_at - order.created_at > 30 * MINUTE
    assert "Sell" in buttons(world.message(message))
    assert texts(world.public()[-1]) == f"📬 <@{world.alice.id}>, your order has arrived."
