"""The step build_households: who lives in a household of a file, in which order, and who heads it.

Nothing is invented: a household without a head, or with two, has no head_record_id; head_name stays as written.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import RECORDS

_HEAD_CODE = "01"
_MOST = np.iinfo(np.int16).max


def build_households(records: pa.Table) -> pa.Table:
    """Fill household_size, household_position and head_record_id.

    A household is (file_id, household_key). Its positions are 1, 2, 3 ... with the heads (relation_code 01) first,
    then by line. head_record_id stands on every row of a household that has exactly one head in the file. Rows
    without household_key stay empty.

    Args:
        records: RECORDS; all rows of a household of a file lie in this chunk.

    Returns:
        RECORDS, the same rows in the same order.
    """
    records = records.combine_chunks()
    rows = np.flatnonzero(_numpy(pc.is_valid(records.column("household_key"))))
    size, position = (np.zeros(records.num_rows, np.int64) for _ in range(2))
    head = np.full(records.num_rows, -1, np.int64)
    if len(rows):
        group = _groups(records, rows)
        is_head = _numpy(pc.fill_null(pc.equal(records.column("relation_code"), _HEAD_CODE), False))[rows]
        size[rows] = np.bincount(group)[group]
        position[rows] = _positions(group, is_head, _numpy(records.column("line"))[rows])
        head[rows] = _heads(group, is_head, rows)
    ids = records.column("record_id").combine_chunks()
    made = {
        "household_size": _small(size),
        "household_position": _small(position),
        "head_record_id": ids.take(pa.array(head, mask=head < 0)),
    }
    return pa.table([made.get(n, records.column(n)) for n in RECORDS.column_names], schema=RECORDS.schema)


def _groups(records: pa.Table, rows: np.ndarray) -> np.ndarray:
    """Number of the household of each of the rows, from 0."""
    codes = []
    for name in ("file_id", "household_key"):
        column = records.column(name).combine_chunks().dictionary_encode()
        codes.append(_numpy(pc.fill_null(column.indices, 0)).astype(np.int64)[rows])
    _, group = np.unique(codes[0] * (int(codes[1].max()) + 1) + codes[1], return_inverse=True)
    return np.asarray(group)


def _positions(group: np.ndarray, is_head: np.ndarray, line: np.ndarray) -> np.ndarray:
    order = np.lexsort((line, ~is_head, group))
    sorted_group = group[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_group[1:] != sorted_group[:-1])))
    place = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    positions = np.empty(len(group), np.int64)
    positions[order] = place + 1
    return positions


def _heads(group: np.ndarray, is_head: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Row of the only head of each row's household; -1 where there is none or more than one."""
    count = np.bincount(group[is_head], minlength=int(group.max()) + 1)
    head = np.full(len(count), -1, np.int64)
    head[group[is_head]] = rows[is_head]
    head[count != 1] = -1
    return np.asarray(head[group])


def _small(values: np.ndarray) -> pa.Array:
    # a whole commune under one number is a fault of the data, not of the column's width
    return pa.array(np.minimum(values, _MOST), mask=values == 0).cast(pa.int16())


def _numpy(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False))
