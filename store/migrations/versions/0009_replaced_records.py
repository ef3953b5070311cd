"""Which stored records say nothing any more, because a mended row took their place."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table, append-only."""
    op.create_table(
        "replaced_records",
        sa.Column("corrected_record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("corrected_record_id", name=op.f("replaced_records_pkey")),
    )
    op.create_index(op.f("replaced_records_record_id_idx"), "replaced_records", ["record_id"], unique=False)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON replaced_records "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
