"""The rule that waits for a head, under its name of today also in stores that migration 0005 made before it was renamed."""

from alembic import op

revision = "0016"
down_revision = "0015"

RENAME = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema()
               AND table_name = 'golden_households' AND column_name = 'head_issue') THEN
        ALTER TABLE golden_households RENAME COLUMN head_issue TO head_rule_id;
        ALTER TABLE golden_households
            RENAME CONSTRAINT golden_households_head_issue_check TO golden_households_head_rule_id_check;
    END IF;
END $$
"""


def upgrade() -> None:
    """Rename where it was not."""
    op.execute(RENAME)


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
