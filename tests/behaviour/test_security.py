"""Requests that no honest client sends: forged and replayed custom_ids, other people's codes, other places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from simcord.actors import _dispatch_actor_interaction
from simcord.backend.serializers import message_payload

from bot.domain.sale import CardState
from bot.store import tables
from bot.ui.address import LONGEST
from tests.behaviour.forgery import forged, kept, private
from tests.behaviour.look import button, texts
from tests.behaviour.steps import SOON, agreed, delivered, once, pressed_raw, question, rows

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

NOBODYS = "0" * 26
STRAY = "This button or form isn't in use any more. Nothing was bought or sold by this press."
NOT_HERE = "Pullcord isn't set up here. Nothing was bought or sold."


async def scene(world: World) -> tuple[Any, dict[str, str]]:
    """Alice has a card, seven more on two pages, and a confirmation; the names by which they are forged."""
    await agreed(world, world.alice, world.bob)
    message = await delivered(world, amount=7)
    asked = await world.ask(pack="hardwood-rookies")
    await world.after(60)
    (order,) = await rows(world, tables.purchases)
    card = next(one for one in await rows(world, tables.cards) if one.purchase_id == order.id)
    confirmation = button(asked, "confirm").partition(":")[2]
    return message, {"card": card.id, "order": order.id, "confirmation": confirmation, "pack": order.pack_id}


FORGED = [
    ("bob", "sell:{card}", "Only <@{alice}> can sell this card."),
    ("bob", "show:{order}", "Only <@{alice}> can do this with these cards."),
    ("bob", "skip:{order}", "Only <@{alice}> can do this with these cards."),
    ("bob", "confirm:{confirmation}", "This belongs to somebody else, so you can't press it."),
    ("bob", "agree:{confirmation}", "This belongs to somebody else, so you can't press it."),
    ("bob", "cancel:{confirmation}", "This belongs to somebody else, so you can't press it."),
    ("alice", f"sell:{NOBODYS}", "This card isn't known here any more. Nothing was sold."),
    ("alice", f"back:{NOBODYS}", "This card isn't known here any more. Nothing was sold."),
    ("alice", f"keep:{NOBODYS}", "This card isn't known here any more. Nothing was sold."),
    ("alice", f"show:{NOBODYS}", "This order isn't known here any more. Nothing was bought or sold."),
    ("alice", f"cards:{NOBODYS}:1", "This order isn't known here any more. Nothing was bought or sold."),
    ("alice", f"confirm:{NOBODYS}", "This confirmation isn't there any more. Nothing was bought."),
    ("alice", f"agree:{NOBODYS}", "This confirmation isn't there any more. Nothing was bought."),
    ("alice", "confirm:{order}", "This confirmation isn't there any more. Nothing was bought."),
    ("alice", "sell:{confirmation}", "This card isn't known here any more. Nothing was sold."),
    ("alice", "open:0:{pack}", "can be opened 1 to 25 at a time. Nothing was bought."),
    ("alice", "open:999999999:{pack}", "can be opened 1 to 25 at a time. Nothing was bought."),
    ("alice", "open:1:@everyone **x**", "No pack is called “@\u200beveryone \\*\\*x\\*\\*”. Nothing was bought."),
    ("alice", "open:1:", "No pack is called “”. Nothing was bought."),
    ("alice", f"link:{NOBODYS}", "This question has run out. Nothing was changed."),
    ("alice", "unlink:1795514400000", "Accounts here are made by the bot and can't be unlinked"),
    ("bob", "cards:{order}:999999999", "Page 2 of 2"),
    ("bob", "back:{card}", "### "),
]
"""Who presses, what, and what they are told."""
RUBBISH = [
    *("sellnow:{card}:-1", "sellnow:{card}:1.5", "sellnow:{card}:99999999999", "sellnow:{card}:", "sellnow:{card}:٣"),
    *("cards:{order}:-1", "cards:{order}:\uff13", "open:-1:{pack}", "open:1e3:{pack}", "open:+1:{pack}"),
    *("sell:{card}'--", "sell:../../{card}", "sell:{card}:1", "SELL:{card}", "sell: {card}", "confirm", "confirm:"),
    *("unlink:1", "dismiss:", "\u202esell", "@everyone", "\n", "\x00", "💥" * 50, "x" * LONGEST, ":" * LONGEST),
]
ELSEWHERE = (
    "sellnow:{card}:1",
    "confirm:{confirmation}",
    "agree:{confirmation}",
    "open:1:{pack}",
    "unlink:1795514400000",
    "dismiss",
)
"""Good ones, that are not on the message."""
PAUSE = 1.1
"""Seconds between two presses, so that nobody is too fast."""


async def test_a_forged_button_is_answered_privately_and_nothing_changes(world: World) -> None:
    message, names = await scene(world)
    before = await kept(world)
    for who, custom_id, said in FORGED:
        pressed = await forged(world, getattr(world, who), message, custom_id.format(**names))
        await world.after(PAUSE)
        assert said.format(alice=world.alice.id) in private(pressed, message), custom_id
        assert await kept(world) == before, custom_id
    await once(world)


async def test_rubbish_is_answered_privately_and_nothing_changes(world: World) -> None:
    message, names = await scene(world)
    before = await kept(world)
    for custom_id in RUBBISH:
        pressed = await forged(world, world.alice, message, custom_id.format(**names)[:LONGEST])
        await world.after(PAUSE)
        assert private(pressed) == STRAY, custom_id
        assert await kept(world) == before, custom_id


async def test_a_custom_id_that_is_not_on_the_message_does_nothing(world: World) -> None:
    message, names = await scene(world)
    before = await kept(world)
    for custom_id in ELSEWHERE:
        pressed = await pressed_raw(world, world.alice, message, custom_id.format(**names))
        await world.after(PAUSE)
        assert private(pressed, message) == STRAY, custom_id
        assert await kept(world) == before, custom_id


async def test_a_forged_price_sells_nothing_for_anybody_else_and_nothing_above_the_partners(world: World) -> None:
    message, names = await scene(world)
    before = await kept(world)
    for who, quoted in ((world.bob, 1), (world.bob, 999_999_999), (world.alice, 999_999_999)):
        await forged(world, who, message, f"sellnow:{names['card']}:{quoted}")
        await world.after(SOON)
        assert await kept(world) == before, (who, quoted)


async def test_a_price_forged_low_by_the_owner_sells_at_the_partners_own_price(world: World) -> None:
    message, names = await scene(world)
    quote = await world.app.offers.quote(names["card"], world.alice.id, world.guild.id)
    asked = await question(world, message)
    await forged(world, world.alice, asked, f"sellnow:{names['card']}:1")
    await world.after(SOON)
    (sale,) = await rows(world, tables.sales)
    assert (sale.quoted, sale.amount) == (quote.price, quote.price)
    assert [one.amount_cents for one in world.ledger.sales] == [quote.price]
    await once(world)


async def test_pages_out_of_range_show_what_there_is(world: World) -> None:
    shown = (await world.alice.slash(world.channel, "packs")).response
    for page, said in (("999999999:", "buys cards back"), ("0:zzz", "No pack matches"), ("0:**zzz**", "“\\*\\*zzz")):
        pressed = await forged(world, world.alice, shown, f"packs:{page}")
        await world.after(PAUSE)
        assert pressed.acknowledged
        assert said in texts(world.message(shown)), page


async def test_an_unknown_choice_shows_the_first_pack(world: World) -> None:
    shown = (await world.alice.slash(world.channel, "packs")).response
    for chosen in ("", "nobody's", "x" * 100, "@everyone", "' OR 1=1 --"):
        await forged(world, world.alice, shown, "pack:0:", select=chosen)
        await world.after(PAUSE)
        assert texts(world.message(shown)) == texts(shown), chosen


def form(*inputs: tuple[str, str]) -> dict[str, Any]:
    """How many Sandlot Starters? With these inputs."""
    fields = [{"type": 4, "id": at, "custom_id": name, "value": value} for at, (name, value) in enumerate(inputs, 10)]
    parts = [{"type": 18, "id": at, "component": field} for at, field in enumerate(fields, 1)]
    return {"custom_id": "amount:25:sandlot-starter", "components": parts}


async def test_an_amount_that_is_no_number_opens_nothing(world: World) -> None:
    for amount in (
        *("", " ", "0", "00", "-1", "+1", "1.0", "1,000", "1e3", "0x10", "1_0", "٣", "\uff13", "³", "½", "Ⅷ", "1\n2"),
        *("@everyone", "**1**", "\u202e1", "1\u200b", "<t:1:R>", "9" * 4000, "'; DROP TABLE purchases; --", "NaN"),
    ):
        answered = private(await world.alice._dispatch_interaction(5, world.channel, form(("amount", amount))))
        await world.after(PAUSE)
        assert "Nothing was bought." in answered, amount
        alive = ("@everyone", "**1**", "<t:1:R>", "\u202e", "9" * 151)
        assert not [one for one in alive if one in answered], answered
    assert await rows(world, tables.confirmations) == []


@pytest.mark.logs_errors
async def test_a_form_with_inputs_that_it_does_not_have_is_answered(world: World) -> None:
    for field in ("pack", "most", "interaction", "nobody's"):
        inputs = form(("amount", "1"), (field, "1"))
        answered = private(await world.alice._dispatch_interaction(5, world.channel, inputs))
        known = field in {"pack", "most"}  # its own values count, not what was sent
        assert ("## Open 1 × Sandlot Starter?" if known else "Something went wrong on our side") in answered, field
    assert await rows(world, tables.purchases) == []


@pytest.mark.parametrize("name", ["confirm", "agree", "cancel"])
@pytest.mark.parametrize("after", ["used", "expired", "replaced", "cancelled"])
async def test_a_replayed_answer_to_a_confirmation_changes_nothing(world: World, name: str, after: str) -> None:
    await agreed(world)
    asked = await world.ask()
    custom_id = f"{name}:{button(asked, 'confirm').partition(':')[2]}"
    match after:
        case "used":
            await world.press(asked, "confirm")
            await world.after(60)
        case "expired":
            await world.after(10 * 60)
        case "replaced":
            await world.ask()
        case _:
            await world.press(asked, "cancel")
    before = await kept(world)
    pressed = await forged(world, world.alice, asked, custom_id)
    await world.after(60)
    said = {
        "used": "ordered already, once",
        "expired": "has run out",
        "replaced": "A newer confirmation of yours took this one's place",
        "cancelled": "You cancelled this confirmation",
    }
    assert said[after] in private(pressed)
    assert await kept(world) == before
    await once(world)


async def test_a_replayed_sale_sells_nothing_twice(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    custom_id = button(asked, "sellnow")
    await world.press(asked, "sellnow")
    await world.after(60)
    before = await kept(world)
    for who in (world.alice, world.bob):
        await forged(world, who, asked, custom_id)
    await world.after(60)
    assert await kept(world) == before
    assert [card.state for card in await rows(world, tables.cards)] == [CardState.SOLD]
    await once(world)


# --- other places


@pytest.mark.parametrize("command", ["packs", "open", "account"])
async def test_a_command_from_a_direct_message_is_not_set_up_there(world: World, command: str) -> None:
    carol = world.env.create_user("carol")
    options = {
        "open": [{"name": "pack", "type": 3, "value": "sandlot-starter"}],
        "account": [{"name": "show", "type": 1}],
    }
    data = {"id": "1", "name": command, "type": 1, "options": options.get(command, [])}
    result = await _dispatch_actor_interaction(carol, 2, carol.dm_channel, data)
    assert private(result) == NOT_HERE
    assert await rows(world, tables.confirmations) == []


@pytest.mark.parametrize("overrides", [{"guild_ids": "1"}])
async def test_a_server_that_is_not_served_is_told_so_once(world: World) -> None:
    for command in ("packs", "account show"):
        assert private(await world.alice.slash(world.channel, command)) == NOT_HERE
    assert private(await world.alice._dispatch_interaction(5, world.channel, form(("amount", "1")))) == NOT_HERE
    message = await world.bob.send(world.channel, "hello")
    for custom_id in (f"confirm:{NOBODYS}", "gone:1"):
        stored = world.env.backend.get_message(message.channel.id, message.id)
        payload = dict(message_payload(world.env.backend, stored))
        payload["components"] = [
            {"type": 1, "id": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": custom_id}]}
        ]
        result = await world.alice._dispatch_interaction(
            3, world.channel, {"custom_id": custom_id, "component_type": 2}, extra={"message": payload}
        )
        assert private(result) == NOT_HERE
