"""What the store settled before: scored pairs of stored records, and what people decided about pairs."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.classify import OUTCOME_NAMES
from dedup.cluster import Pairs
from dedup.encode import NOT_THERE, Columns, ids_from_text, rows_of
from dedup.scoring import Scored
from schemas.tables import LEVEL_NAMES, SCORED_PAIRS

Rows = npt.NDArray[np.int64]
_RELATIVES = 3
SIDES: tuple[str, str] = ("left_record_id", "right_record_id")
# Of no arrays: making one would import pandas, a quarter of a second before anything is read.
NO_DECISIONS = pa.Table.from_batches([], pa.schema([(name, pa.string()) for name in SIDES]))


@dataclass(frozen=True)
class Settled:
    """What is known of the stored records that come along.

    Attributes:
        pairs: SCORED_PAIRS between them.
        ties: left_record_id and right_record_id of pairs that are one person whatever else is said.
        apart: the same of pairs that are two persons.
    """

    pairs: Iterable[pa.Table] = ()
    ties: pa.Table = field(default_factory=lambda: NO_DECISIONS)
    apart: pa.Table = field(default_factory=lambda: NO_DECISIONS)


def settled_pairs(columns: Columns, tables: Iterable[pa.Table]) -> Scored:
    """SCORED_PAIRS of stored records as rows of the records at hand, sorted; pairs of others are left out."""
    table = pa.concat_tables([SCORED_PAIRS.schema.empty_table(), *tables])
    left, right = pair_rows(columns, table)
    here = np.flatnonzero((left != NOT_THERE) & (right != NOT_THERE))
    here = here[~(columns.own[left[here]] | columns.own[right[here]])]
    here = here[np.lexsort((right[here], left[here]))]
    rows = table.take(pa.array(here))
    levels = [rows[name].to_numpy() for name in LEVEL_NAMES]
    outcome = pa.compute.index_in(rows["outcome"].combine_chunks(), pa.array(OUTCOME_NAMES)).to_numpy()
    return Scored(
        left[here], right[here], _numbers(rows["rule"]), np.stack(levels, axis=1).astype(np.int8),
        np.zeros((len(here), _RELATIVES), np.int8), rows["match_weight"].to_numpy(),
        outcome.astype(np.int8), _numbers(rows["basis"]), np.ones(len(here), np.bool_),
    )  # fmt: skip


def pair_rows(columns: Columns, pairs: pa.Table) -> Pairs:
    """Rows of the two records of each pair, the lower on the left; -1 for one that is not at hand."""
    one, other = (rows_of(columns.ids, ids_from_text(pairs[name])) for name in SIDES)
    return np.minimum(one, other), np.maximum(one, other)


def decided_rows(columns: Columns, pairs: pa.Table) -> Pairs:
    """Rows of the pairs of which both records are at hand."""
    left, right = pair_rows(columns, pairs)
    here = left != NOT_THERE
    return left[here], right[here]


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    return np.array(column.to_numpy(), np.int8)
