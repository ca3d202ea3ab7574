"""A private PostgreSQL for the tests: its own data folder, a Unix socket, no TCP, no durability."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

_QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=64MB",
    "max_connections=60",
    "listen_addresses=",
    "logging_collector=off",
)
_INITDB = ("--locale=C.UTF-8", "-N")


def binaries() -> Path | None:
    """Where initdb and pg_ctl live: on PATH, or in Debian's place, the newest first."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name.split(".")[0]))
    return next((f for f in reversed(folders) if (f / "initdb").exists()), None)


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses root: run it as `postgres` or, where there is none, as `nobody`."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("no unprivileged user for PostgreSQL")


def _run(root: Path, *command: Any) -> None:
    common: dict[str, Any] = {
        **_unprivileged(),
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(root)},
        "cwd": root,
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "timeout": 60,
    }
    subprocess.run(command, check=True, **common)


def _control(root: Path, *command: str) -> None:
    folder = binaries()
    assert folder is not None
    options = " ".join(f"-c {o}" for o in _QUICK) + f" -k {root}"
    _run(root, folder / "pg_ctl", "-D", root / "data", "-w", "-t", "30", "-l", root / "log", "-o", options, *command)


def stop(sockets: Path) -> None:
    """Ends the cluster with that folder where it stands, as a crash does: nothing is written any more."""
    _control(sockets, "-m", "immediate", "stop")


def start(sockets: Path) -> None:
    """After `stop`; it recovers what was committed with `synchronous_commit`, which is off here unless set."""
    _control(sockets, "start")


def restart(sockets: Path) -> None:
    """A crash, and a new start: every connection is lost."""
    stop(sockets)
    start(sockets)


@contextmanager
def cluster(folder: Path) -> Generator[Path]:
    """Starts a cluster with the binaries in `folder`; gives its socket's folder."""
    who = _unprivileged()
    # Not pytest's tmp_path: another user can't enter that. Short, since a socket's path has 107 bytes.
    root = Path(tempfile.mkdtemp(prefix="pg-"))
    if who:
        os.chown(root, who["user"], who["group"])
    try:
        _run(root, folder / "initdb", "-D", root / "data", "-U", "pullcord", "-A", "trust", "-E", "UTF8", *_INITDB)
        start(root)
        try:
            yield root
        finally:
            stop(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
