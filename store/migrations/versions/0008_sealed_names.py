"""Files go by an alias; the paths they were given under move aside, where the pipeline seals them at once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# As pipeline.delivery.alias: the digest and an ending that says a kind of file; a repeat of a content gets a number.
ALIASES = r"""
CREATE TEMPORARY TABLE aliases ON COMMIT DROP AS
SELECT batch_id, file_id, file,
       alias || CASE WHEN place > 1 THEN ' (' || place || ')' ELSE '' END AS alias
FROM (
    SELECT batch_id, file_id, file, alias, row_number() OVER (
        PARTITION BY batch_id, alias ORDER BY outcome = 'already_known' AND reason = batch_id::text, file) AS place
    FROM (
        SELECT *, 'tep-' || left(encode(uuid_send(file_id), 'hex'), 8) || coalesce(
            '.' || lower(substring(
                file FROM '(?i)[.](csv|tsv|txt|tab|psv|xlsx|xlsm|xls|ods|html|htm|xml|dbf|zip)$')), '')
            AS alias
        FROM batch_files) named) numbered
"""


def upgrade() -> None:
    """Give every file its alias and keep its path aside, still to be sealed."""
    op.drop_constraint(op.f("batch_files_outcome_check"), "batch_files", type_="check")
    op.create_check_constraint(
        op.f("batch_files_outcome_check"),
        "batch_files",
        "outcome IN ('accepted', 'accepted_with_warnings', 'rows_rejected', 'file_rejected', 'already_known', "
        "'set_aside')",
    )
    op.create_table(
        "file_names",
        sa.Column("batch_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("is_sealed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "file", name=op.f("file_names_pkey")),
    )
    op.execute(ALIASES)
    op.execute(
        "INSERT INTO file_names (batch_id, file, sealed, is_sealed) SELECT batch_id, alias, file, false FROM aliases"
    )
    op.execute("ALTER TABLE row_outcomes DISABLE TRIGGER kept")
    for table in ("row_outcomes", "quarantine"):
        op.execute(
            f"UPDATE {table} t SET file = a.alias FROM (SELECT DISTINCT ON (file_id, file) * FROM aliases) a "
            "WHERE (t.file_id, t.file) = (a.file_id, a.file)"
        )
    op.execute("ALTER TABLE row_outcomes ENABLE TRIGGER kept")
    op.execute(
        "UPDATE batch_files f SET file = a.alias FROM aliases a WHERE (f.batch_id, f.file) = (a.batch_id, a.file)"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
