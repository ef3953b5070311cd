"""Merges undone and made by a person: an append-only table, and redirects that no batch made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table, append-only; a redirect may come from a person's decision instead of a batch."""
    op.create_table(
        "person_changes",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("record_ids", ARRAY(sa.UUID(as_uuid=False)), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("kind IN ('parted', 'joined')", name=op.f("person_changes_kind_check")),
        sa.CheckConstraint("from_person_id <> person_id", name=op.f("person_changes_elsewhere_check")),
        sa.PrimaryKeyConstraint("number", name=op.f("person_changes_pkey")),
    )
    for column in ("from_person_id", "person_id"):
        op.create_index(op.f(f"person_changes_{column}_idx"), "person_changes", [column], unique=False)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON person_changes "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.create_index(op.f("judgements_right_record_id_idx"), "judgements", ["right_record_id"], unique=False)
    op.alter_column("person_redirects", "batch_id", nullable=True)


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
