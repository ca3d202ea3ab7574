"""What the partner shows to everybody: packs, recent pulls, and single cards.

What can't be read raises `BadAnswerError`; what can becomes a value of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import structlog
from pydantic import AliasPath, BeforeValidator, ConfigDict, Field, StrictBool

from bot.domain.pack import Pack, Tier
from bot.partner.errors import BadAnswerError
from bot.partner.fields import (
    GREY,
    MOST,
    Attributes,
    Color,
    Count,
    Id,
    Model,
    Money,
    OptionalMeasure,
    OptionalMoment,
    OptionalMoney,
    OptionalText,
    OptionalUrl,
    Text,
    items,
    parse,
    readable,
)

_LARGEST_SHARE = 2
_log = structlog.get_logger()


class _Tier(Model):
    name: OptionalText = ""
    color: Color = GREY
    lower: OptionalMoney = None
    upper: OptionalMoney = None
    weight: OptionalMeasure = None

    def tier(self) -> Tier:
        # A tier is never left out: the others' odds would be wrong. Without its range a weight means nothing.
        whole = self.lower is not None and self.upper is not None
        return Tier(self.name, self.color, self.lower or 0, self.upper or 0, self.weight if whole else None)


def _tiers(value: object) -> tuple[Tier, ...]:
    return tuple(_Tier.model_validate(one if isinstance(one, dict) else {}).tier() for one in items(value) or ())


def _categories(value: object) -> list[str]:
    return [one for one in items(value) or () if isinstance(one, str)][:MOST]


class _Pack(Model):
    id: Id
    slug: OptionalText = ""
    name: Text
    description: OptionalText = ""
    mint_price: Money
    enable: StrictBool
    in_stock: StrictBool
    max_per_mint: Count
    categories: Annotated[tuple[Text, ...], BeforeValidator(_categories)] = ()
    tiers: Annotated[Any, Field(validation_alias="rarity_distribution"), BeforeValidator(_tiers)] = ()
    buyback_percent: OptionalMeasure = None
    ev: OptionalMoney = None
    claw_image_url: OptionalUrl = None

    def pack(self) -> Pack:
        share = self.buyback_percent
        return Pack(
            id=self.id,
            slug=self.slug,
            name=self.name,
            description=self.description,
            price=self.mint_price,
            enabled=self.enable,
            in_stock=self.in_stock,
            max_amount=self.max_per_mint,
            categories=self.categories,
            tiers=self.tiers,
            buyback_share=share if share is not None and 0 <= share <= _LARGEST_SHARE else None,
            ev=self.ev,
            image=self.claw_image_url,
        )


@lru_cache(maxsize=1_000)
def _report_once(pack_id: str, problem: str) -> None:
    _log.warning("partner lists a pack that can't be read", pack=pack_id, problem=problem)


def read_packs(value: object) -> tuple[Pack, ...]:
    """The packs of `vm/available`. One that can't be read is left out, and logged once.

    Raises:
        BadAnswerError: it is no list, or one in which nothing can be read: that says nothing about what is on sale.
    """
    if (listed := items(value)) is None:
        raise BadAnswerError("available: not a list")
    out: list[Pack] = []
    for one in listed:
        try:
            out.append(parse(_Pack, one, "available").pack())
        except BadAnswerError as error:
            _report_once(_Named.of(one), str(error))
    if listed and not out:
        raise BadAnswerError("available: not one pack can be read")
    return tuple(out)


class _Named(Model):
    id: OptionalText = ""

    @classmethod
    def of(cls, value: object) -> str:
        """An id for the log, of whatever it is."""
        return (cls.model_validate(value).id if isinstance(value, dict) else "")[:100]


class RecentPull(Model):
    """A pull by anybody. `value` and `buyback_price` in cents, `created_at` in milliseconds UTC."""

    model_config = ConfigDict(populate_by_name=True)

    id: Id
    pack_id: Id = Field(validation_alias="claw_id")
    value: OptionalMoney = None
    buyback_price: OptionalMoney = None
    created_at: OptionalMoment = None
    name: OptionalText = Field("", validation_alias=AliasPath("metadata", "name"))
    image: OptionalUrl = Field(None, validation_alias=AliasPath("metadata", "image"))
    back_image: OptionalUrl = Field(None, validation_alias=AliasPath("metadata", "back_image"))
    attributes: Attributes = Field((), validation_alias=AliasPath("metadata", "attributes"))


def read_recent_pulls(value: object) -> tuple[RecentPull, ...]:
    """Newest first. Pulls that can't be read are left out."""
    if items(value) is None:
        raise BadAnswerError("recent-pulls: not a list")
    return tuple(readable(RecentPull, value))


@dataclass(frozen=True, slots=True)
class CardDetails:
    """A card as the partner describes it; `fmv` is its fair market value in cents."""

    id: str
    name: str
    image: str | None
    back_image: str | None
    fmv: int | None
    attributes: tuple[tuple[str, str], ...]


class _Card(Model):
    id: Id
    name: OptionalText = ""
    image: OptionalUrl = None
    back_image: OptionalUrl = None
    fmv: OptionalMoney = None
    main_name: OptionalText = Field("", validation_alias=AliasPath("metadata", "name"))
    main_image: OptionalUrl = Field(None, validation_alias=AliasPath("metadata", "image"))
    main_back_image: OptionalUrl = Field(None, validation_alias=AliasPath("metadata", "back_image"))
    attributes: Attributes = Field((), validation_alias=AliasPath("metadata", "attributes"))


def read_card(value: object) -> CardDetails:
    """What `card/:item_id` answers."""
    card = parse(_Card, value, "card")
    return CardDetails(
        id=card.id,
        name=card.main_name or card.name or card.id,
        image=card.main_image or card.image,
        back_image=card.main_back_image or card.back_image,
        fmv=card.fmv,
        attributes=card.attributes,
    )
