from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import conform, empty
from schemas.tables import RECORDS
from tests.quality.tables import records
from transforms.households import build_households

Row = dict[str, object]
HEAD, WIFE, CHILD = "01", "02", "04"
HOME, OTHER_HOME = "a" * 32, "b" * 32


def member(relation: str | None, line: int, home: str | None = HOME, file: str = "f" * 32) -> Row:
    return {"relation_code": relation, "line": line, "household_key": home, "file_id": file}


def built(*rows: Row) -> list[tuple[int | None, int | None, int | None]]:
    """(size, position, number of the head's row) of each row."""
    table = build_households(records(rows))
    heads = [None if h is None else int(h, 16) for h in table["head_record_id"].to_pylist()]
    return list(zip(table["household_size"].to_pylist(), table["household_position"].to_pylist(), heads, strict=True))


def test_the_head_comes_first_then_the_lines() -> None:
    assert built(member(WIFE, 3), member(HEAD, 4), member(CHILD, 2)) == [(3, 3, 1), (3, 1, 1), (3, 2, 1)]


def test_without_a_head_or_with_two_nobody_is_the_head() -> None:
    assert built(member(WIFE, 2), member(CHILD, 3)) == [(2, 1, None), (2, 2, None)]
    assert built(member(HEAD, 2), member(CHILD, 3), member(HEAD, 4)) == [(3, 1, None), (3, 3, None), (3, 2, None)]


def person(relation: str | None, line: int, name: str, **values: object) -> Row:
    return member(relation, line) | {"full_name": name, "birth_year": 1950, "sex_code": "1"} | values


def heads(*rows: Row) -> set[int | None]:
    return {head for _, _, head in built(*rows)}


def test_the_living_head_comes_before_the_dead_one_and_one_typed_twice_is_one() -> None:
    old = person(HEAD, 2, "Trần Ba", death_kind="dead")
    assert heads(old, person(HEAD, 3, "Trần Tư", birth_year=1980), person(CHILD, 4, "Trần Sáu")) == {1}
    assert heads(old, person(WIFE, 3, "Lê Hoa")) == {0}
    assert heads(person(HEAD, 2, "Trần Ba"), person(CHILD, 3, "Lê Hoa"), person(HEAD, 9, "Tran Ba")) == {0}


def test_a_head_that_no_line_says_is_known_by_the_column_of_heads_or_as_the_first_line() -> None:
    family = (person(None, 2, "Lê Hoa", head_name="TRẦN BA"), person(None, 3, "Trần Ba", head_name="TRẦN BA"))
    assert built(*family) == [(2, 2, 1), (2, 1, 1)]
    assert heads(person(None, 2, "Trần Ba"), person(WIFE, 3, "Lê Hoa"), person(CHILD, 4, "Trần Tư")) == {0}


def test_nobody_is_made_head_by_guess() -> None:
    assert heads(person(None, 2, "Trần Ba"), person(None, 3, "Lê Hoa"), person(CHILD, 4, "Trần Tư")) == {None}
    assert heads(person(WIFE, 2, "Lê Hoa"), person(None, 3, "Trần Ba"), person(CHILD, 4, "Trần Tư")) == {None}
    two = (person(None, 2, "Trần Ba", head_name="Trần Ba"), person(None, 3, "Trần Ba", birth_year=1980))
    assert heads(*(row | {"head_name": "Trần Ba"} for row in two)) == {None}


def test_households_are_told_apart_by_file_and_key() -> None:
    rows = (
        member(HEAD, 2),
        member(HEAD, 2, OTHER_HOME),
        member(HEAD, 2, HOME, "e" * 32),
        member(CHILD, 9, HOME, "e" * 32),
    )
    assert built(*rows) == [(1, 1, 0), (1, 1, 1), (2, 1, 2), (2, 2, 2)]


def test_rows_without_household_stay_empty() -> None:
    assert built(member(HEAD, 2, None), member(None, 3, None)) == [(None, None, None)] * 2


def test_no_rows() -> None:
    assert build_households(empty(RECORDS)).num_rows == 0


def test_a_commune_under_one_number_does_not_overflow() -> None:
    ids = pa.array([f"{i:032x}" for i in range(40_000)])
    one = records([member(CHILD, 2)])
    table = one.take(pa.array([0] * 40_000)).set_column(0, "record_id", ids).cast(RECORDS.schema)
    assert set(build_households(table)["household_size"].to_pylist()) == {32_767}


ROWS = st.lists(
    st.builds(
        member,
        st.sampled_from([HEAD, WIFE, CHILD, None]),
        st.just(2),
        st.sampled_from([HOME, OTHER_HOME, None]),
    ),
    max_size=12,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_laws_of_households(rows: list[Row], order: object) -> None:
    for place, row in enumerate(rows):
        row["line"] = place + 2
    table = records(rows)
    found = conform(build_households(table), RECORDS)
    assert found.drop_columns(["household_size", "household_position", "head_record_id"]).equals(
        table.drop_columns(["household_size", "household_position", "head_record_id"])
    )
    sizes = Counter(row["household_key"] for row in rows)
    for row in found.to_pylist():
        assert row["household_size"] == (sizes[row["household_key"]] if row["household_key"] else None)
    for home in (HOME, OTHER_HOME):
        places = [r["household_position"] for r in found.to_pylist() if r["household_key"] == home]
        assert sorted(places) == list(range(1, len(places) + 1))
    shuffled = list(range(table.num_rows))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    again = build_households(table.take(pa.array(shuffled, pa.int64())))
    assert again.sort_by("record_id").equals(found.sort_by("record_id"))
