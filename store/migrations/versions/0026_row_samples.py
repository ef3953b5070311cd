"""Random samples of the rows of a batch that somebody drew, and what was found of them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Make the tables and guard what was drawn and found."""
    op.create_table(
        "row_samples",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("seed", "strata", "digest", "author")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("rows", "drawn")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("row_samples_pkey")),
        sa.CheckConstraint("strata IN ('outcome', 'file', 'none')", name=op.f("row_samples_strata_check")),
    )  # fmt: skip
    op.create_table(
        "row_sample_findings",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sample", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("rows", "drawn", "right", "wrong", "unclear")),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("row_sample_findings_pkey")),
        sa.CheckConstraint('drawn = "right" + wrong + unclear', name=op.f("row_sample_findings_sum_check")),
    )  # fmt: skip
    op.create_index(op.f("row_samples_batch_id_idx"), "row_samples", ["batch_id"])
    op.create_index(op.f("row_sample_findings_batch_id_idx"), "row_sample_findings", ["batch_id"])
    for table in ("row_samples", "row_sample_findings"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
