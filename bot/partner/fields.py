"""How the partner's JSON is read: leniently where nothing depends on it, strictly where something does.

Money becomes cents, ISO times milliseconds UTC, text stays within bounds. Unknown keys are ignored. The `Optional…`
types never refuse: what is missing, null or odd becomes None, or empty text.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.domain.money import cents
from bot.partner.errors import BadAnswerError

GREY = 0x99AAB5
"""A tier's colour where the partner sent none."""
MOST = 100
"""Attributes of a card, and categories of a pack, that are kept."""

_TEXT_LENGTH = 20_000
_ID_LENGTH = 500
_URL_LENGTH = 2_048  # Discord takes no longer one
_DIGITS = 30
_MAGNITUDE = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLOR = re.compile("#[0-9A-Fa-f]{6}")


def items(value: object) -> list[object] | None:
    """A JSON array as such; None for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else None


def _number(value: object) -> Decimal:
    """A JSON number; a boolean or a number in quotes is none.

    Raises:
        ValueError: it isn't one.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic collects ValueErrors
    return Decimal(value)


def _money(value: object) -> int:
    return cents(_number(value))


def _measure(value: object) -> Decimal:
    """A weight, share or count. Absurd sizes are refused: written out they would fill a page."""
    measure = _number(value)
    if len(measure.as_tuple().digits) > _DIGITS or not -_MAGNITUDE <= measure.adjusted() <= _MAGNITUDE:
        raise ValueError("not a sensible number")
    return measure


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - pydantic collects ValueErrors
    # Lone surrogates and NULs are legal in JSON, and in no database.
    return value[:_TEXT_LENGTH].encode(errors="replace").decode().replace("\0", "")


def _id(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _ID_LENGTH or not value.isprintable():
        raise ValueError("not an id")
    return value


def _url(value: object) -> str:
    text = _text(value)
    parts = urlsplit(text)
    if len(text) > _URL_LENGTH or not text.isprintable() or " " in text:
        raise ValueError("not an address")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an address of the web")
    return text


def _moment(value: object) -> int:
    moment = datetime.fromisoformat(_text(value))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _color(value: object) -> int:
    return int(value[1:], 16) if isinstance(value, str) and _COLOR.fullmatch(value) else GREY


def _or_none(value: object, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValueError:
        return None


def _or_empty(value: object, handler: ValidatorFunctionWrapHandler) -> Any:
    return _or_none(value, handler) or ""


Money = Annotated[int, BeforeValidator(_money)]
Text = Annotated[str, BeforeValidator(_text)]
Id = Annotated[str, BeforeValidator(_id)]
Count = Annotated[int, Field(ge=1, le=1_000), BeforeValidator(_measure)]
Color = Annotated[int, BeforeValidator(_color)]
OptionalMoney = Annotated[int | None, BeforeValidator(_money), WrapValidator(_or_none)]
OptionalMeasure = Annotated[Decimal | None, BeforeValidator(_measure), WrapValidator(_or_none)]
OptionalText = Annotated[str, BeforeValidator(_text), WrapValidator(_or_empty)]
OptionalId = Annotated[str | None, BeforeValidator(_id), WrapValidator(_or_none)]
OptionalUrl = Annotated[str | None, BeforeValidator(_url), WrapValidator(_or_none)]
OptionalMoment = Annotated[int | None, BeforeValidator(_moment), WrapValidator(_or_none)]


class Model(BaseModel):
    """The base of what is read."""

    model_config = ConfigDict(extra="ignore", frozen=True)


M = TypeVar("M", bound=Model)


def parse(model: type[M], value: object, route: str) -> M:
    """An answer of `route`.

    Raises:
        BadAnswerError: it doesn't hold what is relied on.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise BadAnswerError(f"{route}: {first['loc']}: {first['type']}") from None


def readable(model: type[M], value: object) -> list[M]:
    """Those of an array that can be read."""
    out: list[M] = []
    for one in items(value) or ():
        try:
            out.append(model.model_validate(one))
        except ValidationError:
            continue
    return out


class _Attribute(Model):
    trait_type: Text
    value: Annotated[Text, BeforeValidator(lambda v: v if isinstance(v, str) else str(_number(v)))]


def _attributes(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((one.trait_type, one.value) for one in readable(_Attribute, value)[:MOST])


Attributes = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_attributes)]
