"""Text of the partner and of people, made harmless: nothing in it comes alive in Discord."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = frozenset("\\*_~`|<>#[]()")
_LIST = re.compile(r"^(?:[-+]|\d+(?=[.)]))")
_BREAK = "\u200b"
_MOST_MARKS = 2
"""Accents on one letter; more of them climb over the lines above."""


def plain(text: str, limit: int) -> str:
    """One line without control, bidirectional and invisible characters, at most `limit` long.

    For places that know no markdown: labels, options, alt texts.
    """
    clean = _clean(text, limit)
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def escape(text: str, limit: int) -> str:
    """The same for places that do: markdown, mentions and links are broken; `limit` counts what is sent."""
    clean = _clean(text, limit)
    parts = [_harmless(clean, i) for i in range(len(clean))]
    if start := _LIST.match(clean):
        at = start.end() - 1 if clean[0] in "-+" else start.end()
        parts[at] = "\\" + clean[at]
    if sum(map(len, parts)) <= limit:
        return "".join(parts)
    used, kept = 1, list[str]()  # 1: the ellipsis
    for part in parts:
        used += len(part)
        if used > limit:
            break
        kept.append(part)
    return "".join(kept).rstrip() + "…"


def _clean(text: str, limit: int) -> str:
    # Only a little more than the limit is looked at: the partner may send ten thousand characters.
    kept: list[str] = []
    marks = 0
    for char in " ".join(text[: 4 * limit + 100].split()):
        kind = unicodedata.category(char)
        if kind[0] == "C":  # control, format (zero-width, bidirectional), surrogate, private, unassigned
            continue
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return " ".join("".join(kept).split())


def _harmless(text: str, at: int) -> str:
    char = text[at]
    if char in _MARKDOWN:
        return "\\" + char
    if char == "@" or (char == ":" and text.startswith("//", at + 1)):
        return char + _BREAK
    return char
