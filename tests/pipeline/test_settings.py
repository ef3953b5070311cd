from datetime import date
from pathlib import Path

import pytest

from pipeline.settings import load_settings
from schemas.errors import SettingsError


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "sohoa.toml").write_text('workers = 3\nlanguage = "en"\nreceived_on = 2026-01-02\n')
    settings = load_settings({"SOHOA_HOME": str(tmp_path), "SOHOA_WORKERS": "5"})
    assert (settings.workers, settings.language, settings.received_on) == (5, "en", date(2026, 1, 2))


def test_nothing_given_means_the_embedded_store_and_no_issuing_authority(tmp_path: Path) -> None:
    settings = load_settings({"SOHOA_HOME": str(tmp_path)})
    assert settings.store_url is None
    assert settings.issuing_range is None
    assert settings.worker_count >= 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "many"), ("WORKERS", "-1"), ("LANGUAGE", "fr"), ("RECEIVED_ON", "tomorrow"), ("ISSUING_IS_TEST", "?")],
)
def test_a_wrong_value_names_the_setting_and_never_the_value(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({"SOHOA_HOME": str(tmp_path), f"SOHOA_{name}": value})
    assert f"SOHOA_{name}" in str(error.value)
    assert value not in error.value.details.values()


def test_an_unknown_entry_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sohoa.toml").write_text("worker = 3\n")
    with pytest.raises(SettingsError):
        load_settings({"SOHOA_HOME": str(tmp_path)})
