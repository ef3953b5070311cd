import numpy as np
import pyarrow as pa
import pytest

from quality.findings import Fired, check_results, judged_rows, quarantine, without
from schemas.contract import conform
from schemas.judged import Judged
from schemas.tables import CHECK_RESULTS, QUARANTINE
from tests.quality.tables import FILE, profile, records


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


@pytest.fixture
def table() -> pa.Table:
    return records(
        [
            {"birth_year": 2010, "birth_month": 3, "personal_number": "001095012345"},
            {"sex_raw": "Nam", "death_year": 1990, "death_month": 2, "death_day": 1},
            {"birth_year": 1950},
        ]
    )


def test_findings_take_field_and_severity_from_the_rules(table: pa.Table) -> None:
    found = check_results(table, [Fired("household.no_head", rows(0, 2)), Fired("birth_date.after_entry", rows(2))])
    conform(found, CHECK_RESULTS)
    assert [(r["rule_id"], r["field"], r["severity"]) for r in found.to_pylist()] == [
        ("household.no_head", "household", "review"),
        ("household.no_head", "household", "review"),
        ("birth_date.after_entry", "birth_date", "block"),
    ]


def test_an_unknown_rule_is_a_fault_of_the_code(table: pa.Table) -> None:
    with pytest.raises(KeyError):
        check_results(table, [Fired("no.such_rule", rows(0))])


def test_the_first_blocking_rule_in_order_names_the_row(table: pa.Table) -> None:
    fired = [
        Fired("personal_number.two_people", rows(0)),
        Fired("death_date.before_birth", rows(1)),
        Fired("birth_date.after_entry", rows(0)),
        Fired("sex.name_contradicts", rows(2)),
    ]
    kept_out = conform(quarantine(table, profile(), fired), QUARANTINE).to_pylist()
    assert [(r["line"], r["rule_id"], r["field"], r["raw_value"]) for r in kept_out] == [
        (2, "birth_date.after_entry", "birth_date", "../03/2010"),
        (3, "death_date.before_birth", "death", "01/02/1990"),
    ]
    assert without(table, fired).column("line").to_pylist() == [4]


@pytest.mark.parametrize(
    ("rule_id", "raw"), [("sex.unknown_code", "Nam"), ("row.bad_characters", None), ("full_name.missing", None)]
)
def test_raw_value_is_what_stands_in_the_field(table: pa.Table, rule_id: str, raw: str | None) -> None:
    assert quarantine(table, profile(), [Fired(rule_id, rows(1))]).column("raw_value").to_pylist() == [raw]


def test_the_file_is_the_one_of_the_profile(table: pa.Table) -> None:
    fired = [Fired("full_name.missing", rows(0))]
    named = quarantine(table, profile(("*", "file", "so/ho.csv"), ("*", "rows", "3")), fired)
    assert named.select(["file_id", "file"]).to_pylist() == [{"file_id": FILE, "file": "so/ho.csv"}]
    assert quarantine(table, profile(), fired).column("file").to_pylist() == [""]


def test_nothing_fired(table: pa.Table) -> None:
    assert without(table, []).equals(table)
    assert quarantine(table, profile(), []).num_rows == 0
    assert check_results(table, []).schema == CHECK_RESULTS.schema


@pytest.mark.parametrize("kept_out", [[], [0], [599], [0, 1, 598, 599], list(range(0, 600, 2)), list(range(600))])
def test_few_or_many_rows_are_cut_out_alike(kept_out: list[int]) -> None:
    table = records([{"birth_year": 1900 + n % 100} for n in range(600)])
    found = without(table, [Fired("birth_date.after_entry", rows(*kept_out)), Fired("household.no_head", rows(5))])
    assert found.equals(table.filter(pa.array([n not in set(kept_out) for n in range(600)])))


def test_rows_are_judged_by_what_they_say(table: pa.Table) -> None:
    said = ["a" * 32, "b" * 32, "c" * 32]
    table = table.set_column(table.column_names.index("content_id"), "content_id", pa.array(said))
    fired = [Fired("birth_date.after_entry", rows(0, 1)), Fired("household.no_head", rows(0))]
    judged = Judged({said[0]: frozenset({"birth_date.after_entry"})}, frozenset({said[2]}))
    found = judged_rows(table, fired, judged)
    assert without(table, found).column("line").to_pylist() == [2]
    severities = {(r["rule_id"], r["severity"]) for r in check_results(table, found).to_pylist()}
    assert {("birth_date.after_entry", "notice"), ("row.rejected", "block")} <= severities
