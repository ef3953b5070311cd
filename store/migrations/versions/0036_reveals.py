"""Reveals: who asked to see a person or a row in clear, and who allowed it until when."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

OF_PERSONS = (
    "judgements", "person_changes", "issued_numbers", "number_changes", "proposals", "batch_undos", "office_decisions",
    "holds", "row_judgements", "corrections", "replaced_records", "row_outcomes", "cell_judgements", "gate_releases",
    "reveal_requests",
)  # fmt: skip
ERASURE_MAY = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' AND TG_TABLE_NAME IN ({", ".join(f"'{table}'" for table in OF_PERSONS)}) AND EXISTS (
        SELECT FROM erasures WHERE number::text = current_setting('sohoa.erasure', true)
        AND state = 'approved' AND approved_by <> proposed_by) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Make the tables and guard what was said."""
    op.create_table(
        "reveal_requests",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(as_uuid=False), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("province_code", "plan", "author", "reason")),
        _moment(),
        sa.PrimaryKeyConstraint("number", name=op.f("reveal_requests_pkey")),
        sa.CheckConstraint("kind IN ('person', 'record')", name=op.f("reveal_requests_kind_check")),
        sa.CheckConstraint("author <> '' AND reason <> ''", name=op.f("reveal_requests_said_check")),
    )
    op.create_index(op.f("reveal_requests_subject_id_idx"), "reveal_requests", ["subject_id"])
    op.create_table(
        "reveal_grants",
        sa.Column("request", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("province_code", "approver")),
        _moment(),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request", name=op.f("reveal_grants_pkey")),
        sa.CheckConstraint("approver <> ''", name=op.f("reveal_grants_said_check")),
    )
    op.execute(ERASURE_MAY)
    for table in ("reveal_requests", "reveal_grants"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _moment() -> "sa.Column[object]":
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
