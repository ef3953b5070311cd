"""Pairs that people decided, as rows of encoded records: what a model may learn from beside what it finds by itself."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.encode import Records, ids_from_text, rows_of
from schemas.tables import LABELLED_PAIRS

Rows = npt.NDArray[np.int64]
DECISIONS: tuple[str, ...] = ("same", "different")
"""What a person says of a pair: one person, or two."""


@dataclass(frozen=True)
class Labels:
    """Decided pairs of some records: rows of both sides, left < right, each pair once; is it one person?"""

    left: Rows
    right: Rows
    same: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.left)


NO_LABELS = Labels(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))


def contradictions(pairs: pa.Table) -> int:
    """How many pairs LABELLED_PAIRS says both of: same and different."""
    ends = [pairs[name].combine_chunks() for name in LABELLED_PAIRS.column_names[:2]]
    low, high = pc.min_element_wise(*ends), pc.max_element_wise(*ends)
    said = pa.table({"low": low, "high": high, "decision": pairs["decision"].combine_chunks()})
    distinct = said.group_by(["low", "high"]).aggregate([("decision", "count_distinct")])
    return int(pc.sum(pc.greater(distinct["decision_count_distinct"], 1)).as_py() or 0)


def labels_of(records: Records, pairs: pa.Table) -> Labels:
    """The decided pairs whose records are both here.

    Args:
        records: the encoded records.
        pairs: LABELLED_PAIRS without contradictions; either record may stand first.
    """
    one, other = (_rows_of(records, pairs[name]) for name in LABELLED_PAIRS.column_names[:2])
    same = np.asarray(pc.equal(pairs["decision"], DECISIONS[0]).combine_chunks().to_numpy(zero_copy_only=False))
    here = (one >= 0) & (other >= 0) & (one != other)
    size = np.int64(max(len(records.columns), 1))
    code = (np.minimum(one, other) * size + np.maximum(one, other))[here]
    distinct, first = np.unique(code, return_index=True)
    left, right = np.divmod(distinct, size)
    return Labels(left, right, same[here][first].astype(np.bool_))


def labelled_records(records: Records, pairs: pa.Table) -> Rows:
    """Rows of the records that stand in a decided pair, each once."""
    rows = np.concatenate([_rows_of(records, pairs[name]) for name in LABELLED_PAIRS.column_names[:2]])
    return np.unique(rows[rows >= 0])


def _rows_of(records: Records, ids: pa.ChunkedArray) -> Rows:
    """Row of each id, -1 of one that is not here."""
    return rows_of(records.columns.ids, ids_from_text(ids))
