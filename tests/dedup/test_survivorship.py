import datetime
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.field_choice import Choice
from dedup.survivorship import survive
from schemas.contract import conform
from schemas.fields import ALL_FIELDS, FIELDS
from schemas.tables import GOLDEN_PERSONS, VALUE_SOURCES
from tests.dedup.rows import member, member_table, record_id

Row = dict[str, object]
NAME: Row = {"full_name": "Nguyễn Văn Hùng", "surname": "Nguyễn", "middle_name": "Văn", "given_name": "Hùng"}


def born(year: int, month: int | None = None, day: int | None = None) -> Row:
    return {"birth_year": year, "birth_month": month, "birth_day": day, "birth_calendar": "solar"}


def only(*rows: Row) -> tuple[Row, dict[str, tuple[str, str]]]:
    """The golden record of one person, and source and method of each field that is not the main record's."""
    golden, sources = survive(member_table(*rows))
    assert golden.num_rows == 1
    return golden.to_pylist()[0], {s["field"]: (s["record_id"], s["method"]) for s in sources.to_pylist()}


def test_a_person_with_one_record_is_that_record() -> None:
    row = member(1, 1, "2001-05-06", **NAME, **born(1980, 5, 17), household_id="12", household_key="h" * 32)
    golden, sources = only(row)
    assert {k: golden[k] for k in row if k in golden} == {k: v for k, v in row.items() if k in golden}
    assert (golden["main_record_id"], golden["record_count"], sources) == (record_id(1), 1, {})
    assert golden["search_key"] == "nguyen van hung"
    assert golden["sort_key"]


def test_the_newest_entry_wins() -> None:
    golden, sources = only(
        member(1, 1, "1999-01-01", **NAME, **born(1980, 5, 17), sex_code="1", marital_status_code="1"),
        member(2, 1, "2015-06-30", marital_status_code="2"),
    )
    assert (golden["marital_status_code"], golden["sex_code"]) == ("2", "1")
    assert golden["main_record_id"] == record_id(1)
    assert sources == {"marital_status": (record_id(2), "newest")}
    assert golden["entry_date"] == datetime.date(2015, 6, 30)
    assert golden["record_count"] == 2


def test_a_value_that_one_record_alone_has_is_kept() -> None:
    golden, sources = only(
        member(1, 1, "2015-01-01", **NAME, **born(1980)), member(2, 1, "1999-01-01", blood_type_code="A")
    )
    assert golden["blood_type_code"] == "A"
    assert sources == {"blood_type": (record_id(2), "only")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NAME, NAME | {"full_name": "Nguyễn Hùng", "middle_name": None}),
        (NAME, NAME | {"full_name": "Nguyễn V. Hùng", "middle_name": "V."}),
        (NAME, NAME | {"full_name": "Nguyen Van Hung"}),
    ],
)
def test_of_names_entered_on_one_day_the_fullest_wins(one: Row, other: Row) -> None:
    for order in ((one, other), (other, one)):
        golden, _ = only(*(member(n, 1, "2000-01-01", **row) for n, row in enumerate(order, 1)))
        assert golden["full_name"] == "Nguyễn Văn Hùng"


def test_of_equally_full_values_the_most_frequent_wins() -> None:
    rows = [member(n, 1, "2000-01-01", **NAME, religion_code=c) for n, c in enumerate(("2", "1", "1"), 1)]
    golden, sources = only(*rows)
    assert golden["religion_code"] == "1"
    assert sources == {"religion": (record_id(2), "most_frequent")}


def test_a_tie_goes_to_the_lowest_record_id() -> None:
    golden, sources = only(*(member(n, 1, religion_code=str(n)) for n in (3, 1, 2)))
    assert (golden["religion_code"], golden["main_record_id"], sources) == ("1", record_id(1), {})


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ([("2015-01-01", born(1980)), ("1999-01-01", born(1980, 5, 17))], (1980, 5, 17)),
        ([("2015-01-01", born(1980, 1, 1)), ("1999-01-01", born(1980, 5, 17))], (1980, 5, 17)),
        ([("2015-01-01", born(1980, 1, 1)), ("1999-01-01", born(1980))], (1980, 1, 1)),
        ([("2015-01-01", born(1980, 1, 1)), ("1999-01-01", born(1980, 5))], (1980, 5, None)),
        ([("2015-01-01", born(1980, 5)), ("1999-01-01", born(1980, None, None))], (1980, 5, None)),
        ([("2015-01-01", born(1981, 5, 17)), ("1999-01-01", born(1980, 5, 17)), (None, born(1980, 5, 17))],
         (1980, 5, 17)),
        ([("2015-01-01", born(1980, 5, 17)), ("1999-01-01", born(1980, 5, 18))], (1980, 5, 17)),
    ],
)  # fmt: skip
def test_dates_of_birth(dates: list[tuple[str | None, Row]], wanted: tuple[int, int | None, int | None]) -> None:
    golden, _ = only(*(member(n, 1, day, **date) for n, (day, date) in enumerate(dates, 1)))
    assert (golden["birth_year"], golden["birth_month"], golden["birth_day"]) == wanted


def test_parents_outlive_a_newer_record_that_names_the_spouse_alone() -> None:
    parents: Row = {"father_name": "Nguyễn Đình Quang", "mother_name": "Trịnh Thị Mận", "spouse_name": None}
    golden, sources = only(
        member(1, 1, "1999-01-01", **parents),
        member(2, 1, "2015-01-01", **NAME, sex_code="2", spouse_name="Lê Công Sang"),
    )
    assert (golden["father_name"], golden["spouse_name"]) == ("Nguyễn Đình Quang", None)
    assert sources["relatives"] == (record_id(1), "most_complete")


def test_place_and_household_come_with_what_belongs_to_them() -> None:
    """Province from the record that gives the residence, key from the one that gives the household."""
    golden, sources = only(
        member(1, 1, "2015-01-01", permanent_residence_text="Xã A", permanent_residence_code="00001",
               province_code="31"),
        member(2, 1, "1999-01-01", **NAME, **born(1980), permanent_residence_text="Xã B", province_code="01",
               household_id="77", household_key="7" * 32),
    )  # fmt: skip
    assert (golden["permanent_residence_text"], golden["province_code"]) == ("Xã A", "31")
    assert (golden["household_id"], golden["household_key"]) == ("77", "7" * 32)
    assert sources == {"permanent_residence": (record_id(1), "newest")}


def test_why_a_field_is_empty_comes_from_the_record_that_gives_it() -> None:
    row = member(1, 1, **NAME)
    row["empty_reasons"] = str(row["empty_reasons"])[:2] + "u" + str(row["empty_reasons"])[3:]
    golden, _ = only(row, member(2, 1, blood_type_code="A"))
    letters = dict(zip((f.name for f in FIELDS), str(golden["empty_reasons"]), strict=True))
    assert (letters["full_name"], letters["blood_type"], letters["sex"]) == (".", ".", "u")


_DAYS = st.sampled_from([None, "1999-01-01", "2015-06-30"])
_TEXTS = st.sampled_from([None, "Lê Hoa", "Lê Thị Hoa", "LE HOA"])
_VALUES = st.fixed_dictionaries({}, optional={
    "full_name": _TEXTS, "birth_year": st.sampled_from([1980, 1981]), "birth_month": st.sampled_from([None, 1, 5]),
    "birth_day": st.sampled_from([None, 1, 17]), "sex_code": st.sampled_from(["1", "2"]), "father_name": _TEXTS,
    "spouse_name": _TEXTS, "personal_number": st.sampled_from([None, "001080012345"]), "household_id": _TEXTS,
    "permanent_residence_text": _TEXTS, "permanent_residence_code": st.sampled_from([None, "00001"]),
    "other_names": _TEXTS,
})  # fmt: skip
_MEMBERS = st.lists(st.tuples(st.integers(1, 4), _DAYS, _VALUES), min_size=1, max_size=9)


def rows_of(drawn: Sequence[tuple[int, str | None, Row]]) -> list[Row]:
    return [member(n, person, day, **values) for n, (person, day, values) in enumerate(drawn, 1)]


@given(_MEMBERS)
@settings(max_examples=60, deadline=None)
def test_every_value_is_that_of_one_record(drawn: list[tuple[int, str | None, Row]]) -> None:
    """All columns of a field come together from the record that the sources name, else from the main record."""
    rows = rows_of(drawn)
    golden, sources = survive(member_table(*rows))
    conform(golden, GOLDEN_PERSONS)
    conform(sources, VALUE_SOURCES)
    records = {row["record_id"]: row for row in member_table(*rows).to_pylist()}
    named = {(s["person_id"], s["field"]): s["record_id"] for s in sources.to_pylist()}
    assert set(sources["method"].to_pylist()) <= set(Choice.METHODS)
    assert golden["person_id"].to_pylist() == sorted({str(row["person_id"]) for row in rows})
    for person in golden.to_pylist():
        mine = [r for r in records.values() if r["person_id"] == person["person_id"]]
        assert person["record_count"] == len(mine)
        for field in ALL_FIELDS:
            source = records[named.get((person["person_id"], field.name), person["main_record_id"])]
            assert source["person_id"] == person["person_id"]
            assert [person[c.name] for c in field.columns] == [source[c.name] for c in field.columns]
            has_any = any(r[c.name] is not None for r in mine for c in field.columns)
            assert has_any or all(person[c.name] is None for c in field.columns)


@given(_MEMBERS, st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_order_and_chunks_of_persons_do_not_matter(drawn: list[tuple[int, str | None, Row]], seed: int) -> None:
    rows = rows_of(drawn)
    table = member_table(*rows)
    whole = survive(table)
    mixed = survive(table.take(pa.array(np.random.default_rng(seed).permutation(len(rows)))))
    assert [t.to_pylist() for t in mixed] == [t.to_pylist() for t in whole]
    persons = sorted({str(row["person_id"]) for row in rows})
    alone = [survive(member_table(*(r for r in rows if r["person_id"] == p))) for p in persons]
    assert [t.to_pylist() for t in map(pa.concat_tables, zip(*alone, strict=True))] == [t.to_pylist() for t in whole]


def test_no_members() -> None:
    golden, sources = survive(member_table())
    assert (golden.num_rows, sources.num_rows) == (0, 0)
    conform(golden, GOLDEN_PERSONS)


def test_of_two_numbers_the_one_that_fits_sex_and_birth_survives_however_old() -> None:
    golden, sources = only(
        member(1, 1, "1999-01-01", **NAME, **born(1980, 5, 17), sex_code="1", personal_number="001080000001"),
        member(2, 1, "2010-01-01", **NAME, **born(1980, 5, 17), sex_code="1"),
        member(3, 1, "2015-06-30", personal_number="001081000001"),
    )
    assert (golden["birth_year"], golden["personal_number"]) == (1980, "001080000001")
    assert sources.get("personal_number", (golden["main_record_id"],))[0] == record_id(1)


def test_of_numbers_that_all_fit_or_none_does_the_newest_survives() -> None:
    for first, last in (("001080000001", "001080000002"), ("001081000001", "001181000002")):
        golden, _ = only(
            member(1, 1, "1999-01-01", **NAME, **born(1980), sex_code="1", personal_number=first),
            member(2, 1, "2015-06-30", **NAME, **born(1980), sex_code="1", personal_number=last),
        )
        assert golden["personal_number"] == last
