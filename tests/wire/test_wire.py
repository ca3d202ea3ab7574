"""The real bot in a process of its own, over a real gateway and real HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.behaviour.look import button, texts
from tests.wire.acts import MOST, ask, complete, confirm, opened, press, revealing, shown

if TYPE_CHECKING:
    from tests.wire.conftest import Scene

pytestmark = [pytest.mark.long, pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


def calls(scene: Scene, route: str, since: int = 0) -> list[tuple[int, int]]:
    """Status and error code of each request since then whose route begins so."""
    return [(call.status, call.code) for call in scene.world.calls[since:] if call.route.startswith(route)]


async def test_the_catalogue_and_its_select(scene: Scene):
    alice = scene.person()
    looked = await scene.world.slash(alice, scene.channel(), "packs")
    page = looked.message
    await page.until(lambda: page.components)
    assert page.ephemeral
    select = next(part for part in page.parts() if part["type"] == 3)
    other = select["options"][1]
    await scene.world.press(alice, page, select["custom_id"], [other["value"]])
    await shown(page, other["label"])


async def test_a_pack_from_autocomplete_to_the_sale_of_a_card(scene: Scene):
    world, alice, channel = scene.world, scene.person(), scene.channel()
    typed = await world.autocomplete(alice, channel, "open", "pack", "sandlot")
    (choice,) = typed.choices
    assert choice["name"] == "Sandlot Starter · $5.00"

    message = await opened(world, alice, channel, choice["value"], amount=2)
    seen = [says(version) for version in message.history]
    at = [next(i for i, text in enumerate(seen) if said in text) for said in ("Ordering", "1 of 2", "2 of 2")]
    assert at == sorted(set(at)), seen
    assert at[-1] < len(seen) - 1, "the list of all cards comes last"
    assert world.public(channel) == [message]

    question = (await press(world, alice, message, "sell")).message
    await shown(question, "Sell")
    assert question.ephemeral
    sold_before = len(scene.partner.ledger.sales)
    answered = await press(world, alice, question, "sellnow")
    assert answered.message is question
    await shown(question, "Sold")
    assert len(scene.partner.ledger.sales) == sold_before + 1


async def test_a_form(scene: Scene):
    world, alice, channel = scene.world, scene.person(), scene.channel()
    page = (await world.slash(alice, channel, "packs", search="sandlot")).message
    await page.until(lambda: page.components)
    form = await press(world, alice, page, "more")
    given = await world.submit(alice, form, amount=str(MOST))
    await shown(given.message, f"Open {MOST} × Sandlot Starter?")


async def test_a_subcommand(scene: Scene):
    shown_to = await scene.world.slash(scene.person(), scene.channel(), "account show")
    await shown_to.message.until(lambda: shown_to.message.components)
    assert shown_to.message.ephemeral


async def test_what_was_sent_while_the_line_was_dead_arrives_after_the_resume(scene: Scene):
    world, alice, channel = scene.world, scene.person(), scene.channel()
    (session,) = world.gateway.live("bot")
    resumes = session.resumes
    async with world.gateway.cut_off():
        missed = await world.slash(alice, channel, "packs", wait=False)
    assert await missed.until(lambda: missed.answer)
    assert world.gateway.live("bot") == [session]
    assert session.resumes == resumes + 1


async def test_a_reconnect_that_is_asked_for_resumes(scene: Scene):
    world = scene.world
    (session,) = world.gateway.live("bot")
    resumes = session.resumes
    world.gateway.reconnect()
    await world.until(lambda: session.resumes > resumes)
    assert (await world.slash(scene.person(), scene.channel(), "packs")).answer


async def test_an_invalid_session_identifies_anew(scene: Scene):
    world = scene.world
    (session,) = world.gateway.live("bot")
    world.gateway.invalidate()
    assert await world.online("bot") is not session
    assert (await world.slash(scene.person(), scene.channel(), "packs")).answer


async def test_an_interaction_that_is_delivered_twice_is_answered_and_bought_once(scene: Scene):
    world, alice, channel = scene.world, scene.person(), scene.channel()
    asked = await ask(world, alice, channel)
    bought = scene.partner.ledger.count("init")
    ordered = await confirm(world, alice, asked)
    world.replay(ordered)
    await ordered.until(lambda: ordered.refused)
    await complete(ordered.message)
    assert ordered.refused == [40060]
    assert scene.partner.ledger.count("init") == bought + 1
    assert world.public(channel) == [ordered.message]


async def test_of_two_presses_at_once_one_orders_and_the_other_is_told_privately(scene: Scene):
    world, alice, channel = scene.world, scene.person(), scene.channel()
    asked = await ask(world, alice, channel)
    await press(world, alice, asked, "confirm")
    await shown(asked, "18 or older")
    bought = scene.partner.ledger.count("init")
    presses = await asyncio.gather(*(press(world, alice, asked, "agree") for _ in range(2)))
    (loser,) = await world.until(lambda: [one for one in presses if one.followups])
    (winner,) = [one for one in presses if one is not loser]
    await complete(winner.message)
    assert loser.message.deleted
    assert loser.followups[0].ephemeral
    assert scene.partner.ledger.count("init") == bought + 1


async def test_limited_and_broken_edits_end_with_the_right_message(scene: Scene):
    message = await revealing(scene.world, scene.person(), scene.channel(), 2)
    edits = f"^PATCH .*/messages/{message.id}$"
    broken = scene.world.faults.add("500", edits)
    limited = scene.world.faults.add("429", edits, times=2, seconds=0.05)
    await complete(message)
    assert (limited.hits, broken.hits) == (2, 1)


async def test_a_post_whose_answer_is_lost_makes_one_message(scene: Scene):
    world = scene.world
    message = await revealing(scene.world, scene.person(), scene.channel())
    start = len(world.calls)
    lost = world.faults.add("reset", "^POST /channels/", executed=True)
    message.delete()
    (made,) = await world.until(lambda: world.public(message.channel))
    await complete(made)
    assert lost.hits == 1
    posts = [call.body["nonce"] for call in world.calls[start:] if call.route.startswith("POST /channels/")]
    assert len(posts) >= 2
    assert len(set(posts)) == 1
    assert world.public(message.channel) == [made]


async def test_after_the_token_has_ended_the_message_is_edited_by_its_channel(scene: Scene):
    world = scene.world
    message = await revealing(scene.world, scene.person(), scene.channel())
    start = len(world.calls)
    world.clock.advance(15 * 60)
    await complete(message)
    assert (401, 50027) in calls(scene, "PATCH /webhooks/", start)
    by_channel = calls(scene, f"PATCH /channels/{message.channel.id}/messages/{message.id}", start)
    assert by_channel
    assert set(by_channel) == {(200, 0)}
    assert world.public(message.channel) == [message]


async def test_a_late_answer_is_refused_and_buys_nothing(scene: Scene):
    world, alice, channel = scene.world, scene.person(), scene.channel()
    await opened(world, alice, channel)  # has agreed to the terms
    asked = await ask(world, alice, channel)
    bought = scene.partner.ledger.count("init")
    late = await world.press(alice, asked, button(asked, "confirm"), wait=False)
    world.clock.advance(4)
    await late.until(lambda: late.refused)
    assert late.refused == [10062]
    assert late.answer is None
    assert (await world.slash(alice, channel, "account show")).answer  # the bot has gone on since
    assert scene.partner.ledger.count("init") == bought


def says(components: list[dict[str, Any]]) -> str:
    """The text of one version of a message."""
    return texts(type("Version", (), {"components": components}))
