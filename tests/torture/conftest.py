"""A database of each kind for a run."""

from __future__ import annotations

import pytest


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
