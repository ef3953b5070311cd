"""Sessions tell from where they began, and an account who its person is to an identity provider."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Add the columns; sessions that were begun before tell nothing."""
    for name in ("network", "browser", "system"):
        op.add_column("account_sessions", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("account_sessions", sa.Column("is_federated", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("accounts", sa.Column("identity", sa.Text(), server_default="", nullable=False))
    op.create_index(
        op.f("accounts_identity_idx"), "accounts", ["identity"], unique=True, postgresql_where=sa.text("identity <> ''")
    )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
