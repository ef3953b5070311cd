"""Which rows kept out were mended by a later delivery: the returned error files."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, append-only."""
    op.create_table(
        "corrections",
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("corrected_record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("corrections_pkey")),
    )
    op.create_index(op.f("corrections_corrected_record_id_idx"), "corrections", ["corrected_record_id"], unique=False)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON corrections "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
