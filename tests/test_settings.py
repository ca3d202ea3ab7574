"""Settings: where they come from, which go together, and the one sentence when they don't."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot import settings
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

SANDBOX = {"DISCORD_TOKEN": "discord-token-1", "PARTNER_API_KEY": "sandbox-abc"}
LIVE = {
    "DISCORD_TOKEN": "discord-token-1",
    "PARTNER_API_KEY": "live-key-12345",
    "LIVE_PURCHASES": "on",
    "GUILD_IDS": "1, 2 3",
    "DAILY_SPEND_LIMIT": "$1,250.50",
}
SECRET = "s" * 32


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Loads from exactly the given environment, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def load(**values: str) -> settings.Settings:
        for name in settings.Settings.model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return settings.load()

    return load


def test_a_sandbox_needs_a_token_and_a_key_and_no_more(load: Any):
    chosen = load(**SANDBOX)
    assert chosen.sandbox
    assert chosen.environment == "sandbox"
    assert chosen.partner_base == "https://api.phygitals.com/_"
    assert chosen.database == "sqlite+aiosqlite:///data/pullcord.db"
    assert chosen.guild_ids == frozenset()
    assert chosen.daily_spend_limit is None
    assert not chosen.age_restricted
    assert (chosen.account_mode, chosen.settle_seconds, chosen.reveal_seconds, chosen.shutdown_grace) == (
        "generated",
        900,
        1.2,
        50,
    )


def test_a_real_key_with_its_three_guards(load: Any):
    chosen = load(**LIVE)
    assert not chosen.sandbox
    assert chosen.environment == "production"
    assert chosen.partner_base == "https://api.phygitals.com"
    assert chosen.guild_ids == {1, 2, 3}
    assert chosen.daily_spend_limit == 125_050
    assert chosen.age_restricted
    assert not load(**LIVE, AGE_RESTRICTED="off").age_restricted
    assert load(**SANDBOX, AGE_RESTRICTED="on").age_restricted


@pytest.mark.parametrize("left_out", [{"LIVE_PURCHASES"}, {"GUILD_IDS"}, {"DAILY_SPEND_LIMIT", "GUILD_IDS"}, set(LIVE)])
@pytest.mark.parametrize("empty", [True, False])
def test_a_real_key_without_a_guard_ends_the_start_and_names_all_that_are_missing(
    load: Any, left_out: set[str], empty: bool
):
    guards = {"LIVE_PURCHASES", "GUILD_IDS", "DAILY_SPEND_LIMIT"}
    left_out &= guards
    values = {name: value for name, value in LIVE.items() if name not in left_out}
    if empty:
        values |= dict.fromkeys(left_out, "")
    with pytest.raises(SettingsError) as failed:
        load(**values)
    text = str(failed.value)
    assert {name for name in guards if name in text} == left_out
    assert "PARTNER_API_KEY" in text
    assert "live-key-12345" not in text


def test_purchases_that_are_switched_off_are_not_on(load: Any):
    with pytest.raises(SettingsError, match="LIVE_PURCHASES=on"):
        load(**LIVE | {"LIVE_PURCHASES": "off"})


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "DISCORD_TOKEN and PARTNER_API_KEY are not set"),
        ({"DISCORD_TOKEN": "", "PARTNER_API_KEY": "sandbox-1"}, "DISCORD_TOKEN is not set"),
        ({**SANDBOX, "DAILY_SPEND_LIMIT": "0"}, "DAILY_SPEND_LIMIT is wrong"),
        ({**SANDBOX, "DAILY_SPEND_LIMIT": "lots"}, "DAILY_SPEND_LIMIT is wrong"),
        ({**SANDBOX, "DAILY_SPEND_LIMIT": "-5"}, "DAILY_SPEND_LIMIT is wrong"),
        ({**SANDBOX, "DAILY_SPEND_LIMIT": "NaN"}, "DAILY_SPEND_LIMIT is wrong"),
        ({**SANDBOX, "GUILD_IDS": "1,my server"}, "GUILD_IDS is wrong"),
        ({**SANDBOX, "ACCOUNT_MODE": "linked"}, "LINK_SECRET must have 32"),
        ({**SANDBOX, "ACCOUNT_MODE": "linked", "LINK_SECRET": "short"}, "LINK_SECRET must have 32"),
        ({**SANDBOX, "LINK_SECRET": "short"}, "LINK_SECRET must have 32"),
        ({**SANDBOX, "ACCOUNT_MODE": "typed"}, "ACCOUNT_MODE is wrong"),
        ({**SANDBOX, "TERMS_URL": "javascript:alert(1)"}, "TERMS_URL is wrong"),
        ({**SANDBOX, "PARTNER_API_URL": "https://api.phygitals.com"}, "PARTNER_API_URL is wrong"),
        ({**SANDBOX, "PARTNER_API_URL": "nonsense"}, "PARTNER_API_URL is wrong"),
        ({**LIVE, "PARTNER_API_URL": "https://api.phygitals.com/_"}, "PARTNER_API_URL is wrong"),
        ({**LIVE, "SETTLE_SECONDS": "30"}, "SETTLE_SECONDS must be 180 or more"),
        ({**SANDBOX, "SETTLE_SECONDS": "soon"}, "SETTLE_SECONDS is wrong"),
        ({**SANDBOX, "REVEAL_SECONDS": "0.1"}, "REVEAL_SECONDS is wrong"),
        ({**SANDBOX, "DATABASE_URL": "mysql://root@host/db"}, "DATABASE_URL must begin"),
        ({**SANDBOX, "LOG_FORMAT": "xml"}, "LOG_FORMAT is wrong"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(load: Any, values: dict[str, str], says: str):
    with pytest.raises(SettingsError) as failed:
        load(**values)
    text = str(failed.value)
    assert text.startswith(says) or says in text
    assert "\n" not in text
    assert text.endswith(".")
    assert not text.endswith("..")
    assert "pydantic" not in text


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("postgresql://u:p%40ss@host/db", "postgresql+asyncpg://u:p%40ss@host/db"),
        ("postgres://host/db", "postgresql+asyncpg://host/db"),
        ("postgresql+asyncpg:///db?host=/tmp", "postgresql+asyncpg:///db?host=/tmp"),
        ("sqlite:///x/y.db", "sqlite+aiosqlite:///x/y.db"),
    ],
)
def test_the_database_gets_the_driver_that_we_use(load: Any, url: str, becomes: str):
    assert load(**SANDBOX, DATABASE_URL=url).database == becomes


def test_the_partner_elsewhere(load: Any):
    chosen = load(**SANDBOX, PARTNER_API_URL="http://127.0.0.1:8799/_/")
    assert chosen.partner_base == "http://127.0.0.1:8799/_"
    assert chosen.environment == "127.0.0.1"
    assert load(**SANDBOX, PARTNER_API_URL="https://api.phygitals.com/_").environment == "sandbox"


def test_a_real_key_is_guarded_at_any_host_but_this_machine(load: Any):
    there = LIVE | {"PARTNER_API_URL": "https://api.example.com/api-v2"}
    assert load(**there, SETTLE_SECONDS="180").environment == "api.example.com"
    for wrong, says in (
        ({"SETTLE_SECONDS": "179"}, "SETTLE_SECONDS must be 180 or more"),
        ({"PARTNER_API_URL": "http://api.example.com/api-v2"}, "PARTNER_API_URL must begin with https://"),
        ({"PARTNER_API_URL": "http://api.phygitals.com"}, "PARTNER_API_URL must begin with https://"),
        ({"PARTNER_API_URL": "http://localhost.example.com"}, "PARTNER_API_URL must begin with https://"),
    ):
        with pytest.raises(SettingsError, match=says):
            load(**there | wrong)


@pytest.mark.parametrize("host", ["127.0.0.1:8799", "localhost:8799", "[::1]:8799"])
def test_a_real_key_at_this_machine_may_be_quick_and_in_clear(load: Any, host: str):
    assert load(**LIVE, PARTNER_API_URL=f"http://{host}", SETTLE_SECONDS="1").settle_seconds == 1


def test_linked_accounts_with_a_good_secret(load: Any):
    chosen = load(**SANDBOX, ACCOUNT_MODE="linked", LINK_SECRET=SECRET)
    assert chosen.link_secret.get_secret_value() == SECRET


def test_dot_env_is_read_and_the_environment_counts_more(load: Any, tmp_path: Path):
    (tmp_path / ".env").write_text("DISCORD_TOKEN=from-the-file\nPARTNER_API_KEY=sandbox-file\nUNKNOWN=1\n")
    assert load().discord_token.get_secret_value() == "from-the-file"
    assert load(DISCORD_TOKEN="from-outside").discord_token.get_secret_value() == "from-outside"
    assert load(PARTNER_API_KEY="").partner_api_key.get_secret_value() == "sandbox-file"


def test_secret_files_are_read(load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "DISCORD_TOKEN").write_text("from-a-secret\n")
    monkeypatch.setitem(settings.Settings.model_config, "secrets_dir", tmp_path / "secrets")
    assert load(PARTNER_API_KEY="sandbox-1").discord_token.get_secret_value() == "from-a-secret"


def test_no_secret_is_printed_with_the_settings(load: Any):
    chosen = load(**LIVE, LINK_SECRET=SECRET, DATABASE_URL="postgresql://me:hunter22@host/db")
    for secret in ("discord-token-1", "live-key-12345", SECRET, "hunter22"):
        assert secret not in repr(chosen) + str(chosen) + chosen.model_dump_json()
        assert secret in chosen.secrets()


def test_each_setting_is_described():
    assert all(field.description for field in settings.Settings.model_fields.values())
