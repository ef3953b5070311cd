"""The thread that brings drafts to Airflow: it goes on over faults, and sees a draft into the store's hands."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline import draft_runs, draft_sending, drafts
from pipeline.airflow_api import AirflowApi
from pipeline.drafts import Draft
from pipeline.settings import Settings
from portal.dispatcher import Dispatcher
from portal.loader import loading
from schemas.errors import SettingsError
from tests.pipeline.airflow_server import PASSWORD, USER, airflow
from tests.pipeline.deliveries import FAMILY, ledger


def sent(home: Settings, folder: Path) -> Draft:
    draft = drafts.begin("01", "", home)
    drafts.add_original(draft, ledger(folder / "a.csv", FAMILY), "a.csv")
    draft_sending.send(draft, date(2024, 6, 1), home)
    return draft


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not until() and time.monotonic() < end:
        time.sleep(0.05)
    assert until()


def test_it_goes_on_over_every_fault(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    draft = sent(home, tmp_path)
    real, faults = draft_runs.advance, iter([RuntimeError("Nguyễn Văn Bách"), OSError("disk")])

    def advance(*given: object) -> bool:
        for fault in faults:
            raise fault
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(draft_runs, "advance", advance)
    with airflow() as known:
        thread = Dispatcher(home, AirflowApi(known.url, USER, PASSWORD), 0.05)
        thread.start()
        wait(lambda: draft.standing.state == "loading")
        thread.stop()
        assert len(known.runs) == 1
    assert "RuntimeError" in caplog.text
    assert "Bách" not in caplog.text
    drafts.set_standing(draft, "open")


def test_the_portal_works_its_queue_off_through_the_airflow_of_the_settings(home: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    draft = sent(home, tmp_path)
    with airflow() as known:
        named = replace(home, airflow_url=known.url, airflow_user=USER, airflow_password_file=secret)
        with loading(named, is_local=False):
            wait(lambda: draft.standing.state == "loading")
        assert list(known.runs) == [draft.standing.run_id]
    drafts.set_standing(draft, "open")
    with pytest.raises(SettingsError), loading(replace(named, airflow_user=None), is_local=False):
        raise AssertionError("not reached")
