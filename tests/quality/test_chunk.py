from datetime import date

import numpy as np
import pytest

from quality.chunk import Chunk, relation_sexes
from schemas.code_lists import rows
from tests.quality.tables import household, profile, records

RECEIVED = date(2024, 5, 1)


def chunk(given: list[dict[str, object]], *measures: tuple[str, str, str | None]) -> Chunk:
    return Chunk(records(given), profile(*measures), RECEIVED)


@pytest.mark.parametrize("row", rows("relations"), ids=lambda r: str(r["code"]))
def test_every_relation_has_the_sex_of_the_list(row: dict[str, str]) -> None:
    assert relation_sexes()[int(row["code"])] == {"M": 1, "F": 2, "any": 0}[row["sex"]]


def test_unknown_is_zero() -> None:
    seen = chunk([{"birth_year": 1950, "entry_date": date(1999, 6, 2), "sex_code": "2", "relation_code": "04"}, {}])
    assert seen.year("birth").tolist() == [1950, 0]
    assert [part.tolist() for part in seen.days("entry_date")] == [[1999, 0], [6, 0], [2, 0]]
    assert seen.sex.tolist() == [2, 0]
    assert seen.relation.tolist() == [4, 0]


@pytest.mark.parametrize("code", ["7", "x", "100", ""])
def test_a_code_that_no_list_has_is_unknown(code: str) -> None:
    assert chunk([{"sex_code": code}]).sex.tolist() == [0]


def test_measures_may_be_numbered() -> None:
    seen = chunk([{}], ("a", "number_conflict", "x"), ("a", "number_conflict:2", "y"), ("a", "number_conflicts", "z"))
    assert seen.measured("number_conflict") == {"x", "y"}


def test_households_know_their_first_line_and_their_heads() -> None:
    dead = {"relation_code": "01", "death_year": 1990, "full_name": "Trần A", "birth_year": 1920}
    heir = {"relation_code": "01", "full_name": "Trần B", "birth_year": 1950}
    given = [*household(dead, heir, {}), {"relation_code": "01"}, *household({}, key="k" * 32)]
    homes = chunk(given).households
    assert homes.first[homes.group].tolist() == [0, 0, 0, -1, 4]
    assert homes.head[homes.group].tolist() == [1, 1, 1, -1, -1]
    assert homes.second_head[homes.group].tolist() == [-1] * 5
    assert homes.count(np.ones(5, bool))[homes.group].tolist() == [3, 3, 3, 0, 1]


def test_the_latest_entry_is_of_the_household_and_never_in_the_future() -> None:
    seen = chunk(
        [
            *household({"entry_date": date(1990, 1, 1)}, {"entry_date": date(1999, 1, 1)}),
            *household({"entry_date": date(2040, 1, 1)}, key="k" * 32),
            *household({}, key="l" * 32),
        ]
    )
    homes = seen.households
    assert homes.latest(seen.entry_year, 2024)[homes.group].tolist() == [1999, 1999, 2024, 2024]
