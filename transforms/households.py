"""The step build_households: who lives in a household of a file, in which order, and who heads it.

A head is who is written as head; the living before the dead, one typed twice counted once. Where no line says so, the
head is whom the household's column of heads names, or the first line if it alone lacks its relation: the rule
``household.head_inferred`` tells. Nothing else is inferred: two heads, or none, leave head_record_id empty.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import RECORDS
from transforms.text import fold_text

_HEAD_CODE = "01"
_MOST = np.iinfo(np.int16).max
_Rows = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]


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
        housed = records.take(pa.array(rows)).combine_chunks() if len(rows) < records.num_rows else records
        group = _groups(housed)
        line = _numpy(housed.column("line"))
        found = _heads(housed, group, line)
        is_head = _true(pc.equal(housed.column("relation_code"), _HEAD_CODE)) | (found == np.arange(len(rows)))
        size[rows] = np.bincount(group)[group]
        position[rows] = _positions(group, is_head, line)
        head[rows] = np.where(found >= 0, rows[found], -1)
    ids = records.column("record_id").combine_chunks()
    made = {
        "household_size": _small(size),
        "household_position": _small(position),
        "head_record_id": ids.take(pa.array(head, mask=head < 0)),
    }
    return pa.table([made.get(n, records.column(n)) for n in RECORDS.column_names], schema=RECORDS.schema)


def _groups(housed: pa.Table) -> _Rows:
    """Number of the household of each row, from 0."""
    codes = [_codes(housed.column(name)) for name in ("file_id", "household_key")]
    _, group = np.unique(codes[0] * (int(codes[1].max()) + 1) + codes[1], return_inverse=True)
    return np.asarray(group)


def _positions(group: _Rows, is_head: _Flags, line: _Rows) -> _Rows:
    order = np.lexsort((line, ~is_head, group))
    sorted_group = group[order]
    starts = np.flatnonzero(np.concatenate(([True], sorted_group[1:] != sorted_group[:-1])))
    place = np.arange(len(group)) - np.repeat(starts, np.diff(np.append(starts, len(group))))
    positions = np.empty(len(group), np.int64)
    positions[order] = place + 1
    return positions


def _heads(housed: pa.Table, group: _Rows, line: _Rows) -> _Rows:
    """Row of the only head of each row's household; -1 where there is none or more than one."""
    relation = housed.column("relation_code")
    says_head = _true(pc.equal(relation, _HEAD_CODE))
    dead = _true(pc.is_valid(housed.column("death_year"))) | _true(pc.is_valid(housed.column("death_kind")))
    has_living = _having(group, says_head & ~dead)
    heads = _only(housed, group, line, says_head & (~dead | ~has_living))
    unsaid = ~_having(group, says_head)
    if unsaid.any():
        # a grandson may bear his grandfather's name
        named = _only(housed, group, line, unsaid & _is_named_head(housed), same_birth=True)
        first = _only(housed, group, line, unsaid & (named < 0) & _alone_without_relation(group, line, relation))
        heads = np.where(unsaid, np.where(named >= 0, named, first), heads)
    return np.asarray(heads)


def _only(housed: pa.Table, group: _Rows, line: _Rows, mask: _Flags, *, same_birth: bool = False) -> _Rows:
    """The first row of the mask by line in each row's household, -1 where the mask holds nobody or several people."""
    rows = np.flatnonzero(mask)
    rows = rows[np.lexsort((line[rows], group[rows]))]
    first = np.full(int(group.max()) + 1, -1, np.int64)
    first[group[rows[::-1]]] = rows[::-1]
    other = first[group[rows]]
    name, born, sex = (_codes(housed.column(c)) for c in ("full_name", "birth_year", "sex_code"))
    # Lines of one person typed twice differ in name or in birth, seldom in both; nobody has no name.
    differs = (name[rows] != name[other]) & ((born[rows] != born[other]) | (sex[rows] != sex[other]))
    differs |= same_birth & (born[rows] != born[other])
    first[group[rows[(rows != other) & (differs | (name[rows] == 0))]]] = -1
    return np.asarray(first[group])


def _is_named_head(housed: pa.Table) -> _Flags:
    """Rows whose own name stands in their column of heads, however it is marked."""
    return _true(pc.equal(_folded(housed, "full_name"), _folded(housed, "head_name")))


def _folded(housed: pa.Table, column: str) -> pa.Array:
    return fold_text(housed.column(column).combine_chunks())


def _alone_without_relation(group: _Rows, line: _Rows, relation: pa.ChunkedArray) -> _Flags:
    """The first row of a household, if all others but it have a relation."""
    blank = ~_true(pc.is_valid(relation))
    size, blanks = (np.bincount(group, weights=w).astype(np.int64)[group] for w in (np.ones(len(group)), blank))
    order = np.lexsort((line, group))
    is_first = np.zeros(len(group), np.bool_)
    is_first[order[np.flatnonzero(np.append(True, group[order][1:] != group[order][:-1]))]] = True
    return np.asarray(is_first & blank & (blanks == 1) & (size > 1))


def _having(group: _Rows, mask: _Flags) -> _Flags:
    """Rows of households with a row of the mask."""
    return np.asarray((np.bincount(group, weights=mask) > 0)[group])


def _codes(column: pa.ChunkedArray) -> _Rows:
    indices = column.combine_chunks().dictionary_encode().indices
    return _numpy(pc.fill_null(indices, -1)).astype(np.int64) + 1


def _small(values: _Rows) -> pa.Array:
    # a whole commune under one number is a fault of the data, not of the column's width
    return pa.array(np.minimum(values, _MOST), mask=values == 0).cast(pa.int16())


def _true(values: pa.Array | pa.ChunkedArray) -> _Flags:
    return np.asarray(_numpy(pc.fill_null(values, False)), np.bool_)


def _numpy(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy())
