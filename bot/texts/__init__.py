"""Every sentence that people read, by name.

A sentence is a template with named places. What is put in them is rendered by the ending of its name, so that no
caller formats anything, and a translation only needs another table of templates.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bot.domain.money import dollars
from bot.texts.account import ACCOUNT
from bot.texts.alarms import ALARMS
from bot.texts.desk import DESK
from bot.texts.escape import escape, plain
from bot.texts.notices import NOTICES
from bot.texts.opening import OPENING
from bot.texts.outcomes import OUTCOMES
from bot.texts.packs import PACKS
from bot.texts.refusals import REFUSALS
from bot.texts.sales import SALES
from bot.texts.security import SECURITY

__all__ = ["TEXTS", "Raw", "escape", "percent", "plain", "say"]

TEXTS: dict[str, str] = {
    **PACKS,
    **OPENING,
    **OUTCOMES,
    **SALES,
    **ACCOUNT,
    **DESK,
    **NOTICES,
    **ALARMS,
    **REFUSALS,
    **SECURITY,
}
VALUE_LIMIT = 150
"""The most characters of one value that comes from outside."""


class Raw(str):
    """Text that we rendered ourselves, such as a mention: it is put in as it is."""

    __slots__ = ()


def say(name: str, **values: object) -> str:
    """The sentence `name` with its values, as Discord's markdown.

    Values by the ending of their names: `_cents` (int) becomes dollars, `_at` (milliseconds UTC) a relative time,
    `_on` a date and time, `_share` (a fraction) a percentage, `_id` a Discord account's mention. All else is escaped
    and cut, unless it is `Raw`. Where a value is None, or none is given, the sentence `<name>.unknown` is taken if
    there is one.
    """
    if (not values or None in values.values()) and f"{name}.unknown" in TEXTS:
        name += ".unknown"
    return TEXTS[name].format_map({key: _shown(key, value) for key, value in values.items()})


def _shown(key: str, value: object) -> str:
    match key.rpartition("_")[2], value:
        case _, Raw():
            return value
        case "cents", int():
            return dollars(value)
        case "at", int():
            return f"<t:{value // 1000}:R>"
        case "on", int():
            return f"<t:{value // 1000}:f>"
        case "share", Decimal() | Fraction():
            return percent(value)
        case "id", int():
            return f"<@{value}>"
        case _:
            return escape(str(value), VALUE_LIMIT)


def percent(share: Decimal | Fraction) -> str:
    """A fraction as people read it: at most two decimals, and never 0 for something that can happen."""
    value = float(share) * 100
    if 0 < value < 0.01:  # noqa: PLR2004 - what two decimals can show
        return "under 0.01 %"
    return f"{value:.2f}".rstrip("0").rstrip(".") + " %"
