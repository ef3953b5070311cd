"""Which column of which file feeds what, for the lineage of values. Of files that were loaded before nothing is known."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "file_columns",
        sa.Column("file_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("letter", "heading", "raw_column")),
    )
    op.create_index(op.f("file_columns_file_id_idx"), "file_columns", ["file_id"], unique=False)


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
