"""Sessions tell from where they began, an account who its person is to a provider; words of provinces on pairs."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

OF_PERSONS = (
    "judgements", "person_changes", "issued_numbers", "number_changes", "proposals", "batch_undos", "office_decisions",
    "holds", "row_judgements", "corrections", "replaced_records", "row_outcomes", "cell_judgements", "gate_releases",
    "reveal_requests", "cross_judgements",
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
    """Add the columns and the table; sessions that were begun before tell nothing."""
    for name in ("network", "browser", "system"):
        op.add_column("account_sessions", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("account_sessions", sa.Column("is_federated", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("accounts", sa.Column("identity", sa.Text(), server_default="", nullable=False))
    op.create_index(
        op.f("accounts_identity_idx"), "accounts", ["identity"], unique=True, postgresql_where=sa.text("identity <> ''")
    )
    op.create_table(
        "cross_judgements",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("left_record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("right_record_id", sa.UUID(as_uuid=False), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("province_code", "decision", "author", "reason")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("cross_judgements_pkey")),
        sa.CheckConstraint(
            "decision IN ('same', 'different', 'undone')", name=op.f("cross_judgements_decision_check")
        ),
        sa.CheckConstraint("left_record_id < right_record_id", name=op.f("cross_judgements_ordered_check")),
        sa.CheckConstraint("author <> '' AND reason <> ''", name=op.f("cross_judgements_said_check")),
    )
    op.create_index(
        op.f("cross_judgements_left_record_id_right_record_id_idx"), "cross_judgements",
        ["left_record_id", "right_record_id"],
    )  # fmt: skip
    op.create_index(op.f("cross_judgements_right_record_id_idx"), "cross_judgements", ["right_record_id"])
    op.execute(ERASURE_MAY)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cross_judgements "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
