"""What no other table tells of a batch: the gate's result, thresholds, messages of its files."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "batch_notes",
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "note", name=op.f("batch_notes_pkey")),
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
