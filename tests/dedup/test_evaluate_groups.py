import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.evaluation import Group
from tests.dedup.evaluated import evaluated, pair_table, pairs_of, partition, plain_b_cubed

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(("1", "2", None))), min_size=1, max_size=12
)


def people(sexes: list[str | None], **more: pa.Array) -> pa.Table:
    ids = pa.array([f"r{n}" for n in range(len(sexes))], pa.string())
    return pa.table({"record_id": ids, "sex_code": pa.array(sexes, pa.string()), **more})


def by_code(groups: tuple[Group, ...], dimension: str) -> dict[str | None, Group]:
    return {g.code: g for g in groups if g.dimension == dimension}


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_a_pair_counts_to_a_group_when_a_record_of_it_belongs_to_it(rows: list[tuple[int, int, str | None]]) -> None:
    found, true, sexes = ([row[side] for row in rows] for side in (0, 1, 2))
    matched = sorted(pairs_of(found))
    pairs = pair_table([(a, b, "match", 0.9) for a, b in matched])
    groups = by_code(evaluated(partition(true), partition(found), pairs, people(sexes)).groups, "sex")
    assert set(groups) == set(sexes)
    for sex, group in groups.items():
        mine = {p for p in pairs_of(found) if sex in (sexes[p[0]], sexes[p[1]])}
        real = {p for p in pairs_of(true) if sex in (sexes[p[0]], sexes[p[1]])}
        assert (group.records, group.true_pairs) == (sexes.count(sex), len(real))
        for scores in (group.clustered, group.matches):
            assert scores is not None
            assert (scores.precision.part, scores.precision.whole) == (len(mine & real), len(mine))
            assert (scores.recall.part, scores.recall.whole) == (len(mine & real), len(real))
        assert group.b_cubed is not None
        of = [n for n, other in enumerate(sexes) if other == sex]
        expected = plain_b_cubed(found, true, of)
        assert (group.b_cubed.precision.value, group.b_cubed.recall.value) == pytest.approx(expected)


def test_the_groups_of_each_dimension_by_hand() -> None:
    true = [1, 1, 2, 2, 3]
    records = people(
        ["1", "1", "2", "2", None], birth_year=pa.array([1950, 1959, 1960, None, 1899], pa.int16()),
        ethnic_group_code=pa.array(["01", "01", "02", "01", None]),
        province_code=pa.array(["01", "01", "92", "92", "92"]),
        ethnic_group_list=pa.array(["new", "new", "new", "old", None]),
    )  # fmt: skip
    made = evaluated(partition(true), partition(true), None, records).groups
    assert {(g.dimension, g.code, g.code_list, g.records, g.true_pairs) for g in made} == {
        ("sex", "1", None, 2, 1), ("sex", "2", None, 2, 1), ("sex", None, None, 1, 0),
        ("ethnic_group", "01", "new", 2, 1), ("ethnic_group", "02", "new", 1, 1), ("ethnic_group", "01", "old", 1, 1),
        ("ethnic_group", None, None, 1, 0),
        ("birth_decade", "1950", None, 2, 1), ("birth_decade", "1960", None, 1, 1), ("birth_decade", None, None, 1, 1),
        ("birth_decade", "1890", None, 1, 0),
        ("province", "01", None, 2, 1), ("province", "92", None, 3, 1),
    }  # fmt: skip
    assert all(g.is_small and g.matches is None for g in made)


def test_columns_that_are_not_there_make_no_groups() -> None:
    made = evaluated(partition([1, 1]), partition([1, 1]), None, partition([0, 0]).select(["record_id"]))
    assert made.groups == ()


def test_a_group_is_small_below_twenty_true_pairs() -> None:
    for persons, is_small in ((19, True), (20, False)):
        true = [n // 2 for n in range(2 * persons)]
        made = evaluated(partition(true), partition(true), None, people(["1"] * len(true)))
        assert (made.groups[0].true_pairs, made.groups[0].is_small) == (persons, is_small)


def test_the_interval_of_f1_holds_its_value_and_narrows_with_more_persons() -> None:
    widths = []
    for persons in (40, 4000):
        true = [n // 2 for n in range(2 * persons)]
        found = [n if n % 20 == 0 else n // 2 + 10**6 for n in range(2 * persons)]
        scores = evaluated(partition(true), partition(found)).whole.clustered
        assert scores is not None
        assert scores.f1.low <= scores.f1.value <= scores.f1.high
        assert scores.recall.low < scores.recall.value < scores.recall.high
        widths.append(scores.f1.high - scores.f1.low)
    assert widths[1] < widths[0] / 5
