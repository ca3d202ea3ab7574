"""Who is who: Discord accounts, the partner's user_ids, and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from bot.domain.ids import ulid
from bot.store import sql
from bot.store.rows import value
from bot.store.tables import acceptances, account_changes, accounts, link_offers, used_codes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Account:
    """A Discord account and the partner's user_id that belongs to it: one to one."""

    discord_id: int
    user_id: str
    origin: str
    """`generated` or `linked`."""
    linked_at: int
    sell_from: int | None
    """After a re-link, selling waits until then."""


@dataclass(frozen=True, slots=True)
class LinkOffer:
    """A good code that its person has not yet said yes to."""

    id: str
    discord_id: int
    user_id: str
    nonce: str
    expires_at: int


async def by_discord_id(conn: AsyncConnection, discord_id: int, *, lock: bool = False) -> Account | None:
    """With `lock` it stays as it is until the transaction ends: no unlink beside a purchase."""
    query = select(accounts).where(accounts.c.discord_id == discord_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else value(Account, row)


async def by_user_id(conn: AsyncConnection, user_id: str) -> Account | None:
    row = (await conn.execute(select(accounts).where(accounts.c.user_id == user_id))).one_or_none()
    return None if row is None else value(Account, row)


async def add(conn: AsyncConnection, account: Account) -> bool:
    """Links the two, and remembers it; False when either is linked already."""
    row = await conn.execute(
        sql.insert(conn, accounts)
        .values({c.name: getattr(account, c.name) for c in accounts.c})
        .on_conflict_do_nothing()
        .returning(accounts.c.discord_id)
    )
    if row.one_or_none() is None:
        return False
    change = "minted" if account.origin == "generated" else "linked"
    await _changed(conn, account.discord_id, account.user_id, change, account.linked_at)
    return True


async def remove(conn: AsyncConnection, account: Account, now: int) -> None:
    await conn.execute(delete(accounts).where(accounts.c.discord_id == account.discord_id))
    await _changed(conn, account.discord_id, account.user_id, "unlinked", now)


async def _changed(conn: AsyncConnection, discord_id: int, user_id: str, change: str, now: int) -> None:
    await conn.execute(
        account_changes.insert().values(
            id=ulid(now), discord_id=discord_id, user_id=user_id, change=change, changed_at=now
        )
    )


async def linked_before(conn: AsyncConnection, discord_id: int, user_id: str) -> bool:
    """Whether either of the two was ever linked."""
    either = or_(account_changes.c.discord_id == discord_id, account_changes.c.user_id == user_id)
    return bool((await conn.execute(select(func.count()).select_from(account_changes).where(either))).scalar())


async def add_offer(conn: AsyncConnection, offer: LinkOffer) -> None:
    await conn.execute(link_offers.insert().values({c.name: getattr(offer, c.name) for c in link_offers.c}))


async def offer(conn: AsyncConnection, offer_id: str) -> LinkOffer | None:
    row = (await conn.execute(select(link_offers).where(link_offers.c.id == offer_id))).one_or_none()
    return None if row is None else value(LinkOffer, row)


async def code_used(conn: AsyncConnection, nonce: str) -> bool:
    found = await conn.execute(select(used_codes.c.nonce).where(used_codes.c.nonce == nonce))
    return found.one_or_none() is not None


async def use_code(conn: AsyncConnection, nonce: str, discord_id: int, now: int) -> bool:
    """Marks a code as used; False when it was."""
    row = await conn.execute(
        sql.insert(conn, used_codes)
        .values(nonce=nonce, used_at=now, used_by=discord_id)
        .on_conflict_do_nothing(index_elements=["nonce"])
        .returning(used_codes.c.nonce)
    )
    return row.one_or_none() is not None


async def accepted(conn: AsyncConnection, discord_id: int, version: str) -> bool:
    """Whether this person agreed to this version of the terms."""
    mine = (acceptances.c.discord_id == discord_id) & (acceptances.c.version == version)
    return (await conn.execute(select(acceptances.c.discord_id).where(mine))).one_or_none() is not None


async def accept(conn: AsyncConnection, discord_id: int, version: str, now: int) -> None:
    await conn.execute(
        sql.insert(conn, acceptances)
        .values(discord_id=discord_id, version=version, accepted_at=now)
        .on_conflict_do_nothing()
    )
