"""Accounts of the portal, who is signed in, and which accounts are proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_ROLES = "'uploader', 'reviewer', 'lead', 'engineer', 'auditor', 'privacy_officer', 'db_admin'"
_NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        *(sa.Column(n, sa.Text(), nullable=False) for n in (
            "role", "province_code", "office", "password_hash", "secret")),
        *(sa.Column(n, sa.Boolean(), nullable=False) for n in ("needs_code", "must_change", "is_disabled")),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("accounts_pkey")),
        sa.CheckConstraint(f"role IN ({_ROLES})", name=op.f("accounts_role_check")),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'", name=op.f("accounts_name_check")),
    )  # fmt: skip
    op.create_table(
        "account_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        *(sa.Column(n, sa.DateTime(timezone=True), server_default=_NOW, nullable=False) for n in (
            "begun_at", "seen_at")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("account_sessions_pkey")),
    )  # fmt: skip
    op.create_index(op.f("account_sessions_account_idx"), "account_sessions", ["account"])
    op.create_table(
        "account_proposals",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *(sa.Column(n, sa.Text(), nullable=False) for n in (
            "kind", "name", "role", "province_code", "office", "proposed_by", "state", "decided_by")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("account_proposals_pkey")),
        sa.CheckConstraint("kind IN ('add', 'disable', 'enable')", name=op.f("account_proposals_kind_check")),
        sa.CheckConstraint("state IN ('open', 'approved', 'refused')", name=op.f("account_proposals_state_check")),
        sa.CheckConstraint("decided_by <> proposed_by", name=op.f("account_proposals_two_persons_check")),
    )  # fmt: skip
    op.create_index(op.f("account_proposals_state_idx"), "account_proposals", ["state"])


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
