"""Planted rows, slips and ditto marks, in the shares asked for."""

from collections import Counter

import pytest

from data_samples.faults import FAULTS, TWO_PEOPLE
from data_samples.notices import NOTICES
from data_samples.options import LAYOUT_NAMES, GenerateOptions
from schemas.rules import all_rules
from tests.data_samples.drawn import all_tasks, rows

BLOCKING = {p.rule for p in FAULTS} | {TWO_PEOPLE}


def test_faults_are_blocking_rules_of_rows_and_notices_are_not():
    known = all_rules()
    assert {(known[r].severity, known[r].outcome) for r in BLOCKING} == {("block", "row")}
    assert {known[p.rule].severity for p in NOTICES} <= {"review", "notice"}


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_shares_are_near_what_was_asked(layout):
    found = rows(layout)
    quarantined = sum(r["expected_outcome"] == "quarantined" for r in found)
    noticed = sum(r["expected_rule"] is not None for r in found) - quarantined
    assert 0.025 < quarantined / len(found) < 0.035
    assert 0.015 < noticed / len(found) < 0.025


def test_the_outcome_follows_from_the_rule():
    for row in rows():
        assert (row["expected_outcome"] == "quarantined") == (row["expected_rule"] in BLOCKING)


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
def test_a_layout_holds_only_what_it_can_hold(layout):
    allowed = {p.rule for p in (*FAULTS, *NOTICES) if layout in p.layouts} | {TWO_PEOPLE, None}
    found = Counter(r["expected_rule"] for r in rows(layout))
    assert set(found) <= allowed
    assert len(found) > 35


def test_planted_rows_have_no_slips_and_repeats_have_most():
    found = rows()
    assert not [r for r in found if r["slips"] and r["expected_rule"]]
    slipped = Counter((r["kind"] == "own", r["slips"] is not None) for r in found)
    assert slipped[False, True] / (slipped[False, True] + slipped[False, False]) > 0.35
    assert slipped[True, True] / (slipped[True, True] + slipped[True, False]) < 0.2


def test_a_number_belongs_to_one_person_unless_planted():
    owners: dict[str, set[object]] = {}
    for row in rows():
        if row["expected_rule"] is None:
            owners.setdefault(str(row["personal_number"]), set()).add(row["person_id"])
    owners.pop("")
    assert len(owners) > 2_000
    assert not [n for n, people in owners.items() if len(people) > 1]


def test_numbers_agree_with_sex_and_year_unless_planted():
    checked = 0
    for row in rows():
        number, sex, year = str(row["personal_number"]), str(row["sex"]).lower(), str(row["birth_date"])[-4:]
        if number and row["expected_rule"] is None and year.isdecimal():
            checked += 1
            assert int(number[3]) % 2 == (sex != "nam")
            assert number[4:6] == year[2:]
    assert checked > 2_000


def test_two_people_with_one_number_are_planted_in_pairs():
    found = Counter(str(r["personal_number"]) for r in rows() if r["expected_rule"] == TWO_PEOPLE)
    assert found
    assert set(found.values()) == {2}


@pytest.mark.parametrize(
    ("rule", "column", "is_so"),
    [
        ("full_name.missing", "full_name", lambda t: t in {"", "-", "không rõ"}),
        ("full_name.two_persons", "full_name", lambda t: " và " in t or "; " in t),
        ("row.bad_characters", "full_name", lambda t: t.count("?") >= 2),
        ("birth_date.century_unknown", "birth_date", lambda t: len(t.split("/")[2]) == 2),
        ("birth_date.out_of_range", "birth_date", lambda t: not 1850 <= int(t[-4:]) <= 2026),
        ("personal_number.scientific", "personal_number", lambda t: "E+" in t),
        ("personal_number.leading_zero", "personal_number", lambda t: len(t) == 11),
        ("old_id_number.leading_zero", "old_id_number", lambda t: len(t) == 8),
        ("birth_date.approximate", "birth_date", lambda t: t.startswith("khoảng ")),
        ("full_name.look_alike", "full_name", lambda t: "\u00d0" in t),
        ("text.invisible_characters", "full_name", lambda t: "\u200b" in t),
    ],
)
def test_what_is_planted_is_there(rule, column, is_so):
    found = [str(r[column]) for r in rows() if r["expected_rule"] == rule]
    assert found
    assert all(is_so(t) for t in found)


def test_ditto_marks_stand_only_below_a_cell_of_the_same_book():
    marks = {"nt", '"', "như trên", "-nt-", "//"}
    found = rows()
    dittos = [i for i, r in enumerate(found) if r["native_place"] in marks]
    assert len(dittos) > 20
    for i in dittos:
        assert found[i]["household_id"] == found[i - 1]["household_id"]
        assert found[i]["expected_rule"] is None
        assert found[i - 1]["expected_rule"] is None


def test_nothing_is_planted_when_nothing_is_asked_for():
    from data_samples.block import draw_block

    options = GenerateOptions(600, 4, ("40",), repeat_share=0.0, fault_share=0.0, notice_share=0.0)
    (part,) = draw_block(all_tasks("csv", options)[0])
    assert part.truth.num_rows == 600
    assert part.truth.column("expected_rule").null_count == 600
    assert part.truth.column("kind").unique().to_pylist() == ["own"]
