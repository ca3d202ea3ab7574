"""/packs, and the list of packs in /open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.behaviour.look import buttons, parts, pictures, texts

if TYPE_CHECKING:
    from tests.behaviour.conftest import World


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
