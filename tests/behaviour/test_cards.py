"""A pulled card: pages, its back, and selling it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.behaviour.look import buttons, parts, pictures, texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


async def asked_to_sell(world: World, message: Any) -> Any:
    result = await world.press(message, "sell")
    await world.after(0.2)  # reads of the partner are paced
    assert result.ephemeral
    return result.response


async def test_sell_asks_once_and_shows_the_partners_amount(world: World) -> None:
    opened = await world.opened()
    question = await asked_to_sell(world, opened)
    said = texts(question)
    assert "The partner will buy this card for about **$" in said
    assert "Its offer" in said or "When its offer" in said
    assert "Keep it" in buttons(question)
    assert not world.ledger.sales
    await world.press(question, "sellnow")
    await world.after(5)
    (sold,) = world.ledger.sales
    amount = f"${sold.amount_cents // 100}.{sold.amount_cents % 100:02d}"
    assert f"Sold · {amount} recorded" in texts(world.message(question))
    assert not buttons(world.message(question))
    after = world.message(opened)
    assert f"Sold · {amount} recorded" in texts(after)
    assert buttons(after)[f"Sold {amount}"]["disabled"]


async def test_a_sale_for_another_amount_says_both(world: World) -> None:
    opened = await world.opened()
    question = await asked_to_sell(world, opened)
    item = world.ledger.purchases[0].item_ids[0]
    world.partner.drift(item, -8)
    await world.press(question, "sellnow")
    await world.after(5)
    assert "It was shown as $" in texts(world.message(question))


async def test_keep_sells_nothing(world: World) -> None:
    question = await asked_to_sell(world, await world.opened())
    await world.press(question, "keep")
    assert "Nothing was sold" in texts(world.message(question))
    assert not buttons(world.message(question))
    assert not world.ledger.sales


async def test_only_the_owner_sells(world: World) -> None:
    opened = await world.opened()
    pressed = await world.press(opened, "sell", world.bob)
    assert pressed.ephemeral
    assert f"Only <@{world.alice.id}> can sell this card." in texts(pressed.response)
    assert not world.ledger.sales


async def test_two_people_and_two_presses_sell_once(world: World) -> None:
    opened = await world.opened()
    first, second = await asked_to_sell(world, opened), await asked_to_sell(world, opened)
    with world.held() as waiting:
        await world.press(first, "sellnow")
        await world.press(second, "sellnow")
        waiting.append(waiting[0])
        await world.press(opened, "sell", world.bob)
    await world.env.settle()
    await world.after(10)
    assert len(world.ledger.sales) == 1
    said = texts(world.message(first)) + texts(world.message(second))
    assert said.count("### Sold ·") == 1


async def test_a_price_that_fell_is_asked_again(world: World) -> None:
    opened = await world.opened()
    question = await asked_to_sell(world, opened)
    world.partner.reprice(world.ledger.purchases[0].item_ids[0], 1)
    await world.press(question, "sellnow")
    await world.after(3)
    assert "The partner now offers $0.01, less than the $" in texts(world.message(question))
    assert not buttons(world.message(question))
    assert not world.ledger.sales


async def test_the_back_of_the_card_is_for_everybody(world: World) -> None:
    opened = await world.opened(amount=3)
    for part in [p for p in parts(opened) if p.get("label") == "Back of the card"]:
        pressed = await world.bob.click(opened, custom_id=part["custom_id"])
        assert pressed.ephemeral
        found = pictures(pressed.response)
        assert found[0][1].startswith("Back of the card") if found else "no picture" in texts(pressed.response)


async def test_many_cards_have_pages_that_their_owner_turns(world: World) -> None:
    opened = await world.opened(amount=12, seconds=60)
    assert "Page 1 of 3" in texts(opened)
    assert len(pictures(opened)) == 5
    other = await world.press(opened, "cards", world.bob)
    assert other.ephemeral, "a copy for somebody else"
    assert "Page 2 of 3" in texts(other.response)
    assert "Page 1 of 3" in texts(world.message(opened))
    await world.press(other.response, "cards", world.bob)
    await world.press(opened, "cards")
    turned = world.message(opened)
    assert "Page 2 of 3" in texts(turned)
    question = await asked_to_sell(world, turned)
    await world.press(question, "sellnow")
    await world.after(5)
    assert "Page 2 of 3" in texts(world.message(opened)), "a sale doesn't turn the page back"
    assert "recorded" in texts(world.message(opened))


async def test_the_reveal_is_skipped_by_its_owner_alone(world: World) -> None:
    result = await world.order(amount=10)
    for _ in range(60):
        await world.after(0.3)
        if "Card 2 of 10" in texts(world.message(result.response)):
            break
    shown = world.message(result.response)
    refused = await world.press(shown, "skip", world.bob)
    assert f"Only <@{world.alice.id}>" in texts(refused.response)
    await world.press(world.message(shown), "skip")
    assert "Page 1 of 2" in texts(world.message(shown))
    for _ in range(5):
        await world.after(0.5)
        assert "Page 1 of 2" in texts(world.message(shown))


async def test_buttons_work_after_a_restart_and_a_week(world: World) -> None:
    opened = await world.opened()
    await world.restart()
    await world.after(2 * 24 * 3600)
    question = await world.press(opened, "sell")
    assert "Sell " in texts(question.response) or "offer" in texts(question.response)
