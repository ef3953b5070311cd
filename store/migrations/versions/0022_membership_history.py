"""The history of memberships: whose a record was, from when until when, and since when the store keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

# Rows give way only to an erasure that a second person approved, as those of other tables with persons in them do.
GUARD = """
CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM erasures WHERE number::text = current_setting('sohoa.erasure', true)
        AND state = 'approved' AND approved_by <> proposed_by) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Make the table; what moved before is not known, so the store notes since when it is."""
    op.create_table(
        "membership_history",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("record_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("recorded_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_to", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cause IN ('load', 'parted', 'joined', 'undo')", name=op.f("membership_history_cause_check")
        ),
        sa.CheckConstraint("recorded_from <= recorded_to", name=op.f("membership_history_period_check")),
        sa.PrimaryKeyConstraint("number", name=op.f("membership_history_pkey")),
    )
    for column in ("record_id", "person_id"):
        op.create_index(op.f(f"membership_history_{column}_idx"), "membership_history", [column])
    op.add_column(
        "store_version",
        sa.Column(
            "history_since", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
    )
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON membership_history "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
