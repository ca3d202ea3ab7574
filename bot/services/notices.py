"""What moderators and the operator have to know: posts to the channels that they named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.services.outbox import add_post
from bot.store import guilds

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.settings import Settings


class Notices:
    """Posts in the transaction of what they tell of, so that each is told once, whatever crashes."""

    def __init__(self, settings: Settings) -> None:
        self._operators = settings.operator_channel

    async def tell(
        self,
        conn: AsyncConnection,
        now: int,
        name: str,
        *,
        guild_id: int | None = None,
        purchase_id: str | None = None,
        **values: str | int,
    ) -> None:
        """`post.<name>` in the operator's channel, and in the audit channel of the server that it concerns.

        With `purchase_id` the post has a button that shows the order to a moderator.
        """
        channels = [self._operators]
        if guild_id is not None:
            channels.append((await guilds.get(conn, guild_id)).audit_channel_id)
        for channel_id in dict.fromkeys(filter(None, channels)):
            await add_post(conn, now, channel_id, name, mention=None, purchase_id=purchase_id, **values)

    async def tell_server(self, conn: AsyncConnection, now: int, name: str, guild_id: int, **values: str | int) -> None:
        """`post.<name>` in that server's audit channel alone, where the operator is told more."""
        if (channel_id := (await guilds.get(conn, guild_id)).audit_channel_id) is not None:
            await add_post(conn, now, channel_id, name, mention=None, purchase_id=None, **values)
