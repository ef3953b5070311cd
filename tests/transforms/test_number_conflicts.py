from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.ledgers import parts, source
from transforms.number_conflicts import bearers, conflicts, digits
from transforms.text import fold

NUMBER = "038064012345"
"""Of a man born in 1964."""
NOBODYS = "038177012345"
"""Of a woman born in 1977: it fits none of the people below."""
Person = tuple[str | None, str | None, str | None]


def found(*chunks: pa.Table) -> list[str]:
    """Numbers of two people in the parts of a file."""
    return [number for numbers in judged(*chunks) for number in numbers]


def judged(*chunks: pa.Table) -> tuple[list[str], ...]:
    """The same, told apart by whether the number says whose it is."""
    with duckdb.connect(config={"threads": 1}) as sql:
        rows = [bearers(chunk, sql) for chunk in chunks]
    return tuple([digits(n) for n in numbers.tolist()] for numbers in conflicts(lambda: rows))


def ledger(people: Sequence[Person], number: str | None = NUMBER) -> pa.Table:
    return source([
        {"full_name_raw": name, "birth_date_raw": birth, "sex_raw": sex, "personal_number_raw": number}
        for name, birth, sex in people
    ])  # fmt: skip


ONE: Person = ("Nguyễn Văn Nhân", "24/04/1964", "Nam")
TYPED_TWICE: list[Person] = [
    ("NGUYỄN VĂN NHÂN", "24-4-64", "nam"), ("Nguyen Van Nhan", "1964", "Nam"), ("Nguyễn Vnă Nhân", "24/O4/l964", "Nam"),
    ("Nguyễn Nhân", "00/00/1964", "Nam"), ("Nguyễn Văn Nhaan", "24/4/1964", "Nam"),
    ("Nguyễn Văn Nhâm", "04/24/1964", None),
    ("Nguyễn Văn Nhân (chết)", "25/04/1964", "Nam"), ("Nguyễn Văn Nhân", "24/04/1946", "Nam"), (None, None, None),
    ("Nguyễn Văn Nhẫn", "không rõ", "Nam"), ("Nguyễn Văn Nhân", "01/01/1970", "Nữ"), ("N. V. Nhân", "năm 1964", "Nam"),
]  # fmt: skip
SOMEONE_ELSE: list[Person] = [
    ("Trần Thị Hoa", "01/02/1970", "Nữ"), ("Trần Thị Hoa", "24/04/1964", "Nữ"), ("Lê Quốc Hùng", "24/04/1964", "Nam"),
    ("Nguyễn Quốc Hùng", "24/04/1965", "Nam"), ("Nguyễn Thị Hoa", "24/04/1964", "Nữ"),
    ("Nguyễn Đức Lộc", "5/12/1964", "Nam"),
    ("Lê Hùng", None, None),
]  # fmt: skip


@pytest.mark.parametrize("person", TYPED_TWICE, ids=str)
def test_a_person_typed_twice_is_one(person: Person) -> None:
    for people in ([ONE, person], [person, ONE], [ONE, ONE, person]):
        assert found(ledger(people)) == []


@pytest.mark.parametrize("person", SOMEONE_ELSE, ids=str)
def test_another_person_under_the_number_is_found(person: Person) -> None:
    for people in ([ONE, person], [person, ONE], [ONE, ONE, person]):
        assert found(ledger(people)) == [NUMBER]


def test_only_rows_of_the_same_number_are_compared() -> None:
    assert found(ledger([ONE]), ledger([SOMEONE_ELSE[0]], "038160054321")) == []
    assert found(*(ledger([ONE, SOMEONE_ELSE[0]], n) for n in (None, "172345678", "x"))) == []
    assert found() == []


COPIES: list[Person] = [
    ("Trần Thị Hoa", "01/02/1970", "Nữ"), ("Trần Thị Hoa", "24/04/1964", "Nữ"), ("Lê Quốc Hùng", "1970-05-06", "Nam"),
    ("Nguyễn Quốc Hùng", "1965", None), ("Lê Hùng", None, "Nữ"), ("Trần Thị Hoa", "01/02/1864", None),
]  # fmt: skip


@pytest.mark.parametrize("copy", COPIES, ids=str)
def test_the_row_that_a_number_fits_owns_it(copy: Person) -> None:
    for people in ([ONE, copy], [copy, ONE], [copy, ONE, ONE], [copy, copy, ONE]):
        assert judged(ledger(people)) == ([], [NUMBER])


FITTING: Person = ("Lê Quốc Hùng", "30/12/1964", "Nam")
UNSURE: list[Person] = [("Lê Hùng", "khoảng 65", None), ("Trần Thị Hoa", "5/6/65", "2"), ("Lê Hùng", None, None)]


@pytest.mark.parametrize("other", [FITTING, *UNSURE], ids=str)
def test_a_number_that_tells_two_people_by_nothing_is_of_neither(other: Person) -> None:
    for people in ([ONE, other], [other, ONE], [COPIES[0], ONE, other]):
        assert judged(ledger(people)) == ([NUMBER], [])


def test_a_number_that_contradicts_both_rows_is_of_neither() -> None:
    assert judged(ledger([ONE, COPIES[0]], NOBODYS)) == ([NOBODYS], [])


NAMES = ["Nguyễn Thu Cẩm", "Lê An", "Trần Thị Mỹ Hạnh", "Đỗ Ý", "Vàng A Sìn"]
BIRTHS = ["24/04/1964", "1964", "04/05/1964", "24-4-64", "không rõ"]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_one_slip_in_the_name_of_a_person_born_on_the_same_day_makes_no_second_one(data: st.DataObject) -> None:
    name, birth = data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(BIRTHS))
    at = data.draw(st.sampled_from([i for i in range(len(name) - 1) if name[i] != " "]))
    letter = data.draw(st.sampled_from("aăbcơnhtư"))
    slips = [name[:at] + name[at + 1] + name[at] + name[at + 2 :], name[:at] + letter + name[at + 1 :],
             name[:at] + name[at + 1 :], name[:at] + letter + name[at:], fold(name)]  # fmt: skip
    slip = data.draw(st.sampled_from(slips))
    assert found(ledger([(name, birth, "Nam"), (slip, birth, "Nam")])) == []


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([ONE, *TYPED_TWICE, *SOMEONE_ELSE]), min_size=1, max_size=8), st.sets(st.integers(1, 7))
)
def test_any_cut_of_a_file_finds_the_same(people: list[Person], ends: set[int]) -> None:
    assert found(*parts(ledger(people), ends)) == found(ledger(people))
