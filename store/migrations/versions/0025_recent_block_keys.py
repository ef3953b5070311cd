"""Blocking keys of the last batches in a small table of their own; a lookup reads the index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Make the table and the index that holds the record; the keys that are there stay where they are."""
    op.create_table(
        "recent_block_keys",
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
    )
    op.drop_index("block_keys_key_idx", table_name="block_keys")
    for table in ("block_keys", "recent_block_keys"):
        op.create_index(op.f(f"{table}_key_idx"), table, ["key"], unique=False, postgresql_include=["record_id"])
        # The index alone answers only where pages are known to hold no row that somebody may not see.
        op.execute(
            f"ALTER TABLE {table} SET (autovacuum_vacuum_insert_scale_factor = 0, "
            "autovacuum_vacuum_insert_threshold = 500000)"
        )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
