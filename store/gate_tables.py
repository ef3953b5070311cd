"""The SQL table of releases: who let a batch in that the gate had stopped."""

import sqlalchemy as sa

from store.table_parts import METADATA, id_column, moment, number

GATE_RELEASES = sa.Table(
    "gate_releases", METADATA, number(), id_column("batch_id"), sa.Column("rule_id", sa.Text(), nullable=False),
    sa.Column("unexpected", sa.BigInteger(), nullable=False), sa.Column("author", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False), moment(), sa.Index(None, "batch_id"),
    sa.CheckConstraint("author <> '' AND reason <> ''", name="said"),
)  # fmt: skip
"""A row for each broken expectation that was released, with how many values had broken it; append-only."""
