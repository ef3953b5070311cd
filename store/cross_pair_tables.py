"""The SQL table of what each province says of a pair whose two records lie in two provinces."""

import sqlalchemy as sa

from store.table_parts import METADATA, id_column, moment, number, one_of

CROSS_JUDGEMENTS = sa.Table(
    "cross_judgements", METADATA, number(), id_column("left_record_id"), id_column("right_record_id"),
    *(sa.Column(name, sa.Text(), nullable=False) for name in ("province_code", "decision", "author", "reason")),
    moment(), sa.Index(None, "left_record_id", "right_record_id"), sa.Index(None, "right_record_id"),
    one_of("decision", ("same", "different", "undone")),
    sa.CheckConstraint("left_record_id < right_record_id", name="ordered"),
    sa.CheckConstraint("author <> '' AND reason <> ''", name="said"),
)  # fmt: skip
"""What a province says of a pair, of which it sees its own record alone; append-only, its last word counts."""
