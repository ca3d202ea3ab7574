"""What the partner can answer besides what was asked for, each documented row under its own name.

A row is found by its status and its literal sentence: the API has no codes for machines (partner-api: error envelope).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class PartnerError(Exception):
    """Anything that went wrong with the partner. Its text is for logs, and never holds the key."""


class NotSentError(PartnerError):
    """An order that surely never left this machine."""


class RefusedError(PartnerError):
    """A documented refusal: the partner understood the order and didn't carry it out."""


class OutOfStockError(RefusedError):
    """Sold out, disabled, or without a card to give. The pack's listing has changed: read it again."""


class AmountTooSmallError(RefusedError): ...


class AmountTooLargeError(RefusedError):
    """More pulls than the pack allows at once; `maximum` is what it allows."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"at most {maximum} at once")
        self.maximum = maximum


class PackNotFoundError(RefusedError): ...


class UserRequiredError(RefusedError): ...


class InvalidKeyError(RefusedError):
    """401, on any route."""


class ItemNotFoundError(RefusedError):
    """Unknown, already sold back, or in a shipment (partner-api: sell back)."""


class ItemExpiredError(RefusedError): ...


class InDoubtError(PartnerError):
    """The order may have been carried out. It must never be sent again; only evidence closes it.

    `kind` names what happened, for the record.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class OrderFailedError(InDoubtError):
    """Whether cards were pulled before this 500 is not documented."""


class SaleFailedError(InDoubtError):
    """The partner's transaction failed, at a step that isn't documented."""


class SaleActiveError(InDoubtError):
    """Another sale of the same item is open."""


class SaleBusyError(InDoubtError):
    """Another sale of the same item is being processed."""


class SaleUnexpectedError(InDoubtError):
    """The documented 500 of a sale."""


class UnavailableError(PartnerError):
    """A read that got no answer: no connection, a time-out, a reset, a 5xx. May be tried again."""


class RateLimitedError(PartnerError):
    """A read that was answered with 429. May be tried again, later."""


class ForbiddenError(PartnerError):
    """403: in practice a firewall before the partner, with a page of HTML."""


class BadAnswerError(PartnerError):
    """An answer that says nothing we can rely on: not JSON, wrong types, too large, an undocumented status."""


class SessionFailedError(PartnerError):
    """`Transaction failed` for a session, or a session the partner doesn't know (partner-api: poll)."""


class CardNotFoundError(PartnerError): ...


class UserNotFoundError(PartnerError):
    """A user whom the partner doesn't know, as everybody is who never bought."""


_REFUSALS_OF_BUY: Mapping[tuple[int, str], type[RefusedError]] = {
    (400, "Claw machine is out of stock"): OutOfStockError,
    (400, "Amount must be greater than 0"): AmountTooSmallError,
    (400, "VM not found"): PackNotFoundError,
    (400, "user_id is required"): UserRequiredError,
}
_REFUSALS_OF_SELL: Mapping[tuple[int, str], type[RefusedError]] = {
    (400, "Item not found"): ItemNotFoundError,
    (400, "Item has expired"): ItemExpiredError,
}
_DOUBTS_OF_BUY: Mapping[tuple[int, str], type[InDoubtError]] = {(500, "Error during transaction"): OrderFailedError}
_DOUBTS_OF_SELL: Mapping[tuple[int, str], type[InDoubtError]] = {
    (400, "Transaction failed"): SaleFailedError,
    (400, "Item already has an active buyback session"): SaleActiveError,
    (429, "A buyback request for this item is already being processed"): SaleBusyError,
    (500, "An unexpected error occurred"): SaleUnexpectedError,
}
_TOO_LARGE = re.compile(r"Amount must be less than or equal to ([0-9]{1,9})")


def buy_error(status: int, sentence: str | None) -> RefusedError | InDoubtError:
    """What an answer of `buy/init` other than 200 means; `sentence` is None without the partner's envelope."""
    if status == 400 and (match := _TOO_LARGE.fullmatch(sentence or "")):  # noqa: PLR2004 - an HTTP status says it best
        return AmountTooLargeError(int(match[1]))
    return _order_error(status, sentence, _REFUSALS_OF_BUY, _DOUBTS_OF_BUY)


def sell_error(status: int, sentence: str | None) -> RefusedError | InDoubtError:
    """What an answer of `buyback` other than 200 means; `sentence` is None without the partner's envelope."""
    return _order_error(status, sentence, _REFUSALS_OF_SELL, _DOUBTS_OF_SELL)


def _order_error(
    status: int,
    sentence: str | None,
    refusals: Mapping[tuple[int, str], type[RefusedError]],
    doubts: Mapping[tuple[int, str], type[InDoubtError]],
) -> RefusedError | InDoubtError:
    said = f"status {status}" if sentence is None else f"status {status}: {sentence!r}"
    if status == 401:  # noqa: PLR2004 - an HTTP status says it best
        return InvalidKeyError(said)
    row = (status, sentence or "")
    if refusal := refusals.get(row):
        return refusal(said)
    return doubts.get(row, InDoubtError)(said)


_ROWS_OF_READS: Mapping[tuple[str, int, str], type[PartnerError]] = {
    ("status", 400, "Transaction failed"): SessionFailedError,
    ("card", 404, "Card not found"): CardNotFoundError,
    ("inventory", 404, "User not found"): UserNotFoundError,
}
_READS_BY_STATUS: Mapping[int, type[PartnerError]] = {
    401: InvalidKeyError,
    403: ForbiddenError,
    429: RateLimitedError,
}


def read_error(route: str, status: int, sentence: str | None) -> PartnerError:
    """What an answer of a read other than 200 means; `sentence` is None without the partner's envelope."""
    said = f"{route}: status {status}" if sentence is None else f"{route}: status {status}: {sentence!r}"
    otherwise = UnavailableError if status >= 500 else BadAnswerError  # noqa: PLR2004 - an HTTP status says it best
    by_status = _READS_BY_STATUS.get(status, otherwise)
    return _ROWS_OF_READS.get((route, status, sentence or ""), by_status)(said)
