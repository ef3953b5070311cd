"""Files that only say what is known enter once; the database counts the sums itself at commit."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ENTERED = (
    "outcome IN ('accepted', 'accepted_with_warnings', 'rows_rejected') "
    "OR outcome = 'already_known' AND reason IS NULL"
)

FILE_SUMS = """
CREATE FUNCTION demand_file_sums() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    counted bigint[];
BEGIN
    SELECT ARRAY[count(*), count(*) FILTER (WHERE outcome = 'loaded'), count(*) FILTER (WHERE outcome = 'merged'),
                 count(*) FILTER (WHERE outcome = 'known'), count(*) FILTER (WHERE outcome = 'quarantined'),
                 count(*) FILTER (WHERE outcome = 'rejected')]
    INTO counted FROM row_outcomes WHERE batch_id = NEW.batch_id AND file_id = NEW.file_id;
    IF counted <> ARRAY[NEW.read, NEW.loaded, NEW.merged, NEW.known, NEW.quarantined, NEW.rejected] THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = 'batch_files',
            CONSTRAINT = 'batch_files_counted', MESSAGE = 'the sums of a file differ from the outcomes of its rows';
    END IF;
    RETURN NULL;
END $$
"""

BATCH_SUMS = """
CREATE FUNCTION demand_batch_sums() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    counted bigint[];
BEGIN
    SELECT ARRAY[coalesce(sum(read), 0), coalesce(sum(loaded), 0), coalesce(sum(merged), 0),
                 coalesce(sum(known), 0), coalesce(sum(quarantined), 0), coalesce(sum(rejected), 0)]
    INTO counted FROM batch_files WHERE batch_id = NEW.batch_id;
    IF counted <> ARRAY[NEW.read, NEW.loaded, NEW.merged, NEW.known, NEW.quarantined, NEW.rejected] THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', TABLE = 'batches',
            CONSTRAINT = 'batches_counted', MESSAGE = 'the sums of a batch differ from those of its files';
    END IF;
    RETURN NULL;
END $$
"""

KEPT_OUTCOMES = """
CREATE FUNCTION refuse_lost_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps every outcome', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Let files that say nothing new count as entered, have the sums counted at commit, keep outcomes."""
    op.drop_index('batch_files_file_id_idx', table_name='batch_files')
    op.create_index('batch_files_file_id_idx', 'batch_files', ['file_id'], unique=True, postgresql_where=sa.text(ENTERED))
    op.create_check_constraint(op.f('batch_files_known_check'), 'batch_files', "outcome <> 'already_known' OR read = known")
    op.create_check_constraint(op.f('batch_files_rejected_check'), 'batch_files', "outcome <> 'file_rejected' OR read = rejected")
    op.execute(FILE_SUMS)
    op.execute(BATCH_SUMS)
    op.execute(KEPT_OUTCOMES)
    op.execute(
        "CREATE CONSTRAINT TRIGGER counted AFTER INSERT OR UPDATE ON batch_files DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.outcome <> 'already_known' OR NEW.reason IS NULL) EXECUTE FUNCTION demand_file_sums()"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER counted AFTER INSERT OR UPDATE ON batches DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION demand_batch_sums()"
    )
    op.execute(
        "CREATE TRIGGER kept BEFORE UPDATE ON row_outcomes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # Rows that a refusal or the gate kept out may be delivered again.
    op.execute(
        "CREATE TRIGGER kept_row BEFORE DELETE ON row_outcomes FOR EACH ROW WHEN (OLD.outcome <> 'rejected') "
        "EXECUTE FUNCTION refuse_lost_outcome()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
