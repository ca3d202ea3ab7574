"""Link codes that were touched, stolen, used or are too old, and what was asked before a link changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.codes import make_code
from bot.store import tables
from tests.behaviour.forgery import forged, kept
from tests.behaviour.look import button, texts
from tests.behaviour.steps import SOON, answers, delivered, pressed_raw, question, rows

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

SECRET = "a secret of more than thirty-two characters"
LINKED = pytest.mark.parametrize("overrides", [{"account_mode": "linked", "link_secret": SECRET}])


def code(world: World, nonce: str = "nonce-0001-abcdef", seconds: float = 60, **values: Any) -> str:
    expires_at = world.app.clock.now() + round(seconds * 1000)
    return make_code(SECRET.encode(), **{"user_id": "club-7", **values}, expires_at=expires_at, nonce=nonce)


async def offered(world: World, text: str, who: Any = None) -> Any:
    return (await (who or world.alice).slash(world.channel, "account link", code=text)).response


@LINKED
@pytest.mark.parametrize("tampered", ["signature", "claims", "version", "spelling", "other secret"])
async def test_a_code_that_was_touched_links_nobody(world: World, tampered: str) -> None:
    version, claims, mac = code(world, user_id="club-7").split(".")
    theirs = code(world, user_id="club-8").split(".")[1]
    forgery = {
        "signature": f"{version}.{claims}.{mac[:-2]}{'AA' if mac[-2:] != 'AA' else 'BA'}",
        "claims": f"{version}.{theirs}.{mac}",
        "version": f"2.{claims}.{mac}",
        "spelling": f"{version}.{claims}.{mac}=",
        "other secret": make_code(b"x" * 40, user_id="club-7", expires_at=2**42, nonce="nonce-0001-abcdef"),
    }
    assert "This code isn't one of ours" in texts(await offered(world, forgery[tampered]))
    assert await rows(world, tables.link_offers) == []


@LINKED
async def test_a_question_about_a_link_is_its_persons_and_ends_with_its_code(world: World) -> None:
    asked = await offered(world, code(world))
    custom_id = button(asked, "link")
    assert "belongs to somebody else" in answers(await forged(world, world.bob, asked, custom_id))
    await world.after(61)
    assert "This code ran out" in answers(await forged(world, world.alice, asked, custom_id))
    assert (await rows(world, tables.accounts), await rows(world, tables.used_codes)) == ([], [])


@LINKED
async def test_of_two_people_with_one_code_one_is_linked(world: World) -> None:
    asked = {who: await offered(world, code(world), who) for who in (world.alice, world.bob)}
    with world.held():
        results = [await world.press(asked[who], "link", who) for who in asked]
    await world.env.settle()
    (linked,) = await rows(world, tables.accounts)
    loser = results[0 if linked.discord_id == world.bob.id else 1]
    assert "used already" in answers(loser)
    assert len(await rows(world, tables.used_codes)) == 1


@LINKED
async def test_what_was_asked_before_an_unlink_does_nothing_after_a_new_link(world: World) -> None:
    first = await offered(world, code(world))
    used = button(first, "link")
    await world.press(first, "link")
    await world.after(SOON)
    message = await delivered(world)
    asked = await question(world, message)
    confirmation = await world.ask(pack="hardwood-rookies")
    sell_now, confirm = button(asked, "sellnow"), button(confirmation, "confirm")
    unlinking = (await world.alice.slash(world.channel, "account unlink")).response
    await world.press(unlinking, "unlink")
    await world.after(30)
    assert "You aren't linked yet" in answers(await forged(world, world.alice, confirmation, confirm))
    assert "used already" in answers(await forged(world, world.alice, asked, used))
    await world.press(await offered(world, code(world, "nonce-0002-abcdef", user_id="club-8")), "link")
    await world.press(await offered(world, code(world, "nonce-0003-abcdef"), world.bob), "link", world.bob)
    before = await kept(world)
    await world.after(30)
    await forged(world, world.alice, asked, sell_now)
    await world.after(SOON)
    assert f"Only <@{world.bob.id}> can sell this card." in texts(world.message(asked))
    refused = await pressed_raw(world, world.bob, message, button(world.message(message), "sell"))
    assert "After a new link, selling starts" in answers(refused)
    assert await kept(world) == before
