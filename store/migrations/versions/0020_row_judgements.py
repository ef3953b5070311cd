"""Decisions about rows in quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the table and guard it."""
    op.create_table(
        "row_judgements",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("content_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("rule_ids", sa.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("decision", "author", "reason")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("row_judgements_pkey")),
        sa.CheckConstraint(
            "decision IN ('accept', 'reject', 'undone')", name=op.f("row_judgements_decision_check")
        ),
    )  # fmt: skip
    op.create_index(
        op.f("row_judgements_province_code_content_id_idx"), "row_judgements", ["province_code", "content_id"]
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON row_judgements "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
