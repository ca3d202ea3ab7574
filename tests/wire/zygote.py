"""A process that has imported the whole bot, and forks one at each request: a start without its imports.

Its argument is the module whose `main` a bot runs.

It has no loop and no thread, which a fork wouldn't survive. Requests are lines of JSON on its standard input,
`{"env": {...}, "log": path}`; it writes `{"born": pid}` in their order and `{"ended": pid, "code": n}` when a bot is
gone, n below 0 for a signal. At the end of its input it takes the bots that are left with it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

LATER = (
    "uvloop",
    "aiosqlite",
    "asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.dialects.postgresql.asyncpg",
)
"""What the bot imports only when it runs."""
_bots: set[int] = set()


def _say(**message: int) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")  # one write, which a signal can't cut in two


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = found
            _bots.discard(pid)
            _say(ended=pid, code=os.waitstatus_to_exitcode(status))


def _be_bot(request: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for fd, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(fd, target)
        os.environ.update(request["env"])
        code = import_module(sys.argv[1]).main()
    except BaseException as error:  # noqa: BLE001 - a process's last words
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(code)


def main() -> None:
    client = import_module("bot.client")
    for module in (sys.argv[1], *client.FEATURES, *LATER):
        import_module(module)
    gc.collect()
    gc.freeze()  # else the children's collector would write to, and so copy, every page of it
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin.buffer:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # until it is said that it was born
        pid = os.fork()
        if pid == 0:
            _be_bot(json.loads(line))
        _bots.add(pid)
        _say(born=pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for pid in tuple(_bots):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
