import json
import socket
import tempfile
from dataclasses import asdict, replace
from datetime import date

import pytest

from quality import validate
from quality.suite import EXPECTATIONS, Expected, Kind
from quality.validate import BatchFacts, Validation, validate_batch
from schemas.contract import empty
from schemas.tables import GOLDEN_PERSONS
from tests.quality.tables import golden

FACTS = BatchFacts(date(2024, 5, 1), read=6, matched=6)
SECRET = "Nguyễn Bí Mật 1234567"


def judge(*rows: dict[str, object], facts: BatchFacts = FACTS) -> Validation:
    return validate_batch([golden([*rows, {}, {}, {}])], facts)


def test_sound_people_pass() -> None:
    seen = judge({}, {}, {})
    assert (seen.success, seen.stop_rules, seen.warnings, seen.persons) == (True, (), (), 6)
    assert [r.id for r in seen.results] == [e.id for e in EXPECTATIONS]
    assert all(r.evaluated for r in seen.results)
    assert {r.rows for r in seen.results if r.field != "batch"} == {6}


FAULTS: list[tuple[dict[str, object], str]] = [
    ({"person_id": "x"}, "gate.person.id"),
    ({"record_count": 0}, "gate.person.records"),
    ({"province_code": "63"}, "gate.person.province"),
    ({"empty_reasons": "?" * 17}, "gate.person.reasons"),
    ({"full_name": None}, "gate.full_name.filled"),
    ({"full_name": "123"}, "gate.full_name.letters"),
    ({"full_name": "  "}, "gate.full_name.letters"),
    ({"birth_year": 1849}, "gate.birth_date.year"),
    ({"birth_year": 2025}, "gate.birth_date.year"),
    ({"birth_month": 13}, "gate.birth_date.month"),
    ({"birth_day": 0}, "gate.birth_date.day"),
    ({"birth_calendar": "chinese"}, "gate.birth_date.calendar"),
    ({"sex_code": "7"}, "gate.sex.code"),
    ({"birth_registration_place_code": "1234"}, "gate.birth_registration_place.code"),
    ({"native_place_level": "village"}, "gate.native_place.level"),
    ({"ethnic_group_code": "98"}, "gate.ethnic_group.code"),
    ({"religion_code": "Phật"}, "gate.religion.code"),
    ({"nationality_code": "zz"}, "gate.nationality.code"),
    ({"marital_status_code": "9"}, "gate.marital_status.code"),
    ({"permanent_residence_confidence": 1.5}, "gate.permanent_residence.confidence"),
    ({"temporary_residence_code": "x"}, "gate.temporary_residence.code"),
    ({"temporary_absence_status": "gone"}, "gate.temporary_absence.status"),
    ({"current_residence_code": "0"}, "gate.current_residence.code"),
    ({"blood_type_code": "C"}, "gate.blood_type.code"),
    ({"relation_code": "00"}, "gate.household.code"),
    ({"death_year": 2025}, "gate.death.year"),
    ({"death_kind": "gone"}, "gate.death.kind"),
    ({"personal_number": "12345678901"}, "gate.personal_number.digits"),
    ({"old_id_number": "12345678"}, "gate.old_id_number.digits"),
]


@pytest.fixture(scope="module")
def judged() -> dict[str, Validation]:
    """One planted fault of each kind, all in one batch: each must be found, and counted once."""
    rows = [fault for fault, _ in FAULTS]
    return {"all": judge(*rows)}


@pytest.mark.parametrize("rule_id", sorted({rule_id for _, rule_id in FAULTS}))
def test_each_planted_fault_stops_the_batch_and_is_counted(judged: dict[str, Validation], rule_id: str) -> None:
    found = next(r for r in judged["all"].results if r.id == rule_id)
    assert rule_id in judged["all"].stop_rules
    assert found.unexpected == sum(planted == rule_id for _, planted in FAULTS)
    assert found.evaluated


def test_nothing_but_the_planted_faults_stops_the_batch(judged: dict[str, Validation]) -> None:
    assert set(judged["all"].stop_rules) == {rule_id for _, rule_id in FAULTS}


def test_one_wrong_sex_code_stops_the_batch() -> None:
    seen = judge({"sex_code": "7"})
    assert (seen.success, seen.stop_rules) == (False, ("gate.sex.code",))


@pytest.mark.parametrize(
    ("facts", "rule_id"),
    [
        (BatchFacts(date(2024, 5, 1), read=1000, matched=100, quarantined=900), "gate.batch.quarantined"),
        (replace(FACTS, read=7), "gate.batch.balance"),
    ],
)
def test_a_wrong_batch_is_stopped(facts: BatchFacts, rule_id: str) -> None:
    seen = judge(facts=facts)
    assert (seen.success, seen.stop_rules) == (False, (rule_id,))
    assert next(r for r in seen.results if r.id == rule_id).unexpected == 1


def test_half_of_the_rows_in_quarantine_is_borne() -> None:
    assert judge(facts=BatchFacts(date(2024, 5, 1), read=1000, matched=500, quarantined=500)).success


def test_people_of_one_sex_stop_a_batch_of_many() -> None:
    seen = validate_batch([golden([{"sex_code": "2"}] * 300)], replace(FACTS, read=300, matched=300))
    assert seen.stop_rules == ("gate.batch.sex",)
    assert next(r for r in seen.results if r.id == "gate.batch.sex").observed == 0.0


def test_an_id_doubled_in_another_chunk_stops_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "_RUN_ROWS", 2)
    seen = validate_batch([golden([{}, {}]), golden([{}, {}])], FACTS)
    assert seen.stop_rules == ("gate.batch.unique",)


def test_chunks_add_up_to_the_same_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    # A share of one small chunk says nothing: only the share of the whole batch counts.
    rows: list[dict[str, object]] = [{"permanent_residence_text": None}] * 3 + [{}] * 4
    whole = validate_batch([golden(rows)], replace(FACTS, read=7, matched=7))
    monkeypatch.setattr(validate, "_RUN_ROWS", 2)
    parts = [golden([row], start=i) for i, row in enumerate(rows)]
    assert validate_batch(parts, replace(FACTS, read=7, matched=7)) == whole
    assert whole.warnings == ()


def test_a_warning_does_not_stop() -> None:
    seen = validate_batch([golden([{"permanent_residence_text": None}] * 6)], FACTS)
    assert (seen.success, seen.warnings) == (True, ("gate.permanent_residence.share",))


def test_a_batch_of_known_rows_only_passes_and_accepted_rows_need_persons() -> None:
    nothing = [empty(GOLDEN_PERSONS)]
    assert validate_batch(nothing, BatchFacts(date(2024, 5, 1), read=6, matched=0, known=6)).success
    assert validate_batch([], FACTS).stop_rules == ("gate.batch.persons",)


def test_the_result_is_json_without_a_value_of_a_person_and_always_the_same() -> None:
    rows: list[dict[str, object]] = [{"full_name": "1234567"}, {"sex_code": SECRET}, {"father_name": "99"}]
    first, second = (json.dumps(asdict(judge(*rows)), sort_keys=True, ensure_ascii=False) for _ in range(2))
    assert first == second
    assert SECRET not in first
    assert "1234567" not in first


def test_nothing_calls_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert judge({}, {}, {}).success


def test_nothing_is_made_in_the_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    folder = tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp", lambda *a, **k: (made.append(a), folder(*a, **k))[1])
    assert judge({}, {}, {}).success
    assert made == []


def test_an_expectation_that_cannot_be_evaluated_stops_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Expected("gate.sex.code", "sex", "sex_code", Kind.MATCHES, pattern="(")
    monkeypatch.setattr(validate, "person_expectations", lambda *_: (broken,))
    seen = validate_batch([golden([{}] * 6)], FACTS)
    assert seen.stop_rules == ("gate.sex.code",)
    assert not next(r for r in seen.results if r.id == "gate.sex.code").evaluated
