"""What is past its time goes, by rule and with a proof; the outcomes and sums of the store stay."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import originals, retention, run
from pipeline.context import load_run
from pipeline.settings import Settings
from schemas.errors import SettingsError, UsageError
from store import invariants
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.pipeline.test_files_at_rest import found_in

pytestmark = pytest.mark.store


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.store_url, settings.home)
    yield opened
    opened.close()


def quarantined(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM quarantine")).scalar_one())


def test_each_rule_takes_what_is_past_its_time_and_says_so(settings: Settings, store: Store, tmp_path: Path) -> None:
    refused = ledger(tmp_path / "in" / "thieu.csv", [r[:2] for r in FAMILY], headings=("Số sổ hộ khẩu", "Họ và tên"))
    made = run.run_batch([refused, ledger(tmp_path / "in" / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", settings)
    folder, today = settings.home / "runs" / made.batch_id, retention.day_of_now()
    alias = next(f.file for f in made.files if f.outcome == "file_rejected")
    taken = originals.take_out(made.batch_id, alias, tmp_path / "out", settings)
    assert taken.read_bytes() == refused.read_bytes()
    with pytest.raises(UsageError, match=r"original\.unknown"):
        originals.take_out(made.batch_id, "tep-00000000.csv", tmp_path / "out", settings)

    assert dict(retention.apply(store, settings, today).counts) == {
        "originals": 0,
        "quarantine": 0,
        "runs": 0,
        "samples": 0,
        "drafts": 0,
    }
    later = today + timedelta(days=settings.quarantine_days + 2)
    told = retention.apply(store, settings, later, dry_run=True)
    assert dict(told.counts) == {"originals": 1, "quarantine": 1, "runs": 1, "samples": 0, "drafts": 0}
    assert (quarantined(store), folder.exists(), told.proof) == (1, True, None)

    month = retention.apply(store, settings, today + timedelta(days=settings.originals_days + 2))
    assert dict(month.counts) == {"originals": 1, "quarantine": 0, "runs": 0, "samples": 0, "drafts": 0}
    with pytest.raises(UsageError, match=r"original\.unknown"):
        originals.take_out(made.batch_id, alias, tmp_path / "out", settings)
    all_ = retention.apply(store, settings, later)
    assert dict(all_.counts) == {"originals": 0, "quarantine": 1, "runs": 1, "samples": 0, "drafts": 0}
    assert (quarantined(store), folder.exists()) == (0, False)
    assert invariants.store_check(store) == ()
    assert all_.proof is not None
    proof = json.loads(all_.proof.read_text())
    assert proof["removed"] == {"originals": 0, "quarantine": 1, "runs": 1, "samples": 0, "drafts": 0}
    assert found_in(settings.home) == []
    assert dict(retention.apply(store, settings, later).counts) == {
        "originals": 0,
        "quarantine": 0,
        "runs": 0,
        "samples": 0,
        "drafts": 0,
    }
    again = run.run_batch([ledger(tmp_path / "in" / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", settings)
    assert again.counts["loaded"] == 0


def test_a_removal_cut_after_the_key_leaves_nothing_that_opens_and_goes_on(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", settings)
    late = retention.day_of_now() + timedelta(days=settings.runs_days + 2)
    with monkeypatch.context() as patch:
        patch.setattr(retention.shredding.shutil, "rmtree", lambda *given, **named: None)
        retention.apply(store, settings, late)
    folder = settings.home / "runs" / made.batch_id
    assert folder.exists()
    with pytest.raises(SettingsError, match=r"batch_key\.missing"):
        load_run(folder / "0001", settings)
    retention.apply(store, settings, late)
    assert not folder.exists()
