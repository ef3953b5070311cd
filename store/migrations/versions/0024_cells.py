"""Cells of scanned pages: where each text stands and how sure its reading is; what persons said of them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"

# As in 0021, with one more table that gives way to an approved erasure inside its own transaction.
OF_PERSONS = (
    "judgements", "person_changes", "issued_numbers", "number_changes", "proposals", "batch_undos", "office_decisions",
    "holds", "row_judgements", "corrections", "replaced_records", "row_outcomes", "cell_judgements",
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
    """Make the tables and guard what persons said."""
    op.create_table(
        "cells",
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("file_id", sa.UUID(as_uuid=False), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("page", "line")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("raw_column", "kind", "quad", "text")),
        sa.Column("confidence", sa.REAL(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_accepted", "is_handwriting")),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("readings", sa.Text(), nullable=False),
        sa.Column("crop", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "raw_column", name=op.f("cells_pkey")),
        sa.CheckConstraint("kind IN ('cell', 'header')", name=op.f("cells_kind_check")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("cells_confidence_check")),
    )
    op.create_table(
        "cell_judgements",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("file_id", sa.UUID(as_uuid=False), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("page", "line")),
        sa.Column("raw_column", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("author", "reason")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("cell_judgements_pkey")),
        sa.CheckConstraint(
            "decision IN ('reads', 'illegible', 'undone')", name=op.f("cell_judgements_decision_check")
        ),
    )  # fmt: skip
    op.create_index(op.f("cell_judgements_file_id_idx"), "cell_judgements", ["file_id"])
    op.create_index(op.f("cell_judgements_record_id_idx"), "cell_judgements", ["record_id"])
    op.execute(ERASURE_MAY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cell_judgements "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
