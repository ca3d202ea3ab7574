"""The command line: `python -m bot --help`. Imports inside the commands keep it quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from bot.errors import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import URL

    from bot.settings import Settings


class _Sentences(TyperGroup):
    """Ends a command with one sentence where the operator has something to put right."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            _say(str(error))
            raise typer.Exit(2) from None


cli = typer.Typer(
    cls=_Sentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Pullcord: open packs of real trading cards, from Discord.",
)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _shown(url: URL) -> str:
    """As PostgreSQL's own tools take it, without the password."""
    return url.set(drivername="postgresql")._replace(password=None).render_as_string()


def _prepared() -> Settings:
    """The settings, with the log set up and the data folder there."""
    from bot import logs, settings

    chosen = settings.load()
    logs.configure(chosen.log_format, chosen.secrets())
    try:
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"DATA_DIR can't be made: {error}.") from None
    return chosen


@cli.command()
def run() -> None:
    """Run the bot."""
    chosen = _prepared()

    import discord

    from bot import runner
    from bot.app import App
    from bot.client import Client

    async def main() -> None:
        client = Client(App(chosen))
        await runner.serve(client, chosen.discord_token.get_secret_value(), chosen.shutdown_grace)

    try:
        runner.run(main())
    except discord.LoginFailure:
        raise SettingsError(
            "Discord refuses DISCORD_TOKEN: copy it again from the developer portal (Bot, Reset Token)."
        ) from None
    except OSError as error:  # aiohttp's failures to connect are OSErrors too
        _say(f"The bot can't start: {error}.")
        raise typer.Exit(1) from None


@cli.command()
def demo(port: Annotated[int, typer.Option(help="Where the page is served, on this machine only.")] = 8766) -> None:
    """Try everything in the browser: no Discord, no key, no money."""
    import asyncio
    import signal
    from contextlib import suppress

    try:
        from demo.serve import serve
    except ModuleNotFoundError as error:
        _say(f"The demo needs {error.name}: run `make demo`, which installs what it needs.")
        raise typer.Exit(2) from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it too ends the demo cleanly
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(port, typer.echo))


@cli.command()
def doctor() -> None:
    """Check settings, database, partner key and Discord, and say what to do."""
    import asyncio

    from bot import settings

    chosen = settings.load()

    from bot import doctor

    findings = asyncio.run(doctor.examine(chosen))
    doctor.show(findings)
    raise typer.Exit(1 if any(f.level == "failure" for f in findings) else 0)


@cli.command()
def health() -> None:
    """Exit 0 if the bot's heartbeat is younger than 30 seconds, else 1."""
    from bot import settings
    from bot.domain.clock import SystemClock
    from bot.jobs import heartbeat

    age = heartbeat.age(settings.load().data_dir, SystemClock().now())
    if age is None:
        _say("No heartbeat: the bot hasn't been connected to Discord yet.")
        raise typer.Exit(1)
    typer.echo(f"Last heartbeat {age / 1_000:.0f} s ago.")
    raise typer.Exit(0 if age < heartbeat.STALE_MS else 1)


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema (a start of the bot does that too)."""
    import asyncio

    chosen = _prepared()

    from bot.store.engine import Store
    from bot.store.lock import FileLock
    from bot.store.migrate import upgrade

    async def main() -> None:
        store = Store.open(chosen.database)
        try:
            await upgrade(store)
        finally:
            await store.close()

    lock = FileLock.beside(chosen.database)
    lock.take()  # the process's end gives it back

    asyncio.run(main())
    typer.echo("The database has the newest schema.")


@cli.command()
def backup(
    target: Annotated[Path | None, typer.Argument(help="A new file; otherwise one in DATA_DIR/backups.")] = None,
) -> None:
    """Copy the SQLite database, also while the bot runs, and check the copy."""
    import time

    from sqlalchemy import make_url

    from bot import settings
    from bot.store.backup import BackupError, backup

    chosen = settings.load()
    url = make_url(chosen.database)
    name = f"pullcord-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    if url.get_backend_name() != "sqlite":
        dump = f"pg_dump -Fc -f {name}.dump '{_shown(url)}'"
        _say(f"This database is PostgreSQL, which has its own tool for it:\n\n  {dump}\n")
        raise typer.Exit(1)
    target = target or chosen.data_dir / "backups" / f"{name}.db"
    try:
        backup(Path(url.database or ""), target)
    except BackupError as error:
        _say(str(error))
        raise typer.Exit(1) from None
    typer.echo(f"Backed up to {target}, and checked.")


@cli.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="A backup, as `backup` makes it.")] = None,
    *,
    mark: Annotated[bool, typer.Option("--mark", help="Only stop everything, after a pg_restore.")] = False,
) -> None:
    """Go back to a backup. Nothing is bought, sold or shipped then until an operator says so."""
    import asyncio

    from sqlalchemy import make_url

    chosen = _prepared()

    from bot.domain.clock import SystemClock
    from bot.store.lock import FileLock
    from bot.store.restore import RestoreError, freeze, restore

    url, now = make_url(chosen.database), SystemClock().now()
    if file is None and not mark:
        raise SettingsError("Name the backup to go back to, or say --mark after a pg_restore.")
    if file is not None and url.get_backend_name() != "sqlite":
        _say(
            "This database is PostgreSQL, which has its own tool for it. Stop every bot, then:\n\n"
            f"  pg_restore --clean --if-exists -d '{_shown(url)}' {file}\n"
            "  python -m bot restore --mark\n"
        )
        raise typer.Exit(1)
    FileLock.beside(chosen.database).take()  # the process's end gives it back
    try:
        if file is None:
            asyncio.run(freeze(chosen.database, now))
            kept = None
        else:
            kept = restore(file, Path(url.database or ""), chosen.environment, now)
    except RestoreError as error:
        _say(str(error))
        raise typer.Exit(1) from None
    if file is not None:
        typer.echo(f"{file} is the database now.")
        if kept is not None:
            typer.echo(f"What was there is kept as {kept}.")
    typer.echo(
        "Buying, selling and shipping are stopped, since the partner may know more than this database."
        " What is next: start the bot; it looks through every member's inventory; then use /operator unpause."
    )


@cli.command("copy-database")
def copy_database(
    to: Annotated[str | None, typer.Option(help="The other, empty database: postgresql://… or sqlite:///…")] = None,
) -> None:
    """Copy everything into another database, for example from SQLite to PostgreSQL."""
    import asyncio

    chosen = _prepared()

    from bot.settings import DRIVERS
    from bot.store.copy import CopyError, copy_database

    scheme, _, rest = (to or "").partition(":")
    if scheme not in DRIVERS:
        raise SettingsError("--to must name the other database: postgresql://… or sqlite:///….")
    try:
        copied = asyncio.run(copy_database(chosen.database, f"{DRIVERS[scheme]}:{rest}"))
    except CopyError as error:
        _say(str(error))
        raise typer.Exit(1) from None
    typer.echo(f"{'table':<20}{'rows':>10}  sum, the same on both sides")
    for one in copied:
        typer.echo(f"{one.table:<20}{one.rows:>10}  {one.sum}")
    typer.echo("Everything was copied. Set DATABASE_URL to the copy, and start the bot; the old one must stay stopped.")


@cli.command("link-code")
def link_code(
    user_id: Annotated[str, typer.Argument(help="The member's id on your own site.")],
    discord_id: Annotated[int | None, typer.Option(help="Only this Discord account may redeem it.")] = None,
    minutes: Annotated[int, typer.Option(min=1, max=24 * 60, help="How long it is good for.")] = 15,
) -> None:
    """Print a code that /account link redeems once (docs/linking.md)."""
    import secrets

    from bot import settings
    from bot.domain.clock import MINUTE, SystemClock
    from bot.domain.codes import CodeError, make_code

    chosen = settings.load()
    if chosen.link_secret is None:
        raise SettingsError("LINK_SECRET is not set: it signs link codes, here and on your own site (docs/linking.md).")
    try:
        code = make_code(
            chosen.link_secret.get_secret_value().encode(),
            user_id=user_id,
            expires_at=SystemClock().now() + minutes * MINUTE,
            nonce=secrets.token_urlsafe(12),
            discord_id=discord_id,
        )
    except CodeError as error:
        _say(f"No code can be made of that: {error}.")
        raise typer.Exit(2) from None
    typer.echo(code)
    if chosen.account_mode != "linked":
        _say("The bot takes codes only with ACCOUNT_MODE=linked; it is not set so here.")


if __name__ == "__main__":
    sys.exit(cli(prog_name="python -m bot"))
