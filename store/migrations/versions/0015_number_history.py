"""Personal numbers: whose record each is of, its history, open issues, allocations, and how full each bucket is."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables; numbers that were issued before belong to the record that their person rests on."""
    _issued()
    _changes()
    _issues()
    _allocations()
    op.create_table(
        "number_buckets",
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("issued", sa.Integer(), nullable=False),
        sa.CheckConstraint("issued > 0", name=op.f("number_buckets_issued_check")),
        sa.PrimaryKeyConstraint("bucket", "month", name=op.f("number_buckets_pkey")),
    )
    op.execute("""
        INSERT INTO number_buckets (bucket, month, issued)
        SELECT left(personal_number, 6)::int, date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date, count(*)
        FROM issued_numbers GROUP BY 1, 2""")


def _issued() -> None:
    op.add_column("issued_numbers", sa.Column("record_id", sa.UUID(as_uuid=False), nullable=True))
    op.execute("ALTER TABLE issued_numbers DISABLE TRIGGER append_only")
    op.execute("""
        UPDATE issued_numbers i SET record_id = p.main_record_id
        FROM issued_numbers n LEFT JOIN person_redirects r ON r.retired_person_id = n.person_id
        JOIN golden_persons p ON p.person_id = coalesce(r.person_id, n.person_id)
        WHERE n.personal_number = i.personal_number""")
    op.execute("ALTER TABLE issued_numbers ENABLE TRIGGER append_only")
    op.create_index(op.f("issued_numbers_record_id_idx"), "issued_numbers", ["record_id"], unique=False)


def _changes() -> None:
    op.create_table(
        "number_changes",
        *_head(),
        sa.Column("old_number", sa.Text(), nullable=True),
        sa.Column("new_number", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        _now(),
        sa.CheckConstraint(
            "reason IN ('sex', 'birth', 'record', 'contested', 'merged', 'parted', 'returned', 'withdrawn')",
            name=op.f("number_changes_reason_check"),
        ),
        sa.CheckConstraint("num_nonnulls(old_number, new_number) > 0", name=op.f("number_changes_something_check")),
        sa.PrimaryKeyConstraint("number", name=op.f("number_changes_pkey")),
    )
    for column in ("person_id", "old_number", "new_number"):
        op.create_index(op.f(f"number_changes_{column}_idx"), "number_changes", [column], unique=False)
    _only_added_to("number_changes")


def _issues() -> None:
    op.create_table(
        "number_issues",
        *_head(),
        sa.Column("personal_number", sa.Text(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=True),
        _now(),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "issue IN ('two_persons', 'of_issued', 'sex', 'birth', 'province')",
            name=op.f("number_issues_issue_check"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("number_issues_pkey")),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "number_issues_open_idx", "number_issues", ["person_id", "personal_number", "issue"], unique=True,
        postgresql_where=still_open,
    )  # fmt: skip
    op.create_index(
        "number_issues_number_idx", "number_issues", ["personal_number"], unique=False, postgresql_where=still_open
    )


def _allocations() -> None:
    op.create_table(
        "number_allocations",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("range_from", sa.Integer(), nullable=False),
        sa.Column("range_to", sa.Integer(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("key_mark", sa.Text(), nullable=False),
        _now(),
        sa.CheckConstraint(
            "0 <= range_from AND range_from <= range_to AND range_to < 1000000",
            name=op.f("number_allocations_range_check"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("number_allocations_pkey")),
    )
    _only_added_to("number_allocations")


def _head() -> tuple["sa.Column[object]", ...]:
    return (
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
    )


def _now() -> "sa.Column[object]":
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def _only_added_to(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
