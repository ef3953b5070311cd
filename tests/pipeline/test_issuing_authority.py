import os
from pathlib import Path

import pytest

from pipeline.intake import plan_batch
from pipeline.issuing_authority import KEY_FILE, issuing_authority
from pipeline.settings import Settings
from schemas.errors import SettingsError

RANGE = "990000-999999"


def test_without_a_range_there_is_no_authority_and_no_key(tmp_path: Path) -> None:
    assert issuing_authority(Settings(tmp_path)) is None
    assert not (tmp_path / KEY_FILE).exists()


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, again = (issuing_authority(Settings(tmp_path, issuing_range=RANGE)) for _ in range(2))
    assert first is not None
    assert first == again
    assert (first.range_from, first.range_to, first.is_test) == (990_000, 999_999, True)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert first.key == (tmp_path / KEY_FILE).read_bytes()
    assert str(first.key) not in repr(first)


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda key: key.unlink(), "numbers.key.missing"),
        (lambda key: key.chmod(0o640), "numbers.key.readable_by_others"),
        (lambda key: key.chmod(0o604), "numbers.key.readable_by_others"),
        (lambda key: key.write_bytes(b"short"), "numbers.key.wrong_size"),
        (lambda key: key.write_bytes(bytes(33)), "numbers.key.wrong_size"),
        (lambda key: key.write_bytes(bytes(32)), "numbers.key.other"),
    ],
)
def test_without_its_key_no_batch_starts(tmp_path: Path, harm, code: str) -> None:  # type: ignore[no-untyped-def]
    settings = Settings(tmp_path / "home", issuing_range=RANGE)
    issuing_authority(settings)
    harm(tmp_path / "home" / KEY_FILE)
    (tmp_path / "so.csv").write_text("Họ và tên\nA\n")
    with pytest.raises(SettingsError) as refused:
        plan_batch([tmp_path / "so.csv"], "01", settings)
    assert (refused.value.code, refused.value.exit_code) == (code, 3)


def test_a_key_file_of_the_settings_is_taken_and_never_made(tmp_path: Path) -> None:
    settings = Settings(tmp_path, issuing_range=RANGE, numbers_key_file=tmp_path / "elsewhere.key")
    with pytest.raises(SettingsError, match=r"numbers\.key\.missing"):
        issuing_authority(settings)
    assert not (tmp_path / KEY_FILE.with_suffix(".id")).exists()
    (tmp_path / "elsewhere.key").write_bytes(os.urandom(32))
    (tmp_path / "elsewhere.key").chmod(0o600)
    assert issuing_authority(settings) is not None
    assert not (tmp_path / KEY_FILE).exists()
