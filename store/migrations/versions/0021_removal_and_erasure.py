"""Legal holds, what was removed by retention and erasure, erasures with two persons; guards that know an erasure."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0021"
down_revision = "0020"

# Tables whose rows a person goes out of. They give way only to an erasure that a second person approved, inside its own
# transaction; the audit and what happened to batches give way to nothing.
OF_PERSONS = (
    "judgements", "person_changes", "issued_numbers", "number_changes", "proposals", "batch_undos", "office_decisions",
    "holds", "row_judgements", "corrections", "replaced_records", "row_outcomes",
)  # fmt: skip
AN_ERASURE = f"""
    TG_OP <> 'TRUNCATE' AND TG_TABLE_NAME IN ({", ".join(f"'{table}'" for table in OF_PERSONS)}) AND EXISTS (
        SELECT FROM erasures WHERE number::text = current_setting('sohoa.erasure', true)
        AND state = 'approved' AND approved_by <> proposed_by)"""
ERASURE_MAY = f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF {AN_ERASURE} THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""
OR_AN_UNDOING = f"""
CREATE OR REPLACE FUNCTION refuse_change_unless_undoing() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT ({AN_ERASURE})
       AND NOT EXISTS (SELECT FROM batch_events WHERE event = 'undone' AND xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$
"""


def _now() -> sa.Column[object]:
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Make the tables; the guards of before take the new function."""
    op.create_table(
        "holds", _number(), _text("subject"), sa.Column("is_lifted", sa.Boolean(), nullable=False),
        _text("author"), _text("reason"), _now(), sa.PrimaryKeyConstraint("number", name=op.f("holds_pkey")),
    )  # fmt: skip
    op.create_index(op.f("holds_subject_idx"), "holds", ["subject"])
    op.create_table(
        "erasures", _number(), sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False), _text("state"),
        _text("reason"), _text("proposed_by"), _text("approved_by", nullable=True),
        sa.Column("record_ids", ARRAY(sa.UUID(as_uuid=False)), nullable=True), _text("proof", nullable=True), _now(),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'done')", name=op.f("erasures_state_check")),
        sa.CheckConstraint(
            "state = 'proposed' OR approved_by IS NOT NULL AND approved_by <> proposed_by",
            name=op.f("erasures_two_persons_check"),
        ),
        sa.CheckConstraint("(state = 'done') = (record_ids IS NULL)", name=op.f("erasures_forgotten_check")),
        sa.PrimaryKeyConstraint("number", name=op.f("erasures_pkey")),
    )  # fmt: skip
    op.create_index(
        "erasures_open_idx", "erasures", ["person_id"], unique=True, postgresql_where=sa.text("state <> 'done'")
    )
    op.create_table(
        "removed_rows", sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False), _text("rule"), _now(),
        sa.CheckConstraint("rule IN ('erasure', 'quarantine')", name=op.f("removed_rows_rule_check")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("removed_rows_pkey")),
    )  # fmt: skip
    op.create_table(
        "retired_numbers", _text("digest"), sa.PrimaryKeyConstraint("digest", name=op.f("retired_numbers_pkey"))
    )
    op.execute(ERASURE_MAY)
    op.execute(OR_AN_UNDOING)
    for table in ("holds", "removed_rows", "retired_numbers"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
