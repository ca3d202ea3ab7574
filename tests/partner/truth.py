"""What may be made of an answer at all, judged by the documentation and its bytes, not by the client's code."""

from __future__ import annotations

import json
import zlib
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from bot.partner import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.item import Item

    from .mutate import Spoiled

REFUSALS: dict[str, dict[str, type[errors.RefusedError]]] = {
    "buy": {
        "Claw machine is out of stock": errors.OutOfStockError,
        "Amount must be greater than 0": errors.AmountTooSmallError,
        "Amount must be less than or equal to 25": errors.AmountTooLargeError,
        "VM not found": errors.PackNotFoundError,
        "user_id is required": errors.UserRequiredError,
    },
    "sell": {"Item not found": errors.ItemNotFoundError, "Item has expired": errors.ItemExpiredError},
}
"""All with status 400."""
NOT_THERE: dict[type[errors.PartnerError], tuple[int, str]] = {
    errors.SessionFailedError: (400, "Transaction failed"),
    errors.CardNotFoundError: (404, "Card not found"),
}
OF_READS = (
    errors.UnavailableError,
    errors.RateLimitedError,
    errors.ForbiddenError,
    errors.BadAnswerError,
    errors.InvalidKeyError,
    *NOT_THERE,
)


def value_of(answer: Spoiled) -> Any:
    """Its JSON; None where it is none."""
    body = answer.body
    try:
        if answer.headers.get("Content-Encoding") in {"gzip", "deflate"}:
            body = zlib.decompress(body, zlib.MAX_WBITS | 32)
        return json.loads(body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError, zlib.error):
        return None


def sentence_of(answer: Spoiled) -> Any:
    value = value_of(answer)
    return value.get("error") if isinstance(value, dict) else None


def cents_of(number: Any) -> int:
    """Of a JSON number that is an amount of money."""
    assert type(number) in {int, Decimal}, number
    assert Decimal(number).is_finite()
    assert 0 <= number <= 10_000_000
    return int((Decimal(number) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def check_error(name: str, error: errors.PartnerError, answer: Spoiled) -> None:
    """That it is one that this call documents, and that it says no more than the answer."""
    row = (answer.status, sentence_of(answer))
    if isinstance(error, errors.InvalidKeyError):
        assert answer.status == 401
    elif name not in REFUSALS:
        assert type(error) in OF_READS
        assert type(error) not in NOT_THERE or row == NOT_THERE[type(error)]
    elif not isinstance(error, errors.InDoubtError):
        assert isinstance(error, errors.RefusedError), "it was sent"
        assert answer.status == 400
        assert type(error) is REFUSALS[name][sentence_of(answer)]


def check_item(item: Item, raw: Any) -> None:
    """That it is there as such."""
    assert item.id
    assert raw["id"] == item.id
    if item.buyback_price is not None:
        assert item.buyback_price == cents_of(raw["buyback_price"])


def accepted(got: Any, value: Any) -> None:
    assert got.session_id
    assert value["session_id"] == got.session_id
    nfts = value.get("nfts")
    raws = nfts if isinstance(nfts, list) else ()
    ids = [raw["id"] for raw in raws if isinstance(raw, dict) and _is_id(raw.get("id"))]
    assert [item.id for item in got.items] == ids


def sold(got: Any, value: Any) -> None:
    assert value["success"] is True
    assert got == cents_of(value["amount"])


def inventory(got: Any, value: Any) -> None:
    assert value.get("user_id") == "u" or not isinstance(value.get("user_id"), str) or not _is_id(value["user_id"])
    assert len(got.items) == len(value["items"])
    for item, raw in zip(got.items, value["items"], strict=True):
        check_item(item, raw)
        assert item.pack_id
        assert raw["claw_id"] == item.pack_id
        assert item.purchased_at is None or isinstance(raw["purchased_at"], str)
        assert not item.offer_known or raw["buyback_expires_at"] is None or item.offer_ends is not None


def status(got: Any, value: Any) -> None:
    result = value.get("result")
    if not hasattr(got, "items"):
        assert value.get("status") == "pending" or isinstance(result, dict)
        assert not (result or {}).get("nfts"), "its cards are there"
        return
    assert result.get("session_id") == "s" or not _is_id(result.get("session_id"))
    assert got.user_id == (result.get("user_id") if _is_id(result.get("user_id")) else None)
    left = list(result["nfts"])
    for item in got.items:
        raw = next(one for one in left if isinstance(one, dict) and one.get("id") == item.id)
        left.remove(raw)


def packs(got: Any, value: Any) -> None:
    assert isinstance(value, list)
    by_id = [raw for raw in value if isinstance(raw, dict)]
    for pack in got:
        assert any(
            raw.get("id") == pack.id
            and raw.get("enable") is pack.enabled
            and raw.get("in_stock") is pack.in_stock
            and type(raw.get("mint_price")) in {int, Decimal}
            and cents_of(raw["mint_price"]) == pack.price
            and raw.get("max_per_mint") == pack.max_amount
            for raw in by_id
        )
        assert len(pack.terms()) < 100_000
    assert len(got) <= len(value)


def card(got: Any, value: Any) -> None:
    assert got.id
    assert value["id"] == got.id
    assert got.fmv is None or got.fmv == cents_of(value["fmv"])


def recent(got: Any, value: Any) -> None:
    known = [(raw.get("id"), raw.get("claw_id")) for raw in value if isinstance(raw, dict)]
    assert all((pull.id, pull.pack_id) in known for pull in got)


CHECKS: dict[str, Callable[[Any, Any], None]] = {
    "packs": packs,
    "look": packs,
    "buy": accepted,
    "status": status,
    "inventory": inventory,
    "sell": sold,
    "card": card,
    "recent_pulls": recent,
}


def check_result(name: str, got: Any, answer: Spoiled) -> None:
    """That every part of it that counts stands in the answer."""
    repr(got).encode()  # can be written to a database
    if name == "inventory" and not got.known:
        assert got.items == ()
        assert (answer.status, sentence_of(answer)) == (404, "User not found")
        return
    assert answer.status == 200
    CHECKS[name](got, value_of(answer))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 500 and value.isprintable()
