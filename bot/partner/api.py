"""The reads: repeated with jitter when they fail, and paced."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import httpx2

from bot.domain.item import Inventory
from bot.partner.errors import RateLimitedError, UnavailableError, UserNotFoundError
from bot.partner.http import Answer, Wire, address, segment, unheard
from bot.partner.listings import CardDetails, RecentPull, read_card, read_packs, read_recent_pulls
from bot.partner.models import Fulfilled, Pending, read_inventory, read_status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from bot.domain.clock import Clock
    from bot.domain.pack import Pack
    from bot.partner.http import OnCall

ATTEMPTS = 3

# The server holds a status call for up to about 6 s (partner-api: poll); a read that drips on is cut at the wall.
_TIMEOUT = httpx2.Timeout(15, connect=5)
_WALL = 30.0
_FIRST_PAUSE = 0.5


class Pacer:
    """Spreads calls evenly: each takes the next free slot and sleeps until it."""

    def __init__(self, clock: Clock, rate: float) -> None:
        self._clock = clock
        self._gap = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        now = self._clock.boottime()
        slot = max(self._next, now)
        self._next = slot + self._gap
        if slot > now:
            await self._clock.sleep(slot - now)


class PartnerReads:
    """What may be asked again. `rate` and `poll_rate` are calls a second.

    Polls have their own pace and connections, so that ten thousand of them don't delay a person's read. All methods
    raise `PartnerError`s of reads, after `ATTEMPTS` tries where another try could help.
    """

    skew: float | None = None
    """Seconds that the partner's clock was ahead of ours at the last read; None before it."""

    def __init__(
        self,
        url: str | None,
        key: SecretStr,
        clock: Clock,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        rate: float = 50,
        poll_rate: float = 200,
        on_call: OnCall = unheard,
    ) -> None:
        base = address(key, url)
        self._clock = clock
        self._pacer = Pacer(clock, rate)
        self._poll_pacer = Pacer(clock, poll_rate)
        self._wire = Wire(
            base,
            key,
            clock,
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=20),
            timeout=_TIMEOUT,
            wall=_WALL,
            transport=transport,
            on_call=on_call,
        )
        # The partner holds a poll for up to six seconds: enough connections for the rate (`runner.run` sees to files).
        self._poll_wire = Wire(
            base,
            key,
            clock,
            limits=httpx2.Limits(max_connections=1_500, max_keepalive_connections=200),
            timeout=_TIMEOUT,
            wall=_WALL,
            transport=transport,
            on_call=on_call,
        )

    async def packs(self) -> tuple[Pack, ...]:
        return read_packs((await self._get("available", "vm/available")).value)

    async def recent_pulls(self, pack_ids: Sequence[str] = (), limit: int = 20) -> tuple[RecentPull, ...]:
        """Newest first, of these packs or of all; `limit` is between 1 and 100."""
        params = [*(("claw_ids", one) for one in pack_ids), ("limit", str(limit))]
        return read_recent_pulls((await self._get("recent-pulls", "vm/recent-pulls", params)).value)

    async def card(self, item_id: str) -> CardDetails:
        """The only source of a card's market value.

        Raises:
            CardNotFoundError: the partner doesn't know the item.
        """
        return read_card((await self._get("card", f"card/{segment(item_id)}")).value)

    async def inventory(self, user_id: str) -> Inventory:
        """All that a person holds. Any failure but the documented 404 is no look, and raises."""
        try:
            answer = await self._get("inventory", f"inventory/{segment(user_id)}")
        except UserNotFoundError:
            return Inventory((), known=False, read_at=self._clock.now())
        return read_inventory(answer.value, user_id, self._clock.now())

    async def status(self, session_id: str) -> Pending | Fulfilled:
        """How a purchase stands. Not tried again: whoever polls comes back anyway.

        Raises:
            SessionFailedError: `Transaction failed`; in the sandbox also a session that was forgotten.
        """
        await self._poll_pacer.turn()
        answer = await self._poll_wire.read("status", "POST", "vm/buy/status", body={"session_id": session_id})
        return read_status(answer.value, session_id)

    async def close(self) -> None:
        await self._wire.close()
        await self._poll_wire.close()

    async def _get(self, route: str, path: str, params: Sequence[tuple[str, str]] = ()) -> Answer:
        for attempt in range(ATTEMPTS):
            await self._pacer.turn()
            try:
                answer = await self._wire.read(route, "GET", path, params=params)
            except (UnavailableError, RateLimitedError):
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                if answer.skew is not None:
                    self.skew = answer.skew
                return answer
            await self._clock.sleep(_FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        raise AssertionError("the last attempt returns or raises")
