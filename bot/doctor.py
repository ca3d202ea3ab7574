"""`python -m bot doctor`: looks at everything a start needs, changes nothing, and says what to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx2
from rich.console import Console
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.clock import SystemClock
from bot.partner.api import PartnerReads
from bot.partner.errors import ForbiddenError, InvalidKeyError, PartnerError
from bot.store.engine import Store
from bot.store.meta import Meta
from bot.store.migrate import revisions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings

DISCORD = "https://discord.com/api/v10"
PERMISSIONS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
}
"""What the bot needs in a server, as Discord's permission bits."""
ADMINISTRATOR = 1 << 3
PRIVILEGED_INTENTS = {"Presence": 3 << 12, "Server Members": 3 << 14, "Message Content": 3 << 18}
"""Flags of an application, for more and for fewer than 100 servers."""
PAGE = 200
LOOKS = {"ok": "[green]ok     [/]", "warning": "[yellow]warning[/]", "failure": "[red]failure[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it stands, with what, and what to do about it."""

    level: Literal["ok", "warning", "failure"]
    subject: str
    text: str


def invite(application_id: str) -> str:
    """The address that adds the bot to a server with what it needs."""
    return (
        f"https://discord.com/oauth2/authorize?client_id={application_id}"
        f"&scope=bot+applications.commands&permissions={sum(PERMISSIONS.values())}"
    )


def show(findings: list[Finding]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(LOOKS[finding.level], finding.subject, end="  ")
        console.print(finding.text, markup=False)


async def examine(
    settings: Settings,
    *,
    partner: httpx2.AsyncBaseTransport | None = None,
    discord: httpx2.AsyncBaseTransport | None = None,
) -> list[Finding]:
    """All findings, in the order in which one would put things right. The transports are for tests."""
    found = [_settings(settings), _data_dir(settings.data_dir)]
    found.append(await _database(settings))
    found.append(await _partner(settings, partner))
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    async with httpx2.AsyncClient(headers=headers, transport=discord, timeout=15) as client:
        try:
            found += [finding async for finding in _discord(client, settings)]
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            text = f"no usable answer ({type(error).__name__}): look at this machine's network, then try again."
            found.append(Finding("failure", "Discord", text))
    return found


def _settings(settings: Settings) -> Finding:
    kind = "no money moves" if settings.sandbox else "REAL MONEY"
    return Finding("ok", "Settings", f"complete; partner: {settings.environment} ({kind}).")


def _data_dir(folder: Path) -> Finding:
    at = folder.absolute()
    there = next(path for path in (at, *at.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding("failure", "DATA_DIR", f"{at} can't be written: let this user write there, or set another.")
    return Finding("ok", "DATA_DIR", f"{at} can be written.")


def _missing_file(settings: Settings) -> Path | None:
    """SQLite's file, where there is none yet: opening it would make one."""
    url = make_url(settings.database)
    file = Path(url.database or "")
    return file if url.get_backend_name() == "sqlite" and not file.exists() else None


async def _database(settings: Settings) -> Finding:
    if file := _missing_file(settings):
        return Finding("ok", "Database", f"{file} isn't there yet: the first start makes it.")
    store = Store.open(settings.database)
    try:
        revision, newest = await revisions(store)
        stamp = None if revision is None else await Meta(store).get("environment")
    except (SQLAlchemyError, OSError) as error:
        text = f"can't be read ({type(error).__name__}): see that it runs, and that DATABASE_URL is right."
        return Finding("failure", "Database", text)
    finally:
        await store.close()
    if stamp not in {None, settings.environment}:
        text = f"belongs to the partner's {stamp}, the key to {settings.environment}: use another database or key."
        return Finding("failure", "Database", text)
    if revision != newest:
        return Finding("warning", "Database", "has an older schema: the next start migrates it; make a backup first.")
    return Finding("ok", "Database", "newest schema.")


async def _partner(settings: Settings, transport: httpx2.AsyncBaseTransport | None) -> Finding:
    reads = PartnerReads(settings.partner_api_url, settings.partner_api_key, SystemClock(), transport=transport)
    try:
        packs = await reads.packs()
    except InvalidKeyError:
        return Finding("failure", "Partner", "refuses PARTNER_API_KEY: copy it again, or ask Phygitals for another.")
    except ForbiddenError:
        text = "turns this machine away (403), perhaps for its address: ask Phygitals to let it in."
        return Finding("failure", "Partner", text)
    except PartnerError as error:
        return Finding(
            "failure", "Partner", f"gives no usable answer ({error}): try later, or look at PARTNER_API_URL."
        )
    finally:
        await reads.close()
    if not any(pack.on_sale for pack in packs):
        return Finding("warning", "Partner", f"takes the key; none of its {len(packs)} packs is on sale now.")
    return Finding("ok", "Partner", f"takes the key, and lists {len(packs)} packs.")


async def _discord(client: httpx2.AsyncClient, settings: Settings) -> AsyncIterator[Finding]:
    me = await client.get(f"{DISCORD}/users/@me")
    if me.status_code == HTTPStatus.UNAUTHORIZED:
        text = "refuses DISCORD_TOKEN: copy it again from the developer portal (Bot, Reset Token)."
        yield Finding("failure", "Discord", text)
        return
    name = me.raise_for_status().json()["username"]
    yield Finding("ok", "Discord", f"takes the token; the bot is {name}.")
    application = (await client.get(f"{DISCORD}/applications/@me")).raise_for_status().json()
    flags = int(application.get("flags") or 0)
    if idle := [name for name, bits in PRIVILEGED_INTENTS.items() if flags & bits]:
        text = f"{', '.join(idle)}: switched on, and not needed. Switch off in the developer portal (Bot)."
        yield Finding("warning", "Intents", text)
    else:
        yield Finding("ok", "Intents", "none of the privileged ones is on, and none is needed.")
    if application.get("interactions_endpoint_url"):
        text = "the application has an Interactions Endpoint URL, so the bot gets no presses: clear it in the portal."
        yield Finding("failure", "Presses", text)
    guilds = await _guilds(client)
    for guild_id in sorted(settings.guild_ids):
        yield _guild(guild_id, guilds.get(str(guild_id)), invite(application["id"]))
    if not settings.guild_ids:
        text = f"all {len(guilds)} that the bot is in are served; GUILD_IDS isn't set."
        yield Finding(
            "ok" if guilds else "warning",
            "Servers",
            text if guilds else f"in none yet: open {invite(application['id'])}",
        )


async def _guilds(client: httpx2.AsyncClient) -> dict[str, dict[str, Any]]:
    """The servers that the bot is in, with its permissions there."""
    found: dict[str, dict[str, Any]] = {}
    after = "0"
    while True:
        answer = await client.get(f"{DISCORD}/users/@me/guilds", params={"limit": PAGE, "after": after})
        page: list[dict[str, Any]] = answer.raise_for_status().json()
        found |= {guild["id"]: guild for guild in page}
        if len(page) < PAGE:
            return found
        after = page[-1]["id"]


def _guild(guild_id: int, guild: dict[str, Any] | None, link: str) -> Finding:
    if guild is None:
        return Finding("failure", f"Server {guild_id}", f"the bot isn't there: open {link}")
    has = int(guild["permissions"])
    missing = [name for name, bit in PERMISSIONS.items() if not has & (bit | ADMINISTRATOR)]
    if missing:
        text = f"{guild['name']}: the bot's role lacks {', '.join(missing)}. Give it that, or open {link}"
        return Finding("failure", f"Server {guild_id}", text)
    return Finding("ok", f"Server {guild_id}", f"{guild['name']}: the bot is there, with all it needs.")
