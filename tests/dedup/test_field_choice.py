import pytest

from dedup.field_choice import Choice, Groups, choose, reason_letters
from schemas.fields import FIELDS, by_name
from tests.dedup.rows import member, member_table

Row = dict[str, object]


def chosen(field: str, *rows: Row) -> tuple[list[int], list[str]]:
    """Rows and methods that win, one a person; the rows must stand sorted by person."""
    table = member_table(*rows)
    choice = choose(table, by_name(field), Groups.of(table.column("person_id")))
    return choice.rows.tolist(), [Choice.METHODS[m] for m in choice.method.tolist()]


def test_groups_of_neighbours() -> None:
    table = member_table(*(member(n, person) for n, person in enumerate((1, 1, 2, 3, 3, 3))))
    groups = Groups.of(table.column("person_id"))
    assert groups.owner.tolist() == [0, 0, 1, 2, 2, 2]
    assert groups.starts.tolist() == [0, 2, 3]
    assert groups.sizes.tolist() == [2, 1, 3]


def test_letters_of_a_slice() -> None:
    table = member_table(member(1, 1, sex_code="1"), member(2, 1))
    letters = reason_letters(table.slice(1))
    assert letters.shape == (1, len(FIELDS))
    assert set(letters[0].tolist()) == {ord("b")}
    assert reason_letters(table)[0].tobytes().decode() == table["empty_reasons"][0].as_py()


@pytest.mark.parametrize(
    ("rows", "row", "method"),
    [
        ([{}, {"sex_code": "1"}], 1, "only"),
        ([{"entered": "2000-01-01", "sex_code": "1"}, {"entered": "2001-01-01", "sex_code": "2"}], 1, "newest"),
        ([{"sex_code": "1"}, {"entered": "2001-01-01", "sex_code": "2"}], 1, "newest"),
        ([{"sex_code": "1"}, {"sex_code": "2", "sex_raw": "Nữ"}], 1, "most_complete"),
        ([{"sex_code": "1"}, {"sex_code": "2"}, {"sex_code": "2"}], 1, "most_frequent"),
        ([{"sex_code": "1"}, {"sex_code": "1"}], 0, "most_frequent"),
    ],
)
def test_the_first_key_that_tells_them_apart_is_the_method(rows: list[Row], row: int, method: str) -> None:
    members = [member(n, 1, **values) for n, values in enumerate(rows, 1)]  # type: ignore[arg-type]
    assert chosen("sex", *members) == ([row], [method])


def test_no_record_has_a_value() -> None:
    assert chosen("sex", member(1, 1), member(2, 1))[0] == [-1]


def test_a_text_that_is_not_filled_never_wins() -> None:
    """An ambiguous word stands in sex_raw without being a value: empty_reasons says so."""
    word = member(1, 1, "2020-01-01") | {"sex_raw": "?"}
    assert chosen("sex", word, member(2, 1, "1990-01-01", sex_code="1")) == ([1], ["only"])


def test_persons_are_chosen_apart() -> None:
    rows, _ = chosen(
        "sex", member(1, 1, "2001-01-01", sex_code="1"), member(2, 1, "2002-01-01", sex_code="2"),
        member(3, 2, "2003-01-01", sex_code="1"), member(4, 3),
    )  # fmt: skip
    assert rows == [1, 2, -1]


def test_identifiers_are_filled_when_they_are_there() -> None:
    rows, methods = chosen("personal_number", member(1, 1), member(2, 1, personal_number="001080012345"))
    assert (rows, methods) == ([1], ["only"])


def test_ages_of_entries_far_apart() -> None:
    old = member(1, 1, "0001-01-01", sex_code="1")
    new = member(2, 1, "2020-01-01", sex_code="2")
    assert chosen("sex", old, new) == ([1], ["newest"])
