"""The loader of the portal: a draft of the queue is loaded in a process of its own, and one that dies is next again."""

import time
from datetime import date
from pathlib import Path

import pytest

from pipeline import draft_sending, drafts
from pipeline.settings import Settings
from portal.loader import loading
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.slow


def test_the_queue_is_loaded_where_batches_are_run_here_and_waits_elsewhere(home: Settings, tmp_path: Path) -> None:
    draft = drafts.begin("01", "", home)
    drafts.add_original(draft, ledger(tmp_path / "a.csv", FAMILY), "a.csv")
    draft_sending.send(draft, date(2024, 6, 1), home)
    with loading(home, is_local=False):
        time.sleep(1)
    assert drafts.standing_of(draft.draft_id, home).state == "queued"
    with loading(home, is_local=True):
        end = time.monotonic() + 120
        while drafts.standing_of(draft.draft_id, home).state != "loaded" and time.monotonic() < end:
            time.sleep(0.2)
    assert drafts.standing_of(draft.draft_id, home).state == "loaded"
