"""From database rows to frozen values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Value(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


V = TypeVar("V", bound=_Value)


def value(cls: type[V], row: Any, **changed: Any) -> V:
    """`cls` made of the row's columns that it has fields for, with `changed` in their place."""
    columns: Mapping[str, Any] = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return cls(**{name: changed.get(name, columns.get(name)) for name in cls.__dataclass_fields__})
