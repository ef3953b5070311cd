"""The key of a batch: made once, wrapped, bound to its batch, gone for good when destroyed."""

from pathlib import Path

import pytest

from pipeline import batch_keys
from pipeline.batch_keys import KEY_NAME, batch_key, destroy, made_batch_key, wrap_anew
from pipeline.vault import Vault
from schemas.errors import SettingsError

OLD = Vault(bytes(range(32)), "00000000")
NEW = Vault(bytes(range(1, 33)), "11111111", {OLD.mark: OLD.key})


def test_a_key_is_made_once_and_differs_from_batch_to_batch(tmp_path: Path) -> None:
    one, again, other = (made_batch_key(tmp_path / n, OLD) for n in ("a", "a", "b"))
    assert one == again != other
    assert len(one) == 32
    assert (tmp_path / "a" / KEY_NAME).stat().st_mode & 0o077 == 0
    assert one.hex() not in (tmp_path / "a" / KEY_NAME).read_text()
    assert [p.name for p in (tmp_path / "a").iterdir()] == [KEY_NAME]


def test_another_master_key_another_batch_or_a_changed_file_opens_nothing(tmp_path: Path) -> None:
    for name in "ab":
        made_batch_key(tmp_path / name, OLD)
    with pytest.raises(SettingsError, match=r"key\.other"):
        batch_key(tmp_path / "a", Vault(NEW.key, NEW.mark))
    kept = (tmp_path / "a" / KEY_NAME).read_text()
    (tmp_path / "a" / KEY_NAME).write_text((tmp_path / "b" / KEY_NAME).read_text())
    with pytest.raises(SettingsError, match=r"key\.damaged"):
        batch_key(tmp_path / "a", OLD)
    (tmp_path / "a" / KEY_NAME).write_text(kept[:-9])
    with pytest.raises(SettingsError, match=r"key\.damaged"):
        batch_key(tmp_path / "a", OLD)


def test_a_destroyed_key_is_gone(tmp_path: Path) -> None:
    made_batch_key(tmp_path, OLD)
    assert (destroy(tmp_path), destroy(tmp_path)) == (True, False)
    with pytest.raises(SettingsError, match=r"batch_key\.missing"):
        batch_key(tmp_path, OLD)


def test_wrapped_anew_it_is_the_same_key_and_needs_the_older_one_no_more(tmp_path: Path) -> None:
    key = made_batch_key(tmp_path, OLD)
    assert batch_key(tmp_path, NEW) == key
    assert (wrap_anew(tmp_path, NEW), wrap_anew(tmp_path, NEW)) == (True, False)
    assert batch_key(tmp_path, Vault(NEW.key, NEW.mark)) == key
    with pytest.raises(SettingsError, match=r"key\.other"):
        batch_key(tmp_path, OLD)


def test_all_folders_with_a_key_are_found(tmp_path: Path) -> None:
    for name in ("runs/a", "retraining/0001"):
        made_batch_key(tmp_path / name, OLD)
    (tmp_path / "runs" / "keyless").mkdir()
    assert [p.name for p in batch_keys.key_folders(tmp_path)] == ["a", "0001"]
