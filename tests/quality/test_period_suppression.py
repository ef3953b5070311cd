"""Nobody works a small count out of what batches, provinces and the nation show together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.groups import DIMENSIONS, MEASURES, OTHERS, without_few
from quality.period_sums import together
from quality.period_suppression import Groups, Key, of_batch, of_rows, of_whole, told, told_rows
from quality.report import FEWEST_SHOWN
from quality.report_facts import CodeCount, GroupRows

FIELD = "ethnic_group"
Nation = list[list[dict[str, int]]]
"""Provinces of batches of persons by code."""

sizes = st.one_of(st.integers(0, 12), st.integers(13, 60))
batches = st.dictionaries(st.sampled_from("ABCDE"), sizes, min_size=1, max_size=5)
nations = st.lists(st.lists(batches, min_size=1, max_size=3), min_size=1, max_size=4)


def made(codes: dict[str, int]) -> Groups:
    return of_batch(FIELD, [CodeCount(FIELD, "x", code, n) for code, n in codes.items() if n])


def levels(nation: Nation) -> tuple[list[list[Groups]], list[Groups], Groups]:
    leaves = [[made(batch) for batch in province] for province in nation]
    provinces = [of_whole(batches_) for batches_ in leaves]
    return leaves, provinces, of_whole(provinces)


def learnt(nation: Nation) -> list[tuple[str, int]]:
    """Small counts that follow from all that is shown: an auditor's algebra, without a thought of graphs.

    He knows which groups a batch has, unless it is so small that it shows none and has but one.
    """
    leaves, provinces, whole = levels(nation)
    all_keys = sorted({key for batches_ in leaves for g in batches_ for key in g.persons})
    cells = [
        (p, b, key)
        for p, batches_ in enumerate(leaves) for b, g in enumerate(batches_)
        for key in (all_keys if len(g.persons) == 1 and not g.shown else g.persons)
    ]  # fmt: skip
    place = {cell: n for n, cell in enumerate(cells)}
    told_: list[np.ndarray] = []

    def tell(groups: Groups, of: list[tuple[int, int, Key]]) -> None:
        sums = [[cell for cell in of if cell[2] == key] for key in groups.shown]
        sums.append([cell for cell in of if cell[2] not in groups.shown])
        for wanted in sums:
            row = np.zeros(len(cells))
            row[[place[cell] for cell in wanted]] = 1
            told_.append(row)

    for p, batches_ in enumerate(leaves):
        for b, groups in enumerate(batches_):
            tell(groups, [c for c in cells if c[:2] == (p, b)])
        tell(provinces[p], [c for c in cells if c[0] == p])
    tell(whole, cells)
    known = np.array(told_)
    rank = np.linalg.matrix_rank(known)

    def follows(of: list[tuple[int, int, Key]]) -> bool:
        row = np.zeros(len(cells))
        row[[place[cell] for cell in of]] = 1
        return bool(np.linalg.matrix_rank(np.vstack([known, row])) == rank)

    wanted = {(p, b, key): [(p, b, key)] for p, b, key in cells}
    wanted |= {(p, -1, key): [c for c in cells if c[0] == p and c[2] == key] for p, _, key in cells}
    wanted |= {(-1, -1, key): [c for c in cells if c[2] == key] for *_, key in cells}
    found = []
    for name, of in wanted.items():
        count = sum(leaves[p][b].persons.get(key, 0) for p, b, key in of)
        groups_there = {key for p, b, key in cells if name[0] in (-1, p) and name[1] in (-1, b)}
        if 0 < count < FEWEST_SHOWN and len(groups_there) > 1 and follows(of):
            found.append((str(name), count))
    return found


@settings(max_examples=300)
@given(nations)
def test_no_small_count_follows_from_what_all_levels_show(nation: Nation) -> None:
    assert learnt(nation) == []


def test_the_algebra_finds_what_a_careless_whole_would_tell() -> None:
    """The law above can fail: a province that showed all groups of ten and more would betray its second batch."""
    one, two = made({"A": 40, "B": 12}), made({"A": 40, "B": 3})
    assert one.shown == {("x", "A"), ("x", "B")}
    assert two.shown == frozenset()
    whole = of_whole([one, two])
    assert whole.persons == {("x", "A"): 80, ("x", "B"): 15}
    assert whole.shown == frozenset()


@given(nations)
def test_what_is_shown_sums_up_and_is_never_small(nation: Nation) -> None:
    leaves, provinces, whole = levels(nation)
    persons = sum(n for province in nation for batch in province for n in batch.values())
    for groups in (*provinces, whole, *(g for batches_ in leaves for g in batches_)):
        said = told(FIELD, groups)
        assert all(g.persons >= FEWEST_SHOWN for g in said.groups)
        assert said.others is None or said.others >= FEWEST_SHOWN
        assert said.is_withheld or sum(g.persons for g in said.groups) + (said.others or 0) == sum(
            groups.persons.values()
        )
    assert sum(whole.persons.values()) == persons


@given(nations, st.randoms())
def test_the_order_of_parts_changes_nothing(nation: Nation, random) -> None:  # type: ignore[no-untyped-def]
    mixed = [random.sample(province, len(province)) for province in random.sample(nation, len(nation))]
    assert told(FIELD, levels(mixed)[2]) == told(FIELD, levels(nation)[2])


def test_large_groups_of_many_parts_are_all_shown() -> None:
    """Suppression takes no more than it must: what is large everywhere is told at every level."""
    nation = [[{"A": 900, "B": 80, "C": 4, "D": 9}, {"A": 700, "B": 30, "C": 7, "D": 8}] for _ in range(5)]
    _, provinces, whole = levels(nation)
    assert [p.shown for p in provinces] == [{("x", k) for k in "ABCD"}] * 5
    assert told(FIELD, whole).groups[-1].persons == 55


@pytest.mark.parametrize("codes", [{"A": 5}, {"A": 3, "B": 4}])
def test_too_few_persons_tell_nothing(codes: dict[str, int]) -> None:
    said = told(FIELD, of_whole([made(codes)]))
    assert said.is_withheld
    assert said.groups == ()
    assert said.others is None


def rows_of(batch: dict[str, int]) -> list[GroupRows]:
    """A dimension whose groups are of the sizes of those codes; of each row something became."""
    return [GroupRows("sex", code, None, n, n // 3, n // 4, n // 5) for code, n in batch.items() if n]


@given(nations)
def test_groups_of_rows_hide_what_groups_of_persons_do_and_lose_no_row(nation: Nation) -> None:
    leaves = [[of_rows("sex", rows_of(batch)) for batch in province] for province in nation]
    provinces = [of_whole(own) for own in leaves]
    for found, province in ((of_whole(provinces), nation), *((p, [n]) for p, n in zip(provinces, nation, strict=True))):
        given_ = together((g for own in province for b in own for g in rows_of(b)), "dimension", "code_list", "code")
        said = told_rows(found, given_)
        assert all(g.rows >= FEWEST_SHOWN for g in said)
        for name in ("rows", *MEASURES):
            assert not said or sum(getattr(g, name) for g in said) == sum(getattr(g, name) for g in given_)
        assert {("", g.code) for g in said if g.code != OTHERS} == found.shown


@given(st.lists(batches, min_size=1, max_size=3))
def test_a_batch_shows_the_groups_that_its_own_report_shows(given_: list[dict[str, int]]) -> None:
    for batch in given_:
        said = told_rows(of_rows("sex", rows_of(batch)), rows_of(batch))
        own = without_few(rows_of(batch))
        assert {g.code for g in said} == ({g.code for g in own} if len(own) > 1 or said else set())
    assert "sex" in DIMENSIONS
