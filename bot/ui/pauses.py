"""/operator: what was paused, what was lifted, and what is still in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.services.pauses import RESTORE, SWEEP
from bot.texts import Raw, say
from bot.ui.look import GOOD, WAITING, Text, note, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.services.differences import TakenOver
    from bot.services.pauses import Lifted, What
    from bot.store.freezes import Freeze

LINES, MEMBERS = 8, 20
"""So many pauses and members are named; more are counted."""


def paused(what: What, reason: str) -> discord.ui.LayoutView:
    """It is in force."""
    return note(say("operator.paused", what=Raw(say(f"pause.{what}")), reason=reason), WAITING)


def unpaused(made: Lifted) -> discord.ui.LayoutView:
    """What was lifted, and what wasn't and why."""
    general = [one for one in made.left if one.cause != SWEEP]
    swept = [one for one in made.left if one.cause == SWEEP]
    lifted = say("operator.lifted", lines=Raw(_lines(made.lifted))) if made.lifted else say("operator.lifted_none")
    return page(
        WAITING if made.left else GOOD,
        Text(lifted),
        Text(say("operator.left", lines=Raw(_lines(general)))) if general else None,
        Text(say("operator.restore_left")) if any(one.cause == RESTORE for one in general) else None,
        Text(say("operator.members", members=Raw(_members(swept)))) if swept else None,
    )


def unpaused_member(member_id: int, taken: TakenOver) -> discord.ui.LayoutView:
    """The sweep's freeze of one member was lifted, and our records follow the partner's."""
    gone = [f"{card.name} ({card.item_id})" for card in taken.gone]
    new = [f"{item.name} ({item.id})" for item in taken.new]
    return page(
        GOOD,
        Text(say("operator.member", member_id=member_id)),
        Text(say("operator.gone", count=len(gone), cards=Raw(_cards(gone)))) if gone else None,
        Text(say("operator.new", count=len(new), cards=Raw(_cards(new)))) if new else None,
        Text(say("operator.nothing_taken")) if not gone and not new else None,
        Text(say("operator.left_out")) if taken.left_out else None,
    )


def _cards(names: Sequence[str]) -> str:
    lines = [say("operator.card", card=name) for name in names[:LINES]]
    return "\n".join([*lines, say("order.more", count=len(names) - LINES)] if len(names) > LINES else lines)


def _lines(freezes: Sequence[Freeze]) -> str:
    lines = [
        say("operator.freeze", what=Raw(say(f"pause.{one.action}")), since_at=one.made_at, reason=one.reason)
        for one in freezes[:LINES]
    ]
    return "\n".join([*lines, say("order.more", count=len(freezes) - LINES)] if len(freezes) > LINES else lines)


def _members(swept: list[Freeze]) -> str:
    people = list(dict.fromkeys(one.scope.removeprefix("member:") for one in swept))
    named = ", ".join(f"<@{id_}>" for id_ in people[:MEMBERS])
    if len(people) <= MEMBERS:
        return named
    return say("operator.members_more", members=Raw(named), count=len(people) - MEMBERS)
