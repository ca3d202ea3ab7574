"""Who is who, and what they agreed to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, PrimaryKeyConstraint, Table, Text

from bot.store.tables.base import MS, SNOWFLAKE, ULID, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("discord_id", SNOWFLAKE, primary_key=True, autoincrement=False),
    Column("user_id", Text, nullable=False, unique=True),
    Column("origin", Text, nullable=False),
    Column("linked_at", MS, nullable=False),
    Column("sell_from", MS),
    CheckConstraint("origin IN ('generated', 'linked')", name="origin"),
)

account_changes = Table(
    "account_changes",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("discord_id", SNOWFLAKE, nullable=False, index=True),
    Column("user_id", Text, nullable=False, index=True),
    Column("change", Text, nullable=False),
    Column("changed_at", MS, nullable=False),
    CheckConstraint("change IN ('minted', 'linked', 'unlinked')", name="change"),
    comment="who was linked to what; an earlier link starts the cool-down of a later one",
)

link_offers = Table(
    "link_offers",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("discord_id", SNOWFLAKE, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("expires_at", MS, nullable=False),
)

used_codes = Table(
    "used_codes",
    metadata,
    Column("nonce", Text, primary_key=True),
    Column("used_at", MS, nullable=False),
    Column("used_by", SNOWFLAKE, nullable=False),
)

acceptances = Table(
    "acceptances",
    metadata,
    Column("discord_id", SNOWFLAKE, nullable=False),
    Column("version", Text, nullable=False),
    Column("accepted_at", MS, nullable=False),
    PrimaryKeyConstraint("discord_id", "version"),
)
