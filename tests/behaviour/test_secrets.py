"""A whole life with every log at DEBUG, and then a search of all that it left for each secret: none is anywhere."""

from __future__ import annotations

import base64
import io
import json
import logging
import secrets
import sqlite3
import traceback
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2
import pytest
import structlog
from simcord.backend.ops import commands

from bot import doctor, logs
from bot.domain.codes import make_code
from bot.jobs import heartbeat
from bot.settings import Settings
from bot.store.backup import backup
from bot.store.engine import Store, StoreDownError
from bot.ui.buttons import Back
from tests.behaviour.look import texts
from tests.behaviour.steps import SETTLED, SOON, agreed, delivered, question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.behaviour.conftest import World

SECRETS = {
    "DISCORD_TOKEN": "MTIzNDU2Nzg5.GdIsCo.tOkEn-dIsTiNcTiVe/+=",
    "PARTNER_API_KEY": "sandbox-pArTnEr/kEy+dIsTiNcTiVe",
    "LINK_SECRET": "lInK sEcReT that nobody else has: 'quoted' \"twice\" é",
}
PASSWORD = "dAtAbAsE:p@ss/wOrD"
OVERRIDES = pytest.mark.parametrize(
    "overrides",
    [
        {
            "discord_token": SECRETS["DISCORD_TOKEN"],
            "partner_api_key": SECRETS["PARTNER_API_KEY"],
            "link_secret": SECRETS["LINK_SECRET"],
            "account_mode": "linked",
        }
    ],
)
LOUD = ("", "bot", "cogs", "discord", "httpx2", "httpcore2", "sqlalchemy", "sqlalchemy.pool", "aiosqlite", "asyncio")


def spellings(secret: str) -> set[bytes]:
    """How it may stand somewhere."""
    return {
        *(text.encode() for text in (secret, quote(secret), quote(secret, safe=""))),
        *(text.encode() for text in (json.dumps(secret)[1:-1], repr(secret)[1:-1])),
        # In base64 it may begin at any of three places; the characters at the ends hold its neighbours too.
        *(base64.b64encode(b"x" * at + secret.encode())[at and 4 : -4] for at in range(3)),
        *(base64.urlsafe_b64encode(b"x" * at + secret.encode())[at and 4 : -4] for at in range(3)),
    }


def leaks(sources: dict[str, Any], hidden: dict[str, str]) -> list[tuple[str, str]]:
    """Which secret is in which source."""
    found: list[tuple[str, str]] = []
    for source, content in sources.items():
        raw = content if isinstance(content, bytes) else str(content).encode(errors="surrogatepass")
        assert raw, f"{source} is empty: nothing was searched"
        found += [(name, source) for name, secret in hidden.items() if any(one in raw for one in spellings(secret))]
    return found


class Raised(logging.Handler):
    """Every exception that is logged, as Python draws it: no redactor has seen it."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[0] is not None:
            self.drawn += traceback.format_exception(*record.exc_info)

    def getvalue(self) -> str:
        return "".join(self.drawn)


@pytest.fixture
def sqlite_inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not here: aiosqlite itself logs what it does."""


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of all interactions: made as Discord makes them."""
    made: list[str] = []
    record = commands.Interaction

    def interaction(**values: Any) -> Any:
        text = f"interaction:{values['id']}:{secrets.token_urlsafe(60)}"
        made.append(base64.b64encode(text.encode()).decode().rstrip("="))
        return record(**{**values, "token": made[-1]})

    monkeypatch.setattr(commands, "Interaction", interaction)
    return made


@pytest.fixture
def loud() -> Iterator[dict[str, Any]]:
    """The log in both forms, with everything in it that anybody can say, and what was raised."""
    root, raised, hidden = logging.getLogger(), Raised(), (*SECRETS.values(), PASSWORD)
    before, levels = root.handlers[:], {name: logging.getLogger(name).level for name in LOUD}
    streams = {"the log as JSON": io.StringIO(), "the log for people": io.StringIO()}
    handlers: list[logging.Handler] = [raised]
    for form, stream in zip(("json", "console"), streams.values(), strict=True):
        logs.configure(form, hidden, stream)
        handlers += root.handlers
    root.handlers[:] = handlers
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield {**streams, "exceptions": raised}
    root.handlers[:] = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def told(loud: dict[str, Any]) -> dict[str, str]:
    return {name: said.getvalue() for name, said in loud.items()}


async def life(world: World) -> None:
    """A link, orders and sales that go well and wrong, a handler that breaks, and a wait until all tokens ended."""
    gateway = logging.getLogger("discord.gateway")
    feeds = world.env.backend.subscribers[:]
    world.env.backend.subscribers.append(
        lambda event, payload: gateway.debug(
            "For Shard ID 0: WebSocket Event: %s.", json.dumps({"t": event, "d": payload}, default=str)
        )
    )
    await agreed(world)
    expires_at = world.app.clock.now() + 60_000
    code = make_code(
        SECRETS["LINK_SECRET"].encode(), user_id="club-7", expires_at=expires_at, nonce="nonce-0001-abcdef"
    )
    asked = await world.alice.slash(world.channel, "account link", code=code)
    await world.press(asked.response, "link")
    await world.after(SOON)
    await world.alice.slash(world.channel, "packs")
    message = await delivered(world)
    folder = world.app.settings.data_dir
    backup(folder / "t.db", folder / "early.db")
    assert "aW50ZXJhY3Rpb246" in dump(folder / "t.db"), "they live still"
    sale = await question(world, message)
    await world.press(sale, "sellnow")
    await world.after(60)
    for kind, pack in (("reset", "hardwood-rookies"), ("401", "soccer-sprint"), ("wrong_types", "gridiron-blitz")):
        world.partner.faults.add(route="init", kind=kind)
        asked = await world.ask(pack=pack)
        await world.after(SOON)
        await world.press(world.message(asked), "confirm")
        await world.after(60)

    async def broken(interaction: Any, card: str) -> None:
        raise RuntimeError(f"{interaction.client.app.settings!r} of {interaction!r}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Back, "handler", staticmethod(broken))
        assert "Something went wrong" in texts((await world.press(message, "back")).response)
    await world.alice.slash(world.channel, "account show")
    await world.after(SETTLED)
    world.env.backend.subscribers[:] = feeds


def drawn(world: World) -> str:
    """Each message that anybody could see, as it is at last."""
    return "\n".join(texts(one) for channel in world.env.backend.messages.values() for one in channel.values())


def dump(path: Path) -> str:
    with closing(sqlite3.connect(path)) as copy:
        return "\n".join(copy.iterdump())


def files(folder: Path) -> dict[str, bytes]:
    """The database's file, what SQLite keeps beside it, and the backup."""
    return {path.name: path.read_bytes() for path in folder.glob("*.db*") if path.stat().st_size}


def objects(world: World) -> str:
    """How everything that holds a secret speaks of itself."""
    app, bot = world.app, world.bot
    inner = [vars(app.reads), vars(app.orders), vars(app.store), vars(app.accounts), app.settings.model_dump()]
    return "\n".join(map(repr, (app, app.settings, app.store.writer.engine.url, bot, bot.http, *inner)))


@OVERRIDES
@pytest.mark.logs_errors
@pytest.mark.timeout(120)
async def test_no_secret_is_left_anywhere(
    world: World, tokens: list[str], loud: dict[str, Any], tmp_path: Path
) -> None:
    await life(world)
    looked = await doctor.examine(
        world.app.settings,
        partner=world.partner.transport(),
        discord=httpx2.MockTransport(lambda request: httpx2.Response(401, text=request.headers["Authorization"])),
    )
    heartbeat.write(tmp_path, world.app.clock.now())
    backup(tmp_path / "t.db", tmp_path / "copy.db")
    seen, spoken = drawn(world), objects(world)
    await world.app.close()
    sources = {
        **told(loud),
        "what people see": seen,
        "what objects say of themselves": spoken,
        "the doctor": looked,
        "the heartbeat": (tmp_path / "heartbeat").read_bytes(),
        "the tables": dump(tmp_path / "t.db"),
        "the backups' tables": dump(tmp_path / "copy.db") + dump(tmp_path / "early.db"),
        **files(tmp_path),
    }
    assert len(tokens) == 15
    assert leaks(sources, SECRETS | {f"token {number}": token for number, token in enumerate(tokens)}) == []
    for said in ("WebSocket Event", "INSERT INTO messages", "[token]", "Traceback"):
        assert said in sources["the log as JSON"]
        assert said in sources["the log for people"]


@pytest.mark.logs_errors
async def test_a_databases_password_is_in_no_error(loud: dict[str, Any], tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        discord_token="t",
        partner_api_key="sandbox-key",
        database_url=f"postgresql://pullcord:{quote(PASSWORD, safe='')}@127.0.0.1:1/pullcord",
        data_dir=tmp_path,
    )
    found = await doctor._database(settings)
    store = Store.open(settings.database)
    with pytest.raises(StoreDownError) as error:
        async with store.read():
            pass
    logging.getLogger("bot").error("no database: %s", settings.database, exc_info=error.value)
    sources = {
        **told(loud),
        "the doctor": found,
        "the store": repr((store.writer, store.writer.url, vars(store))),
        "the settings": repr(settings),
    }
    await store.close()
    assert leaks(sources, {"the password": PASSWORD}) == []


def test_the_search_finds_what_it_looks_for() -> None:
    for secret in (*SECRETS.values(), PASSWORD):
        basic = base64.b64encode(f"user:{secret}".encode()).decode()
        for text in (secret, f"Bearer {secret}", quote(secret, safe=""), json.dumps([secret]), f"Basic {basic}"):
            assert leaks({"a place": f"before {text} after"}, {"it": secret}) == [("it", "a place")], text
    assert leaks({"a place": "nothing"}, SECRETS) == []
