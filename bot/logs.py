"""The log: the standard library's records, drawn by structlog, with every secret taken out.

Redaction works on the finished text, tracebacks included: nobody has to think of it where something is logged. Nor
can a text that people or the partner sent begin a line of its own: what controls a terminal is written out, and
tracebacks are set in.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Literal, TextIO
from urllib.parse import quote

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SHORTEST_SECRET = 6
"""Characters. Taking anything shorter out of every line would only make the log unreadable."""
# An interaction's token lets whoever has it answer in the bot's name for 15 minutes. It is found by what stands before
# it, in an address or as `token`, and by how all of Discord's begin: "interaction:" in base64.
_TOKEN = re.compile(
    r"""(/(?:webhooks|interactions)/\d+/|\btoken\\*["']?\s*[:=]\s*\\*["'])[^/\s?"'\\]+|()aW50ZXJhY3Rpb246[\w+/=-]*"""
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What begins a line, moves a terminal's cursor, or turns the direction of writing."""
_LOUD = ("httpx2", "httpcore2", "aiosqlite", "alembic")


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that takes the given values, and the tokens in Discord's addresses, out of a text."""
    spellings: set[str] = set()
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            spellings |= {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    longest_first = sorted(spellings, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first))) if spellings else None

    def redact(text: str) -> str:
        if known is not None:
            text = known.sub("[secret]", text)
        return _TOKEN.sub(r"\1[token]", text)

    return redact


def _visible(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _one_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: _visible(value) if isinstance(value, str) else value for key, value in event.items()}


def _set_in(out: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    out.writelines(f"\n    {_visible(line)}" for line in "".join(traceback.format_exception(*exc_info)).splitlines())


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, form: Literal["console", "json"], redact: Callable[[str], str], *, colors: bool) -> None:
        shared: list[structlog.typing.Processor] = [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ]
        # Neither draws local variables into tracebacks: those hold what nobody expects in a log.
        draw: list[structlog.typing.Processor] = (
            [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
            if form == "json"
            else [_one_line, structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_set_in)]
        )
        super().__init__(processors=[self.remove_processors_meta, *draw], foreign_pre_chain=shared)
        self._form, self._redact = form, redact

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return self._redact(_visible(text) if self._form == "json" else text)


def configure(form: Literal["console", "json"], secrets: Iterable[str], stream: TextIO | None = None) -> None:
    """Sends every record from INFO up to `stream` (standard error), one line each in `json`."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Formatter(form, redactor(secrets), colors=out.isatty()))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # structlog's own loggers hand their records to the standard library's, and so to the same handler.
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
