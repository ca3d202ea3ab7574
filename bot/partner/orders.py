"""The POSTs that move money. None is ever repeated, and what came of each is one of three (money-safety):

it surely wasn't sent (`NotSentError`), the partner answered as documented, or it is in doubt (`InDoubtError`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import httpx2

from bot.domain.clock import SECOND
from bot.partner.errors import BadAnswerError, InDoubtError, NotSentError, RefusedError, buy_error, sell_error
from bot.partner.http import OK, Wire, address, unheard
from bot.partner.listings import read_packs
from bot.partner.models import Accepted, read_accepted, read_sale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from bot.domain.clock import Clock
    from bot.domain.pack import Pack
    from bot.partner.http import OnCall

_T = TypeVar("_T")

CONNECTIONS = 100
"""Orders at once; more wait for a place."""
CONNECT = 5.0
"""Seconds to wait for a place, and then for the connection."""
LOOK = 15.0
"""Seconds that a look may take: an order waits for it."""

# Raised before a byte is written. Anything else may have left the machine.
_BEFORE_SENDING = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment at which an order may be sent, on two clocks: whichever passes first refuses.

    The wall clock (milliseconds UTC) can be set back. The boot-time clock (seconds) can't, and it goes on
    while the machine sleeps.
    """

    wall_ms: int
    boot_seconds: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Self:
        return cls(clock.now() + round(seconds * SECOND), clock.boottime() + seconds)

    def passed(self, clock: Clock) -> bool:
        return clock.now() >= self.wall_ms or clock.boottime() >= self.boot_seconds


class PartnerOrders:
    """Orders, each on a fresh HTTP/1.1 connection: an idle one may close just as the order is on its way.

    `wall` bounds a whole call, in seconds. A cancelled call is in doubt like one that failed.
    """

    skew: float | None = None
    """Seconds that the partner's clock was ahead of ours at the last look; None before it."""

    def __init__(
        self,
        url: str | None,
        key: SecretStr,
        clock: Clock,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        wall: float = 45.0,
        on_call: OnCall = unheard,
    ) -> None:
        self._clock = clock
        self._wire = Wire(
            address(key, url),
            key,
            clock,
            limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=0),
            timeout=httpx2.Timeout(wall, connect=CONNECT, pool=CONNECT),
            wall=wall,
            transport=transport,
            on_call=on_call,
        )

    async def look(self) -> tuple[Pack, ...]:
        """The packs as they are now, read the way that an order would go. Raises as a read does; not tried again."""
        answer = await self._wire.read("available", "GET", "vm/available", wall=LOOK)
        self.skew = answer.skew
        return read_packs(answer.value)

    async def buy(self, pack_id: str, amount: int, user_id: str, deadline: Deadline) -> Accepted:
        """Pulls `amount` cards of a pack for a person.

        Raises:
            NotSentError: nothing left this machine; the deadline has passed, or no connection came about.
            RefusedError: a documented refusal.
            InDoubtError: anything else.
        """
        body = {"id": pack_id, "amount": amount, "user_id": user_id}
        return await self._order("init", "vm/buy/init", body, deadline, read_accepted, buy_error)

    async def sell(self, item_id: str, deadline: Deadline) -> int:
        """Sells an item back, whoever holds it; returns the cents that the partner paid. Raises as `buy` does."""
        return await self._order("buyback", "vm/buyback", {"item_id": item_id}, deadline, read_sale, sell_error)

    async def close(self) -> None:
        await self._wire.close()

    async def _order(
        self,
        route: str,
        path: str,
        body: Mapping[str, object],
        deadline: Deadline,
        read: Callable[[object], _T],
        error_of: Callable[[int, str | None], RefusedError | InDoubtError],
    ) -> _T:
        started = False

        def refuse_late() -> None:
            if deadline.passed(self._clock):
                raise NotSentError("too late to send")

        async def trace(event: str, _info: object) -> None:
            nonlocal started
            if event.endswith("send_request_headers.started"):
                refuse_late()  # connecting took its time
                started = True

        refuse_late()
        try:
            answer = await self._wire.call(route, "POST", path, body=body, extensions={"trace": trace})
            if answer.status == OK:
                return read(answer.value)
        except NotSentError:
            raise
        except BadAnswerError as error:
            raise InDoubtError(str(error)) from error
        except TimeoutError as error:
            raise InDoubtError("wall") from error
        except Exception as error:
            kind = type(error).__name__
            unsent = isinstance(error, _BEFORE_SENDING) and not started
            raise (NotSentError(kind) if unsent else InDoubtError(kind)) from error
        raise error_of(answer.status, answer.sentence)
