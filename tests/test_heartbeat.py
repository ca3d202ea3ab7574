"""The heartbeat: new only while Discord is there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.jobs import heartbeat

if TYPE_CHECKING:
    from pathlib import Path


class Clock:
    """Sleeping moves the time; ends after so many sleeps."""

    def __init__(self, sleeps: int) -> None:
        self.time, self.left = 1_000_000, sleeps

    def now(self) -> int:
        return self.time

    def boottime(self) -> float:
        return self.time / 1_000

    async def sleep(self, seconds: float) -> None:
        if not self.left:
            raise EOFError
        self.left -= 1
        self.time += int(seconds * 1_000)


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def beat(folder: Path, clock: Clock, connected: list[bool]) -> None:
    answers = iter(connected)
    with pytest.raises(EOFError):
        await heartbeat.beat(folder, clock, lambda: next(answers))


async def test_it_beats_every_ten_seconds_while_connected(tmp_path: Path):
    clock = Clock(2)
    await beat(tmp_path, clock, [True, True, True])
    assert clock.time == 1_020_000
    assert heartbeat.age(tmp_path, clock.time + 5_000) == 5_000
    assert files(tmp_path) == ["heartbeat"]


async def test_it_is_left_to_age_while_disconnected(tmp_path: Path):
    clock = Clock(4)
    await beat(tmp_path, clock, [True, False, False, False, False])
    age = heartbeat.age(tmp_path, clock.time)
    assert age == 40_000
    assert age > heartbeat.STALE_MS


async def test_a_full_disk_does_not_end_it(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    caplog.set_level(logging.WARNING)
    await beat(blocked, Clock(1), [True, True])
    assert caplog.text.count("no heartbeat") == 2
    assert heartbeat.age(blocked, 0) is None


@pytest.mark.parametrize("content", [None, "", "soon 7", "12"])
def test_no_readable_beat_is_no_age(tmp_path: Path, content: str | None):
    if content is not None:
        (tmp_path / "heartbeat").write_text(content)
    assert heartbeat.age(tmp_path, 0) is None
