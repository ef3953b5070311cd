import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings import Settings
from pipeline.vault import KEY_FILE, MARK_FILE, Vault, make_key, open_vault
from schemas.errors import SettingsError

VAULT = Vault(bytes(range(32)), "00000000")


@given(st.text(st.characters(exclude_categories=[])), st.text())
def test_what_is_sealed_is_revealed_at_its_place_only(text: str, place: str) -> None:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return
    token = VAULT.seal(text, place)
    assert VAULT.reveal(token, place) == text
    with pytest.raises(SettingsError, match=r"key\.damaged"):
        VAULT.reveal(token, place + "x")


def test_a_name_is_sealed_in_another_way_each_time_and_a_changed_token_does_not_open() -> None:
    one, other = (VAULT.seal("Hộ ông Nguyễn Văn A.xlsx", "b/1") for _ in range(2))
    assert one != other
    for at in range(12, len(one), 7):
        changed = one[:at] + ("A" if one[at] != "A" else "B") + one[at + 1 :]
        with pytest.raises(SettingsError):
            VAULT.reveal(changed, "b/1")
    assert "key" not in repr(Vault(b"secret", "m")) or "secret" not in repr(Vault(b"secret", "m"))


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, again = (open_vault(Settings(tmp_path)) for _ in range(2))
    assert first == again
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / KEY_FILE).read_bytes()) == 32


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda key: key.unlink(), "key.missing"),
        (lambda key: key.chmod(0o640), "key.readable_by_others"),
        (lambda key: key.chmod(0o604), "key.readable_by_others"),
        (lambda key: key.write_bytes(b"short"), "key.wrong_size"),
        (lambda key: key.write_bytes(bytes(33)), "key.wrong_size"),
        (lambda key: key.write_bytes(bytes(32)), "key.other"),
    ],
)  # fmt: skip
def test_without_its_key_nothing_starts(tmp_path: Path, harm, code: str) -> None:  # type: ignore[no-untyped-def]
    open_vault(Settings(tmp_path))
    harm(tmp_path / KEY_FILE)
    with pytest.raises(SettingsError) as refused:
        open_vault(Settings(tmp_path))
    assert refused.value.code == code
    assert refused.value.exit_code == 3


def test_a_key_file_of_the_settings_is_taken_and_never_made(tmp_path: Path) -> None:
    settings = Settings(tmp_path, key_file=tmp_path / "elsewhere.key")
    with pytest.raises(SettingsError, match=r"key\.missing"):
        open_vault(settings)
    assert not (tmp_path / MARK_FILE).exists()
    (tmp_path / "elsewhere.key").write_bytes(os.urandom(32))
    (tmp_path / "elsewhere.key").chmod(0o600)
    token = open_vault(settings).seal("a", "p")
    assert open_vault(settings).reveal(token, "p") == "a"
    assert not (tmp_path / KEY_FILE).exists()


def test_whoever_is_killed_while_he_makes_a_key_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(KeyboardInterrupt):
        make_key(tmp_path / "keys" / "names.key")
    assert list((tmp_path / "keys").iterdir()) == [], "not even under another name"
    monkeypatch.undo()
    make_key(tmp_path / "keys" / "names.key")
    assert [p.name for p in (tmp_path / "keys").iterdir()] == ["names.key"]


def test_where_files_need_names_the_first_of_two_wins_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def no_unnamed(path: str, flags: int, *more: int) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "not here")
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", no_unnamed)
    path = tmp_path / "keys" / "names.key"
    make_key(path)
    first = path.read_bytes()
    make_key(path)
    assert (path.read_bytes(), len(first)) == (first, 32)
    assert [p.name for p in path.parent.iterdir()] == ["names.key"]
