"""Messages, channels, permissions and tokens that go away while an order or a sale is under way."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
import pytest
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.store.tables import cards, sales
from tests.behaviour.look import texts
from tests.behaviour.steps import (
    DELIVERY,
    FIRST_LOOK,
    SETTLED,
    SOON,
    delivered,
    newest,
    once,
    ordered,
    question,
    rows,
    sell_button,
    told,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

TOKEN = 15 * 60


def shut_out(world: World) -> None:
    """A moderator takes the bot's permissions in the channel away."""
    assert world.bot.user is not None
    deny = discord.Permissions(view_channel=True, send_messages=True).value
    overwrite = Overwrite(world.bot.user.id, OverwriteType.MEMBER, deny=deny)
    world.env.backend.set_overwrite(world.channel.id, overwrite)


async def test_a_message_deleted_under_a_doubt_comes_back_with_the_cards(world: World) -> None:
    message = await ordered(world, fault={"route": "init", "kind": "reset", "after": True})
    world.env.backend.delete_message(world.channel.id, message.id)
    await world.after(FIRST_LOOK)
    (shown,) = world.public()
    assert shown.id != message.id
    assert "opened 1 × Sandlot Starter" in texts(shown)
    assert (await newest(world)).state == State.DELIVERED
    assert len(world.ledger.purchases) == 1
    await once(world)


@pytest.mark.parametrize("end", ["DELIVERED", "NOT_EXECUTED"])
async def test_a_channel_deleted_under_an_order_is_told_to_the_operator_and_the_order_ends(
    world: World, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    await ordered(world, fault={"route": "init", "kind": "reset", "after": end == "DELIVERED"})
    world.env.backend.delete_channel(world.channel.id)
    with caplog.at_level(logging.WARNING):
        await world.after(SETTLED)
    order = await newest(world)
    assert order.state == end
    assert "can't be kept up to date" in caplog.text
    assert order.id in caplog.text
    assert len(world.ledger.purchases) == (1 if end == "DELIVERED" else 0)
    await once(world)
    elsewhere = world.guild.create_text_channel("elsewhere")
    shown = await world.alice.slash(elsewhere, "account show")
    assert ("delivered" if end == "DELIVERED" else "ended, nothing was bought") in texts(shown.response)
    if end == "DELIVERED":
        kept = await world.press(shown.response, "show")
        assert "Sells back for" in texts(kept.response)


async def test_permissions_lost_under_an_order_matter_only_after_its_token(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    message = await ordered(world, amount=2)
    shut_out(world)
    await world.after(DELIVERY)
    await told(world, message, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)
    assert "can't be kept up to date" not in caplog.text


async def test_permissions_lost_for_good_leave_the_cards_with_their_owner(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.partner.engine.settle = TOKEN + 60
    message = await ordered(world)
    shut_out(world)
    with caplog.at_level(logging.WARNING):
        await world.after(2 * TOKEN)
    await told(world, message, "With the partner, ordered", State.DELIVERED, executed=1)
    assert "can't be kept up to date" in caplog.text
    assert "the bot may not see the channel" in caplog.text
    shown = await world.alice.slash(world.guild.create_text_channel("elsewhere"), "account show")
    kept = await world.press(shown.response, "show")
    assert "Sells back for" in texts(kept.response)


async def test_a_confirmation_in_a_channel_that_was_closed_meanwhile(world: World) -> None:
    """The reply to the press is the order's message, and needs no permission of the bot's."""
    asked = await world.ask()
    shut_out(world)
    await world.app.accounts.accept(world.alice.id)
    result = await world.press(asked, "confirm")
    await world.after(DELIVERY)
    await told(world, result.response, "Sells back for", State.DELIVERED, executed=1)
    assert "I can't post in this channel" in texts(await world.ask())


async def test_a_private_doubt_that_outlives_its_token_is_told_once(world: World) -> None:
    message = await ordered(world, private=True, fault={"route": "init", "kind": "reset"})
    await world.after(SETTLED)
    (call,) = world.public()
    assert texts(call) == f"📬 <@{world.alice.id}>, your order has ended: nothing was bought."
    assert "We don't know yet" in texts(world.message(message)), "Discord lets nobody edit it any more"
    assert (await newest(world)).state == State.NOT_EXECUTED
    await world.after(TOKEN)
    assert len(world.public()) == 1
    assert not world.ledger.purchases


async def test_a_private_order_for_people_is_told_after_its_token(world: World) -> None:
    await ordered(world, private=True, fault={"route": "init", "kind": "reset"})
    world.partner.faults.add("inventory", "500", times=None)
    await world.after(SETTLED)
    assert world.public() == []
    order = await newest(world)
    assert order.state == State.IN_DOUBT, "a look that fails is no look"
    world.partner.faults.clear()
    await world.after(TOKEN)
    assert (await newest(world)).state == State.NOT_EXECUTED
    assert "nothing was bought" in texts(world.public()[-1])


async def test_a_sale_from_an_old_message_is_drawn_on_it(world: World) -> None:
    message = await delivered(world)
    await world.after(TOKEN)
    asked = await question(world, message)
    await world.press(asked, "sellnow")
    await world.after(5)
    assert "recorded" in texts(world.message(asked))
    assert sell_button(world, message)[1] is False
    assert len(world.ledger.sales) == 1
    await once(world)


async def test_a_card_of_a_deleted_message_is_sold_from_the_account(world: World) -> None:
    message = await delivered(world)
    world.env.backend.delete_message(world.channel.id, message.id)
    shown = await world.alice.slash(world.channel, "account show")
    kept = await world.press(shown.response, "show")
    asked = await question(world, kept.response)
    await world.press(asked, "sellnow")
    await world.after(SOON)
    (sale,), (card,) = await rows(world, sales), await rows(world, cards)
    assert (sale.state, card.state) == (SaleState.SOLD, CardState.SOLD)
    assert len(world.ledger.sales) == 1
