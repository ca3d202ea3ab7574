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


def _run(command: list[Any], common: dict[str, Any]) -> None:
    subprocess.run(command, check=True, **common)


@contextmanager
def cluster(folder: Path) -> Generator[Path]:
    """Starts a cluster with the binaries in `folder`; gives its socket's folder."""
    who = _unprivileged()
    # Not pytest's tmp_path: another user can't enter that. Short, since a socket's path has 107 bytes.
    root = Path(tempfile.mkdtemp(prefix="pg-"))
    if who:
        os.chown(root, who["user"], who["group"])
    common: dict[str, Any] = {
        **who,
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(root)},
        "cwd": root,
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "timeout": 60,
    }
    data = root / "data"
    initdb = [folder / "initdb", "-D", data, "-U", "pullcord", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    options = " ".join(f"-c {o}" for o in _QUICK) + f" -k {root}"
    start = [folder / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", root / "log", "-o", options, "start"]
    try:
        _run([*initdb, "-N"], common)
        _run(start, common)
        try:
            yield root
        finally:
            _run([folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], common)
    finally:
        shutil.rmtree(root, ignore_errors=True)
