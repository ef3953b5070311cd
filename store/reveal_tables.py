"""The SQL tables of reveals: who asked to see a person or a row in clear, and who allowed it until when."""

import sqlalchemy as sa

from store.table_parts import METADATA, id_column, moment, number, one_of

REVEAL_REQUESTS = sa.Table(
    "reveal_requests", METADATA, number(), sa.Column("kind", sa.Text(), nullable=False), id_column("subject_id"),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("province_code", "plan", "author", "reason")), moment(),
    sa.Index(None, "subject_id"), one_of("kind", ("person", "record")),
    sa.CheckConstraint("author <> '' AND reason <> ''", name="said"),
)  # fmt: skip
"""A wish to see somebody in clear, bound by `plan` to what he was then made of; append-only."""

REVEAL_GRANTS = sa.Table(
    "reveal_grants", METADATA, sa.Column("request", sa.BigInteger(), primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("province_code", "approver")), moment(),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("approver <> ''", name="said"),
)  # fmt: skip
"""That another person allowed it, once, until a moment; append-only."""
