"""/settings: the audit channel and the moderators, who may set them, and what is wrong with them is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import discord
import pytest
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from tests.behaviour.desk import audited, in_review, moderator, notices, show_to_all
from tests.behaviour.look import button, buttons, parts, texts
from tests.behaviour.steps import SOON, answers, pressed_raw

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

ONLY_MODERATORS = "Only moderators of this server can do this"


async def panel(world: World, who: Any) -> Any:
    result = await who.slash(world.channel, "settings")
    await world.after(SOON)
    assert result.ephemeral
    return result.response


async def pick(world: World, who: Any, page: Any, name: str, *chosen: Any) -> Any:
    shown = world.message(page)
    result = await who.select(shown, chosen, custom_id=button(shown, name))
    await world.after(SOON)
    return result


def shut(world: World, channel: Any, **denied: bool) -> None:
    """The bot lacks these permissions there."""
    assert world.bot.user is not None
    deny = discord.Permissions(**denied).value
    world.env.backend.set_overwrite(channel.id, Overwrite(world.bot.user.id, OverwriteType.MEMBER, deny=deny))


async def set_now(world: World) -> tuple[int | None, set[int]]:
    now = await world.app.guilds.of(world.guild.id)
    return now.audit_channel_id, set(now.moderator_roles)


async def test_the_audit_channel_is_chosen_used_and_taken_away(world: World) -> None:
    mod, channel = moderator(world), world.guild.create_text_channel("mods")
    page = await panel(world, mod)
    assert "**Audit channel**: none" in texts(page)
    await pick(world, mod, page, "auditchannel", channel)
    assert f"<#{channel.id}>" in texts(world.message(page))
    assert await set_now(world) == (channel.id, set())
    await in_review(world)
    assert "needs a person: fewer cards came" in await notices(world, channel)
    await world.press(page, "noauditchannel", mod)
    assert "**Audit channel**: none" in texts(world.message(page))
    assert "No audit channel" not in buttons(world.message(page))
    assert await set_now(world) == (None, set())
    lines = await audited(world, "setting")
    assert [(line.actor, json.loads(line.detail)["after"]) for line in lines] == [(mod.id, channel.id), (mod.id, None)]


@pytest.mark.parametrize("denied", [{"view_channel": True}, {"send_messages": True}])
async def test_a_channel_where_the_bot_cannot_post_is_refused_with_what_to_do(world: World, denied: Any) -> None:
    mod, channel = moderator(world), world.guild.create_text_channel("mods")
    shut(world, channel, **denied)
    page = await panel(world, mod)
    refused = await pick(world, mod, page, "auditchannel", channel)
    said = texts(refused.followups[0])
    assert f"I can't post in <#{channel.id}>" in said
    assert "Please give me the permissions to view it and to send messages in it" in said
    assert await set_now(world) == (None, set())
    assert await audited(world, "setting") == []


async def test_a_channel_that_was_shut_or_deleted_since_is_shown_as_such(world: World) -> None:
    mod, channel = moderator(world), world.guild.create_text_channel("mods")
    page = await panel(world, mod)
    await pick(world, mod, page, "auditchannel", channel)
    shut(world, channel, send_messages=True)
    await world.after(SOON)
    assert "I can't post there" in texts(await panel(world, mod))
    world.env.backend.delete_channel(channel.id)
    await world.after(SOON)
    assert "it was deleted, or I can't see it" in texts(await panel(world, mod))


async def test_the_selects_work_after_a_restart(world: World) -> None:
    mod, channel = moderator(world), world.guild.create_text_channel("mods")
    role = world.guild.create_role("helpers")
    page = await panel(world, mod)
    await world.restart()
    await pick(world, mod, page, "auditchannel", channel)
    await pick(world, mod, page, "moderatorroles", role)
    assert await set_now(world) == (channel.id, {role.id})
    assert f"<@&{role.id}>" in texts(world.message(page))
    await pick(world, mod, page, "moderatorroles")
    assert await set_now(world) == (channel.id, set())


async def test_a_channel_that_is_cleared_is_none(world: World) -> None:
    mod, channel = moderator(world), world.guild.create_text_channel("mods")
    page = await panel(world, mod)
    await pick(world, mod, page, "auditchannel", channel)
    await forge(world, mod, page, "auditchannel", 8)
    assert await set_now(world) == (None, set())


async def test_only_who_manages_the_server_says_who_its_moderators_are(world: World) -> None:
    role, more = world.guild.create_role("helpers"), world.guild.create_role("more")
    helper = world.guild.add_member(world.env.create_user("hal"), roles=[role])
    show_to_all(world, "settings")
    await world.app.guilds.set_moderator_roles(0, world.guild.id, [role.id])
    page = await panel(world, helper)
    assert "Only members who may manage this server can change these roles" in texts(page)
    assert not [part for part in parts(world.message(page)) if part.get("custom_id") == "moderatorroles"]
    channel = world.guild.create_text_channel("mods")
    await pick(world, helper, page, "auditchannel", channel)
    assert (await set_now(world))[0] == channel.id, "the rest is theirs to set"
    managers = await panel(world, moderator(world))
    forged = await forge(world, helper, managers, "moderatorroles", 6, more)
    assert "Only members who may manage this server can change who its moderators are" in answers(forged)
    assert (await set_now(world))[1] == {role.id}


async def forge(world: World, who: Any, page: Any, custom_id: str, kind: int, *chosen: Any) -> Any:
    """A choice on a message that isn't shown to them."""
    if kind == 2:
        result = await pressed_raw(world, who, page, custom_id)
    else:
        from simcord.backend.serializers import message_payload
        from simcord.interactions import resolve_handle

        resolved: dict[str, dict[str, Any]] = {}
        for value in chosen:
            resolve_handle(who, value, resolved, channel_id=world.channel.id)
        stored = world.env.backend.get_message(page.channel_id, page.id)
        result = await who._dispatch_interaction(
            3,
            world.channel,
            {
                "custom_id": custom_id,
                "component_type": kind,
                "values": [str(value.id) for value in chosen],
                "resolved": resolved,
            },
            extra={"message": dict(message_payload(world.env.backend, stored))},
            source_message_id=page.id,
        )
    await world.after(SOON)
    return result


async def test_members_neither_see_nor_change_anything(world: World) -> None:
    mod, channel = moderator(world), world.guild.create_text_channel("mods")
    page = await panel(world, mod)
    await pick(world, mod, page, "auditchannel", channel)
    show_to_all(world, "settings")
    result = await world.alice.slash(world.channel, "settings")
    await world.after(SOON)
    assert result.ephemeral
    assert ONLY_MODERATORS in answers(result)
    role = world.guild.create_role("mine")
    for custom_id, kind, chosen in (
        ("auditchannel", 8, [world.channel]),
        ("noauditchannel", 2, []),
        ("moderatorroles", 6, [role]),
    ):
        assert ONLY_MODERATORS in answers(await forge(world, world.alice, page, custom_id, kind, *chosen))
    assert await set_now(world) == (channel.id, set())
    assert len(await audited(world, "setting")) == 1


async def test_the_role_that_all_members_have_makes_nobody_a_moderator(world: World) -> None:
    mod = moderator(world)
    page = await panel(world, mod)
    refused = await pick(world, mod, page, "moderatorroles", world.guild.default_role)
    assert "would make everybody a moderator" in texts(refused.followups[0])
    assert await set_now(world) == (None, set())


async def test_a_role_that_was_deleted_is_not_shown_and_can_be_replaced(world: World) -> None:
    mod, role = moderator(world), world.guild.create_role("helpers")
    await world.app.guilds.set_moderator_roles(0, world.guild.id, [role.id])
    world.env.backend.delete_role(world.guild.id, role.id)
    await world.after(SOON)
    page = await panel(world, mod)
    assert "**Moderators**: whoever may manage this server." in texts(page)
    assert str(role.id) not in texts(page)
