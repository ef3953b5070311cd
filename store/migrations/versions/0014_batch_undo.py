"""Batches that can be undone: who proposed and did it, persons of whom nothing is left, what known rows say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0014"
down_revision = "0013"

_NOW = sa.text("clock_timestamp()")

UNLESS_UNDONE = """
CREATE FUNCTION refuse_change_unless_undoing() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM batch_events WHERE event = 'undone' AND xmin = pg_current_xact_id()::xid) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$
"""
"""Facts may only go in the very transaction that notes that a batch is undone."""


def upgrade() -> None:
    """Make the tables, append-only; let the facts of a batch go in the transaction that undoes it."""
    op.drop_constraint(op.f("batches_state_check"), "batches", type_="check")
    op.create_check_constraint(op.f("batches_state_check"), "batches", "state IN ('loaded', 'stopped', 'undone')")
    op.drop_constraint(op.f("batch_events_event_check"), "batch_events", type_="check")
    op.create_check_constraint(
        op.f("batch_events_event_check"), "batch_events", "event IN ('loaded', 'repeated', 'stopped', 'undone')"
    )
    op.create_index(
        "row_outcomes_known_idx", "row_outcomes", ["known_record_id"],
        postgresql_where=sa.text("known_record_id IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "mended_claims",
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("named_record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("mended_claims_pkey")),
    )
    op.create_index(op.f("mended_claims_named_record_id_idx"), "mended_claims", ["named_record_id"], unique=False)
    op.create_table(
        "known_rows",
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("sex_raw", sa.Text(), nullable=True),
        sa.Column("birth_registration_place_code_now", sa.Text(), nullable=True),
        sa.Column("birth_registration_place_method", sa.Text(), nullable=True),
        sa.Column("birth_registration_place_confidence", sa.REAL(), nullable=True),
        sa.Column("native_place_code_now", sa.Text(), nullable=True),
        sa.Column("native_place_method", sa.Text(), nullable=True),
        sa.Column("native_place_confidence", sa.REAL(), nullable=True),
        sa.Column("ethnic_group_raw", sa.Text(), nullable=True),
        sa.Column("religion_raw", sa.Text(), nullable=True),
        sa.Column("nationality_raw", sa.Text(), nullable=True),
        sa.Column("marital_status_raw", sa.Text(), nullable=True),
        sa.Column("permanent_residence_code_now", sa.Text(), nullable=True),
        sa.Column("permanent_residence_method", sa.Text(), nullable=True),
        sa.Column("permanent_residence_confidence", sa.REAL(), nullable=True),
        sa.Column("temporary_residence_code_now", sa.Text(), nullable=True),
        sa.Column("temporary_residence_method", sa.Text(), nullable=True),
        sa.Column("temporary_residence_confidence", sa.REAL(), nullable=True),
        sa.Column("current_residence_code_now", sa.Text(), nullable=True),
        sa.Column("current_residence_method", sa.Text(), nullable=True),
        sa.Column("current_residence_confidence", sa.REAL(), nullable=True),
        sa.Column("blood_type_raw", sa.Text(), nullable=True),
        sa.Column("relation_raw", sa.Text(), nullable=True),
        sa.Column("empty_reasons", sa.Text(), nullable=False),
        sa.Column("household_key", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("household_size", sa.SmallInteger(), nullable=True),
        sa.Column("household_position", sa.SmallInteger(), nullable=True),
        sa.Column("head_record_id", sa.UUID(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("record_id", name=op.f("known_rows_pkey")),
    )
    _make_acts()
    op.execute(UNLESS_UNDONE)
    op.execute("DROP TRIGGER kept ON row_outcomes")
    op.execute(
        "CREATE TRIGGER kept BEFORE UPDATE ON row_outcomes "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_unless_undoing()"
    )
    for table in ("corrections", "replaced_records"):
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_unless_undoing()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _make_acts() -> None:
    def number() -> "sa.Column[int]":
        return sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False)

    def id_of(name: str) -> "sa.Column[object]":
        return sa.Column(name, sa.UUID(as_uuid=False), nullable=False)

    def texts(*names: str) -> "list[sa.Column[str]]":
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    def now() -> "sa.Column[object]":
        return sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False)

    op.create_table(
        "batch_undos", number(), id_of("batch_id"), sa.Column("proposal", sa.BigInteger(), nullable=True),
        *texts("plan", "author", "reason", "counts"), now(),
        sa.PrimaryKeyConstraint("number", name=op.f("batch_undos_pkey")),
    )  # fmt: skip
    op.create_table(
        "gone_persons", number(), id_of("person_id"), id_of("batch_id"), now(),
        sa.PrimaryKeyConstraint("number", name=op.f("gone_persons_pkey")),
    )  # fmt: skip
    op.create_table(
        "proposals", number(), *texts("kind"), id_of("subject_id"),
        sa.Column("record_ids", ARRAY(sa.UUID(as_uuid=False)), nullable=False), *texts("plan", "author", "reason"),
        now(), sa.CheckConstraint("kind IN ('batch_undo', 'person_unmerge')", name=op.f("proposals_kind_check")),
        sa.PrimaryKeyConstraint("number", name=op.f("proposals_pkey")),
    )  # fmt: skip
    for table, column in (("batch_undos", "batch_id"), ("gone_persons", "person_id"), ("proposals", "subject_id")):
        op.create_index(op.f(f"{table}_{column}_idx"), table, [column], unique=False)
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
