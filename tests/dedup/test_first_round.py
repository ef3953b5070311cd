from pathlib import Path

import numpy as np
import pytest

from dedup.encode import encode
from dedup.first_round import first_round
from dedup.model import load_model
from tests.dedup.rows import match_record, match_table, person_id, record_id

MODEL = load_model()
HOME = {"permanent_residence_code": "00123"}
PARENTS = {"father_name": "Nguyễn Đình Quang", "mother_name": "Trịnh Thị Mận"} | HOME
OWN = match_table(match_record(5, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", **PARENTS))
SURE = match_record(2, "Nguyễn Xuân Tùng", "1980-05-17", sex_code="1", person_id=person_id(2), **PARENTS)
DOUBTFUL = match_record(7, "Nguyễn Xuân Tùng", "1980", person_id=person_id(7), **HOME)
STRANGER = match_record(8, "Lê Văn Hùng", "1980-05-17", sex_code="2", person_id=person_id(8),
                        permanent_residence_code="00123")  # fmt: skip


def test_partners_are_those_that_any_evidence_could_make_a_match(tmp_path: Path) -> None:
    found = first_round([OWN], [match_table(SURE, DOUBTFUL, STRANGER)], MODEL, tmp_path)
    assert sorted(found.partners(matched=False).to_pylist()) == [record_id(2), record_id(7)]
    assert found.partners(matched=True).to_pylist() == [record_id(2)]


def test_pairs_are_those_of_the_records_at_hand_later(tmp_path: Path) -> None:
    found = first_round([OWN], [match_table(SURE, DOUBTFUL, STRANGER)], MODEL, tmp_path)
    later = [match_table(match_record(1, person_id=person_id(1)), SURE, DOUBTFUL)]
    pairs = found.among(encode([OWN], later).columns)
    assert list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)) == [(1, 2), (2, 3)]
    assert (np.diff(pairs.left) >= 0).all()
    with pytest.raises(ValueError, match="missing"):
        found.among(encode([OWN]).columns)


def test_nothing_stored(tmp_path: Path) -> None:
    found = first_round([OWN], [], MODEL, tmp_path)
    assert len(found.partners(matched=False)) == len(found.pairs.left) == found.pairs_found == 0
