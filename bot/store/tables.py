"""The tables, once, for SQLite and PostgreSQL.

Times are milliseconds UTC (`_at`, `_until`), money whole cents, our ids ULIDs, the partner's ids text as they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.domain.purchase import State
from bot.domain.sale import OPEN, CardState, SaleState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ULID = String(26)
MS = BigInteger
CENTS = BigInteger
SNOWFLAKE = BigInteger


def _one_of(column: str, values: Iterable[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(str(v)) for v in sorted(values))})"


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="the environment this database belongs to, the hash of the commands as last registered",
)

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

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("discord_id", SNOWFLAKE, nullable=False),
    Column("guild_id", SNOWFLAKE, nullable=False),
    Column("channel_id", SNOWFLAKE, nullable=False),
    Column("pack_id", Text, nullable=False),
    Column("pack_name", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("total", CENTS, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("terms", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", MS, nullable=False),
    Column("expires_at", MS, nullable=False),
    CheckConstraint("state IN ('OPEN', 'USED', 'REPLACED', 'CANCELLED')", name="state"),
    CheckConstraint("amount >= 1", name="amount"),
    CheckConstraint("total >= 0", name="total"),
    Index("ux_confirmations_open", "discord_id", unique=True, **_where("state = 'OPEN'")),
)

purchase_steps = Table(
    "purchase_steps",
    metadata,
    Column("from_state", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    PrimaryKeyConstraint("from_state", "to_state"),
    comment="the steps that the domain allows; the events refer to it, so no other can be stored",
)

purchases = Table(
    "purchases",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("key", Text, nullable=False),
    Column("discord_id", SNOWFLAKE, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", SNOWFLAKE, nullable=False),
    Column("channel_id", SNOWFLAKE, nullable=False),
    Column("pack_id", Text, nullable=False),
    Column("pack_name", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("total", CENTS, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("terms", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("reason", Text),
    Column("session_id", Text),
    Column("sends", Integer, nullable=False),
    Column("empty_looks", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("overdue", Boolean, nullable=False),
    Column("created_at", MS, nullable=False),
    Column("submitted_at", MS),
    Column("accepted_at", MS),
    Column("doubted_at", MS),
    Column("settled_at", MS),
    Column("look_at", MS),
    Column("worker", ULID),
    UniqueConstraint("key"),
    CheckConstraint(_one_of("state", State), name="state"),
    CheckConstraint("amount >= 1", name="amount"),
    CheckConstraint("total >= 0", name="total"),
    CheckConstraint("state <> 'ACCEPTED' OR session_id IS NOT NULL", name="session"),
    # Not partial ones: SQLite can't tell that `state IN (?, ?)` is among an index's states.
    Index("ix_purchases_state_created_at", "state", "created_at"),
    Index("ix_purchases_due", "look_at", **_where("look_at IS NOT NULL")),
    Index("ix_purchases_discord_id_id", "discord_id", "id"),
    Index("ix_purchases_user_id_pack_id", "user_id", "pack_id"),
)

purchase_events = Table(
    "purchase_events",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("purchase_id", ULID, ForeignKey("purchases.id"), nullable=False, index=True),
    Column("from_state", Text),
    Column("to_state", Text),
    Column("happened_at", MS, nullable=False),
    Column("detail", Text, nullable=False),
    ForeignKeyConstraint(["from_state", "to_state"], ["purchase_steps.from_state", "purchase_steps.to_state"]),
    CheckConstraint("(from_state IS NULL) OR (to_state IS NOT NULL)", name="step"),
    comment="steps (both states), the reservation (to_state alone) and notes (neither)",
)

cards = Table(
    "cards",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("purchase_id", ULID, ForeignKey("purchases.id"), index=True),
    Column("discord_id", SNOWFLAKE, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", SNOWFLAKE, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("pack_id", Text, nullable=False),
    Column("pack_name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("image", Text),
    Column("back_image", Text),
    Column("attributes", Text, nullable=False),
    Column("fmv", CENTS),
    Column("tier", Text),
    Column("tier_color", Integer),
    Column("price", CENTS),
    Column("offer_known", Boolean, nullable=False),
    Column("offer_ends", MS),
    Column("purchased_at", MS),
    Column("state", Text, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("sold_for", CENTS),
    CheckConstraint(_one_of("state", CardState), name="state"),
    Index("ux_cards_claim", "user_id", "item_id", "occurrence", unique=True, **_where(_one_of("state", OPEN))),
    Index("ix_cards_user_id_pack_id", "user_id", "pack_id"),
)

sales = Table(
    "sales",
    metadata,
    Column("id", ULID, primary_key=True),
    Column("card_id", ULID, ForeignKey("cards.id"), nullable=False, index=True),
    Column("discord_id", SNOWFLAKE, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", SNOWFLAKE, nullable=False),
    Column("pack_id", Text, nullable=False),
    Column("quoted", CENTS, nullable=False),
    Column("amount", CENTS),
    Column("state", Text, nullable=False),
    Column("ver", Integer, nullable=False),
    Column("reason", Text),
    Column("looks", Integer, nullable=False),
    Column("created_at", MS, nullable=False),
    Column("settled_at", MS),
    Column("look_at", MS),
    Column("worker", ULID),
    CheckConstraint(_one_of("state", SaleState), name="state"),
    Index(
        "ux_sales_running",
        "card_id",
        unique=True,
        **_where(_one_of("state", (SaleState.SUBMITTING, SaleState.IN_DOUBT))),
    ),
    Index("ix_sales_due", "look_at", **_where("look_at IS NOT NULL")),
)

lanes = Table(
    "lanes",
    metadata,
    Column("user_id", Text, nullable=False),
    Column("pack_id", Text, nullable=False),
    Column("purchase_id", ULID, ForeignKey("purchases.id")),
    Column("sale_id", ULID, ForeignKey("sales.id")),
    Column("taken_at", MS, nullable=False),
    PrimaryKeyConstraint("user_id", "pack_id"),
    CheckConstraint("(purchase_id IS NULL) <> (sale_id IS NULL)", name="one_holder"),
    comment="one unknown at a time for a person and a pack: the purchase or sale whose outcome isn't known",
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
    Index("ix_freezes_open", "scope", "action", **_where("lifted_at IS NULL")),
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
    Index("ix_messages_behind", "due_at", **_where("shown_ver < wanted_ver AND lost IS NULL")),
    Index("ix_messages_tokens", "token_until", **_where("token IS NOT NULL")),
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
