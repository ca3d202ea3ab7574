"""Who presses more than people do, and a bot that is too slow to answer."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.store.engine import Store
from bot.store.tables import confirmations, purchases
from bot.ui.buttons import AmountForm, OpenMore
from bot.ui.pace import Window
from tests.behaviour.look import buttons, parts, texts
from tests.behaviour.steps import agreed, answers, delivered, once, pressed_raw, rows

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from tests.behaviour.conftest import World

LOT = "That was a lot at once. Nothing was bought or sold by this press."
SLOW = "The bot is slow at the moment. Nothing was bought or sold by this press. Please press again."


def refused_until(world: World, result: Any) -> int:
    """The press was refused, privately: how many seconds from now the next one is said to be let through."""
    assert all(shown.ephemeral for shown in (result.response, *result.followups) if shown is not None)
    said = answers(result)
    assert said.startswith(LOT), said
    told = re.fullmatch(r"Please try again <t:(\d+):R>\.", said.removeprefix(LOT).strip())
    assert told, said
    return int(told[1]) - int(world.env.now().timestamp())


async def looks(world: World, who: Any, times: int) -> Any:
    """/account show, so often."""
    for _ in range(times):
        result = await who.slash(world.channel, "account show")
    return result


async def stray_form(world: World) -> Any:
    return await world.alice._dispatch_interaction(5, world.channel, {"custom_id": "gone:1", "components": []})


async def test_ten_presses_in_ten_seconds_and_the_next_is_told_when(world: World) -> None:
    assert "## Your account" in answers(await looks(world, world.alice, 10))
    assert 9 <= refused_until(world, await looks(world, world.alice, 1)) <= 11
    assert "## Your account" in answers(await looks(world, world.bob, 1)), "others are not held up"
    await world.after(10)
    assert "## Your account" in answers(await looks(world, world.alice, 1))


async def test_being_refused_does_not_push_the_end_out(world: World) -> None:
    await looks(world, world.alice, 10)
    for _ in range(3):
        await world.after(3)
        refused_until(world, await looks(world, world.alice, 2))
    await world.after(1.5)
    assert "## Your account" in answers(await looks(world, world.alice, 10))


async def test_every_kind_of_press_counts_and_is_counted_once(world: World) -> None:
    shown = (await world.alice.slash(world.channel, "packs")).response  # 1
    (select,) = (part for part in parts(shown) if part["type"] == 3)
    form = await world.press(shown, "more")  # 2
    await world.alice.select(shown, [select["options"][1]["value"]], custom_id=select["custom_id"])  # 3
    await world.alice.submit_modal(form, {"amount": "many"})  # 4
    await pressed_raw(world, world.alice, shown, "gone:1")  # 5, a stray one
    await stray_form(world)  # 6
    assert "## Your account" in answers(await looks(world, world.alice, 4))
    refused_until(world, await looks(world, world.alice, 1))


@pytest.mark.parametrize("kind", ["command", "button", "select", "form", "stray button", "stray form"])
async def test_what_is_too_much_reaches_no_service(world: World, kind: str) -> None:
    shown = (await world.alice.slash(world.channel, "packs")).response
    (select,) = (part for part in parts(shown) if part["type"] == 3)
    form = await world.press(shown, "more")
    await looks(world, world.alice, 8)
    presses = {
        "command": lambda: world.alice.slash(world.channel, "packs"),
        "button": lambda: world.press(shown, "open"),
        "select": lambda: world.alice.select(shown, [select["options"][1]["value"]], custom_id=select["custom_id"]),
        "form": lambda: world.alice.submit_modal(form, {"amount": "2"}),
        "stray button": lambda: pressed_raw(world, world.alice, shown, "gone:1"),
        "stray form": lambda: stray_form(world),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in ("catalogue", "opening", "accounts", "cards"):
            patch.setattr(world.app, name, None)
        refused_until(world, await presses[kind]())


async def test_three_confirmations_a_minute(world: World) -> None:
    await agreed(world)
    for _ in range(3):
        await world.press(await world.ask(pack="soccer-sprint"), "confirm")
        await world.after(15)
    asked = await world.ask(pack="soccer-sprint")
    assert 14 <= refused_until(world, await world.press(asked, "confirm")) <= 16
    assert len(await rows(world, purchases)) == 3
    assert [row.state for row in await rows(world, confirmations)][-1] == "OPEN"
    assert buttons(world.message(asked)), "it can be confirmed later"
    await world.after(16)
    await world.press(asked, "confirm")
    await world.after(30)
    assert (len(await rows(world, purchases)), len(world.ledger.purchases)) == (4, 4)
    await once(world)


async def test_agreeing_is_one_of_the_three(world: World) -> None:
    await world.order()  # confirmed, then agreed
    await world.press(await world.ask(pack="soccer-sprint"), "confirm")
    refused_until(world, await world.press(await world.ask(pack="hardwood-rookies"), "confirm"))
    assert len(await rows(world, purchases)) == 2


async def test_suggestions_end_quietly(world: World) -> None:
    for _ in range(30):
        assert await world.alice.autocomplete(world.channel, "open", "pack", "baseball")
    assert await world.alice.autocomplete(world.channel, "open", "pack", "baseball") == []
    assert "## Open 1" in texts(await world.ask()), "typing is no press"
    await world.after(10)
    assert await world.alice.autocomplete(world.channel, "open", "pack", "baseball")


@contextmanager
def slow(world: World, seconds: float = 3.5) -> Iterator[None]:
    """The database takes that long for everything that is read."""
    read = Store.read

    @asynccontextmanager
    async def slowly(self: Store) -> AsyncGenerator[Any]:
        await world.app.clock.sleep(seconds)
        async with read(self) as conn:
            yield conn

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "read", slowly)
        yield


async def test_a_slow_confirm_buys_nothing_and_says_so(world: World) -> None:
    await agreed(world)
    asked = await world.ask()
    with slow(world):
        pressed = await world.press(asked, "confirm")
        assert not pressed.acknowledged
        await world.after(2.5)
        assert pressed.acknowledged, "Discord knows that an answer comes"
        await world.after(20)
    (told,) = pressed.followups
    assert told.ephemeral
    assert texts(told) == SLOW
    assert [row.state for row in await rows(world, confirmations)] == ["OPEN"]
    assert (await rows(world, purchases), world.ledger.count("init"), world.public()) == ([], 0, [])
    await world.press(asked, "confirm")
    await world.after(60)
    assert len(world.ledger.purchases) == 1
    await once(world)


async def test_a_slow_no_and_a_slow_page_are_shown_when_they_come(world: World) -> None:
    message = await delivered(world, amount=7)
    asked = await world.ask()
    with slow(world):
        back = await world.press(message, "back")
        turned = await world.press(message, "cards")
        await world.press(asked, "cancel")
        assert not turned.acknowledged
        await world.after(20)
    (seen,) = back.followups
    assert seen.ephemeral
    assert "Page 2 of 2" in texts(world.message(message))
    assert "Cancelled" in texts(world.message(asked))
    assert [row.state for row in await rows(world, confirmations)][-1] == "CANCELLED"


@pytest.mark.parametrize("name", ["confirm", "cancel"])
async def test_an_answer_that_comes_while_discord_is_told_to_wait_waits_for_that(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreed(world)
    asked = await world.ask()
    defer = discord.InteractionResponse.defer

    async def slowly(self: Any, **options: Any) -> Any:
        await world.app.clock.sleep(0.5)
        return await defer(self, **options)

    with slow(world, 2.2):
        monkeypatch.setattr(discord.InteractionResponse, "defer", slowly)
        pressed = await world.press(asked, name)
        await world.after(20)
        monkeypatch.setattr(discord.InteractionResponse, "defer", defer)
    if name == "cancel":
        assert "Cancelled" in texts(world.message(asked))
    else:
        assert SLOW in answers(pressed)
    assert await rows(world, purchases) == []


async def test_a_form_that_would_come_too_late_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = (await world.alice.slash(world.channel, "packs", search="sandlot")).response

    async def slowly(interaction: Any, most: int, pack: str) -> None:
        await world.app.clock.sleep(3.5)
        await AmountForm(most=most, pack=pack).show(interaction)

    monkeypatch.setattr(OpenMore, "handler", staticmethod(slowly))
    pressed = await world.press(shown, "more")
    await world.after(5)
    assert [texts(told) for told in pressed.followups] == [SLOW]


async def test_a_slow_command_thinks(world: World) -> None:
    with slow(world):
        shown = await world.alice.slash(world.channel, "account show")
        assert shown.acknowledged
        await world.after(20)
    assert "## Your account" in answers(shown)


def test_nobody_is_remembered_longer_than_they_count() -> None:
    window = Window(10, 10)
    for person in range(100_000):
        window.take(person, person / 1000)
    assert 10_000 <= len(window) <= 10_001
    window.take(-1, 1_000)
    assert len(window) == 1


def test_a_window_slides() -> None:
    window = Window(3, 60)
    for now in (0, 20, 40):
        assert window.wait(1, now) == 0
        window.take(1, now)
    assert window.wait(1, 59) == 1
    assert window.wait(1, 60) == 0
    window.take(1, 60)
    assert window.wait(1, 61) == 19
