"""/open, all the way to the cards."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.domain.purchase import State
from tests.behaviour.look import button, buttons, pictures, texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


async def orders(world: World, who: Any = None) -> Any:
    return await world.app.cards.recent((who or world.alice).id)


async def test_the_whole_way(world: World) -> None:
    asked = await world.ask(amount=2)
    said = texts(asked)
    assert "## Open 2 × Sandlot Starter?" in said
    assert "Total **$10.00** ($5.00 each)" in said
    assert "Purchases are final" in said
    assert "between 6 % and 26 %" in said
    first = await world.press(asked, "confirm")
    assert first.response is None or first.response.ephemeral
    terms = world.message(asked)
    assert "18 or older" in texts(terms)
    assert not await orders(world)
    result = await world.press(terms, "agree")
    assert "### Confirmed" in texts(world.message(asked))
    assert not buttons(world.message(asked))
    assert not result.ephemeral
    seen = [texts(world.message(result.response))]
    for _ in range(40):
        await world.after(0.4)
        seen.append(texts(world.message(result.response)))
    states = list(dict.fromkeys(seen))
    assert "With the partner, ordered" in "".join(states[:2])
    assert "Card 1 of 2" in states[-3]
    assert "Card 2 of 2" in states[-2]
    assert "opened 2 × Sandlot Starter" in states[-1]
    assert states[-1].count("Sells back for") == 2
    (bought,) = world.ledger.purchases
    assert bought.amount == 2
    final = world.message(result.response)
    assert len(pictures(final)) == 2
    assert all(alt for _, alt in pictures(final))
    (order,) = await orders(world)
    assert (order.state, order.total, order.cards) == (State.DELIVERED, 10_00, 2)
    again = await world.order(amount=1)
    await world.after(1)
    assert "With the partner" in texts(world.message(again.response)), "the terms are asked for once"


@pytest.mark.parametrize("temperament", ["sandbox"])
async def test_the_partners_sandbox_delivers_at_once(world: World) -> None:
    final = await world.opened(seconds=8)
    assert "opened 1 × Sandlot Starter" in texts(final)
    assert "Sell" in buttons(final)


async def test_a_private_order_is_seen_by_its_person_alone(world: World) -> None:
    final = await world.opened(private=True, seconds=30)
    assert final.ephemeral
    assert "Sells back for" in texts(final)
    assert not world.public()


async def test_a_typed_name_opens_the_pack_and_anything_else_is_answered(world: World) -> None:
    assert "## Open 1 × Sandlot Starter?" in texts(await world.ask(pack="sandlot STARTER"))
    refused = await world.ask(pack="**@everyone**")
    assert "No pack is called “\\*\\*@\u200beveryone\\*\\*”. Nothing was bought" in texts(refused)
    for name, said in (
        ("Summer Nationals", "Summer Nationals is sold out"),
        ("Holiday Hoops", "Holiday Hoops isn't on sale"),
    ):
        assert said in texts(await world.ask(pack=name))
    assert "can be opened 1 to 25 at a time" in texts(await world.ask(amount=50))


async def test_two_presses_at_once_are_one_order(world: World) -> None:
    await world.opened()
    asked = await world.ask(amount=2)
    with world.held() as waiting:
        await world.press(asked, "confirm")
        await world.press(asked, "confirm")
        assert len(waiting) == 2
    await world.env.settle()
    await world.after(30)
    assert [p.amount for p in world.ledger.purchases] == [1, 2]
    assert len(world.public()) == 2, "the loser's thinking message is gone"


async def test_the_same_press_twice_is_one_order(world: World) -> None:
    await world.opened()
    asked = await world.ask(amount=2)
    with world.held() as waiting:
        await world.press(asked, "confirm")
        waiting.append(waiting[0])
    await world.env.settle()
    await world.after(30)
    assert [p.amount for p in world.ledger.purchases] == [1, 2]


async def test_a_press_on_a_used_confirmation_tells_how_it_stands(world: World) -> None:
    await world.opened()
    asked = await world.ask()
    confirm = button(asked, "confirm")
    world.env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=403, code=50001, times=1)
    await world.press(asked, "confirm")
    assert button(world.message(asked), "confirm"), "its buttons could not be taken away"
    pressed = await world.alice.click(world.message(asked), custom_id=confirm)
    assert "ordered already, once" in texts(pressed.response)
    await world.after(60)
    pressed = await world.alice.click(world.message(asked), custom_id=confirm)
    assert "its cards are here" in texts(pressed.response)
    assert len(world.ledger.purchases) == 2


async def test_a_newer_confirmation_replaces_the_older(world: World) -> None:
    await world.opened()
    old, new = await world.ask(), await world.ask(amount=2)
    pressed = await world.press(old, "confirm")
    assert "A newer confirmation of yours took this one's place" in texts(pressed.response)
    await world.press(new, "confirm")
    await world.after(30)
    assert [p.amount for p in world.ledger.purchases] == [1, 2]


async def test_a_confirmation_runs_out_or_is_cancelled(world: World) -> None:
    asked = await world.ask()
    await world.after(601)
    assert "has run out. Nothing was bought" in texts((await world.press(asked, "confirm")).response)
    asked = await world.ask()
    confirm = button(asked, "confirm")
    await world.press(asked, "cancel")
    assert "Cancelled" in texts(world.message(asked))
    assert not buttons(world.message(asked))
    assert not world.ledger.purchases
    assert confirm


async def test_what_was_confirmed_is_what_is_bought_or_nothing_is(world: World) -> None:
    await world.opened()
    asked = await world.ask()
    world.partner.change("sandlot-starter", mint_price=Decimal("6.00"))
    result = await world.press(asked, "confirm")
    await world.after(5)
    said = texts(world.message(result.response))
    assert "Nothing was bought" in said
    assert "price or odds changed" in said
    again = await world.press(world.message(result.response), "open")
    assert "Total **$6.00**" in texts(again.response)
    assert len(world.ledger.purchases) == 1


@pytest.mark.parametrize("seconds", [0, 0.3, 1.5, 3, 7, 8, 9.5])
async def test_a_restart_at_any_moment_ends_with_the_cards(world: World, seconds: float) -> None:
    result = await world.order(amount=2)
    await world.after(seconds)
    await world.restart()
    await world.after(60)
    said = texts(world.message(result.response))
    assert said.count("Sells back for") == 2
    assert [p.amount for p in world.ledger.purchases] == [2]


async def test_a_restart_after_asking_keeps_the_buttons(world: World) -> None:
    asked = await world.ask()
    await world.restart()
    await world.press(asked, "confirm")
    await world.restart()
    result = await world.press(world.message(asked), "agree")
    await world.after(30)
    assert "Sells back for" in texts(world.message(result.response))


@pytest.mark.parametrize("overrides", [{"guild_ids": "1"}])
async def test_elsewhere_every_command_and_press_says_not_set_up_here(world: World) -> None:
    for command, options in (("packs", {}), ("open", {"pack": "sandlot-starter"}), ("account show", {})):
        answered = await world.alice.slash(world.channel, command, **options)
        assert "isn't set up here" in texts(answered.response)
    assert not world.ledger.requests


@pytest.mark.parametrize("overrides", [{"daily_spend_limit": "12"}])
async def test_the_days_limit_is_shown_and_holds(world: World) -> None:
    assert "Left of today's limit here before this order: $12.00" in texts(await world.ask(amount=2))
    await world.opened(amount=2)
    assert "$5.00 is more than what is left of today's limit" in texts(await world.ask())


async def test_an_age_restricted_bot_opens_only_in_such_a_channel(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SimCord knows neither age-restricted commands nor such channels.
    vars(world.app.settings)["age_restricted"] = True
    monkeypatch.setattr(discord.TextChannel, "is_nsfw", lambda channel: channel.name == "grown-ups")
    refused = await world.ask()
    assert "only be opened in an age-restricted channel. Nothing was bought" in texts(refused)
    adults = world.guild.create_text_channel("grown-ups")
    asked = await world.alice.slash(adults, "open", pack="sandlot-starter")
    assert "## Open 1 ×" in texts(asked.response)


@pytest.mark.parametrize("overrides", [{"settlement_note": "Settle with **the club** by Friday."}])
async def test_the_settlement_note_is_on_the_confirmation(world: World) -> None:
    assert "Settle with **the club** by Friday." in texts(await world.ask())
