from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.ledgers import parts, source
from transforms.number_conflicts import bearers, conflicts, digits

NUMBER = "038160012345"
Person = tuple[str | None, str | None, str | None]


def found(*chunks: pa.Table) -> list[str]:
    """Numbers of two people in the parts of a file."""
    with duckdb.connect(config={"threads": 1}) as sql:
        return [digits(n) for n in conflicts(bearers(chunk, sql) for chunk in chunks).tolist()]


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


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([ONE, *TYPED_TWICE, *SOMEONE_ELSE]), min_size=1, max_size=8), st.sets(st.integers(1, 7))
)
def test_any_cut_of_a_file_finds_the_same(people: list[Person], ends: set[int]) -> None:
    assert found(*parts(ledger(people), ends)) == found(ledger(people))
