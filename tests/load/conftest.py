"""Virtual time, in which minutes of polling take seconds."""

from __future__ import annotations

from tests.virtual import VirtualLoop


def pytest_asyncio_loop_factories():
    return {"virtual": VirtualLoop}
