from dataclasses import asdict, replace
from datetime import date

import pytest

from quality.metrics import BatchFacts, BatchMetrics, Tally
from tests.quality.tables import golden

FACTS = BatchFacts(date(2024, 5, 1), read=100, matched=70, known=10, quarantined=15, rejected=5)
MANY = 400


def metrics(*chunks: list[dict[str, object]], facts: BatchFacts = FACTS) -> BatchMetrics:
    tally, start = Tally(), 0
    for chunk in chunks:
        tally.add(golden(chunk, start=start))
        start += len(chunk)
    return tally.metrics(facts)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, {"rows_unaccounted": 0, "quarantined_share": 0.157895, "rejected_share": 0.05}),
        (replace(FACTS, matched=71), {"rows_unaccounted": -1}),
        (BatchFacts(date(2024, 5, 1), 19, 0, quarantined=19), {"quarantined_share": None, "rejected_share": None}),
        (BatchFacts(date(2024, 5, 1), 20, 1, quarantined=19), {"quarantined_share": 0.95}),
        (BatchFacts(date(2024, 5, 1), 20, 0, quarantined=20), {"quarantined_share": None}),
        (BatchFacts(date(2024, 5, 1), 0, 0), {"rows_unaccounted": 0, "quarantined_share": None}),
    ],
)
def test_shares_of_rows(facts: BatchFacts, expected: dict[str, float | None]) -> None:
    seen = asdict(metrics([{}], facts=facts))
    assert {name: seen[name] for name in expected} == expected


def test_accepted_rows_without_any_person() -> None:
    assert metrics().records_without_person == 70
    assert metrics([{}]).records_without_person == 0
    assert metrics(facts=replace(FACTS, matched=0)).records_without_person == 0


def test_doubled_ids_are_found_across_chunks() -> None:
    same = {"person_id": "a" * 32}
    assert metrics([same, {}], [{}, same]).doubled_person_ids == 1
    assert metrics([{}], [{}]).doubled_person_ids == 0


def test_doubled_numbers() -> None:
    assert metrics([{}]).doubled_number_share is None
    number, other = {"personal_number": "001095012345"}, {"personal_number": "001095012346"}
    assert metrics([number, other], [number, {}, other | {"sex_code": "1"}]).doubled_number_share == 0.5


@pytest.mark.parametrize(
    ("rows", "name", "expected"),
    [
        ([{"sex_code": "1"}] * MANY, "male_share", 1.0),
        ([{"sex_code": "1"}] * MANY + [{"sex_code": None}] * MANY, "male_share", 1.0),
        ([{"sex_code": "1"}, {"sex_code": "2"}] * MANY, "male_share", 0.5),
        ([{"sex_code": "1"}] * 20, "male_share", None),
        ([{"birth_month": 1, "birth_day": 1}] * MANY, "new_year_share", 1.0),
        ([{"birth_month": 1, "birth_day": None}] * MANY, "new_year_share", None),
        ([{"birth_month": 2, "birth_day": 1}] * MANY, "new_year_share", 0.0),
        ([{"birth_year": 1980}] * MANY, "commonest_birth_year_share", 1.0),
        ([{"birth_year": 1980}] * MANY, "whipple_index", 500.0),
        ([{"birth_year": 2020}] * MANY, "whipple_index", None),
        ([{"birth_year": None}] * MANY, "commonest_birth_year_share", None),
    ],
)
def test_figures_of_the_people(rows: list[dict[str, object]], name: str, expected: float | None) -> None:
    assert asdict(metrics(rows))[name] == expected
