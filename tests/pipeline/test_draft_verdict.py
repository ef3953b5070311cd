"""The verdict before sending is the verdict of the load; nothing of the draft comes into the store by it."""

from datetime import date
from pathlib import Path

import pytest

from pipeline import draft_sending, draft_verdict, drafts, inquiries
from pipeline.acting import acting_as
from pipeline.drafts import Draft
from pipeline.settings import Settings
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, HEADINGS, NAMELESS, ledger

_BAD = [
    ("010100009", "", "Con", f"01/02/{1950 + n}", "Nam", "Mường", "Hòa Bình", "Hà Nội", "") for n in range(40)
]  # fmt: skip


def drafted(settings: Settings, folder: Path, rows: list[tuple[str, ...]]) -> Draft:
    with acting_as("nga"):
        draft = drafts.begin("01", "", settings)
        drafts.add_original(draft, ledger(folder / "in.csv", rows), "so.csv")
    return draft


def said_of(draft: Draft, settings: Settings) -> draft_verdict.Verdict:
    store = open_store(settings.store_url, settings.home)
    try:
        return draft_verdict.verdict(draft, settings, store)
    finally:
        store.close()


@pytest.mark.parametrize("rows", [[*FAMILY, NAMELESS], [*FAMILY, *_BAD]], ids=["sound", "mostly wrong"])
def test_the_load_comes_to_what_was_said(settings: Settings, tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    assert len(HEADINGS) == len(rows[-1])
    draft = drafted(settings, tmp_path, rows)
    said = said_of(draft, settings)
    assert inquiries.batches(settings) == []
    assert not list((settings.home / "runs").glob("*"))
    draft_sending.send(draft, date(2024, 6, 1), settings)
    state = draft_sending.load(draft.draft_id, settings)
    assert state == ("loaded" if said.passes else "stopped")
    assert said.passes == (rows[-1] == NAMELESS)
    if said.stops:
        assert drafts.standing_of(draft.draft_id, settings).reason == ", ".join(rule for rule, _ in said.stops)
