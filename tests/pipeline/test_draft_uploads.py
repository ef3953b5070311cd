"""Uploads in parts: whatever is cut, sent twice or in disorder, the whole file arrives or nothing does."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from pipeline import draft_uploads, drafts
from pipeline.drafts import Draft
from pipeline.settings import Settings
from schemas.errors import UsageError

_DATA = bytes(range(256)) * 8


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", workers=1)


def sealed(draft: Draft, here: Settings) -> list[bytes]:
    with drafts.originals_of(draft, here) as paths:
        return [path.read_bytes() for path in paths]


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(_DATA)), st.integers(1, 900)), max_size=8))
def test_parts_in_any_order_twice_or_overlapping_give_the_file_once_it_is_whole(
    here: Settings, tries: list[tuple[int, int]]
) -> None:
    draft = drafts.begin("01", "", here)
    upload = draft_uploads.begin(draft, "sổ.csv", len(_DATA), hashlib.sha256(_DATA).hexdigest())
    for start, length in tries:
        there = draft_uploads.offset(draft, upload)
        try:
            draft_uploads.put(draft, upload, start, _DATA[start : start + length], here)
        except UsageError:
            assert start > there or start == len(_DATA)
    while (at := draft_uploads.offset(draft, upload)) < len(_DATA):
        with pytest.raises(UsageError):
            draft_uploads.finish(draft, upload, here)
        draft_uploads.put(draft, draft_uploads.open_upload(draft, upload.upload_id), at, _DATA[at : at + 700], here)
    draft_uploads.finish(draft, upload, here)
    assert sealed(draft, here) == [_DATA]
    assert drafts.names_of(draft) == ["sổ.csv"]
    assert list((draft.folder / "uploads").iterdir()) == []


def test_nothing_lies_in_clear_on_the_way(here: Settings) -> None:
    draft = drafts.begin("01", "", here)
    upload = draft_uploads.begin(draft, "ba Mận.csv", 8)
    draft_uploads.put(draft, upload, 0, "Mận".encode(), here)
    found = b"".join(p.read_bytes() + p.name.encode() for p in here.home.rglob("*") if p.is_file())
    assert "Mận".encode() not in found


def test_another_file_than_declared_is_refused_and_gone(here: Settings) -> None:
    draft = drafts.begin("01", "", here)
    upload = draft_uploads.begin(draft, "a.csv", 3, hashlib.sha256(b"abc").hexdigest())
    draft_uploads.put(draft, upload, 0, b"abX", here)
    with pytest.raises(UsageError) as refused:
        draft_uploads.finish(draft, upload, here)
    assert refused.value.code == "upload.wrong_digest"
    assert draft.originals == ()
    with pytest.raises(UsageError):
        draft_uploads.open_upload(draft, upload.upload_id)


@pytest.mark.parametrize(
    ("size", "sha256", "code"),
    [(0, "", "upload.empty"), (draft_uploads.MOST_BYTES + 1, "", "upload.too_large"),
     (3, "abc", "upload.wrong_digest")],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_at_once(here: Settings, size: int, sha256: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        draft_uploads.begin(drafts.begin("01", "", here), "a.csv", size, sha256)
    assert refused.value.code == code


def test_more_than_declared_is_refused(here: Settings) -> None:
    draft = drafts.begin("01", "", here)
    upload = draft_uploads.begin(draft, "a.csv", 3)
    with pytest.raises(UsageError):
        draft_uploads.put(draft, upload, 0, b"abcd", here)
    with pytest.raises(UsageError):
        draft_uploads.open_upload(draft, "../../keys")
