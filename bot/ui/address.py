"""What a button, select or form remembers: its own name and some values, all in its custom_id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.ids import PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = PATTERN
NUMBER = r"[0-9]{1,9}"
CENTS = r"[0-9]{1,10}"
"""Any amount of money that there is (`bot/domain/money.py`)."""
TIME = r"[0-9]{13}"
"""Milliseconds UTC."""
REST = r".{0,80}"
"""Any text; only as the last value."""
_NUMBERS = frozenset({NUMBER, CENTS, TIME})
LONGEST = 100
"""Discord's limit for a custom_id."""

Value = str | int


class Address:
    """`name:value:value`. A name belongs to one class alone, so that no two addresses match one custom_id."""

    def __init__(self, name: str, fields: Mapping[str, str]) -> None:
        self.name, self.fields = name, fields
        self.pattern = re.compile(
            ":".join([name, *(f"(?P<{field}>{pattern})" for field, pattern in fields.items())]), re.DOTALL
        )

    def write(self, values: Mapping[str, Value]) -> str:
        """The custom_id for these values.

        Raises:
            ValueError: it would not be read back, or is too long for Discord.
        """
        custom_id = ":".join([self.name, *(str(values[field]) for field in self.fields)])
        if len(custom_id) > LONGEST or self.pattern.fullmatch(custom_id) is None:
            raise ValueError(f"not a custom_id of {self.name}: {custom_id!r}")
        return custom_id

    def read(self, custom_id: str) -> dict[str, Value] | None:
        """The values in a custom_id, numbers as int, or None where it is not of this address."""
        match = self.pattern.fullmatch(custom_id)
        if match is None:
            return None
        return {field: int(match[field]) if kind in _NUMBERS else match[field] for field, kind in self.fields.items()}
