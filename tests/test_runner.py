"""Stopping: a process of its own, with a stand-in for Discord, told to stop by real signals."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BOT = """
import asyncio, sys
from types import SimpleNamespace
from pathlib import Path
from bot import runner
from bot.domain.clock import SystemClock
from bot.tasks import Tasks

said = lambda text: print(text, flush=True)

class App:
    settings = SimpleNamespace(data_dir=Path(sys.argv[1]))
    clock = SystemClock()
    def __init__(self):
        self.tasks, self.outbox = Tasks(), Outbox()
    async def drain(self, grace):
        said(f"drain {grace:g}, discord {'gone' if client.closed.is_set() else 'there'}")
        await asyncio.sleep(float(sys.argv[2]))
        said("drained")
    async def close(self):
        await self.tasks.cancel()
        said("app closed")

class Outbox:
    left = 2
    async def behind(self):
        said(f"{self.left} behind")
        self.left -= 1
        return ["message"] * (self.left + 1)

class Client:
    shards = {0: SimpleNamespace(is_closed=lambda: False)}
    def __init__(self, app):
        self.app, self.closed = app, asyncio.Event()
    def is_ready(self):
        return sys.argv[3] != "slow"
    async def start(self, token):
        if token == "slow":
            said("starting")
            await asyncio.sleep(60)
        if token == "bad":
            raise ValueError("no such token")
        said("started")
        await self.closed.wait()
    async def close(self):
        if not self.closed.is_set():
            said("client closed")
        self.closed.set()

async def main():
    global client
    client = Client(App())
    await runner.serve(client, sys.argv[3], 50)

runner.run(main())
"""


def start(folder: Path, drain: float, token: str = "token") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BOT, str(folder), str(drain), token],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_calls_under_way_end_while_discord_is_there_then_all_is_closed(tmp_path: Path, number: signal.Signals):
    process = start(tmp_path, 0.1)
    assert line(process) == "started"
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert out.split("\n")[:-1] == [
        "drain 50, discord there",
        "drained",
        "2 behind",
        "1 behind",
        "0 behind",
        "client closed",
        "app closed",
    ]
    assert process.returncode == 0, err
    assert (tmp_path / "heartbeat").exists()


def test_a_second_signal_ends_at_once(tmp_path: Path):
    process = start(tmp_path, 60)
    assert line(process) == "started"
    process.send_signal(signal.SIGTERM)
    assert line(process) == "drain 50, discord there"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=5)
    assert not out
    assert process.returncode == -signal.SIGTERM


def test_a_stop_in_the_middle_of_the_start(tmp_path: Path):
    process = start(tmp_path, 0, token="slow")
    assert line(process) == "starting"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=5)
    assert out.split("\n")[:-1] == ["drain 50, discord there", "drained", "client closed", "app closed"]
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert not (tmp_path / "heartbeat").exists()


def test_a_gateway_that_fails_closes_everything_and_says_why(tmp_path: Path):
    process = start(tmp_path, 0, token="bad")
    out, err = process.communicate(timeout=20)
    assert out.split() == ["client", "closed", "app", "closed"]
    assert "no such token" in err
    assert process.returncode == 1
