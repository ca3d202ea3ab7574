"""Orders that need a person: who sees them, how they are settled by hand, and that they are settled once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.ids import reference
from bot.domain.purchase import State
from bot.store import desk as desk_store
from bot.store.tables import cards, purchases, sales
from bot.texts import escape
from bot.ui.look import GOOD, WAITING
from tests.behaviour.desk import (
    SETTLE,
    audit_channel,
    audited,
    elsewhere,
    forged_form,
    in_review,
    look,
    moderator,
    operator,
    settle,
    show_to_all,
)
from tests.behaviour.look import button, buttons, parts, texts
from tests.behaviour.steps import (
    SOON,
    answers,
    delivered,
    newest,
    once,
    ordered,
    pressed_raw,
    question,
    rows,
)

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

pytestmark = pytest.mark.parametrize("overrides", [{"settle_seconds": SETTLE}])
CONTAINER = 17
NOT_FOUND = "No order of this server is known by this reference."
ONLY_MODERATORS = "Only moderators of this server can do this"


def colour(page: Any) -> int | None:
    return next(part for part in parts(page) if part["type"] == CONTAINER).get("accent_color")


async def waiting(world: World, who: Any, channel: Any = None) -> Any:
    result = await who.slash(channel or world.channel, "orders open")
    await world.after(SOON)
    assert result.ephemeral
    return result.response


async def test_where_nothing_waits_that_is_said(world: World) -> None:
    await delivered(world)
    page = await waiting(world, moderator(world))
    assert "Nothing needs you" in texts(page)


async def test_what_waits_is_listed_the_oldest_first(world: World) -> None:
    mod = moderator(world)
    sold = await delivered(world, world.bob)
    _, review = await in_review(world)
    asked = await question(world, sold, world.bob)
    world.partner.faults.add("buyback", "reset")
    await world.press(asked, "sellnow", world.bob)
    await world.after(SOON)
    await ordered(world, pack="hardwood-rookies", fault={"route": "init", "kind": "reset"})
    doubt = await newest(world)
    page = await waiting(world, mod)
    said = texts(page)
    (sale,) = await rows(world, sales)
    places = [said.index(reference(one.id)) for one in (review, sale, doubt)]
    assert places == sorted(places)
    assert "3 in all" in said
    assert "fewer cards came than were ordered" in said
    assert f"<@{world.bob.id}> · a sale of" in said
    assert "Not known since" in said
    shown = await mod.click(world.message(page), custom_id=f"order:{review.id}")
    await world.after(SOON)
    assert f"Order {reference(review.id)}" in texts(shown.response)
    await world.after(2 * SETTLE)
    await world.press(page, "orders", mod)
    assert "1 in all" in texts(world.message(page)), "the others have settled by themselves"


async def test_an_overdue_order_waits_too_but_nobody_can_settle_it(world: World) -> None:
    world.partner.engine.settle = 33 * 60
    await ordered(world)
    await world.after(31 * 60)
    order = await newest(world)
    assert (order.state, order.overdue) == (State.ACCEPTED, True)
    mod = moderator(world)
    assert "which is too long" in texts(await waiting(world, mod))
    page = await look(world, mod, order)
    assert "asks once a minute" in texts(page)
    assert not {"Settle as not bought", "Settle as delivered, with its cards"} & set(buttons(page))
    assert colour(page) == WAITING
    await world.after(5 * 60)
    page = await look(world, mod, order)
    assert "asks once a minute" not in texts(page)
    assert colour(page) == GOOD, "it was overdue once, and has come"


async def test_all_that_is_known_of_an_order(world: World) -> None:
    _, order = await in_review(world)
    mod = moderator(world)
    typed = f" {reference(order.id)[:4].lower()} {reference(order.id)[4:].lower()} "
    for text in (typed, order.id, reference(order.id)):
        page = (await mod.slash(world.channel, "orders order", reference=text)).response
        await world.after(SOON)
        said = texts(world.message(page))
        pulled = await rows(world, cards)
        assert len(pulled) == 2
        for fact in (
            f"<@{world.alice.id}>",
            "3 × **Sandlot Starter** for $15.00",
            "a person has to look at it",
            "fewer cards came than were ordered",
            order.user_id,
            order.session_id,
            "being sent",
            "taken by the partner",
            "2 cards of 3",
            *(escape(card.item_id, 99) for card in pulled),
        ):
            assert str(fact) in said, (fact, said)
    past = await world.press(page, "past", mod)
    await world.after(SOON)
    assert "What happened to order" in texts(past.response)
    assert "session" in texts(past.response)


@pytest.mark.parametrize("text", ["ZZZZZZZZ", "nonsense", "%", "________", "' OR 1=1 --", "0" * 26, "<@1> **x**"])
async def test_an_unknown_reference_is_answered_and_shows_nothing(world: World, text: str) -> None:
    await in_review(world)
    result = await moderator(world).slash(world.channel, "orders order", reference=text)
    await world.after(SOON)
    assert result.ephemeral
    assert "No order of this server has the reference" in answers(result)
    assert "<@1>" not in answers(result).replace("\\<@", "")


async def test_the_reference_of_a_sale_leads_to_the_order_of_its_card(world: World) -> None:
    message = await delivered(world)
    asked = await question(world, message)
    world.partner.faults.add("buyback", "reset")
    await world.press(asked, "sellnow")
    await world.after(SOON)
    (sale,) = await rows(world, sales)
    result = await moderator(world).slash(world.channel, "orders order", reference=reference(sale.id))
    await world.after(SOON)
    assert f"Order {reference((await newest(world)).id)}" in texts(result.response)
    assert "a sale of it isn't known yet" in texts(result.response)


async def test_several_with_one_reference_are_listed(world: World) -> None:
    message = await delivered(world)
    (row,) = await rows(world, purchases)
    other = {**row._asdict(), "id": f"00{row.id[2:]}", "key": "other", "pack_name": "Another Pack"}
    await world.app.store.run(lambda conn: conn.execute(purchases.insert(), [other]))
    mod = moderator(world)
    result = await mod.slash(world.channel, "orders order", reference=reference(row.id))
    await world.after(SOON)
    assert "Orders with this reference" in texts(result.response)
    for pack in ("Sandlot Starter", "Another Pack"):
        assert f"1 × {pack}" in texts(result.response)
    shown = await mod.click(world.message(result.response), custom_id=f"order:{row.id}")
    await world.after(SOON)
    assert row.id in texts(shown.response)
    assert "opened 1 ×" in texts(world.message(message))


async def test_the_button_of_a_notice_shows_the_order_to_a_moderator(world: World) -> None:
    channel = await audit_channel(world)
    _, order = await in_review(world)
    (notice,) = channel.history()
    shown = await moderator(world).click(notice, custom_id=button(notice, "order"))
    await world.after(SOON)
    assert shown.ephemeral
    assert f"Order {reference(order.id)}" in texts(shown.response)


# --- who


async def test_members_see_and_settle_nothing_though_the_commands_are_shown_to_them(world: World) -> None:
    channel = await audit_channel(world)
    _, order = await in_review(world)
    page = await look(world, moderator(world), order)
    show_to_all(world, "orders")
    for command, options in (("orders open", {}), ("orders order", {"reference": reference(order.id)})):
        result = await world.alice.slash(world.channel, command, **options)
        await world.after(SOON)
        assert result.ephemeral
        assert ONLY_MODERATORS in answers(result)
        assert reference(order.id) not in answers(result)
    (notice,) = channel.history()
    shown = await world.alice.click(notice, custom_id=button(notice, "order"))
    await world.after(SOON)
    assert shown.ephemeral
    assert ONLY_MODERATORS in answers(shown)
    for name in ("order", "reorder", "past", "delivered", "orders"):
        values = {"order": "", "reorder": "", "past": ":0", "delivered": f":{order.ver}"}
        custom_id = "orders:0" if name == "orders" else f"{name}:{order.id}{values[name]}"
        await world.after(10)
        pressed = await pressed_raw(world, world.alice, _with(world, page, custom_id), custom_id)
        await world.after(SOON)
        assert ONLY_MODERATORS in answers(pressed), name
        assert pressed.modal is None
    await world.after(10)
    assert ONLY_MODERATORS in answers(await forged_form(world, world.alice, page, order))
    assert (await newest(world)).state is State.REVIEW
    assert await audited(world, desk_store.SETTLED) == []
    await once(world)


def _with(world: World, page: Any, custom_id: str) -> Any:
    """The page, on which there is such a button."""
    stored = world.env.backend.get_message(page.channel_id, page.id)
    frame = stored.components[0]["components"]
    frame.append({"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": custom_id}]})
    return page


async def test_a_moderator_of_another_server_meets_an_unknown_order(world: World) -> None:
    _, order = await in_review(world)
    channel, otto = elsewhere(world)
    assert "Nothing needs you" in texts(await waiting(world, otto, channel))
    result = await otto.slash(channel, "orders order", reference=reference(order.id))
    await world.after(SOON)
    assert "No order of this server has the reference" in answers(result)
    page = await waiting(world, otto, channel)
    pressed = await otto.click(_with(world, page, f"order:{order.id}"), custom_id=f"order:{order.id}")
    await world.after(SOON)
    assert NOT_FOUND in answers(pressed)
    assert NOT_FOUND in answers(await forged_form(world, otto, page, order, channel))
    assert (await newest(world)).state is State.REVIEW


async def test_the_operator_sees_and_settles_every_servers_orders_from_any(world: World) -> None:
    message, order = await in_review(world)
    channel, otto = elsewhere(world)
    operator(world, otto)
    assert reference(order.id) in texts(await waiting(world, otto, channel))
    page = await look(world, otto, order, channel)
    form = await world.press(page, "delivered", otto)
    await settle(world, otto, form)
    assert (await newest(world)).state is State.DELIVERED
    assert "opened 3 × Sandlot Starter" in texts(world.message(message))


async def test_a_role_from_the_settings_makes_a_moderator_and_taking_it_away_ends_that(world: World) -> None:
    _, order = await in_review(world)
    role = world.guild.create_role("helpers")
    helper = world.guild.add_member(world.env.create_user("hal"), roles=[role])
    show_to_all(world, "orders")
    assert ONLY_MODERATORS in answers(await helper.slash(world.channel, "orders open"))
    await world.app.guilds.set_moderator_roles(0, world.guild.id, [role.id])
    page = await look(world, helper, order)
    form = await world.press(page, "delivered", helper)
    await world.app.guilds.set_moderator_roles(0, world.guild.id, [])
    assert ONLY_MODERATORS in answers(await settle(world, helper, form))
    assert (await newest(world)).state is State.REVIEW


@pytest.mark.parametrize("orders", [100])
async def test_a_hundred_open_orders_are_pages(world: World, orders: int) -> None:
    _, order = await in_review(world)
    values = (await rows(world, purchases))[0]._asdict()
    many = [
        {**values, "id": f"{order.id[:-4]}{i:04d}", "key": f"k{i}", "pack_id": f"p{i}", "pack_name": "**@x** " * 500}
        for i in range(orders)
    ]
    await world.app.store.run(lambda conn: conn.execute(purchases.insert(), many))
    mod = moderator(world)
    page = await waiting(world, mod)
    assert f"{orders + 1} in all" in texts(page)
    assert "Page 1 of 13" in texts(page)
    seen = 0
    for turn in range(13):
        seen += sum(label == "Show" for label in _labels(world.message(page)))
        if turn < 12:
            await world.after(2)
            await mod.click(world.message(page), custom_id=f"orders:{turn + 1}")
    assert seen == orders + 1


def _labels(message: Any) -> list[str]:
    return [part["label"] for part in parts(message) if part.get("type") == 2]
