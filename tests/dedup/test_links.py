import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.compare import HouseholdLevel
from dedup.encode import Columns, encode
from dedup.links import LARGEST_HOUSEHOLD, Links, cross_members, raise_levels
from tests.dedup.rows import match_record, match_table, person_id

Row = dict[str, object]
SIZE = 10
PAIRS = st.sets(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda p: p[0] < p[1]), max_size=12
)


def columns(rows: list[Row], stored: int = 0) -> Columns:
    table = match_table(*(match_record(n, **row) for n, row in enumerate(rows, 1)))  # type: ignore[arg-type]
    own = len(rows) - stored
    return encode([table.slice(0, own)], [table.slice(own)]).columns


def sides(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([a for a, _ in pairs], np.int64), np.array([b for _, b in pairs], np.int64)


@given(st.lists(st.integers(0, 3), min_size=SIZE, max_size=SIZE), PAIRS, PAIRS)
def test_a_pair_is_linked_by_a_match_of_two_other_members(
    homes: list[int], matches: set[tuple[int, int]], asked: set[tuple[int, int]]
) -> None:
    """Against the plain twin: some match joins the same two households and shares no record with the pair."""
    c = columns([{"home": h} if h else {} for h in homes])
    every = sorted(matches | asked)
    links = Links.of(c, *sides(sorted(matches)))
    found = links.linked(c, *sides(every), np.array([p in matches for p in every], np.bool_))
    for (a, b), linked in zip(every, found.tolist(), strict=True):
        across = homes[a] > 0 and homes[b] > 0 and homes[a] != homes[b]
        others = [m for m in matches if {homes[m[0]], homes[m[1]]} == {homes[a], homes[b]} and not {a, b} & {*m}]
        assert linked == (across and bool(others))


def test_only_weaker_levels_are_raised() -> None:
    levels = np.array([*HouseholdLevel], np.int8)
    raised = raise_levels(levels, np.ones(len(levels), np.bool_)).tolist()
    kept = (HouseholdLevel.UNKNOWN, HouseholdLevel.OTHER_ROLE, HouseholdLevel.SAME, HouseholdLevel.LINKED)
    assert raised == [level if level in kept else HouseholdLevel.LINKED for level in HouseholdLevel]
    assert raise_levels(levels, np.zeros(len(levels), np.bool_)).tolist() == levels.tolist()


def test_members_of_linked_households_of_like_sex_and_age() -> None:
    rows: list[Row] = [
        {"home": 1, "born": "1950", "sex_code": "1"}, {"home": 1, "born": "1980", "sex_code": "1"},
        {"home": 1, "born": "1980", "sex_code": "2"}, {"home": 2, "born": "1950", "sex_code": "1"},
        {"home": 2, "born": "1982", "sex_code": "1"}, {"home": 2, "born": "1983", "sex_code": None},
        {"home": 3, "born": "1980", "sex_code": "1"},
    ]  # fmt: skip
    left, right = cross_members(columns(rows), *sides([(0, 3)]))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 3), (1, 4)]


def test_unknown_sex_and_year_are_like_any() -> None:
    rows: list[Row] = [
        {"home": 1, "born": "1950"},
        {"home": 1},
        {"home": 2, "born": "1950"},
        {"home": 2, "sex_code": "1"},
    ]
    left, right = cross_members(columns(rows), *sides([(0, 2)]))
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == set(itertools.product((0, 1), (2, 3)))


def test_large_households_and_stored_pairs_bring_nothing() -> None:
    crowd: list[Row] = [{"home": 1}] * (LARGEST_HOUSEHOLD + 1) + [{"home": 2}]
    assert len(cross_members(columns(crowd), *sides([(0, LARGEST_HOUSEHOLD + 1)]))[0]) == 0
    stored: list[Row] = [{"home": h, "person_id": person_id(h)} for h in (1, 2)]
    assert len(cross_members(columns(stored, stored=2), *sides([(0, 1)]))[0]) == 0


def test_no_matches() -> None:
    c = columns([{"home": 1}, {"home": 2}])
    assert len(Links.of(c, *sides([])).households) == 0
    assert len(cross_members(c, *sides([]))[0]) == 0
