"""What the partner says of one person's purchases, items and sales.

What can't be read raises `BadAnswerError`; what can becomes a value of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import AliasPath, Field, StrictBool

from bot.domain.item import Inventory, Item
from bot.partner.errors import BadAnswerError
from bot.partner.fields import (
    Attributes,
    Id,
    Model,
    Money,
    OptionalId,
    OptionalMoment,
    OptionalMoney,
    OptionalText,
    OptionalUrl,
    parse,
    readable,
)


class _Item(Model):
    id: Id
    name: OptionalText = Field("", validation_alias=AliasPath("content", "metadata", "name"))
    image: OptionalUrl = Field(None, validation_alias=AliasPath("content", "metadata", "image"))
    back_image: OptionalUrl = Field(None, validation_alias=AliasPath("content", "metadata", "back_image"))
    attributes: Attributes = Field((), validation_alias=AliasPath("content", "metadata", "attributes"))
    link: OptionalUrl = Field(None, validation_alias=AliasPath("content", "links", "image"))
    back_link: OptionalUrl = Field(None, validation_alias=AliasPath("content", "links", "back_image"))
    buyback_price: OptionalMoney = None

    def item(self) -> Item:
        return Item(
            id=self.id,
            name=self.name or self.id,
            image=self.image or self.link,
            back_image=self.back_image or self.back_link,
            attributes=self.attributes,
            buyback_price=self.buyback_price,
        )


class _OwnedItem(_Item):
    claw_id: Id
    purchased_at: OptionalMoment = None
    # Absent or odd: nothing is known of the offer's end. Null: it has none.
    buyback_expires_at: Any = ""
    offer_ends: OptionalMoment = Field(None, validation_alias="buyback_expires_at")

    def item(self) -> Item:
        return replace(
            super().item(),
            pack_id=self.claw_id,
            purchased_at=self.purchased_at,
            offer_known=self.buyback_expires_at is None or self.offer_ends is not None,
            offer_ends=self.offer_ends,
        )


class _Inventory(Model):
    user_id: OptionalId = None
    items: tuple[_OwnedItem, ...]


def read_inventory(value: object, user_id: str, now: int) -> Inventory:
    """All that the person holds. It is evidence about money, so one item that can't be read spoils it."""
    inventory = parse(_Inventory, value, "inventory")
    if inventory.user_id not in {None, user_id}:
        raise BadAnswerError("inventory: of another user")
    return Inventory(tuple(one.item() for one in inventory.items), read_at=now)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The partner took an order: its session, and the cards if it already named them."""

    session_id: str
    items: tuple[Item, ...]


class _Accepted(Model):
    session_id: Id
    nfts: Any = None


def read_accepted(value: object) -> Accepted:
    """What `buy/init` answers. Only the session counts: cards that can't be read are left out."""
    accepted = parse(_Accepted, value, "init")
    return Accepted(accepted.session_id, tuple(one.item() for one in readable(_Item, accepted.nfts)))


class _Sale(Model):
    success: StrictBool
    amount: Money


def read_sale(value: object) -> int:
    """Cents that the partner paid, of an answer of `buyback`."""
    sale = parse(_Sale, value, "buyback")
    if not sale.success:
        raise BadAnswerError("buyback: 200 without success")
    return sale.amount


@dataclass(frozen=True, slots=True)
class Pending:
    """The partner is still at it: ask again in a few seconds."""


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """The cards of a session. `user_id` is the partner's echo, which may be missing or, wrongly, another's."""

    user_id: str | None
    public_id: str
    items: tuple[Item, ...]


class _Result(Model):
    session_id: OptionalId = None
    user_id: OptionalId = None
    public_id: OptionalText = ""
    nfts: list[Any] | None = None


class _Status(Model):
    status: OptionalText = ""
    result: _Result | None = None


def read_status(value: object, session_id: str) -> Pending | Fulfilled:
    """What `buy/status` answers. A result without cards is pending: its `nfts` are waited for (partner-api: poll)."""
    answer = parse(_Status, value, "status")
    result = answer.result
    if result is None and answer.status != "pending":
        raise BadAnswerError("status: neither pending nor a result")
    if result is None or not result.nfts:
        return Pending()
    if result.session_id not in {None, session_id}:
        raise BadAnswerError("status: of another session")
    cards = tuple(one.item() for one in readable(_Item, result.nfts))
    if not cards:
        raise BadAnswerError("status: no card can be read")
    return Fulfilled(result.user_id, result.public_id, cards)
