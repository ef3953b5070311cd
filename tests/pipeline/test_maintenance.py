"""The nightly work on a store, part by part."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import audit, inquiries, maintenance, run, tasks
from pipeline.settings import Settings
from schemas.errors import SohoaError, StoreUnavailable
from store.audit_verifier import Finding, Verdict
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.store
DAY = date(2026, 11, 28)


@pytest.fixture
def loaded(settings: Settings, tmp_path: Path) -> Settings:
    run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", settings)
    return settings


def test_a_sound_store_is_checked_signed_and_let_go_of_every_night(loaded: Settings, tmp_path: Path) -> None:
    settings = replace(loaded, audit_heads=tmp_path / "heads")
    assert maintenance.check_store(settings) == {"broken": 0}
    first = maintenance.sign_audit(settings)
    assert first["written"] >= 2
    assert list((tmp_path / "heads").glob("head-*.txt"))
    assert maintenance.sign_audit(settings)["events"] >= first["events"], "the heads of before are believed and kept"
    assert set(maintenance.let_go(settings, DAY)) == {"quarantine", "originals", "runs", "samples", "drafts"}
    assert maintenance.let_go(settings, date(2027, 11, 28))["runs"] == 1


def test_where_no_folder_is_set_or_a_platform_does_it_no_backup_is_made(loaded: Settings, tmp_path: Path) -> None:
    assert maintenance.back_up(loaded, DAY) is None
    assert maintenance.back_up(replace(loaded, backups=tmp_path / "b"), DAY) is None, "the store is at a URL"


def test_a_store_that_is_not_sound_fails_by_the_names_of_what_is_broken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiries, "broken_invariants", lambda _: [{"invariant": "one_head", "rows": 2}])
    with pytest.raises(SohoaError) as broken:
        maintenance.check_store(settings)
    assert broken.value.code == "maintain.store_broken"
    assert broken.value.details["rules"] == "one_head"


def test_an_audit_that_was_changed_is_not_signed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    signed: list[object] = []
    monkeypatch.setattr(audit, "verified", lambda *_: Verdict(3, "", "", 0, (Finding("edited", 2, 2),)))
    monkeypatch.setattr(audit, "sign_head", lambda *a: signed.append(a))
    with pytest.raises(SohoaError) as changed:
        maintenance.sign_audit(settings)
    assert changed.value.code == "maintain.audit_changed"
    assert signed == []


@pytest.mark.parametrize("part", ["check_store", "sign_audit", "back_up", "let_go", "watch"])
def test_each_part_is_a_task_by_its_name(part: str, loaded: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "load_settings", lambda: loaded)
    assert (tasks.maintain(part) is None) == (part == "back_up")


def test_what_needs_a_person_ends_the_task_and_a_lost_store_does_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "load_settings", lambda: settings)
    monkeypatch.setattr(inquiries, "broken_invariants", lambda _: [{"invariant": "one_head", "rows": 2}])
    with pytest.raises(SystemExit):
        tasks.maintain("check_store")

    def lost(_: Settings) -> None:
        raise StoreUnavailable("store.unreachable")

    monkeypatch.setattr(inquiries, "broken_invariants", lost)
    with pytest.raises(StoreUnavailable):
        tasks.maintain("check_store")
