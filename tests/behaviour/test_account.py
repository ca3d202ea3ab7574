"""/account show, link, unlink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.codes import make_code
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import SOON

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

SECRET = "a secret of more than thirty-two characters"
LINKED = pytest.mark.parametrize("overrides", [{"account_mode": "linked", "link_secret": SECRET}])


def code(world: World, **values: Any) -> str:
    given = {
        "user_id": "club-7",
        "purpose": "link",
        "expires_at": world.app.clock.now() + 60_000,
        "nonce": "nonce-0001-abcdef",
        "discord_id": None,
    }
    return make_code(SECRET.encode(), **{**given, **values})


async def link(world: World, text: str, who: Any = None) -> Any:
    result = await (who or world.alice).slash(world.channel, "account link", code=text)
    assert result.ephemeral
    return result.response


async def test_show_before_and_after_the_first_order(world: World) -> None:
    shown = await world.alice.slash(world.channel, "account show")
    assert shown.ephemeral
    assert "made for you at your first order" in texts(shown.response)
    assert "No orders yet" in texts(shown.response)
    await world.opened(private=True, amount=2)
    shown = await world.alice.slash(world.channel, "account show")
    said = texts(shown.response)
    mine = await world.app.accounts.of(world.alice.id)
    assert mine.user_id in said.replace("\\", "")
    assert "**2 × Sandlot Starter** · $10.00 · delivered" in said
    cards = await world.press(shown.response, "show")
    assert cards.ephemeral
    assert texts(cards.response).count("Sells back for") == 2
    theirs = await world.bob.slash(world.channel, "account show")
    assert "No orders yet" in texts(theirs.response)


async def test_generated_accounts_have_nothing_to_link_or_unlink(world: World) -> None:
    assert "nothing to link" in texts(await link(world, "x"))
    answered = await world.alice.slash(world.channel, "account unlink")
    assert "can't be unlinked" in texts(answered.response)


@LINKED
async def test_a_good_code_links_once(world: World) -> None:
    refused = await world.ask()
    assert "You aren't linked yet" in texts(refused)
    question = await link(world, f"  {code(world)} ")
    assert f"**club-7** will be joined to <@{world.alice.id}>" in texts(question)
    pressed = await world.press(question, "link")
    assert "### Linked" in texts(world.message(question))
    assert pressed is not None
    assert "## Open 1 ×" in texts(await world.ask())
    assert "used already" in texts(await link(world, code(world), world.bob))
    assert "You are linked already, to **club-7**" in texts(await link(world, code(world, nonce="nonce-0002-abcdef")))


@LINKED
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "isn't one of ours"),
        ({"expires_at": 1_767_225_600_000}, "ran out <t:1767225600:R>"),
        ({"purpose": "vote"}, "for something else"),
        ({"discord_id": 7}, "made for another Discord account"),
    ],
)
async def test_a_code_that_is_not_good_says_why(world: World, change: Any, said: str) -> None:
    text = "nonsense" if change is None else code(world, **change)
    assert said in texts(await link(world, text))
    assert await world.app.accounts.of(world.alice.id) is None


@LINKED
async def test_an_id_that_is_taken_stays_where_it_is(world: World) -> None:
    await world.press(await link(world, code(world)), "link")
    assert "belongs to another Discord account" in texts(
        await link(world, code(world, nonce="nonce-0002-abcdef"), world.bob)
    )
    assert await world.app.accounts.of(world.bob.id) is None


@LINKED
async def test_a_no_changes_nothing_and_an_unlink_is_asked_once(world: World) -> None:
    question = await link(world, code(world))
    await world.press(question, "dismiss")
    assert "Nothing was changed" in texts(world.message(question))
    await world.press(await link(world, code(world)), "link")
    asked = await world.alice.slash(world.channel, "account unlink")
    assert "**club-7** will no longer belong" in texts(asked.response)
    await world.press(asked.response, "unlink")
    assert "### Unlinked" in texts(world.message(asked.response))
    assert not buttons(world.message(asked.response))
    answered = await world.alice.slash(world.channel, "account unlink")
    assert "You aren't linked yet" in texts(answered.response)


@LINKED
async def test_nobody_unlinks_while_an_order_is_open_and_a_new_link_waits_with_selling(world: World) -> None:
    await world.press(await link(world, code(world)), "link")
    await world.after(SOON)  # what the member holds already is looked at
    result = await world.order()
    asked = await world.alice.slash(world.channel, "account unlink")
    pressed = await world.press(asked.response, "unlink")
    assert "haven't ended" in "".join(texts(f) for f in pressed.followups)
    await world.after(60)
    await world.press(asked.response, "unlink")
    assert "### Unlinked" in texts(world.message(asked.response))
    refused = await world.press(world.message(result.response), "sell")
    assert "Only the card's owner can sell it" in texts(refused.response)
    await world.press(await link(world, code(world, nonce="nonce-0002-abcdef")), "link")
    refused = await world.press(world.message(result.response), "sell")
    assert "After a new link, selling starts <t:" in texts(refused.response)
    shown = await world.alice.slash(world.channel, "account show")
    assert "selling starts <t:" in texts(shown.response)
