import os
import sys
from datetime import date
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.details import in_words
from pipeline.settings import load_settings
from schemas import messages
from schemas.errors import SettingsError


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "sohoa.toml").write_text('workers = 3\nlanguage = "en"\nreceived_on = 2026-01-02\n')
    found = load_settings({"SOHOA_HOME": str(tmp_path), "SOHOA_WORKERS": "5"})
    assert (found.workers, found.language, found.received_on) == (5, "en", date(2026, 1, 2))


def test_nothing_given_means_the_embedded_store_and_no_issuing_authority(tmp_path: Path) -> None:
    found = load_settings({"SOHOA_HOME": str(tmp_path)})
    assert found.store_url is None
    assert found.issuing_range is None
    assert found.worker_count >= 1


def test_a_command_may_ask_for_another_engine_than_the_settings(tmp_path: Path) -> None:
    found = load_settings({"SOHOA_HOME": str(tmp_path), "SOHOA_ENGINE": "spark", "SOHOA_SPARK_MASTER": "yarn"})
    assert (found.engine, found.spark_master) == ("spark", "yarn")
    assert settings.with_engine(found, None) is found
    assert settings.with_engine(found, "local").engine == "local"
    assert load_settings({"SOHOA_HOME": str(tmp_path)}).engine == "local"


def test_spark_is_told_its_java_and_the_python_of_its_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/old")
    monkeypatch.setenv("PYSPARK_PYTHON", "python-of-the-cluster")
    assert settings.java_home() == Path("/old")
    settings.prepare_for_spark(Path("/new"))
    assert (os.environ["JAVA_HOME"], os.environ["PYSPARK_PYTHON"]) == ("/new", "python-of-the-cluster")
    monkeypatch.delenv("PYSPARK_PYTHON")
    settings.prepare_for_spark(Path("/new"))
    assert os.environ.pop("PYSPARK_PYTHON") == sys.executable


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("WORKERS", "many", "count"), ("WORKERS", "-1", "count"), ("LANGUAGE", "fr", "language"),
        ("RECEIVED_ON", "tomorrow", "date"), ("ISSUING_IS_TEST", "?", "flag"), ("ISSUING_RANGE", "9-1", "range"),
        ("ENGINE", "Spark", "engine"), ("SPARK_FROM_ROWS", "-5", "count"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_the_setting_and_what_is_allowed(
    tmp_path: Path, name: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings({"SOHOA_HOME": str(tmp_path), f"SOHOA_{name}": value})
    assert error.value.details == {"name": f"SOHOA_{name}", "allowed": allowed, "value": value}
    said = in_words(error.value.details, "vi")
    assert f"cài đặt: SOHOA_{name}" in said
    assert f"giá trị hiện có: {value}" in said
    assert f"được phép: {messages.text(f'allowed.{allowed}', 'vi')}" in said


def test_the_value_of_a_secret_setting_is_never_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings._CONVERTERS, "store_url", int)  # type: ignore[index]
    with pytest.raises(SettingsError) as error:
        load_settings({"SOHOA_HOME": str(tmp_path), "SOHOA_STORE_URL": "postgresql://u:matkhau@h/d"})
    assert "matkhau" not in str(error.value)


def test_an_unknown_entry_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sohoa.toml").write_text("worker = 3\n")
    with pytest.raises(SettingsError):
        load_settings({"SOHOA_HOME": str(tmp_path)})


def test_a_settings_file_with_a_password_is_refused_when_others_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "sohoa.toml"
    file.write_text('store_url = "postgresql://sohoa:secret@host/db"')
    home = {"SOHOA_HOME": str(tmp_path)}
    for mode, is_refused in ((0o640, True), (0o604, True), (0o600, False)):
        file.chmod(mode)
        if is_refused:
            with pytest.raises(SettingsError, match=r"settings\.readable_by_others") as refused:
                load_settings(home)
            assert "secret" not in str(refused.value)
        else:
            assert load_settings(home).store_url
    file.write_text('store_url = "postgresql://sohoa@host/db"')
    file.chmod(0o644)
    assert load_settings(home).store_url
