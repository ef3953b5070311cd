"""The master key: it wraps the keys of batches and seals names that files were delivered under, AES-256-GCM.

The key is a file that only its owner may read. It is made with the home folder; once made it is never made anew, so
that a lost key is found out at once and not when the first name is asked for. Who has no key can run nothing and
reveal nothing: it fails closed.
"""

import base64
import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.settings import Settings
from schemas.errors import SettingsError

_KEY_BYTES, _NONCE_BYTES, _MARK_CHARS = 32, 12, 8
_LONGEST_SECRET = 4096
_VERSION = "s1"
_NO_UNNAMED_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL})
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY_FILE, MARK_FILE, OLDER_KEYS = Path("keys/names.key"), Path("keys/names.id"), Path("keys/older")
USE = b"sohoa names"


@dataclass(frozen=True)
class Vault:
    """An opened key. `mark` tells keys apart and says nothing of them."""

    key: bytes = field(repr=False)
    mark: str
    older: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Keys of before a rotation, by their marks: what was sealed with them still opens."""

    def seal(self, text: str, place: str) -> str:
        """The text as a token that opens only at the same place (a batch and a file in it)."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, text.encode("utf-8", "surrogateescape"), place.encode())
        return f"{_VERSION}.{self.mark}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def reveal(self, token: str, place: str) -> str:
        """The text of a token.

        Raises:
            SettingsError: key.other (sealed with another key), key.damaged (token changed, or of another place).
        """
        version, _, rest = token.partition(".")
        mark, _, data = rest.partition(".")
        key = self.key if mark == self.mark else self.older.get(mark)
        if version != _VERSION or key is None:
            raise SettingsError("key.other")
        try:
            raw = base64.urlsafe_b64decode(data)
            if base64.urlsafe_b64encode(raw).decode() != data:  # the decoder passes over what is no base64
                raise ValueError("not as it was written")
            return (
                AESGCM(key)
                .decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
                .decode("utf-8", "surrogateescape")
            )
        except (InvalidTag, ValueError) as wrong:
            raise SettingsError("key.damaged") from wrong

    def is_current(self, token: str) -> bool:
        """Was the token sealed with the key of today, not with one of before a rotation?"""
        return token.startswith(f"{_VERSION}.{self.mark}.")


def open_vault(settings: Settings) -> Vault:
    """The vault of a home folder, or of the key file that the settings name; with the keys of before its rotations.

    Raises:
        SettingsError: key.missing, key.readable_by_others, key.wrong_size, key.other.
    """
    older = older_keys(settings)
    key, mark = own_key(settings.key_file, settings.home, KEY_FILE, USE, older=older)
    return Vault(key, mark, older)


def older_keys(settings: Settings) -> Mapping[str, bytes]:
    """Keys of before a rotation, by their marks. Raises SettingsError as `open_vault`."""
    folder = settings.older_keys or settings.home / OLDER_KEYS
    keys = (read_key(path) for path in sorted(folder.glob("*.key")))
    return {mark_of(key): key for key in keys}


def mark_of(key: bytes, use: bytes = USE) -> str:
    """What tells a key from others and says nothing of it; two uses of one key have two marks."""
    return hashlib.sha256(use + key).hexdigest()[:_MARK_CHARS]


def own_key(
    given: Path | None, home: Path, made: Path, use: bytes, codes: str = "key.", older: Container[str] = ()
) -> tuple[bytes, str]:  # fmt: skip
    """The key for a use and its mark, which tells keys apart; made in the home folder if none is given, once.

    Args:
        given: file of the key, from the settings; it is never made.
        home: home folder; it remembers the mark.
        made: where a key is made, below the home folder.
        use: what the key is for; two uses of one key have two marks.
        codes: how the codes of its refusals begin.
        older: marks of the keys of before a rotation; a home that remembers one of them remembers the new one from now.

    Raises:
        SettingsError: missing, readable_by_others, wrong_size, other, each behind `codes`.
    """
    path, mark_file = given or home / made, (home / made).with_suffix(".id")
    if given is None and not path.exists() and not mark_file.exists():
        make_key(path)
    key = read_key(path, codes)
    mark = mark_of(key, use)
    known = mark_file.read_text(encoding="ascii").strip() if mark_file.exists() else None
    if known not in (None, mark) and known not in older:
        raise SettingsError(f"{codes}other")
    if known != mark:
        write_mark(mark_file, mark)
    return key, mark


def make_key(path: Path) -> None:
    """A new key; of two processes that make one at once, the first wins, and whoever is killed leaves nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # A file without a name goes with the process that made it, so that no key lies about that nobody knows of.
        unnamed = os.open(path.parent, os.O_WRONLY | os.O_TMPFILE, 0o600)
    except OSError as wrong:
        if wrong.errno not in _NO_UNNAMED_FILES:
            raise
        _make_named(path)
        return
    with os.fdopen(unnamed, "wb") as target:
        _write_key(target)
        with contextlib.suppress(FileExistsError):
            # Python follows the link to the file only where it is given a folder, which an absolute path needs not.
            os.link(f"/proc/self/fd/{target.fileno()}", path, src_dir_fd=target.fileno(), follow_symlinks=True)


def _make_named(path: Path) -> None:
    """Where the file system knows no files without a name (NFS)."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)  # of a process of the same number that was killed
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            _write_key(target)
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
    finally:
        new.unlink(missing_ok=True)


def _write_key(target: BinaryIO) -> None:
    target.write(os.urandom(_KEY_BYTES))
    target.flush()
    os.fsync(target.fileno())


def read_key(path: Path, codes: str = "key.") -> bytes:
    """The key in a file. Raises SettingsError as `own_key`."""
    key = _read_private(path, codes, _KEY_BYTES)
    if len(key) != _KEY_BYTES:
        raise SettingsError(f"{codes}wrong_size", path=str(path))
    return key


def read_secret(path: Path, codes: str) -> str:
    """A secret that somebody else gave, the first line of a file. Raises SettingsError as `read_key`."""
    secret = _read_private(path, codes, _LONGEST_SECRET).decode("utf-8", "replace").partition("\n")[0].strip()
    if not secret or "\ufffd" in secret:
        raise SettingsError(f"{codes}wrong_size", path=str(path))
    return secret


def write_mark(mark_file: Path, mark: str) -> None:
    """Remember the key of a home folder; complete or not at all: another process may be reading it."""
    mark_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = mark_file.with_name(f"{mark_file.name}.{os.getpid()}")
    temporary.write_text(mark, encoding="ascii")
    temporary.replace(mark_file)


def _read_private(path: Path, codes: str, most: int) -> bytes:
    """What a file that only its owner may read begins with: one byte more than there may be, if it is too long."""
    try:
        with path.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode
            content = source.read(most + 1)
    except OSError as wrong:
        raise SettingsError(f"{codes}missing", path=str(path)) from wrong
    if not stat.S_ISREG(mode) or mode & _OTHERS:
        raise SettingsError(f"{codes}readable_by_others", path=str(path))
    return content
