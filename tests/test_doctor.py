"""The doctor: each thing that would keep the bot from working is found, and no secret is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from bot import doctor
from bot.settings import Settings
from bot.store.engine import Store
from bot.store.meta import Meta
from bot.store.migrate import upgrade
from sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

TOKEN, KEY = "MTk4NjIy.discord-token", "sandbox-key-1"
ALL = sum(doctor.PERMISSIONS.values())
PRIVILEGED = {1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 18, 1 << 19}


class Discord:
    """What the doctor asks of Discord, and what it answers."""

    def __init__(self) -> None:
        self.application: dict[str, Any] = {"id": "42", "flags": 0}
        self.guilds: list[dict[str, Any]] = [{"id": "7", "name": "Card Club", "permissions": str(ALL)}]
        self.status = 200

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        assert request.method == "GET"
        if self.status != 200:
            return httpx2.Response(self.status, json={"message": "no"})
        match request.url.path:
            case "/api/v10/users/@me":
                return httpx2.Response(200, json={"id": "42", "username": "pullcord"})
            case "/api/v10/applications/@me":
                return httpx2.Response(200, json=self.application)
            case "/api/v10/users/@me/guilds":
                after, limit = int(request.url.params["after"]), int(request.url.params["limit"])
                page = [guild for guild in self.guilds if int(guild["id"]) > after][:limit]
                return httpx2.Response(200, json=page)
        return httpx2.Response(404)


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.fixture
def discord() -> Discord:
    return Discord()


@pytest.fixture
def partner() -> Sandbox:
    return Sandbox()


@pytest.fixture
def examine(tmp_path: Path, discord: Discord, partner: Sandbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    async def examine(**values: Any) -> dict[str, doctor.Finding]:
        settings = Settings(**{"discord_token": TOKEN, "partner_api_key": KEY, "guild_ids": "7"} | values)
        found = await doctor.examine(settings, partner=partner.transport(), discord=discord.transport())
        text = " ".join(finding.text for finding in found)
        assert TOKEN not in text
        assert KEY not in text
        return {finding.subject: finding for finding in found}

    return examine


async def test_a_good_set_up_is_all_ok_and_nothing_is_changed(examine, tmp_path: Path, partner: Sandbox):
    found = await examine()
    assert {finding.level for finding in found.values()} == {"ok"}
    assert set(found) == {"Settings", "DATA_DIR", "Database", "Partner", "Discord", "Intents", "Server 7"}
    assert "Card Club" in found["Server 7"].text
    assert is_empty(tmp_path)
    assert not partner.ledger.purchases


async def test_real_money_is_said_in_capitals(examine):
    live = {"partner_api_key": "live-key-1", "live_purchases": True, "daily_spend_limit": 5}
    assert "REAL MONEY" in (await examine(**live))["Settings"].text


async def test_a_folder_that_cannot_be_written(examine, tmp_path: Path):
    (tmp_path / "file").touch()
    found = await examine(data_dir=tmp_path / "file")
    assert found["DATA_DIR"].level == "failure"


@pytest.mark.parametrize(
    ("stamp", "level", "says"),
    [("sandbox", "ok", "newest"), ("production", "failure", "belongs to"), (None, "ok", "newest")],
)
async def test_the_database_and_its_stamp(examine, tmp_path: Path, stamp: str | None, level: str, says: str):
    store = Store.open(f"sqlite+aiosqlite:///{tmp_path}/x.db")
    await upgrade(store)
    if stamp is not None:
        await Meta(store).set("environment", stamp)
    await store.close()
    found = await examine(database_url=f"sqlite:///{tmp_path}/x.db")
    assert (found["Database"].level, says in found["Database"].text) == (level, True)


async def test_a_database_without_a_schema_is_a_warning(examine, tmp_path: Path):
    (tmp_path / "x.db").touch()
    assert (await examine(database_url=f"sqlite:///{tmp_path}/x.db"))["Database"].level == "warning"


async def test_a_file_that_is_no_database(examine, tmp_path: Path):
    (tmp_path / "x.db").write_text("a shopping list" * 500)
    assert (await examine(database_url=f"sqlite:///{tmp_path}/x.db"))["Database"].level == "failure"


async def test_a_postgresql_that_is_not_there(examine):
    found = await examine(database_url="postgresql://me:hunter22@127.0.0.1:1/none")
    assert found["Database"].level == "failure"
    assert "hunter22" not in found["Database"].text


@pytest.mark.parametrize(
    ("kind", "says"),
    [("401", "refuses PARTNER_API_KEY"), ("html_403", "turns this machine away"), ("500", "try later")],
)
async def test_a_partner_that_says_no(examine, partner: Sandbox, kind: Any, says: str):
    partner.faults.add("*", kind, times=None)
    found = await examine()
    assert found["Partner"].level == "failure"
    assert says in found["Partner"].text


async def test_a_partner_with_nothing_on_sale(examine, partner: Sandbox):
    for slug in partner.packs:
        partner.change(slug, in_stock=False)
    assert (await examine())["Partner"].level == "warning"


async def test_a_token_that_discord_refuses(examine, discord: Discord):
    discord.status = 401
    found = await examine()
    assert found["Discord"].level == "failure"
    assert "DISCORD_TOKEN" in found["Discord"].text


async def test_a_discord_that_is_down(examine, discord: Discord):
    discord.status = 503
    assert (await examine())["Discord"].level == "failure"


@pytest.mark.parametrize("flag", sorted(PRIVILEGED))
async def test_intents_that_are_not_needed(examine, discord: Discord, flag: int):
    discord.application["flags"] = flag
    assert (await examine())["Intents"].level == "warning"


async def test_presses_that_would_go_elsewhere(examine, discord: Discord):
    discord.application["interactions_endpoint_url"] = "https://example.com"
    assert (await examine())["Presses"].level == "failure"


async def test_a_server_without_the_bot(examine, discord: Discord):
    found = await examine(guild_ids="7,8")
    assert found["Server 7"].level == "ok"
    assert found["Server 8"].level == "failure"
    assert f"client_id=42&scope=bot+applications.commands&permissions={ALL}" in found["Server 8"].text


async def test_a_server_where_a_permission_is_missing(examine, discord: Discord):
    discord.guilds[0]["permissions"] = str(ALL & ~(1 << 11))
    found = await examine()
    assert found["Server 7"].level == "failure"
    assert "lacks Send Messages." in found["Server 7"].text
    discord.guilds[0]["permissions"] = str(1 << 3)
    assert (await examine())["Server 7"].level == "ok"


async def test_a_server_on_the_second_page(examine, discord: Discord):
    discord.guilds = [{"id": str(n), "name": f"server {n}", "permissions": str(ALL)} for n in range(1, 403)]
    assert (await examine(guild_ids="402"))["Server 402"].level == "ok"


async def test_no_list_of_servers(examine, discord: Discord):
    assert (await examine(guild_ids=""))["Servers"].level == "ok"
    discord.guilds = []
    assert (await examine(guild_ids=""))["Servers"].level == "warning"


def test_findings_are_printed_with_their_level(capsys: pytest.CaptureFixture[str]):
    doctor.show([doctor.Finding("ok", "Discord", "fine [link]"), doctor.Finding("failure", "Partner", "broken")])
    assert capsys.readouterr().out.split("\n")[:2] == ["ok      Discord  fine [link]", "failure Partner  broken"]
