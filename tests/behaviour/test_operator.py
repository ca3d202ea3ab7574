"""/operator: the pause of the whole bot, and the lifting of all that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.domain.purchase import State
from bot.store import freezes, meta
from bot.store.tables import cards
from bot.store.tables import freezes as frozen
from tests.behaviour.desk import audited, elsewhere, moderator, notices, operator, show_to_all
from tests.behaviour.look import texts
from tests.behaviour.steps import DELIVERY, SOON, answers, delivered, newest, once, ordered, question, rows

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

WHY = "the card partner is being moved"
OPS = 4711
"""The operator's channel, in a server that the tests make with this id."""


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"operator_channel": OPS}


def boss(world: World) -> Any:
    """The operator, who is an administrator of this server."""
    role = world.guild.create_role("boss", permissions=discord.Permissions(administrator=True))
    return operator(world, world.guild.add_member(world.env.create_user("olga"), roles=[role]))


async def command(world: World, who: Any, name: str, **options: Any) -> str:
    result = await who.slash(world.channel, f"operator {name}", **options)
    await world.after(SOON)
    assert result.ephemeral
    return answers(result)


async def test_a_pause_stops_buying_at_the_question_and_at_confirm_until_it_is_lifted(world: World) -> None:
    olga = boss(world)
    await delivered(world)
    asked = await world.ask()
    said = await command(world, olga, "pause", reason=f" {WHY}. ", what="buying")
    assert "Paused: buying" in said
    refused = await world.press(asked, "confirm")
    sentence = f"Opening packs is paused: {WHY}. Nothing was bought."
    assert sentence in answers(refused)
    again = await world.alice.slash(world.channel, "open", pack="sandlot-starter")
    assert sentence in answers(again)
    assert world.ledger.count("init") == 1
    await world.restart()
    operator(world, olga)
    assert sentence in answers(await world.bob.slash(world.channel, "open", pack="sandlot-starter"))
    said = await command(world, olga, "unpause")
    assert "No longer in force" in said
    assert WHY in said
    assert "Still in force" not in said
    await delivered(world)
    assert world.ledger.count("init") == 2
    await once(world)


async def test_a_pause_of_buying_lets_people_sell_and_one_of_everything_does_not(world: World) -> None:
    olga = boss(world)
    message = await delivered(world)
    await command(world, olga, "pause", reason=WHY, what="buying")
    asked = await question(world, message)
    assert "The partner will buy this card" in texts(asked)
    await command(world, olga, "pause", reason=WHY)
    await world.press(asked, "sellnow")
    assert f"Selling cards is paused: {WHY}. Nothing was sold." in texts(world.message(asked))
    assert world.ledger.count("buyback") == 0


async def test_what_the_partner_has_accepted_goes_on(world: World) -> None:
    olga = boss(world)
    message = await ordered(world)
    assert (await newest(world)).state is State.ACCEPTED
    await command(world, olga, "pause", reason=WHY)
    await world.after(DELIVERY)
    assert "opened 1 × Sandlot Starter" in texts(world.message(message))
    assert (await newest(world)).state is State.DELIVERED


async def test_a_newer_pause_takes_the_older_ones_place(world: World) -> None:
    olga = boss(world)
    await command(world, olga, "pause", reason="the first reason")
    await command(world, olga, "pause", reason="the second reason", what="selling")
    assert (await world.alice.slash(world.channel, "open", pack="sandlot-starter")).response is not None
    open_now = [row for row in await rows(world, frozen) if row.lifted_at is None]
    assert [(row.action, row.reason, row.made_by) for row in open_now] == [("sell", "the second reason", olga.id)]


async def test_it_is_told_and_written_down(world: World) -> None:
    olga = boss(world)
    channel = world.guild.create_text_channel("mods")
    await world.app.guilds.set_audit_channel(0, world.guild.id, channel.id)
    await command(world, olga, "pause", reason=WHY, what="buying")
    await command(world, olga, "unpause")
    told = await notices(world, channel)
    assert f"<@{olga.id}> paused buying in the whole bot: {WHY}." in told
    assert f"<@{olga.id}> lifted the operator's pause." in told
    (paused,), (lifted,) = await audited(world, "pause"), await audited(world, "unpause")
    assert (paused.actor, lifted.actor) == (olga.id, olga.id)
    assert WHY in paused.detail


@pytest.mark.parametrize("name", ["pause", "unpause"])
async def test_nobody_else_pauses_or_lifts(world: World, name: str) -> None:
    olga = boss(world)
    if name == "unpause":
        await command(world, olga, "pause", reason=WHY)
    show_to_all(world, "operator")
    options = {"reason": WHY} if name == "pause" else {}
    before = await rows(world, frozen)
    for who in (world.alice, moderator(world)):
        assert "Only the operator of this bot can do this." in await command(world, who, name, **options)
    assert await rows(world, frozen) == before
    assert len(await audited(world, "unpause")) == 0


async def test_administrators_of_other_servers_are_no_operators(world: World) -> None:
    boss(world)
    channel, _ = elsewhere(world)
    role = channel_guild(world).create_role("admin", permissions=discord.Permissions(administrator=True))
    admin = channel_guild(world).add_member(world.env.create_user("ada"), roles=[role])
    result = await admin.slash(channel, "operator pause", reason=WHY)
    await world.after(SOON)
    assert "Only the operator" in answers(result)
    assert await rows(world, frozen) == []


def channel_guild(world: World) -> Any:
    return world.env._guilds[-1]


async def put(world: World, cause: str, scope: str = "bot", actions: tuple[str, ...] = ("buy", "sell")) -> None:
    now = world.app.clock.now()

    async def work(conn: Any) -> None:
        for action in actions:
            await freezes.add(conn, scope=scope, action=action, cause=cause, reason=f"a {cause}", now=now)

    await world.app.store.run(work)


async def test_the_breaker_is_lifted_at_once(world: World) -> None:
    olga = boss(world)
    await put(world, "breaker", actions=("buy",))
    assert "a breaker" in await command(world, olga, "unpause")
    await delivered(world)


async def test_a_restored_backup_stays_frozen_until_the_sweep_has_been_through(world: World) -> None:
    olga = boss(world)
    await world.after(5)
    await put(world, "restore")
    await world.app.store.run(lambda conn: meta.put(conn, "swept_at", str(world.app.clock.now() - 1)))
    await command(world, olga, "pause", reason=WHY)
    said = await command(world, olga, "unpause")
    assert WHY in said.split("Still in force")[0]
    assert "a restore" in said.split("Still in force")[1]
    assert "every member's cards have been compared" in said
    refused = await world.alice.slash(world.channel, "open", pack="sandlot-starter")
    assert "Opening packs is paused: a restore." in answers(refused)
    await world.after(30)
    await world.app.store.run(lambda conn: meta.put(conn, "swept_at", str(world.app.clock.now())))
    said = await command(world, olga, "unpause")
    assert "Still in force" not in said
    await delivered(world)


async def test_a_member_whose_cards_differ_is_named_and_let_go_alone(world: World) -> None:
    olga = boss(world)
    await put(world, "sweep", f"member:{world.alice.id}")
    await put(world, "sweep", f"member:{world.bob.id}")
    await put(world, "moderator", f"member:{world.bob.id}", ("buy",))
    said = await command(world, olga, "unpause")
    assert "Nothing was paused" in said
    for who in (world.alice, world.bob):
        assert f"<@{who.id}>" in said
    assert f"<@{world.bob.id}> can buy and sell again" in await command(world, olga, "unpause", member=world.bob)
    open_now = {(row.scope, row.cause) for row in await rows(world, frozen) if row.lifted_at is None}
    assert open_now == {(f"member:{world.alice.id}", "sweep"), (f"member:{world.bob.id}", "moderator")}
    said = await command(world, olga, "unpause", member=world.bob)
    assert f"Nothing stops <@{world.bob.id}> because of cards that differ" in said


async def test_what_the_partner_shows_is_taken_over_and_told_to_the_operator_alone(world: World) -> None:
    olga = boss(world)
    await delivered(world)
    engine = world.partner.engine
    user_id = (await newest(world)).user_id
    pull = engine.init(world.partner.packs["hardwood-rookies"].id, 1, user_id).pulls[0]
    await world.after(60)
    await put(world, "sweep", f"member:{world.alice.id}")
    result = await olga.slash(world.channel, "operator unpause", member=world.alice)
    await world.after(10)
    assert result.ephemeral
    said = answers(result)
    assert f"<@{world.alice.id}> can buy and sell again" in said
    assert "New cards of this member, without an order (1):" in said
    assert pull.card.id in said.replace("\\", "")
    assert "Not with this member any more" not in said
    assert pull.card.id in [row.item_id for row in await rows(world, cards)]


async def test_nothing_to_lift_is_said(world: World) -> None:
    assert "Nothing was paused" in await command(world, boss(world), "unpause")
    assert await audited(world, "unpause") == []


async def test_what_the_operator_writes_does_not_come_alive(world: World) -> None:
    said = await command(world, boss(world), "pause", reason="@everyone **now** [x](https://evil.example)")
    refused = answers(await world.alice.slash(world.channel, "open", pack="sandlot-starter"))
    for text in (said, refused):
        assert "@everyone" not in text
        assert "](" not in text.replace("\\](", "")
        assert "://" not in text


async def test_a_reason_of_blanks_is_none(world: World) -> None:
    assert "a reason of 5 to 140" in await command(world, boss(world), "pause", reason="a         b")
    assert await rows(world, frozen) == []
