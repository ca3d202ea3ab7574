"""Refusals: what a use case answers when it will not do a thing."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it isn't an error of ours: it is an answer
    """A name and values; the sentence stands in `bot/texts` under `refusal.<name>`.

    Values are cents for names ending in `_cents`, milliseconds UTC for `_at`, and text of the partner's or of
    people otherwise: the renderer formats and escapes them.
    """

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


class SettingsError(Exception):
    """A setting is missing or wrong; the text is the one sentence that ends the start."""


class LostError(Exception):
    """Somebody else took the step first: read again."""
