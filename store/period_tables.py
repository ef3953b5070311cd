"""The table of the figures that reports of a month were counted to: once, for each province and for the nation."""

import sqlalchemy as sa

from store.table_parts import METADATA, moment

NATION = "nation"

PERIOD_FIGURES = sa.Table(
    "period_figures", METADATA, sa.Column("scope", sa.Text(), primary_key=True),
    sa.Column("month", sa.Text(), primary_key=True), sa.Column("content", sa.Text(), nullable=False), moment(),
    sa.CheckConstraint(f"scope ~ '^([0-9]{{2}}|{NATION})$'", name="scope"),
    sa.CheckConstraint("month ~ '^[0-9]{4}-[0-9]{2}$'", name="month"),
)  # fmt: skip
"""Figures of a month by scope (code of the 34, or the nation): counts, codes, ids of batches; append-only."""
