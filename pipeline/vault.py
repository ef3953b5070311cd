"""Sealing of texts that may name a person, such as the name a file was delivered under: AES-256-GCM.

The key is a file that only its owner may read. It is made with the home folder; once made it is never made anew, so
that a lost key is found out at once and not when the first name is asked for. Who has no key can run nothing and
reveal nothing: it fails closed.
"""

import base64
import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.settings import Settings
from schemas.errors import SettingsError

_KEY_BYTES, _NONCE_BYTES, _MARK_CHARS = 32, 12, 8
_VERSION = "s1"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
KEY_FILE, MARK_FILE = Path("keys/names.key"), Path("keys/names.id")


@dataclass(frozen=True)
class Vault:
    """An opened key. `mark` tells keys apart and says nothing of them."""

    key: bytes = field(repr=False)
    mark: str

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
        if version != _VERSION or mark != self.mark:
            raise SettingsError("key.other")
        try:
            raw = base64.urlsafe_b64decode(data)
            if base64.urlsafe_b64encode(raw).decode() != data:  # the decoder passes over what is no base64
                raise ValueError("not as it was written")
            return (
                AESGCM(self.key)
                .decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
                .decode("utf-8", "surrogateescape")
            )
        except (InvalidTag, ValueError) as wrong:
            raise SettingsError("key.damaged") from wrong


def open_vault(settings: Settings) -> Vault:
    """The vault of a home folder, or of the key file that the settings name.

    Raises:
        SettingsError: key.missing, key.readable_by_others, key.wrong_size, key.other.
    """
    key, mark = own_key(settings.key_file, settings.home, KEY_FILE, b"sohoa names")
    return Vault(key, mark)


def own_key(
    given: Path | None, home: Path, made: Path, use: bytes, codes: str = "key."
) -> tuple[bytes, str]:  # fmt: skip
    """The key for a use and its mark, which tells keys apart; made in the home folder if none is given, once.

    Args:
        given: file of the key, from the settings; it is never made.
        home: home folder; it remembers the mark.
        made: where a key is made, below the home folder.
        use: what the key is for; two uses of one key have two marks.
        codes: how the codes of its refusals begin.

    Raises:
        SettingsError: missing, readable_by_others, wrong_size, other, each behind `codes`.
    """
    path, mark_file = given or home / made, (home / made).with_suffix(".id")
    if given is None and not path.exists() and not mark_file.exists():
        _make(path)
    key = _read(path, codes)
    mark = hashlib.sha256(use + key).hexdigest()[:_MARK_CHARS]
    _compare(mark_file, mark, codes)
    return key, mark


def _make(path: Path) -> None:
    """A new key; of two processes that make one at once, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(os.urandom(_KEY_BYTES))
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _read(path: Path, codes: str) -> bytes:
    try:
        with path.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode
            key = source.read(_KEY_BYTES + 1)
    except OSError as wrong:
        raise SettingsError(f"{codes}missing", path=str(path)) from wrong
    if not stat.S_ISREG(mode) or mode & _OTHERS:
        raise SettingsError(f"{codes}readable_by_others", path=str(path))
    if len(key) != _KEY_BYTES:
        raise SettingsError(f"{codes}wrong_size", path=str(path))
    return key


def _compare(mark_file: Path, mark: str, codes: str) -> None:
    """The home remembers which key it was begun with."""
    if not mark_file.exists():
        mark_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Never half written: another process may be reading it.
        new = mark_file.with_name(f"{mark_file.name}.{os.getpid()}")
        new.write_text(mark, encoding="ascii")
        new.replace(mark_file)
    elif mark_file.read_text(encoding="ascii").strip() != mark:
        raise SettingsError(f"{codes}other")
