"""Bots as processes of their own, each started in a fraction of a second (see `tests.wire.zygote`)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.wire.world import World

ROOT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "HOME")
"""All that a bot gets from this process's environment; its settings are those of the test."""


def settings(world: World, partner: str, folder: Path, *, label: str = "bot", **others: str) -> dict[str, str]:
    """An environment for a bot of this world, whose partner is served at `partner` (a URL without prefix).

    `others` are more settings, by their names in the environment.
    """
    return {
        "WIRE_DISCORD": world.url,
        "DISCORD_TOKEN": f"{world.token}.{label}",
        "PARTNER_API_KEY": "sandbox-key",
        "PARTNER_API_URL": f"{partner}/_",
        "DATA_DIR": str(folder),
        "SETTLE_SECONDS": "3",
        "REVEAL_SECONDS": "0.8",
        "LOG_FORMAT": "json",
        **others,
    }


class Bot:
    """One bot process."""

    def __init__(self, pid: int, label: str, log: Path) -> None:
        self.pid, self.label, self.log = pid, label, log
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def code(self) -> int | None:
        """Its exit code, below 0 for the signal that ended it; None while it lives."""
        return self._ended.result() if self._ended.done() else None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Sends it a signal, if it still lives."""
        if self.code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self) -> None:
        """It stands still, with everything that it holds, until `cont`."""
        self.kill(signal.SIGSTOP)

    def cont(self) -> None:
        self.kill(signal.SIGCONT)

    async def wait(self, seconds: float = 10.0) -> int:
        """Its exit code, when it has ended. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._ended)

    def text(self) -> str:
        """All that it has logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def ended(self, code: int) -> None:
        self._ended.set_result(code)


class Forge:
    """Starts bots: what the module `program` calls its `main`. Logs go into `folder`, one file a bot:
    `<label>-<number>.log`.
    """

    def __init__(self, folder: Path, program: str = "tests.wire.bot_process") -> None:
        self._folder, self._program = folder, program
        self._number = 0
        self._bots: dict[int, Bot] = {}
        self._asked: deque[tuple[asyncio.Future[Bot], str, Path]] = deque()
        self._zygote: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the process that imports everything; the first `bot` waits for it."""
        self._zygote = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.wire.zygote", self._program),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={name: os.environ[name] for name in INHERITED if name in os.environ},
        )
        self._reading = asyncio.create_task(self._read(), name="forge")

    async def close(self) -> None:
        """Ends every bot that is left, at once."""
        assert self._zygote is not None
        assert self._zygote.stdin is not None
        assert self._reading is not None
        self._zygote.stdin.close()
        await self._zygote.wait()
        await self._reading

    async def bot(self, env: Mapping[str, str], *, label: str = "bot") -> Bot:
        """A new bot with these settings. It is online when the world has its session (`World.online`)."""
        assert self._zygote is not None
        assert self._zygote.stdin is not None
        self._number += 1
        log = self._folder / f"{label}-{self._number}.log"
        request: dict[str, Any] = {"env": dict(env), "log": str(log)}
        asked: asyncio.Future[Bot] = asyncio.get_running_loop().create_future()
        self._asked.append((asked, label, log))
        self._zygote.stdin.write(json.dumps(request).encode() + b"\n")
        return await asked

    async def _read(self) -> None:
        assert self._zygote is not None
        assert self._zygote.stdout is not None
        async for line in self._zygote.stdout:
            message = json.loads(line)
            if "born" in message:
                asked, label, log = self._asked.popleft()
                bot = self._bots[message["born"]] = Bot(message["born"], label, log)
                asked.set_result(bot)
            else:
                self._bots.pop(message["ended"]).ended(message["code"])
        for asked, _, _ in self._asked:
            asked.set_exception(RuntimeError("the zygote has ended: see what it wrote to standard error"))
