"""The SQL tables of the portal's accounts: who may sign in, who is signed in, which accounts are proposed."""

from enum import StrEnum

import sqlalchemy as sa

from store.table_parts import METADATA, moment, number, one_of


class AccountRole(StrEnum):
    """What a person works as in the portal; `portal.rights` says what each may do."""

    UPLOADER = "uploader"
    REVIEWER = "reviewer"
    LEAD = "lead"
    ENGINEER = "engineer"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"
    DB_ADMIN = "db_admin"


_ROLES = tuple(role.value for role in AccountRole)


def _text(*names: str) -> "tuple[sa.Column[str], ...]":
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _flag(*names: str) -> "tuple[sa.Column[bool], ...]":
    return tuple(sa.Column(name, sa.Boolean(), nullable=False) for name in names)


ACCOUNTS = sa.Table(
    "accounts", METADATA, sa.Column("name", sa.Text(), primary_key=True),
    *_text("role", "province_code", "office", "password_hash", "secret"),
    *_flag("needs_code", "must_change", "is_disabled"),
    sa.Column("last_step", sa.BigInteger(), nullable=False), sa.Column("failures", sa.Integer(), nullable=False),
    sa.Column("locked_until", sa.DateTime(timezone=True)), moment(), one_of("role", _ROLES),
    sa.Column("identity", sa.Text(), nullable=False, server_default=""),
    sa.Index("accounts_identity_idx", "identity", unique=True, postgresql_where=sa.text("identity <> ''")),
    sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'", name="name"),
)  # fmt: skip
"""Accounts: the password as an argon2id hash, the secret of the codes sealed, "" before it is set; `identity` is who
the person is to an identity provider (issuer and subject), "" to none."""

SESSIONS = sa.Table(
    "account_sessions", METADATA, sa.Column("token_hash", sa.Text(), primary_key=True), *_text("account"),
    *_flag("is_full"), moment("begun_at"), moment("seen_at"), sa.Index(None, "account"),
    *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in ("network", "browser", "system")),
    sa.Column("is_federated", sa.Boolean(), nullable=False, server_default=sa.false()),
)  # fmt: skip
"""Who is signed in: SHA-256 of the token that the browser holds; not full while the code is missing.
From where: the network without its last part, browser and system by kind; federated: an identity provider vouched."""

PROPOSALS = sa.Table(
    "account_proposals", METADATA, number(),
    *_text("kind", "name", "role", "province_code", "office", "proposed_by", "state", "decided_by"), moment(),
    sa.Index(None, "state"), one_of("kind", ("add", "disable", "enable")),
    one_of("state", ("open", "approved", "refused")),
    sa.CheckConstraint("decided_by <> proposed_by", name="two_persons"),
)  # fmt: skip
"""Accounts that a lead proposes to add or disable; a privacy officer decides."""
