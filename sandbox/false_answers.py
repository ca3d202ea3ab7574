"""What a faulty partner says instead of the truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.faults import Fault, Kind
    from sandbox.ledger import Route

FORBIDDEN = b"<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked"
TIMEOUT = b"<html><head><title>504 Gateway Time-out</title></head><body><center>nginx</center></body></html>"
BUSY: dict[Route, str] = {"buyback": "A buyback request for this item is already being processed"}
BROKEN: dict[Route, str] = {"init": "Error during transaction"}


class Answer(NamedTuple):
    status: int
    body: bytes
    content_type: str = "application/json"
    location: str = ""


def false_answer(fault: Fault, route: Route, body: bytes) -> Answer:
    """For each kind of fault that is an answer. `body` is the true one, or what could have been one."""
    return MAKERS[fault.kind](fault, route, body)


def _error(status: int, text: str) -> Answer:
    return Answer(status, json.dumps({"error": text}).encode())


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode())


def _other_types(value: Any) -> Any:
    """The same shape, with every leaf of another type than it should have."""
    if isinstance(value, dict):
        return {name: _other_types(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType] - JSON
    if isinstance(value, list):
        return [_other_types(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType] - JSON
    return 7 if isinstance(value, str) else "seven"


MAKERS: dict[Kind, Callable[[Fault, Route, bytes], Answer]] = {
    "refuse": lambda fault, _route, _body: _error(*fault.error),
    "401": lambda _fault, _route, _body: _error(401, "Invalid API key"),
    "429": lambda _fault, route, _body: _error(429, BUSY.get(route, "Rate limit exceeded")),
    "500": lambda _fault, route, _body: _error(500, BROKEN.get(route, "An unexpected error occurred")),
    "504": lambda _fault, _route, _body: Answer(504, TIMEOUT, "text/html"),
    "html_403": lambda _fault, _route, _body: Answer(403, FORBIDDEN, "text/html; charset=UTF-8"),
    "redirect": lambda _fault, _route, _body: Answer(307, b"", "text/plain", "/elsewhere"),
    "bad_json": lambda _fault, _route, body: Answer(200, body[:-1] + b",,"),
    "wrong_types": lambda _fault, _route, body: _json(_other_types(json.loads(body))),
    "wrong_shape": lambda _fault, _route, body: _json({"data": [json.loads(body)]}),
}
