"""Whether this store may issue personal numbers: the allocated range of the settings, and the key they are drawn with.

The key is a file of 32 bytes that only its owner may read, and never lies in the store: who has the store alone cannot
say which number comes next. It is made with the first range of a home folder; once made it is never made anew, so
that a lost key is found out at once. A store that issues nothing needs no key.
"""

import os
import stat
from pathlib import Path

from pipeline.settings import Settings
from schemas.errors import SettingsError
from store.issuing import IssuingAuthority
from store.permutation import KEY_BYTES, key_mark

KEY_FILE, MARK_FILE = Path("keys/numbers.key"), Path("keys/numbers.id")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def issuing_authority(settings: Settings) -> IssuingAuthority | None:
    """The allocation with its key, or None where no range is allocated.

    Raises:
        SettingsError: numbers.key.missing, numbers.key.readable_by_others, numbers.key.wrong_size, numbers.other_key.
    """
    if settings.issuing_range is None:
        return None
    first, _, last = settings.issuing_range.partition("-")
    return IssuingAuthority(int(first), int(last), settings.issuing_is_test, _key(settings))


def _key(settings: Settings) -> bytes:
    path = settings.numbers_key_file or settings.home / KEY_FILE
    mark_file = settings.home / MARK_FILE
    if settings.numbers_key_file is None and not path.exists() and not mark_file.exists():
        _make(path)
    key = _read(path)
    _compare(mark_file, key_mark(key))
    return key


def _make(path: Path) -> None:
    """A new key; of two processes that make one at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(os.urandom(KEY_BYTES))
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode
            key = source.read(KEY_BYTES + 1)
    except OSError as wrong:
        raise SettingsError("numbers.key.missing", path=str(path)) from wrong
    if not stat.S_ISREG(mode) or mode & _OTHERS:
        raise SettingsError("numbers.key.readable_by_others", path=str(path))
    if len(key) != KEY_BYTES:
        raise SettingsError("numbers.key.wrong_size", path=str(path))
    return key


def _compare(mark_file: Path, mark: str) -> None:
    """The home remembers which key it was begun with."""
    if not mark_file.exists():
        mark_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark_file.write_text(mark, encoding="ascii")
    elif mark_file.read_text(encoding="ascii").strip() != mark:
        raise SettingsError("numbers.other_key")
