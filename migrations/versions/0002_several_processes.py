"""Several processes on one database, and what servers set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("alive_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
        comment="bots at work, by the database's clock; what the `worker` of a row isn't alive for is anybody's",
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("worker", sa.String(length=26), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duties")),
        comment="what one process does for all; the epoch grows with each change of hands",
    )
    op.create_table(
        "guilds",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("moderator_roles", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guilds")),
        comment="what a server's moderators have set; roles as a JSON list of ids",
    )
    for table in ("purchases", "sales", "messages"):
        op.add_column(table, sa.Column("worker", sa.String(length=26), nullable=True))


def downgrade() -> None:
    for table in ("messages", "sales", "purchases"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("worker")
    op.drop_table("guilds")
    op.drop_table("duties")
    op.drop_table("processes")
