from collections.abc import Sequence

import numpy as np
import pytest

from dedup.cluster import Edges
from dedup.conflicts import LARGEST, conflicts
from dedup.encode import encode
from dedup.model import load_model
from dedup.weights import Weigher
from tests.dedup.rows import match_record, match_table

MODEL = load_model()
Row = dict[str, object]
Pairs = Sequence[tuple[int, int]]


def against(
    rows: list[Row], labels: list[int], matches: Pairs = (), ties: Pairs = (), apart: Pairs = ()
) -> list[tuple[int, int]]:
    edges, tied, parted = (
        [np.array([m[side] for m in p], np.int64) for side in (0, 1)] for p in (matches, ties, apart)
    )
    weigher = Weigher.of(encode([match_table(*rows)]), MODEL)
    decided = tuple(tied), tuple(parted)
    left, right = conflicts(weigher, np.array(labels), Edges(*edges, np.full(len(edges[0]), 9.0)), *decided)  # type: ignore[arg-type]
    return list(zip(left.tolist(), right.tolist(), strict=True))


def people(first: Row, second: Row) -> list[Row]:
    return [match_record(1, **{"born": "1980-05-17"} | first), match_record(2, **{"born": "1980-05-17"} | second)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"sex_code": "1"}, {"sex_code": "2"}),
        ({"personal_number": "001080012345"}, {"personal_number": "001080012346"}),
        ({"home": 1}, {"home": 1, "born": "1980-05-18"}),
        ({"home": 1}, {"home": 1, "name": "Nguyễn Văn Hưng"}),
        ({"name": "Lê Thị Hoa"}, {"name": "Trần Văn Sơn", "born": "1955-01-02"}),
    ],
)
def test_pairs_that_cannot_be_one_person(first: Row, second: Row) -> None:
    assert against(people(first, second), [0, 0]) == [(0, 1)]
    assert against(people(first, second), [0, 1]) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"sex_code": "1"}, {"sex_code": None}),
        ({"home": 1}, {"home": 1, "born": "1980-05-18", "file_id": "e" * 32}),
        ({"home": 1}, {"home": 2, "born": "1980"}),
    ],
)
def test_pairs_that_can(first: Row, second: Row) -> None:
    assert against(people(first, second), [0, 0]) == []


def test_a_book_typed_twice_is_no_contradiction_but_twins_in_a_chain_are() -> None:
    rows = people({"home": 1}, {"home": 1, "name": "Nguyễn Văn Hưng"})
    assert against(rows, [0, 0], [(0, 1)]) == []
    assert against(rows, [0, 0], []) == [(0, 1)]
    sexes = people({"sex_code": "1"}, {"sex_code": "2"})
    assert against(sexes, [0, 0], [(0, 1)]) == [(0, 1)]


def test_what_somebody_decided_is_settled() -> None:
    rows = people({"sex_code": "1"}, {"sex_code": "2"})
    assert against(rows, [0, 0], ties=[(1, 0)]) == []
    assert against(people({}, {}), [0, 1], apart=[(1, 0)]) == [(0, 1)]


def test_every_pair_of_a_cluster_is_looked_at_but_of_no_huge_one() -> None:
    rows = [match_record(n, born="1980-05-17", sex_code=str(1 + n % 2)) for n in range(1, LARGEST + 2)]
    assert against(rows[:4], [0, 0, 0, 0]) == [(0, 1), (0, 3), (1, 2), (2, 3)]
    assert against(rows, [0] * len(rows)) == []
