import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.classify import Outcome
from dedup.encode import encode, rows_of
from dedup.settled import decided_rows, settled_pairs
from schemas.tables import SCORED_PAIRS
from tests.dedup.rows import match_record, match_table, person_id, record_id

_HALF = st.sampled_from([0, 1, 2, 2**63, 2**64 - 1])


@given(st.sets(st.tuples(_HALF, _HALF), min_size=1), st.lists(st.tuples(_HALF, _HALF)))
def test_an_id_is_found_where_it_stands(ids: set[tuple[int, int]], wanted: list[tuple[int, int]]) -> None:
    """Also where many ids share their first half."""
    ordered = sorted(ids)
    found = rows_of(np.array(ordered, np.uint64), np.array(wanted, np.uint64).reshape(-1, 2))
    assert found.tolist() == [ordered.index(w) if w in ids else -1 for w in wanted]


def pair(left: int, right: int, outcome: str, basis: int) -> dict[str, object]:
    row: dict[str, object] = {c.name: 0 for c in SCORED_PAIRS.columns}
    return row | {"left_record_id": record_id(left), "right_record_id": record_id(right), "outcome": outcome,
                  "basis": basis, "match_weight": 7.5}  # fmt: skip


def test_pairs_of_stored_records_come_as_rows_and_others_are_left_out() -> None:
    stored = [match_record(n, person_id=person_id(n)) for n in (1, 2, 4)]
    columns = encode([match_table(match_record(3))], [match_table(*stored)]).columns
    rows = [pair(2, 4, "match", 3), pair(1, 2, "review", 0), pair(1, 3, "match", 3), pair(1, 9, "match", 3)]
    found = settled_pairs(columns, [pa.Table.from_pylist(rows, SCORED_PAIRS.schema)])
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 1), (1, 3)]
    assert found.outcome.tolist() == [Outcome.REVIEW, Outcome.MATCH]
    assert found.basis.tolist() == [0, 3]
    assert found.kept.all()
    assert found.weight.tolist() == [7.5, 7.5]


def test_nothing_settled() -> None:
    columns = encode([match_table(match_record(3))]).columns
    assert len(settled_pairs(columns, []).left) == 0


def test_decisions_about_records_that_are_not_at_hand_say_nothing() -> None:
    columns = encode([match_table(match_record(1), match_record(2))]).columns
    asked = pa.table({"left_record_id": [record_id(2), record_id(1)], "right_record_id": [record_id(1), record_id(5)]})
    left, right = decided_rows(columns, asked)
    assert (left.tolist(), right.tolist()) == ([0], [1])
