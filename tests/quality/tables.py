"""Synthetic tables for the tests of this room: whole contracts of which a test names the columns it is about."""

from collections.abc import Sequence

import pyarrow as pa

from schemas.contract import conform
from schemas.field import TableSpec
from schemas.tables import CHECK_RESULTS, GOLDEN_PERSONS, PROFILE, RECORDS

FILE = "f" * 32
NOTHING_EMPTY = "." * 17


def records(rows: Sequence[dict[str, object]]) -> pa.Table:
    """RECORDS, one of each dict; ids and lines count up, other columns are null."""
    given: list[dict[str, object]] = [
        {
            "record_id": f"{i:032x}",
            "file_id": FILE,
            "line": i + 2,
            "content_id": f"{i + 7:032x}",
            "province_code": "01",
            "empty_reasons": NOTHING_EMPTY,
        }
        | row
        for i, row in enumerate(rows)
    ]
    return _table(given, RECORDS)


def household(*members: dict[str, object], key: str = "h" * 32) -> list[dict[str, object]]:
    """The rows of one household."""
    return [{"household_key": key} | member for member in members]


def golden(rows: Sequence[dict[str, object]], *, start: int = 0) -> pa.Table:
    """GOLDEN_PERSONS of sound people, changed by each dict."""
    return _table([_person(start + i) | row for i, row in enumerate(rows)], GOLDEN_PERSONS)


def profile(*measures: tuple[str, str, str | None]) -> pa.Table:
    """PROFILE of (column, measure, value) of the one file."""
    rows: list[dict[str, object]] = [
        {"file_id": FILE, "column": column, "measure": measure, "value": value} for column, measure, value in measures
    ]
    return _table(rows, PROFILE)


def findings(*found: tuple[str, str]) -> pa.Table:
    """CHECK_RESULTS of (rule id, field), all to be reviewed."""
    rows: list[dict[str, object]] = [
        {"record_id": f"{i:032x}", "rule_id": rule, "field": field, "severity": "review"}
        for i, (rule, field) in enumerate(found)
    ]
    return _table(rows, CHECK_RESULTS)


def _person(number: int) -> dict[str, object]:
    return {
        "person_id": f"{number:032x}",
        "province_code": "01",
        "main_record_id": f"{number:032x}",
        "record_count": 1,
        "full_name": "Nguyễn Văn An",
        "surname": "Nguyễn",
        "middle_name": "Văn",
        "given_name": "An",
        "birth_year": 1920 + number % 90,
        "birth_month": 1 + number % 12,
        "birth_day": 1 + number % 28,
        "birth_calendar": "solar",
        "sex_code": "12"[number % 2],
        "ethnic_group_code": "01",
        "ethnic_group_list": "ethnic_groups_1019_2008",
        "permanent_residence_text": "Thôn 1, xã Hòa Bình",
        "permanent_residence_code": "00001",
        "permanent_residence_level": "commune",
        "permanent_residence_confidence": 0.9,
        "household_id": f"HK{number // 4}",
        "relation_code": "01",
        "empty_reasons": "...bb.bbb.nnbbb.n",
        "sort_key": "an",
        "search_key": "nguyen van an",
    }


def _table(rows: Sequence[dict[str, object]], spec: TableSpec) -> pa.Table:
    columns = [pa.array([row.get(c.name) for row in rows], c.type) for c in spec.columns]
    unknown = {name for row in rows for name in row} - set(spec.column_names)
    assert not unknown
    return conform(pa.table(columns, schema=spec.schema), spec)
