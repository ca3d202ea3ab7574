"""A database of each kind for a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.torture.report import TOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@pytest.fixture(autouse=True)
def figures(record_property: Callable[[str, object], None]) -> Generator[None]:
    """The line of each run, for the end of the tests' report (tests/conftest.py)."""
    TOLD.clear()
    yield
    for line in TOLD:
        record_property("figures", line)


@pytest.fixture(params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("sqlite_url" if kind == "sqlite" else "new_pg_url")


@pytest.fixture
def processes(kind: str) -> int:
    """SQLite has one process; PostgreSQL two, which take each other's work over."""
    return 1 if kind == "sqlite" else 2
