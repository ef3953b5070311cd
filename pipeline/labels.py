"""Pairs that people decided: a file of them, those of the store, and how a model's outcomes agree with them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from dedup.labels import DECISIONS, contradictions
from schemas.errors import UsageError
from schemas.tables import LABELLED_PAIRS
from store import reviews
from store.engine import Store

_ENDS = LABELLED_PAIRS.column_names[:2]
_RECORD_ID = "^[0-9a-f]{32}$"
_TOLD = {"match": "matches", "review": "reviews", "non_match": "non_matches"}
NO_LABELS = LABELLED_PAIRS.schema.empty_table()


def read_labels(path: Path) -> pa.Table:
    """LABELLED_PAIRS of a Parquet or CSV file with at least these columns.

    Raises:
        UsageError: it cannot be read, lacks a column, or has an id, a decision or a contradiction that cannot stand.
    """
    table = _read(path)
    missing = [name for name in LABELLED_PAIRS.column_names if table.column_names.count(name) != 1]
    if missing:
        raise UsageError("labels.no_pairs", path=str(path), missing=", ".join(missing))
    try:
        pairs = table.select(LABELLED_PAIRS.column_names).cast(LABELLED_PAIRS.schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError):
        raise UsageError("labels.unreadable", path=str(path)) from None
    wrong_ids = pairs.num_rows - _count(pc.and_(*(pc.match_substring_regex(pairs[n], _RECORD_ID) for n in _ENDS)))
    if wrong_ids:
        raise UsageError("labels.no_ids", path=str(path), rows=wrong_ids)
    unknown = pairs.num_rows - _count(pc.is_in(pairs["decision"], value_set=pa.array(DECISIONS)))
    if unknown:
        raise UsageError("labels.unknown_decision", path=str(path), rows=unknown, allowed=", ".join(DECISIONS))
    if both := contradictions(pairs):
        raise UsageError("labels.contradict", path=str(path), pairs=both)
    return pairs


def labels_of_store(store: Store) -> pa.Table:
    """LABELLED_PAIRS of the decisions that stand; who decided, and why, stays in the store."""
    return reviews.judgements(store).select(LABELLED_PAIRS.column_names).cast(LABELLED_PAIRS.schema)


def agreement(pairs: pa.Table, matched: Path) -> list[Mapping[str, Any]]:
    """What became of decided pairs in a matching: for each decision how many are matches, reviews, neither.

    Args:
        pairs: LABELLED_PAIRS.
        matched: folder that `sohoa match` wrote; a pair that it did not keep is no match.
    """
    with duckdb.connect() as sql:
        sql.execute("SET enable_progress_bar = false")
        sql.register("said", pairs)
        counted = sql.execute(_AGREEMENT, [str(matched / "pairs.parquet")]).fetchall()
    found = {(decision, outcome): count for decision, outcome, count in counted}
    return [{"decision": d, **{told: found.get((d, o), 0) for o, told in _TOLD.items()}} for d in DECISIONS]


_AGREEMENT = """
    WITH pair AS (SELECT DISTINCT least(left_record_id, right_record_id) AS one,
                         greatest(left_record_id, right_record_id) AS other, decision FROM said),
         kept AS (SELECT least(left_record_id, right_record_id) AS one,
                         greatest(left_record_id, right_record_id) AS other, outcome FROM read_parquet(?))
    SELECT decision, coalesce(outcome, 'non_match'), count(*)
    FROM pair LEFT JOIN kept USING (one, other) GROUP BY ALL"""


def _read(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, partitioning=None)
    except FileNotFoundError:
        raise UsageError("path.not_found", path=str(path)) from None
    except (OSError, pa.ArrowInvalid):
        pass
    try:
        texts = pa_csv.ConvertOptions(column_types=dict.fromkeys(LABELLED_PAIRS.column_names, pa.string()))
        return pa_csv.read_csv(path, convert_options=texts)
    except (OSError, pa.ArrowInvalid):
        raise UsageError("labels.unreadable", path=str(path)) from None


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
