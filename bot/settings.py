"""What the operator sets, and the one sentence that says what is wrong with it.

Read from the environment, `.env` and files in `/run/secrets`; an empty value counts as unset. Amounts
of money are given in dollars, also to the constructor, and kept in cents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.money import cents
from bot.errors import SettingsError
from bot.partner.http import address, environment

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SANDBOX_KEY = "sandbox-"
SECRETS = Path("/run/secrets")
DRIVERS = {
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
}
SHORTEST_LINK_SECRET = 32
SHORTEST_LIVE_SETTLE = 180
"""Seconds; with less, the waits that must fit into it would be cut too (money-safety: clocks)."""


def _dollars(text: object) -> int:
    try:
        amount = cents(Decimal(str(text).strip().lstrip("$").replace(",", "")))
    except (InvalidOperation, ValueError):
        amount = 0
    if amount == 0:
        raise ValueError("it must be an amount of US dollars above 0, such as 250 or 99.50")
    return amount


def _ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = value.replace(",", " ").split()
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("it must be server ids (numbers), separated by commas")
    return parts


@dataclass(frozen=True, slots=True)
class Shards:
    """The parts of all servers that one process serves."""

    ids: tuple[int, ...]
    count: int


def _shards(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?/(\d{1,5})", value.strip(), re.ASCII)
    if found is not None:
        first, count = int(found[1]), int(found[3])
        last = int(found[2] or first)
        if first <= last < count:
            return Shards(tuple(range(first, last + 1)), count)
    raise ValueError("it must be the first and last shard of this process and how many there are, such as 0-3/8")


def _web(value: object) -> object:
    url = urlsplit(str(value))
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError("it must be a web address that begins with https://")
    return str(value)


Dollars = Annotated[int, BeforeValidator(_dollars)]
"""Set in dollars, kept in cents."""
Url = Annotated[str, BeforeValidator(_web)]


class Settings(BaseSettings):
    """Every setting; the environment's name is the field's in capitals. Amounts are kept in cents."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        secrets_dir=SECRETS if SECRETS.is_dir() else None,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord_token: SecretStr = Field(description="The bot's token, from Discord's developer portal (Bot, Reset Token).")
    partner_api_key: SecretStr = Field(
        description="The key of the Phygitals Partner API. One that begins with `sandbox-` is the sandbox's."
    )
    partner_api_url: Url | None = Field(
        None, description="Another base address of the Partner API, with its prefix. A sandbox's ends in `/_`."
    )
    data_dir: Path = Field(Path("data"), description="Where the database file, heartbeat and backups are kept.")
    database_url: SecretStr | None = Field(
        None, description="`postgresql://…` or `sqlite:///…`. Unset: a SQLite file in `DATA_DIR`."
    )
    account_mode: Literal["generated", "linked"] = Field(
        "generated",
        description="`generated`: the bot gives each member an id. `linked`: your own site does, by link codes.",
    )
    link_secret: SecretStr | None = Field(
        None, description="Signs link codes; 32 characters or more. Needed with `ACCOUNT_MODE=linked`."
    )
    live_purchases: bool = Field(
        default=False,
        description="`on` states that you have the clearance to sell packs for real. Needed with a real key.",
    )
    guild_ids: Annotated[frozenset[int], NoDecode, BeforeValidator(_ids)] = Field(
        frozenset(), description="The servers that are served, ids with commas between. Unset with a sandbox key: all."
    )
    daily_spend_limit: Dollars | None = Field(
        None,
        description="The most that all members together may spend in 24 hours, in dollars. Needed with a real key.",
    )
    settlement_note: str | None = Field(
        None, max_length=300, description="Your sentence on how members settle with you, shown on each confirmation."
    )
    terms_url: Url | None = Field(None, description="Your terms, linked before a member's first purchase.")
    privacy_url: Url | None = Field(None, description="Your privacy page, linked before a member's first purchase.")
    age_restricted: bool = Field(
        default=False, description="Purchases only in age-restricted channels. Unset: `on` with a real key, else `off`."
    )
    operator_channel: int | None = Field(
        None, description="The id of a channel of yours that is told what concerns the whole bot, such as a review."
    )
    shards: Annotated[Shards, NoDecode, BeforeValidator(_shards)] | None = Field(
        None,
        description="Which of how many shards this process serves, such as `0-3/8`. Unset: all, by Discord's advice.",
    )
    settle_seconds: float = Field(
        900, gt=0, le=86_400, description="How long after an order without an answer the inventory may still change."
    )
    reveal_seconds: float = Field(
        1.2, ge=0.8, le=30, description="Pause between two cards of a reveal. Discord allows no less than 0.8."
    )
    shutdown_grace: float = Field(
        50, ge=0, le=600, description="Seconds that calls under way get to end when the bot is told to stop."
    )
    log_format: Literal["console", "json"] = Field("console", description="`console` for people, `json` for machines.")

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, values: dict[str, Any]) -> dict[str, Any]:
        key = values.get("partner_api_key")
        text = key.get_secret_value() if isinstance(key, SecretStr) else str(key or SANDBOX_KEY)
        values.setdefault("age_restricted", not text.startswith(SANDBOX_KEY))
        return values

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if not self.sandbox:
            wanted = {
                "LIVE_PURCHASES=on": self.live_purchases,
                "GUILD_IDS": self.guild_ids,
                "DAILY_SPEND_LIMIT": self.daily_spend_limit,
            }
            if missing := [name for name, there in wanted.items() if not there]:
                raise ValueError(
                    f"PARTNER_API_KEY is a real key, which spends real money: set {_and(missing)} too, or use a key"
                    f" that begins with {SANDBOX_KEY} (README, Before real money)."
                )
        try:
            self.partner_base  # noqa: B018 - raises when key and address don't belong together
        except ValueError as error:
            raise ValueError(f"PARTNER_API_KEY or PARTNER_API_URL is wrong: {error}.") from None
        here = urlsplit(self.partner_base).hostname in LOOPBACK
        if not self.sandbox and not here:
            if self.settle_seconds < SHORTEST_LIVE_SETTLE:
                raise ValueError(f"SETTLE_SECONDS must be {SHORTEST_LIVE_SETTLE} or more with a real key.")
            if not self.partner_base.startswith("https://"):
                raise ValueError("PARTNER_API_URL must begin with https:// with a real key: it must not go in clear.")
        secret = "" if self.link_secret is None else self.link_secret.get_secret_value()
        if (secret or self.account_mode == "linked") and len(secret) < SHORTEST_LINK_SECRET:
            raise ValueError(
                f"LINK_SECRET must have {SHORTEST_LINK_SECRET} characters or more"
                " (for example from: openssl rand -base64 32)."
            )
        if self.database_url is not None and urlsplit(self.database_url.get_secret_value()).scheme not in DRIVERS:
            raise ValueError("DATABASE_URL must begin with postgresql:// or sqlite:///.")
        return self

    @property
    def sandbox(self) -> bool:
        return self.partner_api_key.get_secret_value().startswith(SANDBOX_KEY)

    @property
    def partner_base(self) -> str:
        """The Partner API's address with its prefix, without a slash at the end."""
        return address(self.partner_api_key, self.partner_api_url)

    @property
    def environment(self) -> str:
        """What the database is stamped with: `sandbox`, `production`, or the host of `PARTNER_API_URL`."""
        return environment(self.partner_api_key, self.partner_api_url)

    @property
    def database(self) -> str:
        """The database's URL, with the driver that the bot uses. May hold a password."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'pullcord.db'}"
        scheme, _, rest = self.database_url.get_secret_value().partition(":")
        return f"{DRIVERS[scheme]}:{rest}"

    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, in clear, for whoever has to keep them out of logs."""
        found = [value.get_secret_value() for value in self.__dict__.values() if isinstance(value, SecretStr)]
        if password := urlsplit(self.database).password:
            found.append(password)
        return tuple(found)


def load() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one is missing or wrong; its text is one sentence to print as it is.
    """
    try:
        return Settings()  # pyright: ignore[reportCallIssue] - the environment gives what is required
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


_PLAIN = {
    "bool_parsing": "it must be on or off",
    "float_parsing": "it must be a number",
    "int_parsing": "it must be a whole number",
}
"""What pydantic says to programmers, for operators."""


def _sentence(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    if missing := [str(p["loc"][0]).upper() for p in problems if p["type"] == "missing"]:
        one = len(missing) == 1
        return (
            f"{_and(missing)} {'is' if one else 'are'} not set: put {'it' if one else 'them'} into the environment,"
            " into a file .env here, or into /run/secrets."
        )
    problem = problems[0]
    text = _PLAIN.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    if not problem["loc"]:
        return text
    return f"{str(problem['loc'][0]).upper()} is wrong: {text[0].lower()}{text[1:]}."


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
