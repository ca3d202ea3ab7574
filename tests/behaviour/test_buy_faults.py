"""The order call goes wrong: what its person reads, what the store holds, and what the partner carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.domain.purchase import State
from tests.behaviour.look import buttons, texts
from tests.behaviour.steps import (
    DELIVERY,
    DOUBTS,
    FIRST_LOOK,
    OTHER_PACK,
    SETTLED,
    SOON,
    WALL,
    agreed,
    delivered,
    newest,
    ordered,
    told,
)

if TYPE_CHECKING:
    from sandbox.faults import Kind
    from tests.behaviour.conftest import World

NOT_KNOWN = "We don't know yet whether this order went through. Nothing will be ordered twice."
LIMIT = pytest.mark.parametrize("overrides", [{"daily_spend_limit": "12"}])


@pytest.mark.parametrize(
    ("error", "said", "reason"),
    [
        ((400, "Claw machine is out of stock"), "The partner says this pack is sold out.", "sold_out"),
        ((400, "Amount must be greater than 0"), "The partner doesn't take that many at once.", "amount"),
        ((400, "Amount must be less than or equal to 7"), "The partner doesn't take that many at once.", "amount"),
        ((400, "VM not found"), "The partner doesn't know this pack any more.", "pack_unknown"),
        ((400, "user_id is required"), "The partner didn't accept your account.", "user"),
        ((401, "Invalid API key"), "The partner doesn't accept this bot's key.", "key"),
    ],
)
async def test_a_documented_refusal_is_said_in_words(
    world: World, error: tuple[int, str], said: str, reason: str
) -> None:
    world.partner.faults.add("init", "refuse", error=error)
    message = await ordered(world)
    await told(world, message, said, State.REFUSED, reason, executed=0)
    assert not buttons(world.message(message)), "what the partner refuses is not tried again with one press"


async def test_a_pack_that_sells_out_under_the_order_is_sold_out_in_the_catalogue_at_once(world: World) -> None:
    asked = await world.ask()
    world.partner.faults.add("available", "slow", after=True, seconds=3)
    await agreed(world)
    result = await world.press(asked, "confirm")
    world.partner.change("sandlot-starter", in_stock=False)
    await world.after(5)
    await told(world, result.response, "The partner says this pack is sold out", State.REFUSED, "sold_out", executed=0)
    shown = await world.alice.slash(world.channel, "packs", search="sandlot")
    assert "🚫 Sold out" in texts(shown.response)


@pytest.mark.parametrize("kind", DOUBTS)
async def test_any_other_answer_to_an_order_that_was_carried_out_ends_with_its_cards(world: World, kind: Kind) -> None:
    world.partner.faults.add("init", kind, after=True)
    message = await ordered(world)
    await world.after(WALL if kind == "hang" else 0)
    await told(world, message, NOT_KNOWN, State.IN_DOUBT, executed=1)
    await world.after(FIRST_LOOK)
    await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert world.ledger.count("init") == 1


@pytest.mark.parametrize("kind", ["hang", "reset", "html_403", "500"])
async def test_any_other_answer_to_an_order_that_came_to_nothing_ends_with_nothing(world: World, kind: Kind) -> None:
    """Bob's was carried out, with the same answer: what he gets is no evidence for Alice."""
    world.partner.faults.add("init", kind, after=True)
    await ordered(world, world.bob)
    world.partner.faults.add("init", kind)
    message = await ordered(world, amount=2)
    await world.after(WALL if kind == "hang" else 0)
    await told(world, message, NOT_KNOWN, State.IN_DOUBT, executed=0)
    await world.after(SETTLED)
    await told(world, message, "The sandbox shows nothing", State.NOT_EXECUTED, "sandbox", executed=0)
    assert (await newest(world, world.bob)).state == State.DELIVERED
    assert world.ledger.count("init") == 2, "each was sent once"
    again = await world.press(world.message(message), "open")
    assert "## Open 2 × Sandlot Starter?" in texts(again.response)


@pytest.mark.parametrize("answer", [(400, "Transaction failed"), (402, "Payment required"), (503, "VM not found")])
async def test_an_undocumented_refusal_is_none(world: World, answer: tuple[int, str]) -> None:
    world.partner.faults.add("init", "refuse", error=answer)
    await told(world, await ordered(world), NOT_KNOWN, State.IN_DOUBT, executed=0)


async def test_with_a_real_key_nothing_is_said_of_a_sandbox(world: World) -> None:
    vars(world.app.settings)["partner_api_key"] = SecretStr("a-real-key")
    world.partner.faults.add("init", "504")
    message = await ordered(world)
    await world.after(SETTLED)
    await told(world, message, "We looked twice, and the partner shows nothing", State.NOT_EXECUTED, executed=0)


async def test_items_that_come_after_all_hope_reopen_the_order(world: World) -> None:
    world.partner.faults.add("init", "reset", after=True)
    world.partner.faults.add("init", "late", seconds=SETTLED + 60)
    message = await ordered(world)
    await world.after(SETTLED)
    await told(world, message, "The sandbox shows nothing", State.NOT_EXECUTED, "sandbox", executed=1)
    await world.after(3600)
    await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert f"<@{world.alice.id}>, your order has arrived" in texts(world.public()[-1])


async def test_while_in_doubt_other_packs_are_open_and_this_one_says_when_we_look(world: World) -> None:
    world.partner.faults.add("init", "reset", after=True)
    message = await ordered(world)
    order = await told(world, message, NOT_KNOWN, State.IN_DOUBT, executed=1)
    refused = texts(await world.ask())
    assert f"Your order of <t:{order.created_at // 1000}:f> isn't settled yet." in refused
    assert f"We look again <t:{order.look_at // 1000}:R>." in refused
    assert "You can open other packs meanwhile." in refused
    assert "## Open 1 ×" in texts(await world.ask(world.bob)), "it is her lane alone"
    other = await delivered(world, pack=OTHER_PACK)
    await told(world, other, "opened 1 × Hardwood Rookies", State.DELIVERED, executed=1)
    await world.after(FIRST_LOOK)
    assert "opened 1 × Sandlot Starter" in texts(world.message(message))
    assert "## Open 1 ×" in texts(await world.ask()), "the lane is free again"


async def test_an_order_that_waits_behind_one_that_gets_lost_is_let_go(world: World) -> None:
    world.partner.faults.add("init", "hang", after=True)
    first = await ordered(world)
    second = await ordered(world, amount=3)
    assert "Ordering…" in texts(world.message(second))
    await world.after(WALL)
    await told(world, second, "An earlier order of yours for this pack", State.CANCELLED, "lane", executed=1)
    await world.after(FIRST_LOOK)
    assert "Sells back for" in texts(world.message(first))
    assert [p.amount for p in world.ledger.purchases] == [1]


@LIMIT
@pytest.mark.parametrize(("kind", "left"), [("reset", "$2.00"), ("401", "$12.00")])
async def test_a_doubt_keeps_its_hold_on_the_limit_and_a_refusal_lets_go(world: World, kind: Kind, left: str) -> None:
    world.partner.faults.add("init", kind)
    await ordered(world, amount=2)
    shown = await world.ask(pack="soccer-sprint")
    assert f"Left of today's limit here before this order: {left}" in texts(shown)
    await world.after(SETTLED)
    assert "before this order: $12.00" in texts(await world.ask(pack="soccer-sprint")), "nothing was bought"
    assert not world.ledger.purchases


@pytest.mark.parametrize("kind", ["connect_error", "connect_timeout"])
async def test_without_a_connection_nothing_is_sent(world: World, kind: Kind) -> None:
    world.partner.faults.add("init", kind, times=3)
    message = await ordered(world)
    await world.after(DELIVERY)
    await told(world, message, "The order couldn't reach the partner.", State.CANCELLED, "not_sent", executed=0)
    assert world.ledger.count("init") == 0
    again = await world.press(world.message(message), "open")
    result = await world.press(again.response, "confirm")
    await world.after(DELIVERY)
    order = await told(world, result.response, "Sells back for", State.DELIVERED, executed=1)
    assert order.sends == 1


async def test_what_was_surely_not_sent_is_tried_again(world: World) -> None:
    world.partner.faults.add("init", "connect_error", times=2)
    message = await ordered(world)
    await world.after(SOON + DELIVERY)
    order = await told(world, message, "Sells back for", State.DELIVERED, executed=1)
    assert (order.sends, world.ledger.count("init")) == (3, 1)
