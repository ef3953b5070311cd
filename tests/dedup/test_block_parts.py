from dataclasses import asdict

import numpy as np
import pytest

from dedup.block_parts import key_parts
from dedup.encode import encode
from tests.dedup.rows import match_record, match_table


def shared(one: dict[str, object], other: dict[str, object]) -> set[str]:
    """The parts that two records have in common."""
    records = encode([match_table(match_record(1, **one), match_record(2, **other))])  # type: ignore[arg-type]
    return {name for name, values in asdict(key_parts(records)).items() if values[0] != 0 and values[0] == values[1]}


def test_a_part_that_is_missing_is_nothing() -> None:
    parts = asdict(key_parts(encode([match_table(match_record(1, name="Lan", born=""))])))
    assert {name for name in ("rest", "front", "date", "year", "years", "father", "old") if parts[name][0]} == set()


@pytest.mark.parametrize(
    ("one", "other", "common", "apart"),
    [
        ("Nguyễn Thị Lan", "NGUYEN THI LAN", {"name", "sound", "rest", "front"}, set()),
        ("Nguyễn Thị Lan", "Nguyễn Thị Lna", {"rest", "letter"}, {"name", "front", "given"}),
        ("Nguyễn Thị Lan", "Nguyễn Lan", {"surname", "given"}, {"name", "rest", "front"}),
        ("Trần Văn Trung", "Trần Văn Chung", {"sound", "given_sound", "rest"}, {"name", "letter"}),
        ("Nguyễn Thị Lan", "Lê Thị Lan", {"front", "given"}, {"rest", "surname"}),
    ],
)
def test_parts_of_names(one: str, other: str, common: set[str], apart: set[str]) -> None:
    found = shared({"name": one}, {"name": other})
    assert common <= found
    assert not apart & found


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("1980-05-11", "1980-11-05", {"date", "year", "years", "later_years"}),
        ("1980-05-17", "1980-05-17", {"date", "year", "day_month", "years", "later_years"}),
        ("1980-01-01", "1980-05-17", {"year", "years", "later_years"}),
        ("1979-05-17", "1980-05-17", {"day_month", "later_years"}),
        ("1983-05-17", "1984-05-17", {"day_month", "later_years"}),
    ],
)
def test_parts_of_births(one: str, other: str, common: set[str]) -> None:
    parts = {"date", "year", "day_month", "years", "later_years"}
    assert shared({"born": one}, {"born": other}) & parts == common


def test_years_one_apart_always_share_a_window() -> None:
    table = match_table(*(match_record(n + 1, born=f"{1900 + n}-03-04") for n in range(120)))
    parts = key_parts(encode([table]))
    near = (parts.years[:-1] == parts.years[1:]) | (parts.later_years[:-1] == parts.later_years[1:])
    assert near.all()
    assert not np.isin(parts.years, parts.later_years).any()
