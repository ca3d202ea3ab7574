"""The process dies between any two steps of an order, and the next one ends it as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.purchase import State
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import (
    DELIVERY,
    FIRST_LOOK,
    PACK,
    SETTLED,
    SOON,
    agreed,
    delivered,
    down,
    newest,
    ordered,
    question,
    told,
    until,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

GOOD = (State.DELIVERED, None, "Sells back for")
NOTHING = (State.NOT_EXECUTED, "sandbox", "The sandbox shows nothing")


@pytest.mark.parametrize(
    ("fault", "at", "state", "then", "end", "executed", "sent"),
    [
        ({"route": "available", "kind": "slow", "seconds": 5}, 1, State.RESERVED, DELIVERY, GOOD, 1, 1),
        ({"route": "init", "kind": "connect_timeout"}, 1, State.SUBMITTING, SETTLED, NOTHING, 0, 0),
        ({"route": "init", "kind": "hang"}, 1, State.SUBMITTING, SETTLED, NOTHING, 0, 1),
        ({"route": "init", "kind": "hang", "after": True}, 1, State.SUBMITTING, FIRST_LOOK, GOOD, 1, 1),
        ({"route": "init", "kind": "slow", "after": True}, 1, State.SUBMITTING, FIRST_LOOK, GOOD, 1, 1),
        ({"route": "status", "kind": "500"}, 1, State.ACCEPTED, DELIVERY, GOOD, 1, 1),
        ({"route": "status", "kind": "hang"}, 4, State.ACCEPTED, DELIVERY, GOOD, 1, 1),
        ({"route": "init", "kind": "reset", "after": True}, 30, State.IN_DOUBT, FIRST_LOOK, GOOD, 1, 1),
        ({"route": "init", "kind": "reset"}, 17 * 60, State.IN_DOUBT, SETTLED, NOTHING, 0, 1),
        ({"route": "init", "kind": "fail"}, 10, State.IN_DOUBT, SETTLED, NOTHING, 0, 1),
    ],
    ids=["reserved", "no byte sent", "no answer", "executed, no answer", "executed, slow answer", "accepted",
         "mid-poll", "in doubt", "in doubt, between looks", "session failed"],
)  # fmt: skip
async def test_an_order_ends_as_it_would_have(
    world: World, fault: Any, at: float, state: State, then: float, end: Any, executed: int, sent: int
) -> None:
    message = await ordered(world, fault=fault)
    await world.after(at - SOON)
    before = await newest(world)
    assert before.state == state
    await world.restart()
    await world.after(then)
    order = await told(world, message, end[2], end[0], end[1], executed=executed)
    assert order.id == before.id
    assert world.ledger.count("init") == sent, "what may have been sent is not sent again"
    assert len(world.public()) == 1, "one message, also after a restart"


async def test_a_reservation_that_outlived_its_minute_is_let_go(world: World) -> None:
    message = await ordered(world, fault={"route": "available", "kind": "slow", "seconds": 5})
    await down(world, 70)
    await world.after(SOON)
    said = "The order couldn't be sent within a minute, so we let it go."
    await told(world, message, said, State.CANCELLED, "too_old", executed=0)
    assert world.ledger.count("init") == 0
    assert "Try again" in buttons(world.message(message))


async def test_a_partner_that_executes_only_after_the_restart_delivers_all_the_same(world: World) -> None:
    world.partner.faults.add("init", "hang")
    message = await ordered(world)
    await world.restart()
    order = await newest(world)
    world.partner.engine.init(world.partner.packs[PACK].id, 1, order.user_id)
    await world.after(FIRST_LOOK)
    await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert world.ledger.count("init") == 1


async def test_a_long_pause_ends_in_the_channel_with_a_call(world: World) -> None:
    message = await ordered(world)
    await down(world, 3600)
    await world.after(DELIVERY)
    await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert texts(world.public()[-1]) == f"📬 <@{world.alice.id}>, your order has arrived."
    await world.restart()
    await world.after(60)
    assert len(world.public()) == 2, "once"


async def test_late_items_reopen_an_order_also_for_the_next_process(world: World) -> None:
    world.partner.faults.add("init", "reset", after=True)
    world.partner.faults.add("init", "late", seconds=SETTLED + 60)
    message = await ordered(world)
    await world.after(SETTLED)
    assert "The sandbox shows nothing" in texts(world.message(message))
    await world.restart()
    await world.after(3600)
    await told(world, message, "Sells back for", State.DELIVERED, executed=1)


async def test_what_is_for_people_stays_for_people(world: World) -> None:
    world.partner.faults.add("init", "more")
    message = await delivered(world)
    await world.restart()
    await world.after(SETTLED)
    await told(world, message, "more cards came than were ordered.", State.REVIEW, "too_many", executed=1)
    assert "A person has to look at your order" in texts(await world.ask()), "the lane is still taken"


@pytest.mark.parametrize("again", [False, True], ids=["once", "in both processes"])
async def test_cards_that_were_stored_but_not_drawn_are_drawn_once(world: World, *, again: bool) -> None:
    message = await ordered(world, amount=2)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=503, times=None)
    await world.after(DELIVERY)
    assert (await newest(world)).state == State.DELIVERED
    assert "With the partner" in texts(world.message(message))
    await world.restart()
    if again:
        await world.after(30)
        await world.restart()
    world.env.backend.faults.clear()
    await world.after(60)
    await told(world, message, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)
    assert len(world.public()) == 1


async def test_a_reveal_goes_on_where_it_was(world: World) -> None:
    message = await ordered(world, amount=4)
    await until(world, message, "Card 2 of 4")
    await world.restart()
    seen: list[str] = []
    for _ in range(20):
        await world.after(0.4)
        seen.append(texts(world.message(message)))
    assert not any("Card 1 of 4" in text for text in seen), "what was shown isn't shown again"
    assert any("Card 3 of 4" in text for text in seen)
    await told(world, message, "opened 4 × Sandlot Starter", State.DELIVERED, executed=1)


async def test_a_reveal_is_skipped_after_a_restart(world: World) -> None:
    message = await ordered(world, amount=6)
    await until(world, message, "Card 1 of 6")
    await world.restart()
    await world.press(world.message(message), "skip")
    await world.after(SOON)
    await told(world, message, "Page 1 of 2", State.DELIVERED, executed=1)


@pytest.mark.parametrize("after", ["asked", "terms"])
async def test_a_confirmation_outlives_the_process(world: World, after: str) -> None:
    asked = await world.ask(amount=2)
    if after == "terms":
        await world.press(asked, "confirm")
    await world.restart()
    if after == "asked":
        await world.press(asked, "confirm")
    result = await world.press(world.message(asked), "agree")
    await world.after(DELIVERY)
    await told(world, result.response, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)
    pressed = await world.press(world.message(asked), "agree")
    assert "ordered already, once" in texts(pressed.response)
    assert len(world.ledger.purchases) == 1


async def test_a_used_confirmation_buys_nothing_more_from_the_next_process(world: World) -> None:
    await agreed(world)
    asked = await world.ask()
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=403, code=50001, times=1)
    await world.press(asked, "confirm")
    await world.after(DELIVERY)
    await world.restart()
    pressed = await world.press(world.message(asked), "confirm")
    assert "ordered already, once, and its cards are here" in texts(pressed.response)
    assert len(world.ledger.purchases) == 1


async def test_a_form_opened_before_the_restart_leads_to_an_order_after_it(world: World) -> None:
    await agreed(world)
    shown = await world.alice.slash(world.channel, "packs", search="sandlot")
    form = await world.press(shown.response, "more")
    await world.restart()
    answered = await world.alice.submit_modal(form, {"amount": "3"})
    await world.after(SOON)
    result = await world.press(answered.response, "confirm")
    await world.after(DELIVERY)
    await told(world, result.response, "opened 3 × Sandlot Starter", State.DELIVERED, executed=1)


async def test_every_button_of_an_old_message_works_after_a_restart_and_an_hour(world: World) -> None:
    message = await delivered(world, amount=7)
    await down(world, 3600)
    await world.press(world.message(message), "cards")
    assert "Page 2 of 2" in texts(world.message(message))
    back = await world.press(world.message(message), "back")
    assert back.ephemeral
    shown = await world.alice.slash(world.channel, "account show")
    cards = await world.press(shown.response, "show")
    assert "Page 1 of 2" in texts(cards.response)
    asked = await question(world, message)
    await world.press(asked, "sellnow")
    await world.after(SOON)
    assert "recorded" in texts(world.message(asked))
    assert "Page 2 of 2" in texts(world.message(message))
    assert len(world.ledger.sales) == 1
