"""Between Confirm and the order: the look before the leap, and all that it may find."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.purchase import State
from bot.store.tables import purchases
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import DELIVERY, PACK, SOON, agreed, freeze, newest, ordered, rows, told

if TYPE_CHECKING:
    from sandbox.faults import Kind
    from tests.behaviour.conftest import World

PATIENCE = 16.0
"""Seconds after which a look that hangs has been given up."""
DOWN = "The partner can't be reached right now."


async def confirmed(world: World, asked: Any) -> Any:
    await agreed(world)
    result = await world.press(asked, "confirm")
    await world.after(SOON)
    return result.response


@pytest.mark.parametrize(
    ("change", "said", "reason"),
    [
        ({"mint_price": Decimal("5.01")}, "The pack's price or odds changed", "terms_changed"),
        ({"weights": (73, 21, 5, 1)}, "The pack's price or odds changed", "terms_changed"),
        ({"buyback_percent": Decimal("0.80")}, "The pack's price or odds changed", "terms_changed"),
        ({"in_stock": False}, "The pack sold out a moment before.", "sold_out"),
        ({"enable": False}, "The pack sold out a moment before.", "sold_out"),
    ],
)
async def test_a_pack_that_changed_is_not_ordered(world: World, change: Any, said: str, reason: str) -> None:
    asked = await world.ask()
    world.partner.change(PACK, **change)
    message = await confirmed(world, asked)
    await told(world, message, said, State.CANCELLED, reason, executed=0)
    assert world.ledger.count("init") == 0
    assert ("Try again" in buttons(world.message(message))) == (reason == "terms_changed")


async def test_a_pack_that_is_gone_is_not_ordered(world: World) -> None:
    asked = await world.ask()
    del world.partner.packs[PACK]
    message = await confirmed(world, asked)
    await told(world, message, "The partner doesn't list this pack any more.", State.CANCELLED, "pack_gone", executed=0)
    assert world.ledger.count("init") == 0


@pytest.mark.parametrize("kind", ["401", "html_403", "500", "hang", "bad_json", "wrong_types"])
async def test_a_partner_that_cannot_be_read_is_sent_nothing(world: World, kind: Kind) -> None:
    asked = await world.ask()
    world.partner.faults.add("available", kind)
    message = await confirmed(world, asked)
    await world.after(PATIENCE if kind == "hang" else 0)
    said, reason = ("doesn't accept this bot's key", "key") if kind == "401" else (DOWN, "partner_down")
    await told(world, message, said, State.CANCELLED, reason, executed=0)
    assert world.ledger.count("init") == 0


async def test_a_freeze_before_confirm_is_said_privately_and_the_channel_sees_nothing(world: World) -> None:
    asked = await world.ask()
    await agreed(world)
    await freeze(world, "buy")
    result = await world.press(asked, "confirm")
    assert result.response is None, "its public answer is gone"
    assert "Opening packs is paused: a check. Nothing was bought." in texts(result.followups[0])
    assert result.followups[0].ephemeral
    assert world.public() == []
    assert await rows(world, purchases) == []
    assert world.ledger.count("init") == 0


async def test_a_freeze_between_confirm_and_order_stops_it(world: World) -> None:
    asked = await world.ask()
    world.partner.faults.add("available", "slow", seconds=5)
    message = await confirmed(world, asked)
    assert "Ordering…" in texts(world.message(message))
    await freeze(world, "buy")
    await world.after(6)
    await told(world, message, "Opening packs was paused before the order left.", State.CANCELLED, "frozen", executed=0)
    assert world.ledger.count("init") == 0


async def test_terms_that_change_while_the_order_is_made_are_kept_as_evidence(world: World) -> None:
    world.partner.faults.add("init", "slow", seconds=3, after=True)
    message = await ordered(world)
    world.partner.change(PACK, mint_price=Decimal("5.50"))
    await world.after(DELIVERY)
    order = await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert order.total == 500, "the price of the look is booked"
    assert (await newest(world)).id == order.id
