"""Clusters are found anew whenever a batch touches them: what a pair's match rests on, and members of households.

The keys of blocking bear their scope now, so they lose the number of their rule; those that are there are made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Change the tables; a pair that was a match counts as one by itself."""
    op.add_column("scored_pairs", sa.Column("basis", sa.SmallInteger(), nullable=True))
    op.execute("UPDATE scored_pairs SET basis = CASE outcome WHEN 'match' THEN 3 ELSE 0 END")
    op.alter_column("scored_pairs", "basis", nullable=False)
    op.drop_table("block_keys")
    op.create_table(
        "block_keys",
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
    )
    op.create_index(op.f("block_keys_key_idx"), "block_keys", ["key"], unique=False)
    op.create_table(
        "block_key_scheme",
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.CheckConstraint("only_row", name=op.f("block_key_scheme_single_check")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("block_key_scheme_pkey")),
    )
    op.create_index(
        "records_household_key_idx", "records", ["household_key"],
        postgresql_where=sa.text("household_key IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
