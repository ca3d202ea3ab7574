"""No press, form or command stays without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import Refusal
from bot.ui.buttons import Back, Sell
from tests.behaviour.look import texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


async def press_raw(world: World, message: Any, custom_id: str) -> Any:
    data = {"custom_id": custom_id, "component_type": 2}
    return await world.alice._dispatch_interaction(3, world.channel, data, source_message_id=message.id)


@pytest.mark.parametrize("custom_id", ["gone:1", "sell:", "sell:01JABCDEFGHJKMNPQRSTVWXYZ0", "x" * 100])
async def test_a_press_that_nobody_knows_is_answered(world: World, custom_id: str) -> None:
    opened = await world.opened()
    pressed = await press_raw(world, opened, custom_id)
    assert pressed.ephemeral
    assert "isn't in use any more" in texts(pressed.response)


async def test_a_form_that_nobody_knows_is_answered(world: World) -> None:
    data = {"custom_id": "gone:1", "components": []}
    done = await world.alice._dispatch_interaction(5, world.channel, data)
    assert "isn't in use any more" in texts(done.response)


@pytest.mark.logs_errors
async def test_a_button_that_breaks_says_so_with_a_reference(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened = await world.opened()

    async def broken(interaction: Any, card: str) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Back, "handler", staticmethod(broken))
    said = texts((await world.press(opened, "back")).response)
    assert "Something went wrong on our side. Nothing was bought or sold" in said
    reference = said.partition("Reference ")[2][:8]
    assert f"reference {reference}" in caplog.text
    assert "a bug" in caplog.text
    assert "a bug" not in said


@pytest.mark.logs_errors
@pytest.mark.simcord(check_errors=False)
async def test_a_command_that_breaks_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(world.app.catalogue, "listing", broken)
    answered = await world.alice.slash(world.channel, "packs")
    assert "Something went wrong on our side" in texts(answered.response)
    world.env._errors.clear()


async def test_a_press_delivered_twice_is_answered_once(world: World) -> None:
    opened = await world.opened()
    with world.held() as waiting:
        await world.press(opened, "back")
        waiting.append(waiting[0])
    await world.env.settle()


async def test_a_refusal_has_the_name_of_whom_it_protects(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = await world.opened()

    async def refuses(interaction: Any, card: str) -> None:
        raise Refusal("not_yours")

    monkeypatch.setattr(Sell, "handler", staticmethod(refuses))
    assert "This belongs to somebody else" in texts((await world.press(opened, "sell")).response)
