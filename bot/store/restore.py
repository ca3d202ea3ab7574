"""Going back to a backup, with everything stopped: the partner knows purchases and sales that the backup doesn't."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from sqlalchemy import select, update

from bot.domain.clock import SECOND
from bot.domain.purchase import State
from bot.store import audit, freezes, lanes, meta, processes, purchases
from bot.store.backup import clean, copied, sync
from bot.store.engine import Store
from bot.store.migrate import config, upgrade
from bot.store.tables import purchases as purchases_table

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

STOPPED = ("buy", "sell", "ship")
CAUSE = "restore"
REASON = "the database was restored from a backup, and is being compared with the card partner"
_TO_REVIEW = {
    State.RESERVED: (State.SUBMITTING, State.IN_DOUBT, State.REVIEW),
    State.SUBMITTING: (State.IN_DOUBT, State.REVIEW),
    State.IN_DOUBT: (State.REVIEW,),
}
UNTOLD = "restored_orders"
"""In `meta`: ids of the orders that were given to people, and that nobody has been told of, as JSON."""


class RestoreError(Exception):
    """Nothing was restored; the text is a sentence for the operator."""


def restore(source: Path, database: Path, environment: str, now: int) -> Path | None:
    """Puts a copy of the backup `source` in the place of `database`, which no bot has open; `now` in milliseconds UTC.

    It is frozen before it is there. What was there is kept beside it: where, is returned.

    Raises:
        RestoreError: `source` is no sound backup of this bot for `environment`, or a file can't be written.
    """
    if not source.is_file():
        raise RestoreError(f"There is no file {source}.")
    if database.exists() and source.samefile(database):
        raise RestoreError(f"{source} is the database itself: name a backup.")
    kept = database.with_name(f"{database.stem}-before-restore-{_stamp(now)}{database.suffix}")
    try:
        _check(source, environment)
        database.parent.mkdir(parents=True, exist_ok=True)
        with copied(source, database) as part:
            asyncio.run(freeze(f"sqlite+aiosqlite:///{part}", now))
            _fold(part)
            sync(part)
            was_there = database.exists()
            if was_there:
                _keep(database, kept)
            for end in ("-wal", "-shm"):  # of the old one: they would be read as the new one's
                Path(f"{database}{end}").unlink(missing_ok=True)
            part.replace(database)
    except (OSError, sqlite3.Error) as error:
        raise RestoreError(f"Nothing was restored: {error}.") from error
    with suppress(OSError):  # Windows opens no folder
        sync(database.parent)
    return kept if was_there else None


async def freeze(url: str, now: int) -> None:
    """Stops buying, selling and shipping everywhere, until an operator lifts it; at the newest schema.

    Purchases without an outcome go to a person: each may have been sent since, and its cards sold again, so that
    neither their age nor the inventory tells that nothing was bought. For the same reason late cards aren't looked for.

    Raises:
        RestoreError: a bot is running on it.
    """

    async def work(conn: AsyncConnection) -> None:
        if await processes.hold(conn):
            raise RestoreError(
                "A bot is running on this database, or was killed within the last minute: "
                "stop it, or wait a minute. Nothing was changed."
            )
        for action in STOPPED:
            await freezes.add(conn, scope="bot", action=action, cause=CAUSE, reason=REASON, now=now)
        open_ones = select(purchases_table.c.id).where(purchases_table.c.state.in_(_TO_REVIEW))
        given = (await conn.execute(open_ones)).scalars().all()
        for purchase_id in given:
            await _give_to_a_person(conn, purchase_id, now)
        untold = json.loads(await meta.get(conn, UNTOLD) or "[]")
        await meta.put(conn, UNTOLD, json.dumps([*untold, *given]))
        await _look_no_more(conn, now)

    store = Store.open(url)
    try:
        await upgrade(store)
        await store.run(work)
    finally:
        await store.close()


async def _look_no_more(conn: AsyncConnection, now: int) -> None:
    """For cards of orders that weren't carried out: one that was bought since the backup would be taken for theirs."""
    late = (purchases_table.c.state == State.NOT_EXECUTED) & purchases_table.c.look_at.is_not(None)
    stopped = update(purchases_table).where(late).values(look_at=None, ver=purchases_table.c.ver + 1)
    for purchase_id in (await conn.execute(stopped.returning(purchases_table.c.id))).scalars().all():
        await purchases.note(conn, purchase_id, now, f"not looked for any more: {REASON}")


async def _give_to_a_person(conn: AsyncConnection, purchase_id: str, now: int) -> None:
    seen = await purchases.by_id(conn, purchase_id)
    assert seen is not None
    sent_at = seen.submitted_at or seen.created_at
    await lanes.take(conn, seen.user_id, seen.pack_id, now=now, purchase_id=seen.id)  # unless another one has it
    for to in _TO_REVIEW[seen.state]:
        seen = await purchases.step(
            conn, seen, to, now=now, detail=REASON, reason="restored", submitted_at=sent_at, look_at=None
        )
    await audit.add(conn, "purchase review", seen.id, now, actor=seen.discord_id, guild_id=seen.guild_id, detail=REASON)


def _check(source: Path, environment: str) -> None:
    """Whether it is this bot's, of a version that this one knows, and of the same partner."""
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        try:
            (revision,) = opened.execute("SELECT version_num FROM alembic_version").fetchone()
            stamp = opened.execute("SELECT value FROM meta WHERE key = 'environment'").fetchone()
        except (sqlite3.OperationalError, TypeError):
            raise RestoreError(f"{source} is no backup of this bot's database.") from None
    if revision not in {known.revision for known in ScriptDirectory.from_config(config()).walk_revisions()}:
        raise RestoreError(f"{source} was made by a newer version of the bot ({revision}): install that one first.")
    if stamp is not None and stamp[0] != environment:
        raise RestoreError(
            f"{source} belongs to the environment {stamp[0]!r}, and these settings are for {environment!r}."
        )


def _keep(database: Path, kept: Path) -> None:
    """As it is, with what wasn't folded in yet: it may be damaged, which may be why a backup takes its place."""
    for end in ("", "-wal"):
        if (file := Path(f"{database}{end}")).exists():
            copy = Path(f"{kept}{end}")
            copy.touch(mode=0o600, exist_ok=False)
            shutil.copyfile(file, copy)
            sync(copy)
    with suppress(sqlite3.Error):
        clean(kept)
    with suppress(sqlite3.Error):
        _fold(database)


def _fold(database: Path) -> None:
    """Puts everything into the one file."""
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA journal_mode = DELETE")


def _stamp(now: int) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now / SECOND))
