"""Releases: who let a batch in that the gate had stopped, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0028"

OF_PERSONS = (
    "judgements", "person_changes", "issued_numbers", "number_changes", "proposals", "batch_undos", "office_decisions",
    "holds", "row_judgements", "corrections", "replaced_records", "row_outcomes", "cell_judgements", "gate_releases",
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
    """Make the table and guard what was said."""
    op.create_table(
        "gate_releases",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("unexpected", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("author", "reason")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("gate_releases_pkey")),
        sa.CheckConstraint("author <> '' AND reason <> ''", name=op.f("gate_releases_said_check")),
    )
    op.create_index(op.f("gate_releases_batch_id_idx"), "gate_releases", ["batch_id"])
    op.execute(ERASURE_MAY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gate_releases "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
