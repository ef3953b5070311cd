"""The package of a workbook (ZIP of XML) before anything in it is parsed: sizes, names, what it must and must not hold.

The declared sizes are checked first, the real ones while unpacking: a member that gives more than it declared is
refused as it goes.
"""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from readers.disk import blame
from readers.reading import ReadLimits
from schemas.errors import FileRefused

_BLOCK = 1 << 18
_FREE_EXPANSION = 50 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WRONG = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, KeyError, IndexError)


class Package:
    """An open workbook package whose members are read as streams of bytes."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except _WRONG as wrong:
            blame(wrong)
            raise FileRefused("file.damaged") from wrong
        self._limits = limits
        self._unpacked = 0
        infos = self._archive.infolist()
        _check_members(infos, limits)
        self._members = {_plain(i.filename).lower(): i for i in infos}

    def has(self, name: str) -> bool:
        """Is there such a part?"""
        return _plain(name).lower() in self._members

    def has_folder(self, name: str) -> bool:
        """Is there any part in that folder?"""
        return any(part.startswith(name + "/") for part in self._members)

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, block by block.

        Raises:
            FileRefused: file.damaged (no such part, bad checksum, cut), file.expansion.
        """
        info = self._members.get(_plain(name).lower())
        if info is None:
            raise FileRefused("file.damaged", found=_plain(name)[-80:])
        try:
            with self._archive.open(info) as source:
                while block := source.read(_BLOCK):
                    self._count(len(block))
                    yield block
        except _WRONG as wrong:
            blame(wrong)
            raise FileRefused("file.damaged", found=_plain(name)[-80:]) from wrong

    def read(self, name: str) -> bytes:
        """A whole small part."""
        return b"".join(self.blocks(name))

    def _count(self, size: int) -> None:
        """Parts are read at most twice (once for merged cells), hence the double allowance."""
        self._unpacked += size
        if self._unpacked > 2 * self._limits.expanded_bytes:
            raise FileRefused("file.expansion", limit=self._limits.expanded_bytes)


def _check_members(infos: list[zipfile.ZipInfo], limits: ReadLimits) -> None:
    if len(infos) > limits.members:
        raise FileRefused("file.expansion", found=len(infos), limit=limits.members)
    names = [_plain(i.filename).lower() for i in infos]
    if len(set(names)) < len(names):
        raise FileRefused("file.unsafe", found="duplicate member")
    for info, name in zip(infos, names, strict=True):
        if info.flag_bits & 1:
            raise FileRefused("file.password")
        if info.compress_type not in _METHODS:
            raise FileRefused("file.unsafe", found=f"method {info.compress_type}")
        if ".." in name.split("/") or (info.external_attr >> 28) == 0xA:
            raise FileRefused("file.unsafe", found="path")
    packed, unpacked = sum(i.compress_size for i in infos), sum(i.file_size for i in infos)
    too_dense = unpacked > _FREE_EXPANSION and unpacked > limits.expansion * max(1, packed)
    if unpacked > limits.expanded_bytes or too_dense:
        raise FileRefused("file.expansion", found=unpacked, limit=limits.expanded_bytes)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")
