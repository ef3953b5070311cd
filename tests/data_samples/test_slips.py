"""Slips change what they say they change, and never make a row impossible."""

import pytest

from tests.data_samples.drawn import rows

COLUMN = {
    "marks_stripped": "full_name",
    "old_number_missing": "old_id_number",
    "personal_number_missing": "personal_number",
    "mother_missing": "mother_name",
}


@pytest.mark.parametrize("slip", COLUMN)
def test_a_slip_leaves_its_trace(slip):
    found = [str(r[COLUMN[slip]]) for r in rows() if slip in str(r["slips"]).split(";")]
    assert len(found) > 10
    assert all(t == "" if slip.endswith("missing") else t.isascii() for t in found)


def test_a_year_off_by_one_never_stands_beside_the_number_that_would_tell():
    found = [r for r in rows() if "year_off" in str(r["slips"])]
    assert len(found) > 10
    assert {r["personal_number"] for r in found} == {""}


def test_a_wrong_number_is_not_that_of_another_person():
    right = {r["personal_number"]: r["person_id"] for r in rows() if not r["slips"] and not r["expected_rule"]}
    wrong = [r for r in rows() if "personal_number_wrong" in str(r["slips"])]
    assert wrong
    assert not [r for r in wrong if right.get(r["personal_number"], r["person_id"]) != r["person_id"]]


def test_births_stay_before_their_entry():
    for row in rows():
        birth, entry = str(row["birth_date"])[-4:], str(row["entry_date"])[-4:]
        if row["expected_rule"] is None and birth.isdecimal() and entry.isdecimal():
            assert int(birth) <= int(entry)
