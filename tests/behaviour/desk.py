"""People at the desk, orders that need them, and how they settle one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.domain.ids import reference
from bot.domain.purchase import State
from bot.store.tables import audit
from tests.behaviour.look import button, parts, texts
from tests.behaviour.steps import DELIVERY, SOON, newest, ordered, rows

if TYPE_CHECKING:
    from tests.behaviour.conftest import World

SETTLE = 60.0
"""Seconds, in the tests that wait for it."""
REASON = "The partner's support confirmed it."


def moderator(world: World, name: str = "maud", guild: Any = None) -> Any:
    """Somebody who may manage the server."""
    guild = guild or world.guild
    role = guild.create_role(f"{name}'s", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(world.env.create_user(name), roles=[role])


def elsewhere(world: World) -> tuple[Any, Any]:
    """Another server's channel, and its moderator."""
    guild = world.env.create_guild(name="Other Club")
    return guild.create_text_channel("packs"), moderator(world, "otto", guild)


def operator(world: World, who: Any) -> Any:
    """The application is theirs from now on."""
    world.bot.owner_id = who.id
    return who


def show_to_all(world: World, command: str) -> None:
    """A server shows it to everybody, whatever its default permissions are."""
    found = world.env.backend.find_command(command, world.guild.id, type=1)
    world.guild.set_command_permissions(int(found["id"]), {world.guild.default_role: True})


async def in_review(world: World, kind: str = "fewer", *, found: bool = False, amount: int = 3) -> Any:
    """An order that needs a person. `found`: its answer was lost, and what came is in the inventory alone."""
    fault = {"route": "init", "kind": "reset", "after": True} if found else {"route": "init", "kind": kind}
    if found:
        world.partner.faults.add("init", kind)
    message = await ordered(world, amount=amount, fault=fault)
    await world.after(2 * SETTLE if found else DELIVERY)
    order = await newest(world)
    assert order.state is State.REVIEW
    return message, order


async def in_doubt(world: World, *, executed: bool = False, seconds: float = SETTLE + 4, **options: Any) -> Any:
    """An order that a person may settle by now, 16 s before it settles itself. `executed`: its card has just come."""
    if executed:
        world.partner.engine.settle = 0
        world.partner.faults.add("init", "late", seconds=seconds)
    message = await ordered(world, fault={"route": "init", "kind": "reset", "after": executed}, **options)
    await world.after(seconds)
    order = await newest(world)
    assert order.state is State.IN_DOUBT
    return message, order


async def look(world: World, who: Any, order: Any, channel: Any = None) -> Any:
    """/orders order: the private page."""
    result = await who.slash(channel or world.channel, "orders order", reference=reference(order.id))
    await world.after(SOON)
    assert result.ephemeral
    return result.response


def offered(world: World, page: Any) -> list[str]:
    """The values of the items that the page lets choose."""
    found = [part for part in parts(world.message(page)) if part.get("type") == 3]
    return [option["value"] for option in found[0]["options"]] if found else []


async def choose(world: World, who: Any, page: Any, count: int = 1) -> Any:
    """Chooses the first so many items: the form."""
    values = offered(world, page)[:count]
    shown = await who.select(world.message(page), values, custom_id=button(world.message(page), "items"))
    assert shown.modal is not None
    return shown


async def settle(world: World, who: Any, form: Any, reason: str = REASON, **values: Any) -> Any:
    """Submits it, and gives the answer."""
    defaults = [
        option["value"]
        for label in form.modal["components"]
        for option in label["component"].get("options", [])
        if option.get("default")
    ]
    chosen = {"chosen": defaults} if defaults else {}
    result = await who.submit_modal(form, {"reason": reason, **chosen, **values})
    await world.after(SOON)
    return result


async def audited(world: World, action: str) -> list[Any]:
    """The lines of that name."""
    return [row for row in await rows(world, audit) if row.action == action]


async def notices(world: World, channel: Any) -> str:
    """All that was posted there."""
    await world.after(SOON)
    return "\n".join(texts(message) for message in channel.history())


async def audit_channel(world: World) -> Any:
    """A channel that the server has set for what its moderators have to know."""
    channel = world.guild.create_text_channel("mods")
    await world.app.guilds.set_audit_channel(0, world.guild.id, channel.id)
    return channel


async def forged_form(world: World, who: Any, page: Any, order: Any, channel: Any = None, reason: str = REASON) -> Any:
    """A form that nobody was shown."""
    label = {"type": 18, "component": {"type": 4, "custom_id": "reason", "value": reason}}
    result = await who._dispatch_interaction(
        5,
        channel or world.channel,
        {"custom_id": f"deliveredform:{order.id}:{order.ver}", "components": [label]},
    )
    await world.after(SOON)
    return result
