"""/settings: what a server's moderators have set, and the selects to set it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.texts import Raw, say
from bot.ui.buttons import AuditChannel, ModeratorRoles, NoAuditChannel
from bot.ui.look import MONEY, TROUBLE, Line, Row, Text, page, row

if TYPE_CHECKING:
    import discord

    from bot.store.guilds import Guild


def can_post(guild: discord.Guild, channel_id: int) -> bool:
    """Whether the bot sees the channel, and may send messages in it."""
    channel = guild.get_channel(channel_id)
    if channel is None:
        return False
    may = channel.permissions_for(guild.me)
    return may.view_channel and may.send_messages


def settings(guild: discord.Guild, now: Guild, *, manages: bool) -> discord.ui.LayoutView:
    """What is set. `manages`: the reader may also change who the moderators are."""
    channel, well = _channel(guild, now.audit_channel_id)
    there = None if now.audit_channel_id is None else guild.get_channel(now.audit_channel_id)
    roles = [role for role in sorted(now.moderator_roles) if guild.get_role(role) is not None]
    named = Raw(", ".join(f"<@&{role}>" for role in roles)) if roles else None
    return page(
        MONEY if well else TROUBLE,
        Text(say("settings.head")),
        Text(channel),
        Row(AuditChannel(say("settings.choose_channel"), None if there is None else there.id)),
        row(NoAuditChannel(say("settings.no_channel")) if now.audit_channel_id is not None else None),
        Line(),
        Text(say("settings.roles", roles=named)),
        _roles(roles) if manages else Text(say("settings.roles_who")),
    )


def _roles(current: list[int]) -> discord.ui.Item[Any]:
    return Row(ModeratorRoles(say("settings.choose_roles"), current))


def _channel(guild: discord.Guild, channel_id: int | None) -> tuple[str, bool]:
    """Its line, and whether all is well with it."""
    if channel_id is None:
        return say("settings.channel", channel=None), True
    if guild.get_channel(channel_id) is None:
        return say("settings.channel_gone"), False
    name = Raw(f"<#{channel_id}>")
    if not can_post(guild, channel_id):
        return say("settings.channel_shut", channel=name), False
    return say("settings.channel", channel=name), True
