"""The true pairs of an evaluation beside the blocking rules: which rule finds how many of them."""

from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.blocking_recall import blocking_recall
from dedup.encode import Records, encode, ids_from_text
from pipeline.matching_step import own_records, population_of, table_files
from schemas.evaluation import BlockingEvaluation

Rows = npt.NDArray[np.int64]
_TRUE_PAIRS = """
    SELECT a.record_id AS l, b.record_id AS r FROM judged a JOIN judged b ON a.t = b.t AND a.record_id < b.record_id"""
_ROWS = 1 << 16


def recall_by_rule(sql: duckdb.DuckDBPyConnection, records: Path) -> BlockingEvaluation:
    """Recall of the blocking of a table of our records, as `sohoa match` blocks it by itself.

    Args:
        sql: a connection with table judged (record_id, t) of `dedup.evaluate`.
        records: Parquet file or folder of the records.

    Raises:
        UsageError: match.not_ours, where blocking knows no keys of such records.
    """
    every = encode(own_records(table_files(records)))
    sides: list[tuple[Rows, Rows]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    with sql.sql(_TRUE_PAIRS).to_arrow_reader(_ROWS) as reader:
        for batch in reader:
            pairs = pa.Table.from_batches([batch])
            sides.append((rows_of(every, pairs["l"]), rows_of(every, pairs["r"])))
    left, right = (np.concatenate(side) for side in zip(*sides, strict=True))
    return blocking_recall(every, left, right, population_of(len(every.columns)))


def rows_of(records: Records, ids: pa.ChunkedArray) -> Rows:
    """Where records stand among those encoded, which are in the order of their ids; all of them have to be there."""
    known, wanted = records.columns.ids, ids_from_text(ids)
    rows = np.searchsorted(known[:, 0], wanted[:, 0])
    # two of the first halves being equal is rare; the second half then decides
    while len(wrong := np.flatnonzero(known[rows, 1] != wanted[:, 1])):
        rows[wrong] += 1
    return rows
