"""A draft on its way: the load does row for row what the dry run said, the queue outlives a kill."""

import itertools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline import draft_check, draft_sending, drafts, holding, inquiries
from pipeline.acting import acting_as
from pipeline.draft_view import BLOCKED, FIT, KNOWN, Checked
from pipeline.drafts import Draft
from pipeline.settings import Settings
from readers import registry
from readers.parsers import parse_file
from schemas.errors import UsageError
from store import reports
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger

_DAY = date(2024, 6, 1)
_BORN = 3
_ROWS = [*FAMILY, NAMELESS, NO_SUCH_DAY]
_OUTCOME = {"loaded": FIT, "merged": FIT, "quarantined": BLOCKED, "known": KNOWN}
_TEXTS = st.sampled_from(
    ["", "Lê Thị Bưởi", "21/02/1978", "31/04/1950", "nữ", "Con", "1971", "010234567", "Kinh", "abc"]
)
_LEDGERS = itertools.count(2000)
_EDITS = st.dictionaries(st.tuples(st.integers(0, len(_ROWS) - 1), st.integers(0, 8)), _TEXTS, max_size=8)


def drafted(settings: Settings, tmp_path: Path, rows: list[tuple[str, ...]] = _ROWS) -> Draft:
    with acting_as("nga"):
        draft = drafts.begin("01", "Phường Trúc Bạch", settings)
        drafts.add_original(draft, ledger(tmp_path / "in.csv", rows), "so.csv")
    return draft


def checked(draft: Draft, settings: Settings) -> Checked:
    store = open_store(settings.store_url, settings.home)
    try:
        return draft_check.check(draft, settings, store)
    finally:
        store.close()


def corrected(draft: Draft, found: Checked, texts: Mapping[tuple[int, int], str]) -> None:
    (sheet,) = found.sheets
    for (row, at), text in texts.items():
        with acting_as("nga"):
            drafts.correct(draft, sheet.changes([row], at, text))


def outcomes(settings: Settings, batch_id: str) -> dict[int, tuple[int, str | None]]:
    store = open_store(settings.store_url, settings.home)
    try:
        rows = [row for chunk in reports.row_outcomes(store, batch_id) for row in chunk.to_pylist()]
    finally:
        store.close()
    return {row["line"]: (_OUTCOME[row["outcome"]], row["rule_id"]) for row in rows}


@examples(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example({(6, _BORN): "21/02/1978"})
@given(_EDITS)
def test_whatever_was_corrected_the_load_does_row_for_row_what_the_dry_run_said(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory, texts: dict[tuple[int, int], str]
) -> None:
    with patch.object(registry, "run_parser", parse_file):
        book = str(next(_LEDGERS))  # each ledger has households of its own: none was delivered before
        rows = [(book + number[4:], *rest) for number, *rest in _ROWS]
        draft = drafted(settings, tmp_path_factory.mktemp("in"), rows)
        corrected(draft, checked(draft, settings), texts)
        (sheet,) = checked(draft, settings).sheets
        said = {
            int(line): (int(outcome), sheet.blocked_by.get(at))
            for at, (line, outcome) in enumerate(zip(sheet.lines, sheet.outcomes, strict=True))
        }
        draft_sending.send(draft, _DAY, settings)
        assert draft_sending.load(draft.draft_id, settings) in ("loaded", "stopped")
    standing = drafts.standing_of(draft.draft_id, settings)
    assert standing.state == "loaded" or len(texts) > 1
    if standing.state == "loaded":  # a batch that the gate stops rejects all rows
        assert outcomes(settings, standing.batch_id) == said


def test_what_is_stored_is_the_corrected_value_and_rows_kept_out_are_named(settings: Settings, tmp_path: Path) -> None:
    draft = drafted(settings, tmp_path)
    found = checked(draft, settings)
    assert (found.totals.read, found.totals.fit, found.totals.blocked) == (7, 5, 2)
    corrected(draft, found, {(6, 3): "21/02/1978"})
    assert checked(draft, settings).totals.blocked == 1
    draft_sending.send(draft, _DAY, settings)
    assert draft_sending.place_in_queue(draft.draft_id, settings) == (1, 1)
    assert draft_sending.load(draft.draft_id, settings) == "loaded"
    assert draft_sending.next_to_load(settings) is None
    (batch,) = inquiries.batches(settings)
    assert batch["batch_id"] == drafts.standing_of(draft.draft_id, settings).batch_id
    store = open_store(settings.store_url, settings.home)
    births = [
        (row["birth_year"], row["birth_month"], row["birth_day"])
        for chunk in reports.golden_persons(store) for row in chunk.to_pylist() if row["full_name"] == "Lê Thị Bưởi"
    ]  # fmt: skip
    store.close()
    assert births == [(1978, 2, 21)]
    again = drafted(settings, tmp_path)
    (file,) = checked(again, settings).files
    assert (file.outcome, file.known_batch) == ("known", batch["batch_id"])
    assert file.known_day == batch["recorded_at"][:10]


def test_a_draft_whose_loading_was_cut_off_is_next_and_one_at_work_is_left_alone(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = drafted(settings, tmp_path), drafted(settings, tmp_path, _ROWS[:3])
    for draft in (first, second):
        draft_sending.send(draft, _DAY, settings)
    assert draft_sending.next_to_load(settings) == first.draft_id
    drafts.set_standing(second, "loading")  # its process was killed
    assert draft_sending.next_to_load(settings) == second.draft_id
    assert holding.take(second.folder)
    assert draft_sending.next_to_load(settings) == first.draft_id
    assert draft_sending.load(second.draft_id, settings) == "loading"
    holding.let_go(second.folder)


def test_an_empty_draft_and_one_that_was_sent_are_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        draft_sending.send(drafts.begin("01", "", settings), _DAY, settings)
    assert refused.value.code == "draft.empty"
    draft = drafted(settings, tmp_path)
    draft_sending.send(draft, _DAY, settings)
    with pytest.raises(UsageError):
        draft_sending.send(draft, _DAY, settings)


def test_what_is_refused_is_noted_and_the_draft_opens_again(settings: Settings, tmp_path: Path) -> None:
    draft = drafted(settings, tmp_path)
    draft_sending.send(draft, _DAY, settings)
    with patch.object(draft_sending, "run_batch", side_effect=UsageError("path.no_files")):
        assert draft_sending.load(draft.draft_id, settings) == "failed"
    assert (draft.standing.state, draft.standing.reason) == ("failed", "path.no_files")
    corrected(draft, checked(draft, settings), {(6, 3): "21/02/1978"})
