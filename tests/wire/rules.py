"""What Discord doesn't take: the limits of messages, components and forms, answered as Discord answers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.wire.model import EPHEMERAL, V2, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, LABEL = 1, 2, 3, 4, 9, 10, 11, 12, 18
LINK = 5
NEW_KINDS = frozenset({SECTION, TEXT, THUMBNAIL, GALLERY, 13, 14, 17})
"""Components that need the flag of version 2."""
MOST_COMPONENTS, MOST_TEXT, MOST_CONTENT = 40, 4_000, 2_000
LONGEST_URL, LONGEST_NONCE = 2_048, 25


class ApiError(Exception):
    """An error body of Discord's."""

    def __init__(self, status: int, code: int, message: str, **errors: Any) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code
        self.body = {"message": message, "code": code, **({"errors": errors} if errors else {})}


_KNOWN = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50006: (400, "Cannot send an empty message"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
}


def error(code: int) -> ApiError:
    """The error that Discord gives this code to."""
    status, message = _KNOWN[code]
    return ApiError(status, code, message)


def invalid(field: str, why: str) -> ApiError:
    return ApiError(400, 50035, "Invalid Form Body", **{field: {"_errors": [{"code": "INVALID", "message": why}]}})


def _require(holds: bool, field: str, why: str) -> None:
    if not holds:
        raise invalid(field, why)


def check_message(data: dict[str, Any], flags: int = 0, *, new: bool = True) -> None:
    """A message's body; `flags` are those that the message has before.

    Raises:
        ApiError: 400, as Discord says it.
    """
    flags |= data.get("flags") or 0
    content: str = data.get("content") or ""
    embeds: list[Any] = data.get("embeds") or []
    components: list[dict[str, Any]] = data.get("components") or []
    if flags & V2:
        _require(not content, "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
        _require(not embeds, "embeds", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
    _require(len(content) <= MOST_CONTENT, "content", "Must be 2000 or fewer in length.")
    if new and not (content or embeds or components):
        raise error(50006)
    check_components(components, new_kinds=bool(flags & V2))
    _require(len(str(data.get("nonce") or "")) <= LONGEST_NONCE, "nonce", "Must be 25 or fewer in length.")


def check_deferral(data: dict[str, Any]) -> None:
    """A "thinking…" takes no flag but the ephemeral one."""
    _require((data.get("flags") or 0) & ~EPHEMERAL == 0, "flags", "Only EPHEMERAL is allowed.")


def check_components(components: list[dict[str, Any]], *, new_kinds: bool) -> None:
    """Raises ApiError (400) where a limit of components is passed."""
    parts = list(walk(components))
    _require(len(parts) <= MOST_COMPONENTS, "components", "The maximum number of components is 40.")
    _require(sum(len(p.get("content", "")) for p in parts) <= MOST_TEXT, "components", "The text is above 4000.")
    if new_kinds:
        _require(all(p["type"] != ROW or p["components"] for p in parts), "components", "A row is empty.")
    else:
        _require(not NEW_KINDS & {p["type"] for p in parts}, "components", "These need IS_COMPONENTS_V2.")
        _require(all(p["type"] == ROW for p in components), "components", "Only rows stand at the top.")
        _require(len(components) <= 5, "components", "Must be 5 or fewer in length.")
    ids = Counter(p["custom_id"] for p in parts if "custom_id" in p)
    _require(all(1 <= len(i) <= 100 for i in ids), "custom_id", "Must be between 1 and 100 in length.")
    _require(set(ids.values()) <= {1}, "custom_id", "Component custom id cannot be duplicated")
    for part in parts:
        _check(part)


def _check(part: dict[str, Any]) -> None:
    parts: list[dict[str, Any]] = part.get("components") or []
    inner: list[int] = [one["type"] for one in parts]
    match part["type"]:
        case 1:
            alone = inner == [SELECT] or set(inner) <= {BUTTON}
            _require(len(inner) <= 5 and alone, "components", "Five buttons in a row, or one select.")
        case 2:
            _require(len(part.get("label") or "") <= 80, "label", "Must be 80 or fewer in length.")
            named = "url" in part if part["style"] == LINK else "custom_id" in part
            _require(named, "custom_id", "A button has a custom_id, a link an url.")
        case 3:
            _require(1 <= len(part["options"]) <= 25, "options", "Must be between 1 and 25 in length.")
            texts = (o.get(key) or "" for o in part["options"] for key in ("label", "value", "description"))
            _require(all(len(t) <= 100 for t in texts), "options", "Must be 100 or fewer in length.")
            values = Counter(o["value"] for o in part["options"])
            _require(set(values.values()) == {1}, "options", "The specified option value is already used")
            _require(len(part.get("placeholder") or "") <= 150, "placeholder", "Must be 150 or fewer in length.")
        case 9:
            _require(1 <= len(inner) <= 3 and set(inner) == {TEXT}, "components", "A section has 1 to 3 texts.")
            accessory: dict[str, Any] | None = part.get("accessory")
            _require(
                accessory is not None and accessory["type"] in {BUTTON, THUMBNAIL},
                "accessory",
                "This field is required",
            )
        case 10:
            _require(bool(part["content"]), "content", "Must be between 1 and 4000 in length.")
        case 11:
            _check_urls([part["media"]["url"]])
        case 12:
            _require(1 <= len(part["items"]) <= 10, "items", "Must be between 1 and 10 in length.")
            _check_urls(item["media"]["url"] for item in part["items"])
        case _:
            pass


def _check_urls(urls: Iterable[str]) -> None:
    for url in urls:
        good = urlsplit(url).scheme in {"http", "https", "attachment"} and len(url) <= LONGEST_URL
        _require(good, "url", "Scheme must be one of ('http', 'https') and the url 2048 or fewer in length.")


def check_form(data: dict[str, Any]) -> None:
    """Raises ApiError (400) where a form (modal) passes a limit."""
    _require(1 <= len(data["title"]) <= 45, "title", "Must be between 1 and 45 in length.")
    _require(1 <= len(data["custom_id"]) <= 100, "custom_id", "Must be between 1 and 100 in length.")
    _require(1 <= len(data["components"]) <= 5, "components", "Must be between 1 and 5 in length.")
    kinds = {p["type"] for p in data["components"]}
    _require(kinds <= {ROW, TEXT, LABEL}, "components", "A form holds labels, rows and texts.")
    labels = [p["label"] for p in data["components"] if p["type"] == LABEL]
    _require(all(1 <= len(text) <= 45 for text in labels), "label", "Must be between 1 and 45 in length.")


def check_choices(data: dict[str, Any]) -> None:
    """Raises ApiError (400) where an autocomplete's choices pass a limit."""
    _require(len(data["choices"]) <= 25, "choices", "Must be 25 or fewer in length.")
    for choice in data["choices"]:
        for key in ("name", "value"):
            _require(1 <= len(str(choice[key])) <= 100, key, "Must be between 1 and 100 in length.")
