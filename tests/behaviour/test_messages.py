"""The relay: messages and channels that are gone, tokens that ended, a Discord that stumbles."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.behaviour.look import button, buttons, texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

LATE = 16 * 60


def slow(world: World) -> None:
    """The partner delivers after the token of the interaction has ended."""
    world.partner.engine.settle = 20 * 60


async def test_a_deleted_message_comes_back_as_a_new_one(world: World) -> None:
    old = (await world.order()).response.id
    await world.bot.http.delete_message(world.channel.id, old)
    await world.after(60)
    (message,) = world.public()
    assert message.id != old
    assert "Sells back for" in texts(message)
    question = await world.press(message, "sell")
    await world.press(question.response, "sellnow")
    await world.after(5)
    assert "recorded" in texts(world.public()[0])


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_discord_that_stumbles_is_asked_again(world: World, status: int) -> None:
    result = await world.order()
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=status, times=4)
    await world.after(120)
    assert "Sells back for" in texts(world.message(result.response))


async def test_a_picture_that_discord_refuses_is_left_out(world: World) -> None:
    result = await world.order()
    await world.after(0.5)
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/*", status=400, code=50035, times=1)
    await world.after(60)
    assert "Sells back for" in texts(world.message(result.response))


async def test_after_the_token_the_channel_is_used_and_the_person_called(world: World) -> None:
    slow(world)
    result = await world.order()
    await world.after(LATE)
    assert "With the partner, ordered" in texts(world.message(result.response))
    await world.after(LATE)
    assert "Sells back for" in texts(world.message(result.response))
    call = world.public()[-1]
    assert texts(call) == f"📬 <@{world.alice.id}>, your order has arrived."
    assert [user.id for user in call.mentions] == [world.alice.id]
    assert len(world.public()) == 2
    await world.after(3600)
    assert len(world.public()) == 2, "once"


async def test_a_private_order_that_came_late_is_told_once_and_shown_to_its_person(world: World) -> None:
    slow(world)
    await world.order(private=True)
    await world.after(2 * LATE)
    (call,) = world.public()
    assert "your order has arrived" in texts(call)
    assert "$" not in texts(call)
    refused = await world.press(call, "show", world.bob)
    assert f"Only <@{world.alice.id}>" in texts(refused.response)
    shown = await world.press(call, "show")
    assert shown.ephemeral
    question = await world.press(shown.response, "sell")
    await world.press(question.response, "sellnow")
    await world.after(10)
    assert len(world.ledger.sales) == 1
    await world.after(3600)
    assert len(world.public()) == 1


async def test_a_private_order_in_time_needs_no_call(world: World) -> None:
    await world.opened(private=True)
    await world.after(LATE)
    (order,) = await world.app.cards.recent(world.alice.id)
    (card,) = (await world.app.cards.pull(order.id)).cards
    shown = await world.alice.slash(world.channel, "account show")
    cards = await world.press(shown.response, "show")
    question = await world.press(cards.response, "sell")
    await world.press(question.response, "sellnow")
    await world.after(30)
    assert (await world.app.cards.card(card.id)).state == "SOLD"
    assert world.public() == []


async def test_a_channel_that_is_closed_is_told_to_the_operator(world: World, caplog: pytest.LogCaptureFixture) -> None:
    slow(world)
    result = await world.order()
    await world.after(LATE)
    world.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001, times=50)
    with caplog.at_level(logging.WARNING):
        await world.after(2 * LATE)
    assert "can't be kept up to date" in caplog.text
    (order,) = await world.app.cards.recent(world.alice.id)
    assert order.state == "DELIVERED"
    shown = await world.alice.slash(world.channel, "account show")
    cards = await world.press(shown.response, "show")
    assert "Sells back for" in texts(cards.response)
    assert result is not None


async def test_edits_of_one_message_keep_their_distance(world: World) -> None:
    world.app.settings.__dict__["reveal_seconds"] = 0.8
    result = await world.order(amount=6)
    times: list[float] = []
    seen = 0
    for _ in range(200):
        await world.after(0.1)
        edits = [
            r for r in world.env.http_requests if r.method == "PATCH" and r.path.endswith(f"/{result.response.id}")
        ]
        if len(edits) > seen:
            assert len(edits) == seen + 1 or not times
            seen = len(edits)
            times.append(world.app.clock.boottime())
    assert seen >= 8
    assert min(b - a for a, b in pairwise(times)) > 0.65, "0.8, seen every 0.1"


async def test_a_channel_that_the_bot_may_not_use_is_said_before_anything_is_bought(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert world.bot.user is not None
    silent = world.guild.create_text_channel(
        "rules", overwrites={world.bot.user: discord.PermissionOverwrite(send_messages=False)}
    )
    refused = await world.alice.slash(silent, "open", pack="sandlot-starter")
    assert "I can't post in this channel" in texts(refused.response)
    assert "no permission to view or to send" in caplog.text


async def test_a_press_that_discord_has_given_up_buys_nothing(world: World) -> None:
    await world.opened()
    asked = await world.ask()
    world.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062, times=1)
    await world.press(asked, "confirm")
    await world.after(30)
    assert len(world.ledger.purchases) == 1


async def test_a_press_that_is_not_on_the_message_any_more_is_answered_and_the_message_drawn(world: World) -> None:
    result = await world.order(amount=4)
    for _ in range(60):
        await world.after(0.3)
        if "Card 1 of 4" in texts(world.message(result.response)):
            break
    skip = button(world.message(result.response), "skip")
    await world.after(30)
    data: dict[str, Any] = {"custom_id": skip, "component_type": 2}
    pressed = await world.alice._dispatch_interaction(3, world.channel, data, source_message_id=result.response.id)
    assert "isn't in use any more" in texts(pressed.response)
    assert buttons(world.public()[0])


async def test_an_order_that_takes_long_says_so_and_ends(world: World) -> None:
    world.partner.engine.settle = 40 * 60
    result = await world.order()
    await world.after(35 * 60)
    said = texts(world.message(result.response))
    assert "This takes longer than usual" in said
    assert "Reference" in said
    await world.after(10 * 60)
    assert "Sells back for" in texts(world.message(result.response))
