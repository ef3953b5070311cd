"""Is a mended row the person of the record that it names?"""

from pathlib import Path

import pyarrow as pa
import pytest

from dedup.matching import MatchOptions, load_model, match_records
from dedup.mended import is_one_person, replaced_of
from dedup.settled import SIDES, Settled
from schemas.contract import conform
from schemas.tables import REPLACED_RECORDS
from tests.dedup.rows import find, match_record, match_table, person_id, read_parts, record_id, write_parts

MODEL = load_model()
PAIR = pa.table({"record_id": [record_id(9)], "corrected_record_id": [record_id(1)]})
STORED = {"sex_code": "1", "person_id": person_id(7), "old_id_number": "010123456"}


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        (("Nguyễn Văn Hùng", "1955-01-02", {"sex_code": "2"}), True),
        (("Trần Thị Hùng", "", {}), True),
        (("Lê Văn Sơn", "1980-11-30", {"sex_code": "1"}), True),
        (("Lê Văn Sơn", "1980-11-30", {}), True),
        (("Lê Thị Sơn", "1980-11-30", {"sex_code": "2"}), False),
        (("Lê Văn Sơn", "1955-01-02", {"sex_code": "1"}), False),
        (("Lê Văn Sơn", "1955-01-02", {"old_id_number": "010123456"}), True),
    ],
)
def test_a_given_name_a_birth_year_with_the_sex_or_a_number_is_enough(
    row: tuple[str, str, dict[str, object]], is_one: bool
) -> None:
    name, born, values = row
    stored = match_table(match_record(1, "Nguyễn Văn Hùng", "1980-05-17", **STORED))
    own = match_table(match_record(9, name, born, **values))
    assert is_one_person(PAIR, own, stored, MODEL).tolist() == [is_one]


def test_a_mended_row_joins_its_person_and_the_silent_record_contradicts_nobody(tmp_path: Path) -> None:
    silent = match_record(1, None, "", person_id=person_id(7))
    mended = match_record(9, "Lê Thị Sơn", "1980-05-17", sex_code="2", father_name="Lê Văn Tư")
    another = match_record(10, "Lê Thị Sơn", "1980-05-17", sex_code="2", father_name="Lê Văn Tư")
    tie = PAIR.rename_columns(list(SIDES))
    found = find(tmp_path, [mended, another], [silent], MatchOptions(settled=Settled(ties=tie)))
    assert found.persons == {1: person_id(7), 9: person_id(7), 10: person_id(7)}


def test_a_doubted_pair_waits_for_review_once(tmp_path: Path) -> None:
    own, stored = match_record(9, "Lê Thị Sơn", "1955"), match_record(1, "Nguyễn Văn Hùng", "1980", **STORED)
    parts = [write_parts(match_table(row), tmp_path / name) for row, name in ((own, "own"), (stored, "stored"))]
    match_records(*parts, tmp_path / "work", MODEL, MatchOptions(pa.concat_tables([PAIR, PAIR])))
    pairs = read_parts(tmp_path / "work" / "scored_pairs").to_pylist()
    assert [(p["left_record_id"], p["right_record_id"], p["outcome"]) for p in pairs] == [
        (record_id(1), record_id(9), "review")
    ]


def test_replaced_records_keep_their_contract() -> None:
    assert conform(replaced_of(PAIR, "b" * 32), REPLACED_RECORDS).to_pylist() == [
        {"corrected_record_id": record_id(1), "record_id": record_id(9), "batch_id": "b" * 32}
    ]
