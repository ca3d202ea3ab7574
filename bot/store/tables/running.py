"""What the bot itself runs by: facts, limits, freezes, messages, processes, servers, the audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from bot.store.tables.base import CENTS, MS, SNOWFLAKE, ULID, metadata, where

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="the environment this database belongs to, the hash of the commands as last registered",
)

limits = Table(
    "limits",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("daily", CENTS),
    CheckConstraint("daily >= 0", name="daily"),
    comment="`bot` and `guild:<id>`; the row is what concurrent reservations of the scope queue up at",
)

freezes = Table(
    "freezes",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_by", SNOWFLAKE),
    Column("made_at", MS, nullable=False),
    Column("ends_at", MS),
    Column("lifted_at", MS),
    CheckConstraint("action IN ('buy', 'sell', 'ship', 'draw')", name="action"),
    Index("ix_freezes_open", "scope", "action", **where("lifted_at IS NULL")),
)

messages = Table(
    "messages",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("purchase_id", ULID, ForeignKey("purchases.id")),
    Column("sale_id", ULID, ForeignKey("sales.id")),
    Column("post", Text),
    Column("channel_id", SNOWFLAKE, nullable=False),
    Column("message_id", SNOWFLAKE),
    Column("token", Text),
    Column("token_until", MS),
    Column("private", Boolean, nullable=False),
    Column("nonce", BigInteger),
    Column("wanted_ver", Integer, nullable=False),
    Column("shown_ver", Integer, nullable=False),
    Column("revealed", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", MS),
    Column("lost", Text),
    Column("worker", ULID),
    CheckConstraint(
        "(CASE WHEN purchase_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN sale_id IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN post IS NULL THEN 0 ELSE 1 END) = 1",
        name="one_subject",
    ),
    Index("ix_messages_purchase_id", "purchase_id"),
    Index("ix_messages_sale_id", "sale_id"),
    Index("ix_messages_message_id", "message_id"),
    Index("ix_messages_behind", "due_at", **where("shown_ver < wanted_ver AND lost IS NULL")),
    Index("ix_messages_tokens", "token_until", **where("token IS NOT NULL")),
)

processes = Table(
    "processes",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("alive_until", MS, nullable=False),
    comment="bots at work, by the database's clock; what the `worker` of a row isn't alive for is anybody's",
)

duties = Table(
    "duties",
    metadata,
    Column("name", Text, primary_key=True),
    Column("worker", ULID, nullable=False),
    Column("epoch", Integer, nullable=False),
    comment="what one process does for all; the epoch grows with each change of hands",
)

guilds = Table(
    "guilds",
    metadata,
    Column("guild_id", SNOWFLAKE, primary_key=True, autoincrement=False),
    Column("audit_channel_id", SNOWFLAKE),
    Column("moderator_roles", Text, nullable=False),
    comment="what a server's moderators have set; roles as a JSON list of ids",
)

audit = Table(
    "audit",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("happened_at", MS, nullable=False),
    Column("guild_id", SNOWFLAKE),
    Column("actor", SNOWFLAKE),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_audit_guild_id_happened_at", "guild_id", "happened_at"),
)
