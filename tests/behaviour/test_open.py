"""/packs and /open, all the way to the cards."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.purchase import State
from tests.behaviour.look import button, buttons, parts, pictures, texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


async def orders(world: World, who: Any = None) -> Any:
    return await world.app.cards.recent((who or world.alice).id)


async def test_packs_shows_a_pack_with_all_that_matters(world: World) -> None:
    shown = await world.alice.slash(world.channel, "packs", search="sandlot")
    assert shown.ephemeral
    said = texts(shown.response)
    assert "## Sandlot Starter" in said
    assert "**$5.00** each" in said
    assert "✅ In stock" in said
    assert "**Common**: 74 % · cards worth $1.75 to $3.50" in said
    assert "buys cards back at 85 % of their value" in said
    assert "between 6 % and 26 %" in said
    assert "Checked <t:" in said
    ((url, alt),) = pictures(shown.response)
    assert url.endswith(".png")
    assert alt == "Picture of the pack Sandlot Starter"


async def test_packs_moves_between_packs_and_opens_from_there(world: World) -> None:
    shown = await world.alice.slash(world.channel, "packs")
    (select,) = (part for part in parts(shown.response) if part["type"] == 3)
    other = next(option for option in select["options"] if "Diamond Classics" in option["label"])
    assert "in stock" in other["description"]
    await world.alice.select(shown.response, [other["value"]], custom_id=select["custom_id"])
    moved = world.message(shown.response)
    assert "## Diamond Classics" in texts(moved)
    asked = await world.press(moved, "open")
    assert "## Open 1 × Diamond Classics?" in texts(asked.response)
    form = await world.press(moved, "more")
    answered = await world.alice.submit_modal(form, {"amount": "3"})
    assert "## Open 3 × Diamond Classics?" in texts(answered.response)
    assert not world.ledger.purchases


async def test_a_form_outlives_a_restart_and_says_what_it_needs(world: World) -> None:
    shown = await world.alice.slash(world.channel, "packs", search="sandlot")
    form = await world.press(shown.response, "more")
    await world.restart()
    answered = await world.alice.submit_modal(form, {"amount": "2"})
    assert "## Open 2 × Sandlot Starter?" in texts(answered.response)
    form = await world.press(shown.response, "more")
    answered = await world.alice.submit_modal(form, {"amount": "many"})
    assert "isn't a number" in texts(answered.response)
    form = await world.press(shown.response, "more")
    answered = await world.alice.submit_modal(form, {"amount": "99"})
    assert "1 to 25 at a time" in texts(answered.response)


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("summer nationals", "🚫 Sold out"),
        ("holiday hoops", "⏸️ Not on sale"),
        ("broken", "don't add up"),
    ],
)
async def test_packs_that_cannot_be_opened_say_why(world: World, slug: str, said: str) -> None:
    if slug == "broken":
        slug = next(p.name for p in world.partner.packs.values() if any((t.weight or -1) < 0 for t in p.tiers))
    shown = await world.alice.slash(world.channel, "packs", search=slug)
    assert said in texts(shown.response)
    assert all(b["disabled"] for label, b in buttons(shown.response).items() if label.startswith("Open"))


async def test_a_search_without_a_match_says_so(world: World) -> None:
    shown = await world.alice.slash(world.channel, "packs", search="zzz")
    assert "No pack matches “zzz”" in texts(shown.response)


async def test_packs_is_served_stale_with_its_age_and_never_for_a_confirmation(world: World) -> None:
    await world.alice.slash(world.channel, "packs")
    world.partner.down = True
    await world.after(120)
    shown = await world.alice.slash(world.channel, "packs", search="sandlot")
    await world.after(10)
    assert "This list is from <t:1767225600:R>" in texts(shown.response)
    assert buttons(shown.response)["Open 1"]["disabled"]
    refused = await world.alice.slash(world.channel, "open", pack="sandlot-starter")
    await world.after(20)
    assert "The partner can't be reached right now. Nothing was bought" in texts(refused.response)


async def test_autocomplete_offers_packs_in_stock_first_with_their_price(world: World) -> None:
    choices = await world.alice.autocomplete(world.channel, "open", "pack", "baseball")
    names = [choice["name"] for choice in choices]
    assert "Sandlot Starter · $5.00" in names
    assert names[-1] == "Summer Nationals · $40.00 · sold out"
    assert all(len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in choices)
    asked = await world.ask(pack=choices[0]["value"])
    assert "## Open 1 ×" in texts(asked)


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
    assert "### Ordered" in texts(world.message(asked))
    assert not buttons(world.message(asked))
    assert not result.ephemeral
    seen = [texts(world.message(result.response))]
    for _ in range(40):
        await world.after(0.4)
        seen.append(texts(world.message(result.response)))
    states = list(dict.fromkeys(seen))
    assert "With the partner since" in "".join(states[:2])
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
    assert "with the partner" in texts(world.message(again.response)).lower(), "the terms are asked for once"


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
    world.env.inject_error("PATCH", f"/webhooks/*/*/messages/{asked.id}", status=500, times=1)
    await world.press(asked, "confirm")
    assert "confirm" in button(world.message(asked), "confirm"), "its buttons could not be taken away"
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


async def test_an_age_restricted_bot_opens_only_in_such_a_channel(world: World) -> None:
    # Not by the settings: SimCord doesn't know age-restricted commands.
    vars(world.app.settings)["age_restricted"] = True
    refused = await world.ask()
    assert "only be opened in an age-restricted channel. Nothing was bought" in texts(refused)
    adults = world.guild.create_text_channel("grown-ups", nsfw=True)
    asked = await world.alice.slash(adults, "open", pack="sandlot-starter")
    assert "## Open 1 ×" in texts(asked.response)


@pytest.mark.parametrize("overrides", [{"settlement_note": "Settle with **the club** by Friday."}])
async def test_the_settlement_note_is_on_the_confirmation(world: World) -> None:
    assert "Settle with **the club** by Friday." in texts(await world.ask())
