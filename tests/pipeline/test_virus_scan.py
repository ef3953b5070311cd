"""The door to the virus scanner: what it says counts, and nothing passes that it did not look at."""

from pathlib import Path

import pytest

from pipeline import draft_uploads, drafts, virus_scan
from pipeline.settings import Settings, load_settings
from pipeline.virus_scan import ScannerDown
from schemas.errors import SettingsError, UsageError
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.scanner_server import EVIL, scanner

_LONG = bytes(range(256)) * 1000


def written(folder: Path, data: bytes) -> Path:
    path = folder / "a"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [b"", b"x", _LONG])
def test_a_clean_file_passes_and_was_seen_whole(tmp_path: Path, data: bytes) -> None:
    for path in (None, tmp_path / "clamd.ctl"):
        with scanner(path) as known:
            virus_scan.demand_clean(written(tmp_path, data), known.name)
        assert known.seen == [data]


def test_what_is_found_anywhere_in_it_refuses_it(tmp_path: Path) -> None:
    with scanner() as known, pytest.raises(UsageError) as refused:
        virus_scan.demand_clean(written(tmp_path, _LONG + EVIL + _LONG), known.name)
    assert refused.value.code == "upload.virus"


def test_a_file_longer_than_the_scanner_takes_is_refused(tmp_path: Path) -> None:
    with scanner(most=1000) as known, pytest.raises(UsageError) as refused:
        virus_scan.demand_clean(written(tmp_path, _LONG * 20), known.name)
    assert refused.value.code == "upload.not_scanned"


@pytest.mark.parametrize("said", [None, "stream: lstat() failed. ERROR", "UNKNOWN COMMAND", "OK", "stream: OKAY"])
def test_whoever_does_not_say_that_it_is_clean_has_not_looked(tmp_path: Path, said: str | None) -> None:
    with scanner() as known:
        known.mood = said
        with pytest.raises(ScannerDown):
            virus_scan.demand_clean(written(tmp_path, b"x"), known.name)


def test_a_scanner_that_is_not_there_is_down(tmp_path: Path) -> None:
    with scanner() as gone:
        pass
    for name in (gone.name, str(tmp_path / "none.ctl")):
        with pytest.raises(ScannerDown):
            virus_scan.demand_clean(written(tmp_path, b"x"), name)


@pytest.mark.parametrize(("given", "is_good"), [
    ("127.0.0.1:3310", True), ("[::1]:3310", True), ("/run/clamav/clamd.ctl", True), ("clamd", False),
    ("clamd:0", False), ("clamd:http", False), ("relative/path", False),
])  # fmt: skip
def test_the_setting_is_a_socket(tmp_path: Path, given: str, is_good: bool) -> None:
    environment = {"SOHOA_HOME": str(tmp_path), "SOHOA_VIRUS_SCANNER": given}
    if is_good:
        assert load_settings(environment).virus_scanner == given
    else:
        with pytest.raises(SettingsError):
            load_settings(environment)


def test_an_upload_waits_for_the_scanner_and_is_taken_when_it_is_back(settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    path = ledger(tmp_path / "a.csv", FAMILY)
    with scanner() as known:
        here = replace(settings, virus_scanner=known.name)
        draft = drafts.begin("01", "", here)
        known.mood = None
        with pytest.raises(ScannerDown):
            draft_uploads.take_whole(draft, path, "sổ.csv", here)
        (waits,) = draft_uploads.waiting(draft)
        assert (waits.name, drafts.names_of(draft)) == ("sổ.csv", [])
        known.mood = ""
        draft_uploads.finish(draft, waits, here)
        assert (draft_uploads.waiting(draft), drafts.names_of(draft)) == ([], ["sổ.csv"])
        assert draft_uploads.is_finished(draft, waits.upload_id)
        assert known.seen == [path.read_bytes()]
        with pytest.raises(UsageError):
            draft_uploads.take_whole(draft, written(tmp_path, EVIL), "xấu.csv", here)
        assert (draft_uploads.waiting(draft), drafts.names_of(draft)) == ([], ["sổ.csv"])
    drafts.discard(draft)
