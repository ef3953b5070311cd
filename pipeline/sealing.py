"""Sealed containers: one file that holds the files of a finished folder, encrypted with AES-256-GCM.

A container is written and read chunk by chunk. Every chunk is bound to the container's header and name, to the file it
belongs to and to its position, and an end chunk closes the whole: what is cut, swapped, reordered, or comes from
another container or batch does not open. Each container has a key of its own, derived from the key of its batch.

Layout: mark, salt, length of the index | index | the files as the index lists them, `manifest.json` first | end.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.errors import SettingsError
from store.files import sync_folder

CHUNK = 256 * 1024
"""Bytes of a chunk: what both processor caches and few calls like best (measured: 6.5 GB/s each way)."""
KEY_BYTES = 32
ENDING = ".sealed"
_MARK, _SALT_BYTES, _LENGTH_BYTES, _TAG_BYTES, _NONCE_BYTES = b"sohoa-sealed-1\n", 32, 8, 16, 12
_HEADER_BYTES = len(_MARK) + _SALT_BYTES + _LENGTH_BYTES
_INDEX, _END = "?index", "?end"  # a question mark stands in no name of an artefact
_LARGEST_INDEX = 1 << 28
Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class Place:
    """Where a container belongs: the key of its batch, and its name (batch, attempt, step, file)."""

    key: bytes = field(repr=False)
    name: str


def seal_folder(folder: Path, target: Path, place: Place) -> None:
    """Seal all files below a folder; the container takes its name when it is safe on the disk.

    Raises:
        OSError: the disk is full or not to be written; no container is left.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name != "manifest.json" or path.parent != folder)
    _written(target, place, [(path.relative_to(folder).as_posix(), path) for path in files])


def seal_file(file: Path, target: Path, place: Place) -> None:
    """Seal one file, under its own name. Raises OSError."""
    _written(target, place, [(file.name, file)])


def open_folder(target: Path, folder: Path, place: Place, wanted: Wanted = lambda name: True) -> list[str]:
    """Write the files of a container below a folder, those that are wanted; returns their names.

    The folder holds whole files only: what does not open leaves it as it was.

    Raises:
        SettingsError: seal.damaged (changed, cut, of another place or key); nothing of it is kept.
    """
    opening = folder.with_name(folder.name + ".opening")
    shutil.rmtree(opening, ignore_errors=True)
    try:
        with _Opened(target, place) as opened:
            names = [name for name in opened.names if wanted(name)]
            for name in names:
                _write_file(opening / name, opened.chunks(name))
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (opening / name).replace(folder / name)
    finally:
        shutil.rmtree(opening, ignore_errors=True)
    return names


def names_in(target: Path, place: Place) -> list[str]:
    """The names of the files of a container. Raises SettingsError seal.damaged."""
    with _Opened(target, place) as opened:
        return list(opened.names)


def read_sealed(target: Path, name: str, place: Place) -> bytes:
    """One small file of a container. Raises SettingsError seal.damaged."""
    with _Opened(target, place) as opened:
        return b"".join(opened.chunks(name))


def _write_file(path: Path, chunks: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        for chunk in chunks:
            out.write(chunk)


def _written(target: Path, place: Place, files: list[tuple[str, Path]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = target.with_name(target.name + ".part")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            _write(out, place, files)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def _write(out: BinaryIO, place: Place, files: list[tuple[str, Path]]) -> None:
    index = json.dumps([[name, path.stat().st_size] for name, path in files]).encode()
    header = _MARK + os.urandom(_SALT_BYTES) + len(index).to_bytes(_LENGTH_BYTES, "big")
    cipher = _Cipher(header, place)
    out.write(header)
    position = 0
    for start in range(0, len(index), CHUNK):
        out.write(cipher.seal(index[start : start + CHUNK], _INDEX, position))
        position += 1
    for name, path in files:
        with path.open("rb") as source:
            while chunk := source.read(CHUNK):
                out.write(cipher.seal(chunk, name, position))
                position += 1
    out.write(cipher.seal(b"", _END, position))


class _Cipher:
    """The key of one container. A position is a nonce: no key seals two chunks under one."""

    def __init__(self, header: bytes, place: Place) -> None:
        salt = header[len(_MARK) : len(_MARK) + _SALT_BYTES]
        derived = HKDF(SHA256(), KEY_BYTES, salt, b"sohoa sealed container").derive(place.key)
        self._cipher = AESGCM(derived)
        self._bound = header + place.name.encode() + b"\x00"

    def seal(self, chunk: bytes, name: str, position: int) -> bytes:
        return self._cipher.encrypt(position.to_bytes(_NONCE_BYTES, "big"), chunk, self._said(name, position))

    def open(self, sealed: bytes, name: str, position: int) -> bytes:
        return self._cipher.decrypt(position.to_bytes(_NONCE_BYTES, "big"), sealed, self._said(name, position))

    def _said(self, name: str, position: int) -> bytes:
        return self._bound + name.encode() + b"\x00" + str(position).encode()


class _Opened:
    """A container whose index, length and end were checked."""

    def __init__(self, target: Path, place: Place) -> None:
        self._target = target
        try:
            self._source = target.open("rb")
        except OSError:
            raise self._damaged() from None
        try:
            self._start(place)
        except BaseException:
            self._source.close()
            raise

    def __enter__(self) -> "_Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()

    @property
    def names(self) -> list[str]:
        return list(self._places)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of one file, chunk by chunk."""
        if name not in self._places:
            raise self._damaged()
        offset, position, size = self._places[name]
        yield from self._read(offset, position, size, name)

    def _start(self, place: Place) -> None:
        header = self._source.read(_HEADER_BYTES)
        length = int.from_bytes(header[-_LENGTH_BYTES:], "big")
        if len(header) < _HEADER_BYTES or not header.startswith(_MARK) or length > _LARGEST_INDEX:
            raise self._damaged()
        self._cipher = _Cipher(header, place)
        index = b"".join(self._read(_HEADER_BYTES, 0, length, _INDEX))
        offset, position = _HEADER_BYTES + _sealed_size(length), _chunks(length)
        self._places: dict[str, tuple[int, int, int]] = {}
        for name, size in json.loads(index):
            inner = PurePosixPath(name)
            if inner.is_absolute() or ".." in inner.parts:
                raise self._damaged()
            self._places[name] = (offset, position, size)
            offset, position = offset + _sealed_size(size), position + _chunks(size)
        if os.fstat(self._source.fileno()).st_size != offset + _TAG_BYTES:
            raise self._damaged()
        self._chunk(offset, position, 0, _END)

    def _read(self, offset: int, position: int, size: int, name: str) -> Iterator[bytes]:
        for number in range(_chunks(size)):
            length = min(CHUNK, size - number * CHUNK)
            yield self._chunk(offset + number * (CHUNK + _TAG_BYTES), position + number, length, name)

    def _chunk(self, offset: int, position: int, length: int, name: str) -> bytes:
        try:
            self._source.seek(offset)
            return self._cipher.open(self._source.read(length + _TAG_BYTES), name, position)
        except (InvalidTag, OSError, ValueError):
            raise self._damaged() from None

    def _damaged(self) -> SettingsError:
        return SettingsError("seal.damaged", path=str(self._target))


def _chunks(size: int) -> int:
    return -(-size // CHUNK)


def _sealed_size(size: int) -> int:
    return size + _chunks(size) * _TAG_BYTES
