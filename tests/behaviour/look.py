"""What a message shows, as wire dicts: of a ResponseMessage and of a discord.Message alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def parts(message: Any) -> Iterator[dict[str, Any]]:
    """Every component, nested ones too."""

    def walk(items: list[Any]) -> Iterator[dict[str, Any]]:
        for raw in items:
            item = raw if isinstance(raw, dict) else raw.to_dict()
            yield item
            yield from walk(item.get("components") or [])
            if item.get("accessory"):
                yield from walk([item["accessory"]])

    yield from walk(message.components)


def texts(message: Any) -> str:
    """All that can be read in its texts."""
    return "\n".join(part["content"] for part in parts(message) if part.get("type") == 10)


def buttons(message: Any) -> dict[str, dict[str, Any]]:
    """The buttons by label; the last one wins where two have the same."""
    return {part["label"]: part for part in parts(message) if part.get("type") == 2}


def button(message: Any, name: str) -> str:
    """The custom_id of the first button or select of that name (the part before its values)."""
    found = [part["custom_id"] for part in parts(message) if part.get("custom_id", "").split(":")[0] == name]
    assert found, f"no {name} on the message: {[p.get('custom_id') for p in parts(message) if p.get('custom_id')]}"
    return found[0]


def pictures(message: Any) -> list[tuple[str, str | None]]:
    """Address and alt text of every picture."""
    found: list[tuple[str, str | None]] = []
    for part in parts(message):
        if part.get("type") == 12:
            found += [(item["media"]["url"], item.get("description")) for item in part["items"]]
        if part.get("type") == 11:
            found.append((part["media"]["url"], part.get("description")))
    return found
