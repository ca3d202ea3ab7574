"""Orders that are settled by hand: once, from what was seen, and told to everybody whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.ids import reference
from bot.domain.purchase import State
from bot.store import desk as desk_store
from bot.store.tables import cards
from bot.texts import escape
from tests.behaviour.desk import (
    REASON,
    SETTLE,
    audit_channel,
    audited,
    choose,
    forged_form,
    in_doubt,
    in_review,
    look,
    moderator,
    notices,
    offered,
    settle,
)
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import (
    DELIVERY,
    SOON,
    answers,
    down,
    newest,
    once,
    ordered,
    rows,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

pytestmark = pytest.mark.parametrize("overrides", [{"settle_seconds": SETTLE}])


async def test_as_delivered_with_the_cards_that_are_there(world: World) -> None:
    channel = await audit_channel(world)
    message, order = await in_review(world)
    mod = moderator(world)
    page = await look(world, mod, order)
    assert offered(world, page) == []
    form = await world.press(page, "delivered", mod)
    await settle(world, mod, form)
    await world.after(DELIVERY)
    said = texts(world.message(page))
    assert "Now: **delivered**" in said
    assert f"<@{mod.id}> settled it by hand" in said
    assert "A person has to look" not in texts(world.message(message))
    assert "opened 3 × Sandlot Starter" in texts(world.message(message))
    made = await newest(world)
    assert (made.state, made.cards, made.reason) == (State.DELIVERED, 2, None)
    (line,) = await audited(world, desk_store.SETTLED)
    assert (line.actor, line.guild_id, line.subject) == (mod.id, world.guild.id, order.id)
    assert REASON in line.detail
    assert f"<@{mod.id}> settled order {reference(order.id)}" in await notices(world, channel)
    await once(world)


async def test_as_delivered_with_chosen_cards(world: World) -> None:
    message, order = await in_review(world, found=True)
    mod = moderator(world)
    page = await look(world, mod, order)
    for item in world.ledger.purchases[0].item_ids:
        assert escape(item, 99) in texts(page)
    assert len(offered(world, page)) == 2
    await settle(world, mod, await choose(world, mod, page, 2))
    await world.after(DELIVERY)
    made = await newest(world)
    assert (made.state, made.cards) == (State.DELIVERED, 2)
    assert sorted(card.item_id for card in await rows(world, cards)) == sorted(world.ledger.purchases[0].item_ids)
    assert all(card.purchased_at is not None for card in await rows(world, cards))
    assert "opened 3 × Sandlot Starter" in texts(world.message(message))
    await once(world)
    await world.order()  # the lane is free


async def test_cards_that_come_late_are_added_to_those_that_are_there(world: World) -> None:
    message, order = await in_review(world)
    world.partner.engine.init(order.pack_id, 1, order.user_id)
    await world.after(30)
    mod = moderator(world)
    page = await look(world, mod, order)
    await settle(world, mod, await choose(world, mod, page))
    await world.after(DELIVERY)
    made = await newest(world)
    pulled = await rows(world, cards)
    assert (made.state, made.cards, len(pulled)) == (State.DELIVERED, 3, 3)
    assert sorted(card.position for card in pulled) == [0, 1, 2]
    assert texts(world.message(message)).count("Sells back for") == 3


async def test_fewer_than_chosen_at_first_may_be_left_in_the_form(world: World) -> None:
    _, order = await in_review(world, "more", found=True, amount=2)
    mod = moderator(world)
    page = await look(world, mod, order)
    form = await choose(world, mod, page, 3)
    await settle(world, mod, form, chosen=offered(world, page)[:2])
    assert (await newest(world)).cards == 2


async def test_as_not_bought(world: World) -> None:
    channel = await audit_channel(world)
    message, order = await in_doubt(world)
    mod = moderator(world)
    page = await look(world, mod, order)
    assert "Everything of this pack that the partner shows there is a card of ours" in texts(page)
    form = await world.press(page, "nothing", mod)
    await settle(world, mod, form)
    made = await newest(world)
    assert (made.state, made.reason) == (State.NOT_EXECUTED, "by_hand")
    said = texts(world.message(message))
    assert "**Nothing was bought.** A moderator looked into it" in said
    assert "Try again" in buttons(world.message(message))
    assert "as not bought" in await notices(world, channel)
    assert world.ledger.purchases == []
    await once(world)


async def test_as_not_bought_is_refused_while_a_card_is_there_that_nobody_has(world: World) -> None:
    _, order = await in_doubt(world, executed=True)
    mod = moderator(world)
    page = await look(world, mod, order)
    form = await world.press(page, "nothing", mod)
    refused = await settle(world, mod, form)
    (item,) = world.ledger.purchases[0].item_ids
    assert escape(item, 99) in answers(refused)
    assert "Nothing was settled" in answers(refused)
    assert (await newest(world)).state is State.IN_DOUBT
    assert await audited(world, desk_store.SETTLED) == []


async def test_a_doubt_that_may_still_settle_itself_is_left_alone(world: World) -> None:
    _, order = await in_doubt(world, seconds=5)
    mod = moderator(world)
    page = await look(world, mod, order)
    assert "It may still settle itself" in texts(page)
    assert "Settle as not bought" not in buttons(page)
    assert "may still settle itself" in answers(await forged_form(world, mod, page, order))
    assert (await newest(world)).state is State.IN_DOUBT


async def test_two_moderators_at_once_settle_once_and_the_second_reads_how(world: World) -> None:
    _, order = await in_review(world)
    first, second = moderator(world), moderator(world, "mina")
    forms = []
    for mod in (first, second):
        page = await look(world, mod, order)
        forms.append((mod, await world.press(page, "delivered", mod)))
    with world.held():
        results = [await mod.submit_modal(form, {"reason": f"{mod.name} has asked."}) for mod, form in forms]
    await world.after(DELIVERY)
    said = [answers(result) for result in results]
    (line,) = await audited(world, desk_store.SETTLED)
    loser = said[1] if line.actor == first.id else said[0]
    assert f"<@{line.actor}> settled this order" in loser
    assert "has asked." in loser
    assert "Nothing was changed by you" in loser
    assert (await newest(world)).state is State.DELIVERED
    await once(world)


async def test_evidence_that_comes_first_wins(world: World) -> None:
    _, order = await in_doubt(world, executed=True)
    mod = moderator(world)
    page = await look(world, mod, order)
    form = await choose(world, mod, page)
    await world.after(2 * SETTLE)
    assert (await newest(world)).state is State.DELIVERED
    assert "it went on by itself" in answers(await settle(world, mod, form))
    assert len(await rows(world, cards)) == 1
    assert await audited(world, desk_store.SETTLED) == []


async def test_a_card_that_was_sold_meanwhile_settles_nothing(world: World) -> None:
    _, order = await in_review(world, found=True)
    mod = moderator(world)
    page = await look(world, mod, order)
    form = await choose(world, mod, page, 2)
    world.partner.engine.pulls.pop()
    assert "isn't free any more" in answers(await settle(world, mod, form))
    assert (await newest(world)).state is State.REVIEW
    assert await rows(world, cards) == []


async def test_a_partner_that_cannot_be_read_settles_nothing(world: World) -> None:
    _, order = await in_review(world, found=True)
    mod = moderator(world)
    form = await choose(world, mod, await look(world, mod, order))
    world.partner.faults.add("inventory", "500", times=None)
    result = await settle(world, mod, form)
    await world.after(30)
    assert "can't be read right now" in answers(result)
    page = await look(world, mod, order)
    await world.after(30)
    assert "can't be read right now" in texts(world.message(page))
    assert (await newest(world)).state is State.REVIEW


async def test_a_restart_between_the_page_and_the_form_changes_nothing(world: World) -> None:
    message, order = await in_review(world, found=True)
    mod = moderator(world)
    page = await look(world, mod, order)
    await world.restart()
    form = await choose(world, mod, page, 2)
    await world.restart()
    await settle(world, mod, form)
    await world.after(DELIVERY)
    assert (await newest(world)).cards == 2
    assert "Now: **delivered**" in texts(world.message(page))
    assert "opened 3 × Sandlot Starter" in texts(world.message(message))


@pytest.mark.parametrize("reason", ["", "no", "    a    ", "x" * 301])
async def test_a_reason_that_is_none_settles_nothing(world: World, reason: str) -> None:
    _, order = await in_review(world)
    mod = moderator(world)
    page = await look(world, mod, order)
    assert "a reason of 5 to 300 characters" in answers(await forged_form(world, mod, page, order, reason=reason))
    assert (await newest(world)).state is State.REVIEW


async def test_whose_private_message_can_be_drawn_no_more_is_told_in_public_once(world: World) -> None:
    world.partner.faults.add("init", "reset", after=True)
    await ordered(world, private=True, fault={"route": "init", "kind": "fewer"}, amount=2)
    await down(world, 16 * 60)
    await world.after(2 * SETTLE)
    order = await newest(world)
    assert order.state is State.REVIEW
    assert "a person has to look at your order" in texts(world.public()[-1])
    world.partner.engine.pulls.clear()
    mod = moderator(world)
    page = await look(world, mod, order)
    await settle(world, mod, await world.press(page, "nothing", mod))
    await world.after(SOON)
    assert [texts(post) for post in world.public()][1:] == [
        f"📬 <@{world.alice.id}>, your order has ended: nothing was bought."
    ]


async def test_a_private_message_that_can_be_drawn_shows_it_and_nothing_is_posted(world: World) -> None:
    message, order = await in_doubt(world, private=True)
    mod = moderator(world)
    page = await look(world, mod, order)
    await settle(world, mod, await world.press(page, "nothing", mod))
    assert "A moderator looked into it" in texts(world.message(message))
    assert world.public() == []


async def test_what_moderators_write_does_not_come_alive(world: World) -> None:
    channel = await audit_channel(world)
    _, order = await in_review(world)
    mod = moderator(world)
    page = await look(world, mod, order)
    hostile = "@everyone [free](https://evil.example) **now** <@1>"
    await settle(world, mod, await world.press(page, "delivered", mod), hostile)
    for said in (texts(world.message(page)), await notices(world, channel)):
        assert "free" in said
        assert "@everyone" not in said
        assert "](" not in said.replace("\\](", "")
        assert "<@1>" not in said.replace("\\<@", "")
