"""The real bot, with its Discord on loopback: `WIRE_DISCORD=http://127.0.0.1:PORT python -m tests.wire.bot_process`.

Everything else is set as for `python -m bot run`; without `SHARDS` one bot holds all.
"""

from __future__ import annotations

import os
import sys

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import logs, runner
from bot.app import App
from bot.client import Client
from bot.errors import SettingsError
from bot.settings import Settings


class WireClient(Client):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord allows one IDENTIFY in five seconds, which this Discord doesn't ask for."""


async def serve(settings: Settings) -> None:
    client = WireClient(App(settings), shard_count=1)
    # discord.py waits so long for another server before it calls itself ready, and Client has no such option.
    client._connection.guild_ready_timeout = 0.1  # pyright: ignore[reportPrivateUsage] - see above
    await runner.serve(client, settings.discord_token.get_secret_value(), settings.shutdown_grace)


def main() -> int:
    """Runs until it is told to stop. The exit code, as of `python -m bot run`."""
    url = os.environ["WIRE_DISCORD"]
    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"{url.replace('http', 'ws')}/gateway")
    try:
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue] - the environment gives what is required
        logs.configure(settings.log_format, settings.secrets())
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        runner.run(serve(settings))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
