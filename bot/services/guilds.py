"""What a server's moderators set for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Refusal
from bot.store import audit, guilds

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.clock import Clock
    from bot.store.engine import Store
    from bot.store.guilds import Guild


class Guilds:
    """Each change with its line in the audit."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def of(self, guild_id: int) -> Guild:
        async with self._store.read() as conn:
            return await guilds.get(conn, guild_id)

    async def set_audit_channel(self, actor: int, guild_id: int, channel_id: int | None) -> None:
        """Where its moderators read what happens; None: nowhere."""

        async def work(conn: AsyncConnection) -> None:
            before = (await guilds.get(conn, guild_id)).audit_channel_id
            await guilds.put_audit_channel(conn, guild_id, channel_id)
            await self._record(conn, actor, guild_id, "audit_channel", before, channel_id)

        await self._store.run(work)

    async def set_moderator_roles(self, actor: int, guild_id: int, roles: Collection[int]) -> None:
        """Roles whose members are moderators.

        Raises:
            Refusal: `role_everyone`, for the role that all members have.
        """
        if guild_id in roles:  # its id is the server's
            raise Refusal("role_everyone")

        async def work(conn: AsyncConnection) -> None:
            before = sorted((await guilds.get(conn, guild_id)).moderator_roles)
            await guilds.put_moderator_roles(conn, guild_id, roles)
            await self._record(conn, actor, guild_id, "moderator_roles", before, sorted(roles))

        await self._store.run(work)

    async def _record(
        self, conn: AsyncConnection, actor: int, guild_id: int, name: str, before: object, after: object
    ) -> None:
        now = self._clock.now()
        await audit.add(conn, "setting", name, now, actor=actor, guild_id=guild_id, before=before, after=after)
