"""A store on a server is left to its platform, and a moment is read as people write it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import backups
from pipeline.settings import Settings
from schemas.errors import Refused, UsageError


def test_a_store_by_url_is_refused(tmp_path: Path) -> None:
    settings = replace(Settings(tmp_path), store_url="postgresql://sohoa@somewhere/sohoa")
    for ask in (
        lambda: backups.back_up(tmp_path / "b", settings),
        lambda: backups.restore(tmp_path / "b", None, settings),
        lambda: backups.switch_archive(tmp_path / "a", settings),
        lambda: backups.archive_state(settings),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "store.backup_by_url"


def test_a_moment_without_zone_is_one_of_viet_nam() -> None:
    assert backups._moment("2026-11-26 18:05") == datetime(2026, 11, 26, 11, 5, tzinfo=UTC)
    assert backups._moment("2026-11-26T18:05Z") == datetime(2026, 11, 26, 18, 5, tzinfo=UTC)
    assert (backups._moment("end"), backups._moment(None)) == ("end", None)
    with pytest.raises(UsageError):
        backups._moment("yesterday")


def test_the_archive_is_switched_on_and_off(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    assert backups.archive_state(settings)["folder"] is None
    assert backups.switch_archive(tmp_path / "log", settings)["folder"] == str(tmp_path / "log")
    assert backups.switch_archive(None, settings)["folder"] is None
