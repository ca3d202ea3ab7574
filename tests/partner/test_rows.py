"""Every documented error row has a name of its own, and whatever isn't documented has none."""

from __future__ import annotations

import httpx2
import pytest

from bot.domain.item import Inventory
from bot.partner import errors
from bot.partner.api import ATTEMPTS, PartnerReads
from bot.partner.http import LARGEST_BODY
from bot.partner.orders import Deadline, PartnerOrders

from .conftest import KEY, URL, FakeClock


def replying(response: httpx2.Response | Exception, seen: list[str] | None = None) -> httpx2.MockTransport:
    def handle(request: httpx2.Request) -> httpx2.Response:
        if seen is not None:
            seen.append(request.url.path)
        if isinstance(response, Exception):
            raise response
        return httpx2.Response(response.status_code, headers=response.headers, content=response.content)

    return httpx2.MockTransport(handle)


def says(status: int, sentence: str) -> httpx2.Response:
    return httpx2.Response(status, json={"error": sentence})


async def order(call: str, response: httpx2.Response, clock: FakeClock) -> Exception:
    orders = PartnerOrders(URL, KEY, clock, transport=replying(response))
    deadline = Deadline.after(clock, 10)
    with pytest.raises(errors.PartnerError) as raised:
        await (orders.buy("p", 1, "u", deadline) if call == "buy" else orders.sell("i", deadline))
    await orders.close()
    return raised.value


@pytest.mark.parametrize(
    ("call", "status", "sentence", "expected"),
    [
        ("buy", 400, "Claw machine is out of stock", errors.OutOfStockError),
        ("buy", 400, "Amount must be greater than 0", errors.AmountTooSmallError),
        ("buy", 400, "Amount must be less than or equal to 10", errors.AmountTooLargeError),
        ("buy", 400, "VM not found", errors.PackNotFoundError),
        ("buy", 400, "user_id is required", errors.UserRequiredError),
        ("buy", 401, "Invalid API key", errors.InvalidKeyError),
        ("buy", 500, "Error during transaction", errors.OrderFailedError),
        ("sell", 400, "Item not found", errors.ItemNotFoundError),
        ("sell", 400, "Item has expired", errors.ItemExpiredError),
        ("sell", 400, "Transaction failed", errors.SaleFailedError),
        ("sell", 400, "Item already has an active buyback session", errors.SaleActiveError),
        ("sell", 401, "Invalid API key", errors.InvalidKeyError),
        (
            "sell",
            429,
            "A buyback request for this item is already being processed",
            errors.SaleBusyError,
        ),
        ("sell", 500, "An unexpected error occurred", errors.SaleUnexpectedError),
        # A sentence counts on its own route, with its own status, to the letter.
        ("buy", 400, "Item not found", errors.InDoubtError),
        ("buy", 400, "Transaction failed", errors.InDoubtError),
        ("sell", 400, "Claw machine is out of stock", errors.InDoubtError),
        ("sell", 400, "Amount must be less than or equal to 10", errors.InDoubtError),
        ("sell", 404, "Item not found", errors.InDoubtError),
        ("sell", 400, "item not found", errors.InDoubtError),
        ("sell", 429, "Rate limit exceeded", errors.InDoubtError),
        ("buy", 400, "Amount must be less than or equal to ten", errors.InDoubtError),
        ("buy", 400, "Amount must be less than or equal to 10 or so", errors.InDoubtError),
        ("buy", 422, "Amount must be less than or equal to 10", errors.InDoubtError),
        ("buy", 400, "", errors.InDoubtError),
    ],
)
async def test_order_rows(call: str, status: int, sentence: str, expected: type, clock: FakeClock):
    assert type(await order(call, says(status, sentence), clock)) is expected


async def test_maximum_is_read_out(clock: FakeClock):
    error = await order("buy", says(400, "Amount must be less than or equal to 25"), clock)
    assert isinstance(error, errors.AmountTooLargeError)
    assert error.maximum == 25


def test_every_doubt_is_in_doubt_and_no_refusal_is():
    """Callers tell orders apart by these three alone."""
    for doubt in (
        errors.OrderFailedError,
        errors.SaleFailedError,
        errors.SaleActiveError,
        errors.SaleBusyError,
        errors.SaleUnexpectedError,
    ):
        assert issubclass(doubt, errors.InDoubtError)
    assert not issubclass(errors.RefusedError, errors.InDoubtError | errors.NotSentError)


CALLS = {
    "available": lambda reads: reads.packs(),
    "recent-pulls": lambda reads: reads.recent_pulls(["p"], 5),
    "card": lambda reads: reads.card("i"),
    "inventory": lambda reads: reads.inventory("u"),
    "status": lambda reads: reads.status("s"),
}
ROWS = [
    (says(401, "Invalid API key"), errors.InvalidKeyError),
    (httpx2.Response(401, text="<html>"), errors.InvalidKeyError),
    (httpx2.Response(403, html="<html>"), errors.ForbiddenError),
    (says(403, "no"), errors.ForbiddenError),
    (says(404, "Nothing of that name"), errors.BadAnswerError),
    (httpx2.Response(404, html="Cannot GET"), errors.BadAnswerError),
    (says(400, "Something else"), errors.BadAnswerError),
    (httpx2.Response(302, headers={"Location": "/elsewhere"}), errors.BadAnswerError),
    (httpx2.Response(204), errors.BadAnswerError),
    (says(429, "Rate limit exceeded"), errors.RateLimitedError),
    (says(500, "An unexpected error occurred"), errors.UnavailableError),
    (httpx2.Response(502, html="<html>"), errors.UnavailableError),
    (httpx2.Response(503), errors.UnavailableError),
    (httpx2.Response(504), errors.UnavailableError),
    (httpx2.Response(200, text="{"), errors.BadAnswerError),
    (httpx2.Response(200, html="<html>"), errors.BadAnswerError),
    (httpx2.Response(200, json=7), errors.BadAnswerError),
    (httpx2.Response(200, text="[" * 200_000), errors.BadAnswerError),
    (httpx2.Response(200, text="[1e99999999999999999999]"), errors.BadAnswerError),
    (httpx2.Response(200, text="[" + "9" * 5_000 + "]"), errors.BadAnswerError),
    (httpx2.Response(200, json={"error": "User not found"}), errors.BadAnswerError),
    (httpx2.Response(200, content=b"[" + b" " * LARGEST_BODY + b"]"), errors.BadAnswerError),
    (httpx2.ConnectError("x"), errors.UnavailableError),
    (httpx2.ReadTimeout("x"), errors.UnavailableError),
    (httpx2.PoolTimeout("x"), errors.UnavailableError),
    (httpx2.RemoteProtocolError("x"), errors.UnavailableError),
    (httpx2.DecodingError("x"), errors.BadAnswerError),
]


@pytest.mark.parametrize("route", CALLS)
@pytest.mark.parametrize(("response", "expected"), ROWS)
async def test_read_rows(route: str, response: httpx2.Response | Exception, expected: type, clock: FakeClock):
    seen: list[str] = []
    reads = PartnerReads(URL, KEY, clock, transport=replying(response, seen))
    with pytest.raises(errors.PartnerError) as raised:
        await CALLS[route](reads)
    await reads.close()
    assert type(raised.value) is expected
    again = expected in {errors.UnavailableError, errors.RateLimitedError} and route != "status"
    assert len(seen) == (ATTEMPTS if again else 1)


@pytest.mark.parametrize(
    ("route", "response", "expected"),
    [
        ("card", says(404, "Card not found"), errors.CardNotFoundError),
        ("card", says(404, "User not found"), errors.BadAnswerError),
        ("status", says(400, "Transaction failed"), errors.SessionFailedError),
        ("status", says(500, "Transaction failed"), errors.UnavailableError),
        ("inventory", says(400, "User not found"), errors.BadAnswerError),
        ("inventory", says(404, "user not found"), errors.BadAnswerError),
    ],
)
async def test_rows_of_one_read(route: str, response: httpx2.Response, expected: type, clock: FakeClock):
    reads = PartnerReads(URL, KEY, clock, transport=replying(response))
    with pytest.raises(errors.PartnerError) as raised:
        await CALLS[route](reads)
    await reads.close()
    assert type(raised.value) is expected


async def test_unknown_user_holds_nothing(clock: FakeClock):
    reads = PartnerReads(URL, KEY, clock, transport=replying(says(404, "User not found")))
    assert await reads.inventory("u") == Inventory((), known=False, read_at=clock.now())
    await reads.close()


async def test_look_reads_as_a_read_and_only_once(clock: FakeClock):
    seen: list[str] = []
    orders = PartnerOrders(URL, KEY, clock, transport=replying(httpx2.Response(503), seen))
    with pytest.raises(errors.UnavailableError):
        await orders.look()
    await orders.close()
    assert seen == ["/_/api/v1/vm/available"]
