"""Two at once: presses, people, confirmations, limits. One order and one sale come of it, and the loser is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.purchase import State
from bot.domain.sale import CardState, SaleState
from bot.store.tables import purchases, sales
from tests.behaviour.look import parts, texts
from tests.behaviour.steps import (
    DELIVERY,
    SOON,
    agreed,
    answers,
    delivered,
    once,
    question,
    rows,
    sold_as,
    told,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

TOO_LATE: dict[str, Any] = {"method": "POST", "path": "/interactions/*/*/callback", "status": 404, "code": 10062}
"""Discord has given the press up: it took more than three seconds."""


def limit(dollars: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("overrides", [{"daily_spend_limit": dollars}])


async def told_apart(world: World, results: list[Any]) -> tuple[Any, Any]:
    """Of two presses the one that has the order's message, and the one that was refused."""
    await world.env.settle()
    await world.after(DELIVERY)
    (won,) = [one for one in results if one.response is not None]
    (lost,) = [one for one in results if one.response is None]
    return won, lost


@pytest.mark.parametrize("private", [False, True])
async def test_two_presses_of_confirm_in_one_turn(world: World, *, private: bool) -> None:
    await agreed(world)
    asked = await world.ask(amount=2, private=private)
    with world.held() as waiting:
        results = [await world.press(asked, "confirm"), await world.press(asked, "confirm")]
        assert len(waiting) == 2
    await world.env.settle()
    await world.after(DELIVERY)
    said = [answers(one) for one in results]
    assert sorted("opened 2 × Sandlot Starter" in one for one in said) == [False, True]
    assert sum("Nothing was ordered twice" in one for one in said) == 1
    assert len(world.public()) == (0 if private else 1), "the loser thinks no longer in public"
    won = next(one for one in results if "opened 2" in answers(one))
    await told(world, won.response, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)
    assert len(await rows(world, purchases)) == 1


@pytest.mark.parametrize("name", ["confirm", "agree"])
async def test_the_same_interaction_twice(world: World, name: str) -> None:
    asked = await world.ask()
    if name == "agree":
        await world.press(asked, "confirm")
    else:
        await agreed(world)
    with world.held() as waiting:
        result = await world.press(world.message(asked), name)
        waiting.append(waiting[0])
    await world.env.settle()
    await world.after(DELIVERY)
    await told(world, result.response, "Sells back for", State.DELIVERED, executed=1)
    assert len(await rows(world, purchases)) == 1


async def test_agree_on_two_devices(world: World) -> None:
    asked = await world.ask()
    await world.press(asked, "confirm")
    with world.held():
        results = [await world.press(world.message(asked), "agree"), await world.press(world.message(asked), "agree")]
    won, lost = await told_apart(world, results)
    await told(world, won.response, "Sells back for", State.DELIVERED, executed=1)
    assert "Nothing was ordered twice" in answers(lost)


async def test_of_two_confirmations_the_older_buys_nothing_even_at_the_same_moment(world: World) -> None:
    await agreed(world)
    older, newer = await world.ask(amount=3), await world.ask(amount=2)
    with world.held():
        results = [await world.press(older, "confirm"), await world.press(newer, "confirm")]
    await world.env.settle()
    await world.after(DELIVERY)
    assert "A newer confirmation of yours took this one's place. Nothing was bought with it." in answers(results[0])
    await told(world, results[1].response, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)


async def test_two_commands_at_the_same_moment_leave_one_confirmation(world: World) -> None:
    await agreed(world)
    with world.held():
        asked = [await world.alice.slash(world.channel, "open", pack="sandlot-starter", amount=n) for n in (1, 2)]
    await world.env.settle()
    results = [await world.press(one.response, "confirm") for one in asked]
    await world.after(DELIVERY)
    assert len(world.ledger.purchases) == 1
    assert sum("A newer confirmation of yours took this one's place" in answers(one) for one in results) == 1
    await once(world)


async def test_cancel_and_confirm_at_once_agree_with_each_other(world: World) -> None:
    await agreed(world)
    asked = await world.ask()
    with world.held():
        no, yes = await world.press(asked, "cancel"), await world.press(asked, "confirm")
    await world.env.settle()
    await world.after(DELIVERY)
    made = await rows(world, purchases)
    assert len(world.ledger.purchases) == len(made)
    if made:
        assert "Nothing was bought" not in texts(world.message(yes.response))
        assert "Cancelled" not in answers(no)
    else:
        assert "You cancelled this confirmation. Nothing was bought." in answers(yes)
        assert world.public() == []


@limit("15")
async def test_two_people_at_the_edge_of_the_limit(world: World) -> None:
    await agreed(world, world.alice, world.bob)
    hers, his = await world.ask(amount=2), await world.ask(world.bob, amount=2)
    with world.held():
        results = [await world.press(hers, "confirm"), await world.press(his, "confirm", world.bob)]
    _, lost = await told_apart(world, results)
    assert "$10.00 is more than what is left of today's limit of this bot: $5.00. Nothing was bought." in answers(lost)
    assert [p.amount for p in world.ledger.purchases] == [2]
    assert len(await rows(world, purchases)) == 1
    await once(world)


@limit("10")
async def test_the_limit_is_reached_to_the_cent(world: World) -> None:
    message = await delivered(world, amount=2)
    await told(world, message, "opened 2 × Sandlot Starter", State.DELIVERED, executed=1)
    refused = await world.ask(world.bob, pack="soccer-sprint")
    assert "$1.00 is more than what is left of today's limit of this bot: $0.00. Nothing was bought." in texts(refused)
    assert len(world.ledger.purchases) == 1


@limit("9.99")
async def test_a_cent_over_the_limit_is_not_even_asked(world: World) -> None:
    assert "$10.00 is more than what is left of today's limit of this bot: $9.99." in texts(await world.ask(amount=2))
    assert (await rows(world, purchases), world.ledger.count("init")) == ([], 0)


async def test_a_server_that_is_served_no_longer_orders_and_sells_nothing(world: World) -> None:
    message = await delivered(world)
    asked, sale = await world.ask(), await question(world, message)
    vars(world.app.settings)["guild_ids"] = frozenset({1})
    for pressed in (await world.press(asked, "confirm"), await world.press(sale, "sellnow")):
        assert "Pullcord isn't set up here. Nothing was bought or sold." in answers(pressed)
    await world.after(DELIVERY)
    assert (len(world.ledger.purchases), world.ledger.count("init"), world.ledger.count("buyback")) == (1, 1, 0)


@pytest.mark.parametrize("name", ["confirm", "agree"])
async def test_a_confirm_that_discord_gave_up_buys_nothing_and_may_be_pressed_again(world: World, name: str) -> None:
    asked = await world.ask()
    if name == "agree":
        await world.press(asked, "confirm")
    else:
        await agreed(world)
    world.env.inject_error(**TOO_LATE)
    await world.press(world.message(asked), name)
    await world.after(DELIVERY)
    assert (await rows(world, purchases), world.ledger.count("init")) == ([], 0)
    assert world.public() == []
    again = await world.press(world.message(asked), name)
    await world.after(DELIVERY)
    await told(world, again.response, "Sells back for", State.DELIVERED, executed=1)


@pytest.mark.logs_errors
async def test_a_confirm_that_discord_stumbles_over_buys_nothing(world: World) -> None:
    await agreed(world)
    asked = await world.ask()
    world.env.inject_error("POST", "/interactions/*/*/callback", status=500)
    pressed = await world.press(asked, "confirm")
    await world.after(DELIVERY)
    assert (await rows(world, purchases), world.ledger.count("init")) == ([], 0)
    assert "Nothing was bought or sold by this press" in answers(pressed)


async def test_a_sale_that_discord_gave_up_sells_nothing_and_may_be_pressed_again(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.env.inject_error(**TOO_LATE)
    await world.press(asked, "sellnow")
    await world.after(SOON)
    assert (await rows(world, sales), world.ledger.count("buyback")) == ([], 0)
    await world.press(asked, "sellnow")
    await world.after(SOON)
    await sold_as(world, asked, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)


async def test_two_sales_of_one_card_at_once(world: World) -> None:
    message = await delivered(world)
    first, second = await question(world, message), await question(world, message)
    with world.held() as waiting:
        await world.press(first, "sellnow")
        await world.press(second, "sellnow")
        waiting.append(waiting[0])
    await world.env.settle()
    await world.after(5)
    said = [texts(world.message(one)) for one in (first, second)]
    assert sorted("### Sold ·" in one for one in said) == [False, True]
    assert sum("It will not be sold twice." in one for one in said) == 1
    assert (len(world.ledger.sales), world.ledger.count("buyback"), len(await rows(world, sales))) == (1, 1, 1)
    await once(world)


async def test_two_people_press_sell_on_one_card(world: World) -> None:
    message = await delivered(world)
    with world.held():
        hers, his = await world.press(message, "sell"), await world.press(message, "sell", world.bob)
    await world.env.settle()
    await world.after(SOON)
    assert "The partner will buy this card" in answers(hers)
    assert answers(his) == f"Only <@{world.alice.id}> can sell this card."
    assert hers.ephemeral
    assert his.ephemeral
    await world.press(hers.response, "sellnow")
    await world.after(SOON)
    await sold_as(world, hers.response, "recorded", SaleState.SOLD, CardState.SOLD, executed=1)


async def test_two_cards_of_one_pack_are_sold_one_after_the_other(world: World) -> None:
    """The lane: while the outcome of one isn't known, another of the pack waits. What met it says so."""
    message = await delivered(world, amount=2)
    first = await question(world, message)
    sells = [part["custom_id"] for part in parts(world.message(message)) if part.get("label") == "Sell"]
    second = (await world.alice.click(world.message(message), custom_id=sells[1])).response
    await world.after(SOON)
    with world.held():
        await world.press(first, "sellnow")
        await world.press(second, "sellnow")
    await world.env.settle()
    await world.after(5)
    said = texts(world.message(first)) + texts(world.message(second))
    assert said.count("### Sold ·") == 1
    assert "Another order or sale of yours for this pack is on its way this moment. Nothing was sold." in said
    assert len(world.ledger.sales) == 1
    await once(world)
