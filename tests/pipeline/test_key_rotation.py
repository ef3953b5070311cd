"""A new master key: cut at any write and called again, everything opens with the new key alone."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import names
from pipeline.batch_keys import batch_key, made_batch_key
from pipeline.intake import seal_name
from pipeline.key_rotation import rotate
from pipeline.settings import Settings
from pipeline.vault import KEY_FILE, OLDER_KEYS, Vault, mark_of, open_vault, read_key
from schemas.errors import SettingsError, UsageError
from store import file_names
from store.engine import Store, open_store

pytestmark = pytest.mark.store
BATCH, ALIAS, GIVEN = "0" * 31 + "1", "tep-1.csv", "sổ Nguyễn Văn A.csv"


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.store_url, settings.home)
    with opened.writing() as connection:
        file_names.write(connection, BATCH, {ALIAS: seal_name(GIVEN, BATCH, ALIAS, open_vault(settings))})
    yield opened
    opened.close()


def opens(store: Store, settings: Settings, keys: dict[str, bytes], only: Vault) -> None:
    """All keys of batches and names open with that vault alone."""
    assert {n: batch_key(settings.home / "runs" / n, only) for n in keys} == keys
    token = file_names.of_batch(store, BATCH)[ALIAS]
    assert names.reveal_name(token, BATCH, ALIAS, only) == GIVEN


def made(settings: Settings, count: int = 3) -> dict[str, bytes]:
    opened = open_vault(settings)
    return {f"b{i}": made_batch_key(settings.home / "runs" / f"b{i}", opened) for i in range(count)}


def test_a_rotation_wraps_every_key_and_name_anew(settings: Settings, store: Store) -> None:
    keys, before = made(settings), open_vault(settings)
    done = rotate(store, settings)
    assert (done.batches, done.names) == (3, 1)
    now = open_vault(settings)
    assert now.key != before.key
    opens(store, settings, keys, Vault(now.key, now.mark))
    assert now.reveal(before.seal("cũ", "p"), "p") == "cũ", "what lies in a backup still opens"
    assert (settings.home / OLDER_KEYS / f"{before.mark}.key").stat().st_mode & 0o077 == 0
    again = rotate(store, settings)
    assert again.mark != done.mark
    opens(store, settings, keys, Vault(open_vault(settings).key, again.mark))


class CutAt:
    """Ends the process, as far as a test can, before the nth call."""

    def __init__(self, point: int) -> None:
        self.left = point

    def around(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
            return real(*given, **named)

        return call


def test_a_rotation_killed_at_any_write_opens_everything_and_resumes(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, before = made(settings), open_vault(settings)
    point = 0
    while True:
        point += 1
        cut = CutAt(point)
        with monkeypatch.context() as patch:
            for name in ("replace", "link", "unlink"):
                patch.setattr(os, name, cut.around(getattr(os, name)))
            try:
                rotate(store, settings)
            except KeyboardInterrupt:
                is_cut = True
            else:
                is_cut = False
        assert {n: batch_key(settings.home / "runs" / n, open_vault(settings)) for n in keys} == keys, point
        done = rotate(store, settings) if is_cut else None
        now = open_vault(settings)
        assert done is None or done.mark == now.mark != before.mark
        opens(store, settings, keys, Vault(now.key, now.mark))
        if not is_cut:
            break
    assert point > 8, "the kill points were hit"


def test_a_key_kept_elsewhere_is_changed_with_both_files(settings: Settings, store: Store, tmp_path: Path) -> None:
    older, newer = tmp_path / "older", tmp_path / "newer"
    older.write_bytes(read_key(settings.home / KEY_FILE))
    newer.write_bytes(bytes(range(32)))
    for file in (older, newer):
        file.chmod(0o600)
    keys, mine = made(settings), replace(settings, key_file=newer)
    with pytest.raises(SettingsError, match=r"key\.other"):
        open_vault(mine)
    with pytest.raises(UsageError, match=r"key\.older_needed"):
        rotate(store, mine)
    with pytest.raises(UsageError, match=r"key\.same"):
        rotate(store, mine, newer)
    assert rotate(store, mine, older).batches == 3
    opens(store, settings, keys, Vault(read_key(newer), mark_of(read_key(newer))))
    assert open_vault(mine).key == bytes(range(32))
    with pytest.raises(SettingsError, match=r"key\.other"):
        open_vault(replace(settings, key_file=older))


def test_a_wrong_older_key_changes_nothing(settings: Settings, store: Store, tmp_path: Path) -> None:
    wrong, newer = tmp_path / "wrong", tmp_path / "newer"
    for file, content in ((wrong, bytes(32)), (newer, bytes(range(32)))):
        file.write_bytes(content)
        file.chmod(0o600)
    keys = made(settings)
    with pytest.raises(SettingsError, match=r"key\.other"):
        rotate(store, replace(settings, key_file=newer), wrong)
    opened = open_vault(settings)
    opens(store, settings, keys, Vault(opened.key, opened.mark))
