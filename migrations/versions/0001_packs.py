"""Packs, purchases, cards, sales."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STEPS = [
    ("ACCEPTED", "DELIVERED"),
    ("ACCEPTED", "IN_DOUBT"),
    ("ACCEPTED", "REVIEW"),
    ("IN_DOUBT", "ACCEPTED"),
    ("IN_DOUBT", "DELIVERED"),
    ("IN_DOUBT", "NOT_EXECUTED"),
    ("IN_DOUBT", "REFUSED"),
    ("IN_DOUBT", "REVIEW"),
    ("NOT_EXECUTED", "DELIVERED"),
    ("NOT_EXECUTED", "REVIEW"),
    ("RESERVED", "CANCELLED"),
    ("RESERVED", "SUBMITTING"),
    ("REVIEW", "DELIVERED"),
    ("REVIEW", "NOT_EXECUTED"),
    ("SUBMITTING", "ACCEPTED"),
    ("SUBMITTING", "IN_DOUBT"),
    ("SUBMITTING", "REFUSED"),
    ("SUBMITTING", "RESERVED"),
]


def upgrade() -> None:
    op.create_table(
        "acceptances",
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("discord_id", "version", name=op.f("pk_acceptances")),
    )
    op.create_table(
        "account_changes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("change IN ('minted', 'linked', 'unlinked')", name=op.f("ck_account_changes_change")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_changes")),
        comment="who was linked to what; an earlier link starts the cool-down of a later one",
    )
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_changes_discord_id"), ["discord_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_changes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("discord_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("sell_from", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("origin IN ('generated', 'linked')", name=op.f("ck_accounts_origin")),
        sa.PrimaryKeyConstraint("discord_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("user_id", name=op.f("uq_accounts_user_id")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_guild_id_happened_at", ["guild_id", "happened_at"], unique=False)

    op.create_table(
        "confirmations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("pack_name", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('OPEN', 'USED', 'REPLACED', 'CANCELLED')", name=op.f("ck_confirmations_state")),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_confirmations_amount")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_confirmations_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.create_index(
            "ux_confirmations_open",
            ["discord_id"],
            unique=True,
            sqlite_where=sa.text("state = 'OPEN'"),
            postgresql_where=sa.text("state = 'OPEN'"),
        )

    op.create_table(
        "freezes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("action IN ('buy', 'sell', 'ship', 'draw')", name=op.f("ck_freezes_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freezes")),
    )
    with op.batch_alter_table("freezes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_freezes_open",
            ["scope", "action"],
            unique=False,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "limits",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("daily", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("daily >= 0", name=op.f("ck_limits_daily")),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_limits")),
        comment="`bot` and `guild:<id>`; the row is what concurrent reservations of the scope queue up at",
    )
    op.create_table(
        "link_offers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_offers")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
        comment="the environment this database belongs to, the hash of the commands as last registered",
    )
    op.create_table(
        "purchase_steps",
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("from_state", "to_state", name=op.f("pk_purchase_steps")),
        comment="the steps that the domain allows; the events refer to it, so no other can be stored",
    )
    op.create_table(
        "purchases",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("pack_name", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("empty_looks", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("doubted_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state <> 'ACCEPTED' OR session_id IS NOT NULL", name=op.f("ck_purchases_session")),
        sa.CheckConstraint(
            "state IN ('ACCEPTED', 'CANCELLED', 'DELIVERED', 'IN_DOUBT', 'NOT_EXECUTED', 'REFUSED', 'RESERVED', 'REVIEW', 'SUBMITTING')",
            name=op.f("ck_purchases_state"),
        ),
        sa.CheckConstraint("amount >= 1", name=op.f("ck_purchases_amount")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_purchases_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("key", name=op.f("uq_purchases_key")),
    )
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.create_index("ix_purchases_discord_id_id", ["discord_id", "id"], unique=False)
        batch_op.create_index(
            "ix_purchases_due",
            ["look_at"],
            unique=False,
            sqlite_where=sa.text("look_at IS NOT NULL"),
            postgresql_where=sa.text("look_at IS NOT NULL"),
        )
        batch_op.create_index("ix_purchases_state_created_at", ["state", "created_at"], unique=False)
        batch_op.create_index("ix_purchases_user_id_pack_id", ["user_id", "pack_id"], unique=False)

    op.create_table(
        "used_codes",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_used_codes")),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("purchase_id", sa.String(length=26), nullable=True),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("pack_name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("back_image", sa.Text(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("fmv", sa.BigInteger(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("tier_color", sa.Integer(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("offer_known", sa.Boolean(), nullable=False),
        sa.Column("offer_ends", sa.BigInteger(), nullable=True),
        sa.Column("purchased_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("sold_for", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('GONE', 'HELD', 'IN_DOUBT', 'SOLD', 'SUBMITTING')", name=op.f("ck_cards_state")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_cards_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cards_purchase_id"), ["purchase_id"], unique=False)
        batch_op.create_index("ix_cards_user_id_pack_id", ["user_id", "pack_id"], unique=False)
        batch_op.create_index(
            "ux_cards_claim",
            ["user_id", "item_id", "occurrence"],
            unique=True,
            sqlite_where=sa.text("state IN ('HELD', 'IN_DOUBT', 'SUBMITTING')"),
            postgresql_where=sa.text("state IN ('HELD', 'IN_DOUBT', 'SUBMITTING')"),
        )

    op.create_table(
        "purchase_events",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("purchase_id", sa.String(length=26), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("(from_state IS NULL) OR (to_state IS NOT NULL)", name=op.f("ck_purchase_events_step")),
        sa.ForeignKeyConstraint(
            ["from_state", "to_state"],
            ["purchase_steps.from_state", "purchase_steps.to_state"],
            name=op.f("fk_purchase_events_from_state_to_state"),
        ),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_events_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_events")),
        comment="steps (both states), the reservation (to_state alone) and notes (neither)",
    )
    with op.batch_alter_table("purchase_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_events_purchase_id"), ["purchase_id"], unique=False)

    op.create_table(
        "sales",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("card_id", sa.String(length=26), nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("quoted", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('GONE', 'IN_DOUBT', 'NOT_SOLD', 'SOLD', 'SUBMITTING')", name=op.f("ck_sales_state")
        ),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_sales_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales")),
    )
    with op.batch_alter_table("sales", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_card_id"), ["card_id"], unique=False)
        batch_op.create_index(
            "ix_sales_due",
            ["look_at"],
            unique=False,
            sqlite_where=sa.text("look_at IS NOT NULL"),
            postgresql_where=sa.text("look_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ux_sales_running",
            ["card_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('IN_DOUBT', 'SUBMITTING')"),
            postgresql_where=sa.text("state IN ('IN_DOUBT', 'SUBMITTING')"),
        )

    op.create_table(
        "lanes",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.String(length=26), nullable=True),
        sa.Column("sale_id", sa.String(length=26), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(purchase_id IS NULL) <> (sale_id IS NULL)", name=op.f("ck_lanes_one_holder")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_lanes_purchase_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_lanes_sale_id")),
        sa.PrimaryKeyConstraint("user_id", "pack_id", name=op.f("pk_lanes")),
        comment="one unknown at a time for a person and a pack: the purchase or sale whose outcome isn't known",
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("purchase_id", sa.String(length=26), nullable=True),
        sa.Column("sale_id", sa.String(length=26), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("token_until", sa.BigInteger(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("wanted_ver", sa.Integer(), nullable=False),
        sa.Column("shown_ver", sa.Integer(), nullable=False),
        sa.Column("revealed", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("lost", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(CASE WHEN purchase_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN sale_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN post IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_messages_one_subject"),
        ),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_messages_purchase_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_messages_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_messages_behind",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("shown_ver < wanted_ver AND lost IS NULL"),
            postgresql_where=sa.text("shown_ver < wanted_ver AND lost IS NULL"),
        )
        batch_op.create_index("ix_messages_message_id", ["message_id"], unique=False)
        batch_op.create_index("ix_messages_purchase_id", ["purchase_id"], unique=False)
        batch_op.create_index("ix_messages_sale_id", ["sale_id"], unique=False)
        batch_op.create_index(
            "ix_messages_tokens",
            ["token_until"],
            unique=False,
            sqlite_where=sa.text("token IS NOT NULL"),
            postgresql_where=sa.text("token IS NOT NULL"),
        )

    steps = sa.table("purchase_steps", sa.column("from_state", sa.Text), sa.column("to_state", sa.Text))
    op.bulk_insert(steps, [{"from_state": before, "to_state": after} for before, after in STEPS])


def downgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_tokens",
            sqlite_where=sa.text("token IS NOT NULL"),
            postgresql_where=sa.text("token IS NOT NULL"),
        )
        batch_op.drop_index("ix_messages_sale_id")
        batch_op.drop_index("ix_messages_purchase_id")
        batch_op.drop_index("ix_messages_message_id")
        batch_op.drop_index(
            "ix_messages_behind",
            sqlite_where=sa.text("shown_ver < wanted_ver AND lost IS NULL"),
            postgresql_where=sa.text("shown_ver < wanted_ver AND lost IS NULL"),
        )

    op.drop_table("messages")
    op.drop_table("lanes")
    with op.batch_alter_table("sales", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_sales_running",
            sqlite_where=sa.text("state IN ('IN_DOUBT', 'SUBMITTING')"),
            postgresql_where=sa.text("state IN ('IN_DOUBT', 'SUBMITTING')"),
        )
        batch_op.drop_index(
            "ix_sales_due", sqlite_where=sa.text("look_at IS NOT NULL"), postgresql_where=sa.text("look_at IS NOT NULL")
        )
        batch_op.drop_index(batch_op.f("ix_sales_card_id"))

    op.drop_table("sales")
    with op.batch_alter_table("purchase_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_events_purchase_id"))

    op.drop_table("purchase_events")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_cards_claim",
            sqlite_where=sa.text("state IN ('HELD', 'IN_DOUBT', 'SUBMITTING')"),
            postgresql_where=sa.text("state IN ('HELD', 'IN_DOUBT', 'SUBMITTING')"),
        )
        batch_op.drop_index("ix_cards_user_id_pack_id")
        batch_op.drop_index(batch_op.f("ix_cards_purchase_id"))

    op.drop_table("cards")
    op.drop_table("used_codes")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index("ix_purchases_user_id_pack_id")
        batch_op.drop_index("ix_purchases_state_created_at")
        batch_op.drop_index(
            "ix_purchases_due",
            sqlite_where=sa.text("look_at IS NOT NULL"),
            postgresql_where=sa.text("look_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_purchases_discord_id_id")

    op.drop_table("purchases")
    op.drop_table("purchase_steps")
    op.drop_table("meta")
    op.drop_table("link_offers")
    op.drop_table("limits")
    with op.batch_alter_table("freezes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_freezes_open", sqlite_where=sa.text("lifted_at IS NULL"), postgresql_where=sa.text("lifted_at IS NULL")
        )

    op.drop_table("freezes")
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_confirmations_open", sqlite_where=sa.text("state = 'OPEN'"), postgresql_where=sa.text("state = 'OPEN'")
        )

    op.drop_table("confirmations")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_guild_id_happened_at")

    op.drop_table("audit")
    op.drop_table("accounts")
    with op.batch_alter_table("account_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_changes_user_id"))
        batch_op.drop_index(batch_op.f("ix_account_changes_discord_id"))

    op.drop_table("account_changes")
    op.drop_table("acceptances")
