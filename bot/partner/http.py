"""What both clients share: where the partner is, who we are, and how an answer is read off the wire."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import httpx2

from bot.partner.errors import BadAnswerError, UnavailableError, read_error

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

    from bot.domain.clock import Clock

SANDBOX = "https://api.phygitals.com/_"
PRODUCTION = "https://api.phygitals.com"
LARGEST_BODY = 4 * 1024 * 1024
OK = 200

_KEY = re.compile(r"[\x21-\x7e]+")
_SENTENCE_LENGTH = 200
_UNAUTHORIZED, _SERVER_ERRORS = 401, 500


def address(key: SecretStr, url: str | None) -> str:
    """The base of every route, without a slash at its end; by default the one that belongs to the key.

    Raises:
        ValueError: the key or the URL is unusable, or one is the sandbox's and the other isn't (money-safety: guard).
    """
    secret = key.get_secret_value()
    if not _KEY.fullmatch(secret):
        raise ValueError("the partner key is empty or holds characters that no header can carry")
    sandbox = secret.startswith("sandbox-")
    base = (url or (SANDBOX if sandbox else PRODUCTION)).rstrip("/")
    try:
        parts = httpx2.URL(base)
    except httpx2.InvalidURL as error:
        raise ValueError(f"the partner URL can't be read: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.host or parts.userinfo or parts.query or parts.fragment:
        raise ValueError("the partner URL must be http(s)://host/prefix, and no more")
    if sandbox != parts.path.endswith("/_"):
        kind = "a sandbox key needs" if sandbox else "a production key must not have"
        raise ValueError(f"{kind} a partner URL that ends in /_")
    return base


def environment(key: SecretStr, url: str | None) -> str:
    """Which partner this is: `sandbox`, `production`, or the host of another URL. Raises as `address` does."""
    base = address(key, url)
    return {SANDBOX: "sandbox", PRODUCTION: "production"}.get(base) or httpx2.URL(base).host


def segment(id_: str) -> str:
    """An id as one segment of a path. Dots too: `..` would be resolved away."""
    return quote(id_, safe="").replace(".", "%2E")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end.

    `value` is its JSON with exact decimals, None where it is no JSON; `sentence` the text of the partner's error
    envelope; `skew` the partner's clock less ours in seconds, None without a usable `Date`.
    """

    status: int
    value: object
    sentence: str | None
    skew: float | None

    @property
    def is_partners(self) -> bool:
        """Whether the partner itself answered, be it with a no: no firewall, no broken server, no refused key."""
        return self.value is not None and self.status < _SERVER_ERRORS and self.status != _UNAUTHORIZED


OnCall = Callable[[str, "Answer | None"], None]
"""Told, cheaply, of every call that ended by itself: its route, and its answer, or None where there was none."""


def unheard(_route: str, _answer: Answer | None) -> None:
    """Nobody wants to know."""


@cache
def _tls() -> ssl.SSLContext:
    """One for all clients: to load the certificates takes 40 ms."""
    return httpx2.create_ssl_context(trust_env=False)


class Wire:
    """One HTTP client at the partner. It repeats nothing and follows nothing."""

    def __init__(
        self,
        base: str,
        key: SecretStr,
        clock: Clock,
        *,
        limits: httpx2.Limits,
        timeout: httpx2.Timeout,
        wall: float,
        transport: httpx2.AsyncBaseTransport | None,
        on_call: OnCall,
    ) -> None:
        self._on_call = on_call
        self._base = base
        self._key = key
        self._clock = clock
        self._wall = wall
        self._client = httpx2.AsyncClient(
            transport=transport,
            verify=_tls(),
            limits=limits,
            timeout=timeout,
            http2=False,
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self,
        route: str,
        method: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        body: Mapping[str, object] | None = None,
        extensions: Mapping[str, Any] | None = None,
        wall: float | None = None,
    ) -> Answer:
        """One request below `/api/v1`, done within `wall` seconds, by default the client's.

        Raises:
            TimeoutError: the wall.
            httpx2.HTTPError: whatever the transport met.
            BadAnswerError: a body larger than `LARGEST_BODY`.
        """
        try:
            answer = await self._exchange(method, path, params, body, extensions, wall or self._wall)
        except Exception:  # a call that was cancelled here tells nothing of the partner
            self._on_call(route, None)
            raise
        self._on_call(route, answer)
        return answer

    async def _exchange(
        self,
        method: str,
        path: str,
        params: Sequence[tuple[str, str]],
        body: Mapping[str, object] | None,
        extensions: Mapping[str, Any] | None,
        wall: float,
    ) -> Answer:
        # Plain concatenation: urljoin would drop the sandbox's `/_` and reach production.
        url = f"{self._base}/api/v1/{path}"
        # Not compressed, so that the cap holds what is read.
        headers = {"X-API-Key": self._key.get_secret_value(), "Accept-Encoding": "identity"}
        async with (
            asyncio.timeout(wall),
            self._client.stream(
                method,
                url,
                params=list(params) or None,
                json=body,
                headers=headers,
                extensions=dict(extensions or {}),
            ) as response,
        ):
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST_BODY:
                    raise BadAnswerError(f"{path}: a body of more than {LARGEST_BODY} bytes")
        value = _json(bytes(content))
        return Answer(response.status_code, value, self._sentence(value), self._skew(response.headers))

    async def read(
        self,
        route: str,
        method: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        body: Mapping[str, object] | None = None,
        wall: float | None = None,
    ) -> Answer:
        """A call that only reads, answered with 200.

        Raises:
            PartnerError: as `bot.partner.errors` tells reads apart.
        """
        try:
            answer = await self.call(route, method, path, params=params, body=body, wall=wall)
        except httpx2.DecodingError as error:
            raise BadAnswerError(f"{route}: {type(error).__name__}") from error
        except (httpx2.HTTPError, TimeoutError) as error:
            raise UnavailableError(f"{route}: {type(error).__name__}") from error
        if answer.status != OK:
            raise read_error(route, answer.status, answer.sentence)
        return answer

    async def close(self) -> None:
        await self._client.aclose()

    def _sentence(self, value: object) -> str | None:
        sentence = cast("dict[str, object]", value).get("error") if isinstance(value, dict) else None
        if not isinstance(sentence, str):
            return None
        return sentence.replace(self._key.get_secret_value(), "[key]")[:_SENTENCE_LENGTH]

    def _skew(self, headers: httpx2.Headers) -> float | None:
        if "Age" in headers:  # of a cache
            return None
        try:
            theirs = parsedate_to_datetime(headers["Date"]).timestamp()
        except (KeyError, ValueError, OverflowError):
            return None
        # The header has whole seconds, cut off: on average half a second was lost.
        return theirs + 0.5 - self._clock.now() / 1000


def _json(content: bytes) -> object:
    """With exact decimals. NaN and its like stay floats, which no field takes for a number."""
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return None
