"""Buttons that somebody else presses, also those that only a forged request can press. Nothing comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.sale import CardState, SaleState
from bot.store.tables import cards, confirmations, purchases, sales
from tests.behaviour.look import button, texts
from tests.behaviour.steps import (
    DELIVERY,
    SOON,
    agreed,
    answers,
    delivered,
    once,
    ordered,
    pressed_raw,
    question,
    rows,
    sold_as,
    until,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


async def forged(world: World, message: Any, name: str) -> Any:
    """Bob presses a button of Alice's message, and it is answered privately."""
    pressed = await pressed_raw(world, world.bob, message, button(world.message(message), name))
    await world.after(SOON)
    assert pressed.acknowledged
    assert all(shown.ephemeral for shown in (pressed.response, *pressed.followups) if shown is not None)
    return pressed


@pytest.mark.parametrize("name", ["confirm", "agree", "cancel"])
async def test_nobody_else_answers_a_confirmation(world: World, name: str) -> None:
    await agreed(world, world.bob)
    asked = await world.ask()
    if name == "agree":
        await world.press(asked, "confirm")
    before = texts(world.message(asked))
    pressed = await forged(world, asked, name)
    assert answers(pressed) == "This belongs to somebody else, so you can't press it."
    assert texts(world.message(asked)) == before
    assert [row.state for row in await rows(world, confirmations)] == ["OPEN"]
    assert (await rows(world, purchases), world.ledger.count("init")) == ([], 0)
    assert not await world.app.accounts.accepted(world.alice.id)


@pytest.mark.parametrize("name", ["sell", "sellnow"])
async def test_nobody_else_sells_a_card(world: World, name: str) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    pressed = await forged(world, asked if name == "sellnow" else message, name)
    said = texts(world.message(asked)) if name == "sellnow" else answers(pressed)
    assert f"Only <@{world.alice.id}> can sell this card." in said
    assert (await rows(world, sales), world.ledger.count("buyback")) == ([], 0)
    assert [card.state for card in await rows(world, cards)] == [CardState.HELD]


async def test_nobody_else_skips_a_reveal(world: World) -> None:
    message = await ordered(world, amount=6)
    await until(world, message, "Card 1 of 6")
    pressed = await forged(world, message, "skip")
    assert answers(pressed) == f"Only <@{world.alice.id}> can do this with these cards."
    assert "of 6" in texts(world.message(message)), "the reveal goes on"
    await world.after(DELIVERY)
    await once(world)


async def test_pages_and_backs_are_for_all_but_only_the_owner_turns_the_message(world: World) -> None:
    message = await delivered(world, amount=7)
    copy = await forged(world, message, "cards")
    assert "Page 2 of 2" in answers(copy)
    assert "Page 1 of 2" in texts(world.message(message))
    assert answers(await forged(world, message, "back"))
    refused = await world.press(copy.response, "sell", world.bob)
    assert f"Only <@{world.alice.id}> can sell this card." in answers(refused)
    await once(world)


async def test_nobody_else_sees_the_cards_of_a_private_order(world: World) -> None:
    await delivered(world, private=True)
    shown = await world.alice.slash(world.channel, "account show")
    pressed = await forged(world, shown.response, "show")
    assert answers(pressed) == f"Only <@{world.alice.id}> can do this with these cards."
    assert world.public() == []


async def test_try_again_asks_whoever_presses_on_their_own_account(world: World) -> None:
    message = await ordered(world, fault={"route": "init", "kind": "connect_error", "times": 3})
    await world.after(DELIVERY)
    asked = await world.press(world.message(message), "open", world.bob)
    assert asked.ephemeral
    await agreed(world, world.bob)
    result = await world.press(asked.response, "confirm", world.bob)
    await world.after(DELIVERY)
    assert f"<@{world.bob.id}> opened 1 × Sandlot Starter" in texts(world.message(result.response))
    bob = await world.app.accounts.of(world.bob.id)
    assert bob is not None
    assert [p.user_id for p in world.ledger.purchases] == [bob.user_id]
    await once(world)


async def test_a_question_that_somebody_forged_does_not_spoil_the_owners(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    await pressed_raw(world, world.bob, asked, button(asked, "sellnow"))
    again = await question(world, message)
    await world.press(again, "sellnow")
    await world.after(SOON)
    await sold_as(world, again, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)
