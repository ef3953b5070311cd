"""Drafts on the disk: sealed, theirs alone, replayed after a kill, gone when they are not wanted any more."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import drafts, retention
from pipeline.acting import acting_as
from pipeline.batch_keys import key_folders
from pipeline.draft_log import Change, Said
from pipeline.drafts import Draft
from pipeline.settings import Settings
from schemas.edits import CellPlace
from schemas.errors import SettingsError, UsageError
from tests.pipeline.deliveries import FAMILY, ledger

_CELL = CellPlace("a" * 32, None, 3, 1)
_NAMES = ("Mướp".encode(), "Mận".encode(), "Trúc Bạch".encode(), b"so nha ba Lua", b"nga")


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", workers=1)


def begun(here: Settings, tmp_path: Path, name: str = "so nha ba Lua.csv") -> Draft:
    with acting_as("nga"):
        draft = drafts.begin("01", "Phường Trúc Bạch", here)
        drafts.add_original(draft, ledger(tmp_path / "in.csv", FAMILY), name)
    return draft


def test_a_draft_opens_again_with_all_that_was_done(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path)
    with acting_as("nga"):
        drafts.correct(draft, (Change(_CELL, "Trần Thị Mận", "Trần Thị Mướp"),))
        drafts.say(draft, Said(headings=("Cột X=full_name",), dates="dmy"))
    again = drafts.open_draft(draft.draft_id, here)
    assert (again.about, drafts.names_of(again)) == (draft.about, ["so nha ba Lua.csv"])
    assert (again.about.owner, again.about.office) == ("nga", "Phường Trúc Bạch")
    reading = again.reading()
    assert [(e.after, e.author) for e in reading.edits] == [("Trần Thị Mướp", "nga")]
    assert (reading.headings, reading.dates, reading.remember) == (("Cột X=full_name",), "dmy", True)
    assert [d.draft_id for d in drafts.all_drafts(here)] == [draft.draft_id]
    with drafts.originals_of(again, here) as (path,):
        assert path.read_bytes() == ledger(tmp_path / "same.csv", FAMILY).read_bytes()
    assert not path.exists()


def test_nothing_of_a_draft_lies_in_clear(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path)
    drafts.correct(draft, (Change(_CELL, "Trần Thị Mận", "Trần Thị Mướp"),))
    drafts.set_standing(draft, "queued")
    for path in (p for p in draft.folder.rglob("*") if p.is_file()):
        found = path.read_bytes() + path.name.encode()
        assert [n for n in _NAMES if n in found] == [], path.name
        assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".key"
    assert draft.folder in list(key_folders(here.home))


def test_a_line_that_was_cut_off_was_never_written(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path)
    drafts.correct(draft, (Change(_CELL, "a", "b"),))
    log = draft.folder / "log.sealed"
    whole = log.read_bytes()
    drafts.correct(draft, (Change(_CELL, "b", "c"),))
    log.write_bytes(log.read_bytes()[:-7])
    assert [e.after for e in draft.replayed.edits] == ["b"]
    drafts.correct(draft, (Change(_CELL, "b", "d"),))
    assert [e.after for e in draft.replayed.edits] == ["d"]
    assert log.read_bytes().startswith(whole)


def test_lines_of_the_list_stand_in_their_order_alone(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path)
    for text in "bc":
        drafts.correct(draft, (Change(_CELL, "a", text),))
    log = draft.folder / "log.sealed"
    log.write_text("".join(reversed(log.read_text().splitlines(keepends=True))))
    with pytest.raises(SettingsError):
        _ = draft.entries


def test_what_was_sent_is_not_changed_any_more(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path)
    drafts.set_standing(draft, "queued")
    for change in (
        lambda: drafts.correct(draft, (Change(_CELL, "a", "b"),)),
        lambda: drafts.add_original(draft, tmp_path / "x", "x.csv"),
        lambda: drafts.discard(draft),
    ):
        with pytest.raises(UsageError) as refused:
            change()
        assert refused.value.code == "draft.sent"


def test_a_loaded_draft_leaves_its_state_alone_and_a_discarded_one_nothing(here: Settings, tmp_path: Path) -> None:
    draft, other = begun(here, tmp_path), begun(here, tmp_path)
    drafts.set_standing(draft, "loaded", batch_id="b" * 32)
    drafts.forget(draft)
    assert [p.name for p in draft.folder.iterdir()] == ["state.json"]
    assert drafts.standing_of(draft.draft_id, here).batch_id == "b" * 32
    drafts.discard(other)
    assert not other.folder.exists()
    for gone in (draft.draft_id, other.draft_id, "../" + other.draft_id, ""):
        with pytest.raises(UsageError):
            drafts.open_draft(gone, here)


def test_files_of_one_name_lie_apart_and_others_side_by_side(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path, "so.dbf")
    for name in ("so.fpt", "so.dbf"):
        drafts.add_original(draft, ledger(tmp_path / "in.csv", FAMILY[:2]), name)
    with drafts.originals_of(draft, here) as paths:
        assert [p.name for p in paths] == ["so.dbf", "so.fpt", "so.dbf"]
        assert paths[0].parent == paths[1].parent != paths[2].parent


def test_a_draft_that_nobody_touched_goes_in_its_time_and_one_at_work_stays(here: Settings, tmp_path: Path) -> None:
    old, new = begun(here, tmp_path), begun(here, tmp_path)
    for path in (p for p in old.folder.rglob("*") if p.is_file()):
        os.utime(path, (0, 0))
    before = dict.fromkeys(("originals", "runs", "samples", "drafts"), datetime(2020, 1, 1, tzinfo=UTC))
    assert retention._past(here.home, frozenset(), before)["drafts"] == [old.folder]
    assert new.folder.exists()


@pytest.mark.parametrize(
    ("given", "safe"),
    [("../../etc/passwd", "passwd"), ("C:\\sổ\\hộ 1.xlsx", "hộ 1.xlsx"), (".hidden", "hidden"), ("\x00\n", "tep"),
     ('a<b>"c".csv', "abc.csv"), ("x" * 300 + ".csv", "x" * 96 + ".csv")],
)  # fmt: skip
def test_a_name_is_harmless(given: str, safe: str) -> None:
    assert drafts.safe_name(given) == safe


def test_an_unreadable_decision_is_refused_when_it_is_said(here: Settings, tmp_path: Path) -> None:
    draft = begun(here, tmp_path)
    for said in (Said(encodings=("klingon",)), Said(dates="ydm")):
        with pytest.raises(UsageError):
            drafts.say(draft, said)
    assert draft.entries == ()
    assert replace(draft).replayed.said == Said()
