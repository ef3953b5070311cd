"""The figures of each month, counted once for the provinces and the nation."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the table and guard what was counted."""
    op.create_table(
        "period_figures",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("scope", "month", "content")),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("scope", "month", name=op.f("period_figures_pkey")),
        sa.CheckConstraint("scope ~ '^([0-9]{2}|nation)$'", name=op.f("period_figures_scope_check")),
        sa.CheckConstraint("month ~ '^[0-9]{4}-[0-9]{2}$'", name=op.f("period_figures_month_check")),
    )  # fmt: skip
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON period_figures "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
