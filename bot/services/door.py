"""The door through which new orders come: shut once, when the bot is told to stop."""

from __future__ import annotations

from bot.errors import Refusal


class Door:
    """One for all that sends orders. What is under way goes on behind it."""

    def __init__(self) -> None:
        self.is_open = True

    def shut(self) -> None:
        self.is_open = False

    def check(self) -> None:
        """
        Raises:
            Refusal: `stopping`.
        """
        if not self.is_open:
            raise Refusal("stopping")
