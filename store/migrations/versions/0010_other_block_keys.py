"""The rules of blocking changed: the keys of stored records are made anew before the next matching (`store.keys`)."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Empty the table of keys."""
    op.execute("TRUNCATE block_keys")


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
