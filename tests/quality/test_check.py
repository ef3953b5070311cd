from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.check import check_records
from schemas.contract import conform, empty
from schemas.lineage import hash_text
from schemas.outcome import Outcome
from schemas.rules import all_rules, quarantining
from schemas.tables import CHECK_RESULTS, PROFILE, QUARANTINE, RECORDS
from tests.quality.tables import FILE, household, profile, records

RECEIVED = date(2024, 5, 1)
HEAD: dict[str, object] = {"relation_code": "01", "sex_code": "1", "birth_year": 1950, "full_name": "Trần Bình"}
WIFE: dict[str, object] = {"relation_code": "02", "sex_code": "2", "birth_year": 1955, "full_name": "Lê Hoa"}
CHILD: dict[str, object] = {"relation_code": "04", "sex_code": "1", "birth_year": 1980, "full_name": "Trần Nam"}
PERSONAL = "001095012345"


def check(rows: list[dict[str, object]], *measures: tuple[str, str, str | None]) -> Outcome:
    return check_records(records(rows), profile(*measures), received_on=RECEIVED)


def fired(rows: list[dict[str, object]], *measures: tuple[str, str, str | None]) -> set[tuple[str, int]]:
    """(rule, number of the row) of every finding."""
    found = check(rows, *measures).findings
    return {(r["rule_id"], int(r["record_id"], 16)) for r in found.to_pylist()}


BIRTH_AND_ENTRY = [
    ({"birth_year": 2010}, date(1999, 6, 1), True),
    ({"birth_year": 1999}, date(1999, 6, 1), False),
    ({"birth_year": 1999, "birth_month": 7}, date(1999, 6, 1), True),
    ({"birth_year": 1999, "birth_month": 6}, date(1999, 6, 1), False),
    ({"birth_year": 1999, "birth_month": 6, "birth_day": 2}, date(1999, 6, 1), True),
    ({"birth_year": 1999, "birth_month": 6, "birth_day": 1}, date(1999, 6, 1), False),
    ({"birth_year": 1998, "birth_month": 12, "birth_day": 31}, date(1999, 1, 1), False),
    ({"birth_month": 12, "birth_day": 31}, date(1999, 1, 1), False),
    ({"birth_year": 2010}, None, False),
]


@pytest.mark.parametrize(("born", "entered", "expected"), BIRTH_AND_ENTRY)
def test_nobody_is_entered_before_birth(born: dict[str, object], entered: date | None, expected: bool) -> None:
    rows = [{"full_name": "Lê Hoa", "entry_date": entered} | born]
    assert (("birth_date.after_entry", 0) in fired(rows)) is expected


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        ({"death_year": 1940}, True),
        ({"death_year": 1950}, False),
        ({"death_year": 1950, "death_month": 2}, True),
        ({"death_year": 1950, "death_month": 3, "death_day": 3}, True),
        ({"death_year": 1950, "death_month": 3, "death_day": 4}, False),
        ({"death_month": 1, "death_day": 1}, False),
        ({}, False),
    ],
)
def test_nobody_dies_before_birth(death: dict[str, object], expected: bool) -> None:
    rows = [{"birth_year": 1950, "birth_month": 3, "birth_day": 4} | death]
    assert (("death_date.before_birth", 0) in fired(rows)) is expected


def test_a_middle_name_of_the_other_sex_is_for_review_and_keeps_the_row() -> None:
    rows = [{"full_name": "Nguyễn Thị Lan", "sex_code": "1"}, {"full_name": "Nguyễn Thị Lan", "sex_code": "2"}]
    assert fired(rows) == {("sex.name_contradicts", 0)}
    assert check(rows).accepted.num_rows == 2


@pytest.mark.parametrize(
    ("relation", "sex", "expected"),
    [
        ("02", "1", True), ("02", "2", False), ("03", "2", True), ("03", "1", False), ("07", "1", True),
        ("14", "2", True), ("34", "2", True), ("04", "1", False), ("04", "2", False), ("01", "2", False),
        ("02", None, False), ("02", "0", False), (None, "1", False), ("99", "1", False),
    ],
)  # fmt: skip
def test_relation_and_sex(relation: str | None, sex: str | None, expected: bool) -> None:
    rows = [{"relation_code": relation, "sex_code": sex}]
    assert (("sex.relation_contradicts", 0) in fired(rows)) is expected


def test_a_head_of_the_sex_of_the_wife_is_found_on_the_head_once() -> None:
    rows = household(HEAD | {"sex_code": "2"}, WIFE, WIFE, CHILD)
    assert fired(rows) == {("sex.relation_contradicts", 0)}


def test_a_wife_written_as_a_man_does_not_accuse_the_head_too() -> None:
    assert fired(household(HEAD, WIFE | {"sex_code": "1"})) == {("sex.relation_contradicts", 1)}


def test_a_sound_household_has_no_finding() -> None:
    outcome = check(household(HEAD, WIFE, CHILD, CHILD | {"birth_year": 1983, "full_name": "Trần Lan"}))
    assert outcome.findings.num_rows == 0
    assert outcome.quarantined.num_rows == 0


HOUSEHOLDS = [
    ("no head: one finding, on the first line", [WIFE, CHILD, CHILD], {("household.no_head", 0)}),
    ("no relation known: nothing can be said", [{"relation_code": None}, {"relation_code": None}], set()),
    ("a head found by name", [{"head_record_id": "1" * 32}, CHILD], set()),
    (
        "two living heads: on the later one",
        [HEAD, CHILD, HEAD | {"full_name": "Lê Tư", "birth_year": 1960}],
        {("household.two_heads", 2)},
    ),
    ("the head typed twice", [HEAD, HEAD], set()),
    ("the head typed twice, once with a slip in the name", [HEAD, HEAD | {"full_name": "Trần Binh"}], set()),
    ("the head typed twice, once with a slip in the year", [HEAD, HEAD | {"birth_year": 1951}], set()),
    (
        "the old head is dead",
        [HEAD | {"death_year": 1990}, HEAD | {"full_name": "Trần Nam", "birth_year": 1970}],
        set(),
    ),
    ("a dead head alone is a head", [HEAD | {"death_kind": "dead"}], set()),
    ("a dead head of the living", [HEAD | {"death_kind": "dead"}, CHILD], {("household.head_dead", 0)}),
    (
        "three heads: one finding",
        [HEAD, HEAD | {"full_name": "A B", "birth_year": 1960}, HEAD | {"full_name": "C D", "birth_year": 1961}],
        {("household.two_heads", 1)},
    ),
    ("a head of three years", [HEAD | {"birth_year": 2021}], {("household.head_too_young", 0)}),
    ("a head of ten years", [HEAD | {"birth_year": 2014}], set()),
    (
        "a head of three years when the ledger was written",
        [HEAD | {"birth_year": 1990, "entry_date": date(1993, 1, 1)}],
        {("household.head_too_young", 0)},
    ),
    (
        "entered at birth, head after the latest entry of the household",
        [HEAD | {"birth_year": 1990, "entry_date": date(1990, 9, 1)}, WIFE | {"entry_date": date(2015, 1, 1)}],
        set(),
    ),
    ("a child older than the head", [HEAD, WIFE, CHILD | {"birth_year": 1940}], {("household.child_older", 2)}),
    ("eleven years", [HEAD, CHILD | {"birth_year": 1961}], {("household.child_older", 1)}),
    ("twelve years", [HEAD, CHILD | {"birth_year": 1962}], set()),
    (
        "all children older: the head's year is wrong, one finding",
        [HEAD | {"birth_year": 1990}, CHILD, CHILD | {"birth_year": 1982}],
        {("household.child_older", 0)},
    ),
    ("a father younger than the head", [HEAD, {"relation_code": "06", "birth_year": 1960}],
     {("household.parent_younger", 1)}),
    ("both parents younger: the head's year is wrong",
     [HEAD, {"relation_code": "06", "birth_year": 1960}, {"relation_code": "07", "birth_year": 1962}],
     {("household.parent_younger", 0)}),
    ("a mother and a child against the head",
     [HEAD, {"relation_code": "07", "birth_year": 1960}, CHILD | {"birth_year": 1940}],
     {("household.child_older", 0)}),
    ("a father", [HEAD, {"relation_code": "06", "birth_year": 1925}], set()),
    ("a stepmother may be young", [HEAD, {"relation_code": "42", "birth_year": 1960}], set()),
    ("an adopted child", [HEAD, {"relation_code": "05", "birth_year": 1955}], set()),
    ("a nephew may be older", [HEAD, {"relation_code": "17", "birth_year": 1945}], set()),
    ("an unknown year", [HEAD | {"birth_year": None}, CHILD | {"birth_year": 1900}], set()),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [c[1:] for c in HOUSEHOLDS], ids=[c[0] for c in HOUSEHOLDS])
def test_households(rows: list[dict[str, object]], expected: set[tuple[str, int]]) -> None:
    assert fired(household(*rows)) == expected


def test_with_two_heads_nothing_is_said_of_the_children() -> None:
    other = HEAD | {"full_name": "Lê Tư", "birth_year": 1900}
    rows = household(HEAD | {"birth_year": 1985}, other, CHILD)
    assert fired(rows) == {("household.two_heads", 1)}


def test_rows_without_household_are_no_household() -> None:
    assert fired([HEAD, HEAD | {"full_name": "Lê Tư", "birth_year": 1960}, CHILD | {"birth_year": 1900}]) == set()


def test_the_same_number_in_two_files_is_two_households() -> None:
    first = household(HEAD, CHILD)
    second = [row | {"file_id": "e" * 32} for row in household(HEAD | {"full_name": "Lê Tư", "birth_year": 1930})]
    assert fired([*first, *second]) == set()


def test_the_first_line_is_first_whatever_the_order_of_the_rows() -> None:
    rows = household(WIFE | {"line": 9}, CHILD | {"line": 4}, CHILD | {"line": 7})
    assert fired(rows) == {("household.no_head", 1)}


@pytest.mark.parametrize("measure", ["number_conflict", "number_conflict:1"])
def test_a_number_of_two_people_keeps_all_its_rows_out(measure: str) -> None:
    rows: list[dict[str, object]] = [{"personal_number": n} for n in (PERSONAL, "001095054321", PERSONAL, None)]
    conflict = ("personal_number_raw", measure, hash_text(PERSONAL))
    assert fired(rows, conflict) == {("personal_number.two_people", 0), ("personal_number.two_people", 2)}
    outcome = check(rows, conflict)
    assert outcome.quarantined.column("raw_value").to_pylist() == [PERSONAL, PERSONAL]
    assert outcome.accepted.num_rows == 2


def test_accepted_rows_are_unchanged() -> None:
    table = records(household(HEAD | {"birth_year": 2022}, CHILD | {"birth_year": 1900}))
    outcome = check_records(table, profile(), received_on=RECEIVED)
    assert outcome.findings.num_rows > 0
    assert outcome.accepted.equals(table)


def test_no_rows() -> None:
    outcome = check_records(empty(RECORDS), empty(PROFILE), received_on=RECEIVED)
    assert (outcome.accepted.num_rows, outcome.quarantined.num_rows, outcome.findings.num_rows) == (0, 0, 0)
    assert outcome.quarantined.schema == QUARANTINE.schema


YEARS = st.one_of(st.none(), st.integers(1850, 2024))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "birth_year": YEARS,
            "death_year": YEARS,
            "sex_code": st.sampled_from(["0", "1", "2", None]),
            "relation_code": st.sampled_from(["01", "02", "03", "04", "06", "17", "99", None]),
            "household_key": st.sampled_from(["a" * 32, "b" * 32, None]),
            "file_id": st.sampled_from([FILE, "e" * 32]),
            "personal_number": st.sampled_from([PERSONAL, None]),
            "full_name": st.sampled_from(["Lê Thị Hoa", "Trần Văn Bình", None]),
            "entry_date": st.one_of(st.none(), st.dates(date(1955, 1, 1), date(2024, 1, 1))),
        }
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, has_conflict=st.booleans())
def test_laws_of_a_step(rows: list[dict[str, object]], has_conflict: bool) -> None:
    table = records(rows)
    measures = [("personal_number_raw", "number_conflict", hash_text(PERSONAL))] if has_conflict else []
    outcome = check_records(table, profile(*measures), received_on=RECEIVED)
    kept_out = set(outcome.quarantined.column("record_id").to_pylist())
    assert set(outcome.accepted.column("record_id").to_pylist()) | kept_out == set(table["record_id"].to_pylist())
    assert outcome.accepted.num_rows + outcome.quarantined.num_rows == table.num_rows
    conform(outcome.accepted, RECORDS)
    conform(outcome.quarantined, QUARANTINE)
    conform(outcome.findings, CHECK_RESULTS)
    blocked = [r for r in outcome.findings.to_pylist() if r["rule_id"] in quarantining()]
    assert {r["record_id"] for r in blocked} == kept_out
    for row in outcome.quarantined.to_pylist():
        mine = [r["rule_id"] for r in blocked if r["record_id"] == row["record_id"]]
        assert row["rule_id"] == min(mine, key=lambda rule_id: all_rules()[rule_id].order)


@settings(max_examples=50, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows: list[dict[str, object]], order: object) -> None:
    table = records(rows)
    shuffled = list(range(table.num_rows))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one = check_records(table, profile(), received_on=RECEIVED)
    other = check_records(table.take(pa.array(shuffled, pa.int64())), profile(), received_on=RECEIVED)
    key = [("record_id", "ascending"), ("rule_id", "ascending")]
    assert one.findings.sort_by(key).equals(other.findings.sort_by(key))


def test_a_row_that_says_what_another_says_is_told_and_kept() -> None:
    same = {**HEAD, "content_id": "c" * 32}
    found = fired([{**same, "line": 4}, {**WIFE, "line": 3}, {**same, "line": 2}, {**same, "line": 9}])
    assert {row for rule, row in found if rule == "row.repeated"} == {0, 3}
    assert all_rules()["row.repeated"].outcome == "value"


def test_a_household_whose_head_is_kept_out_is_told_on_its_first_line_that_stays() -> None:
    impossible = {"birth_year": 1950, "death_year": 1940}
    rows = household(WIFE, HEAD | impossible, CHILD)
    assert fired(rows) >= {("death_date.before_birth", 1), ("household.head_kept_out", 0)}
    assert ("household.no_head", 0) not in fired(rows)
    other = household(HEAD | impossible, HEAD, CHILD)
    assert "household.head_kept_out" not in {rule for rule, _ in fired(other)}, "a head is left"
    alone = household(HEAD | impossible)
    assert "household.head_kept_out" not in {rule for rule, _ in fired(alone)}, "nobody is left"
