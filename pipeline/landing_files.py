"""The files of a landing zone, wherever it lies: listed, seen to be closed, copied, hashed. Nothing is written there.

What a driver raises may quote names of files, so none of it is passed on.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline import landing_drivers
from pipeline.landing_drivers import Driver
from pipeline.landing_zones import Zone, secret_options
from schemas.errors import SettingsError, SohoaError, SystemFailed

_CHUNK = 1 << 20
_DEEPEST, _MOST_FILES = 16, 100_000
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".lock", ".swp")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Seen:
    """A file at one look: path below the zone, bytes, what changes with its content; `is_odd`: a link or no file."""

    path: str = field(repr=False)
    size: int
    stamp: str
    is_odd: bool = False


class ZoneFiles:
    """The open zone."""

    def __init__(self, zone: Zone, driver: Driver) -> None:
        self._zone = zone
        self._driver = driver

    def seen(self) -> list[Seen]:
        """All files below the zone, by path; hidden ones, and those that bear the name of one being sent, left out.

        Raises:
            SohoaError: landing.too_many: more files, or deeper ones, than a zone may hold.
        """
        found: list[Seen] = []
        waiting = [""]
        with _asking(self._zone):
            while waiting:
                folder = waiting.pop()
                if folder.count("/") > _DEEPEST or len(found) > _MOST_FILES:
                    raise SohoaError("landing.too_many", zone=self._zone.name)
                for entry in self._driver.listed(folder):
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if _is_unfinished(entry.name, is_folder=entry.kind == "folder"):
                        continue
                    if entry.kind == "folder":
                        waiting.append(path)
                    else:
                        found.append(Seen(path, entry.size, entry.stamp, entry.kind != "file"))
        return sorted(found, key=lambda seen: seen.path)

    def is_closed(self, path: str) -> bool:
        """Does nobody write the file, as far as the zone tells?"""
        with _asking(self._zone):
            return self._driver.is_closed(path)

    def small(self, path: str, most: int) -> bytes:
        """The start of a file, at most so many bytes."""
        with _asking(self._zone), self._driver.opened(path) as source:
            return bytes(source.read(most))

    def copy(self, seen: Seen, target: Path) -> str:
        """Copy a file; its SHA-256. Reads no more than was there at the look.

        Raises:
            SohoaError: landing.changed: it is longer or shorter than it was.
            OSError: it cannot be written here.
        """
        digest, size = hashlib.sha256(), 0
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in self._chunks(seen):
                size += len(chunk)
                digest.update(chunk)
                out.write(chunk)
        if size != seen.size:
            raise SohoaError("landing.changed", zone=self._zone.name)
        return digest.hexdigest()

    def _chunks(self, seen: Seen) -> Iterator[bytes]:
        """Of what was there at the look, and one byte more if there is one."""
        left = seen.size + 1
        with _asking(self._zone):
            source = self._driver.opened(seen.path)
        try:
            while left:
                with _asking(self._zone):
                    chunk = bytes(source.read(min(_CHUNK, left)))
                if not chunk:
                    return
                left -= len(chunk)
                yield chunk
        finally:
            source.close()


@contextmanager
def opened(zone: Zone) -> Iterator[ZoneFiles]:
    """The files of a zone for the length of a block.

    Raises:
        SystemFailed: landing.unreachable; may pass.
        SettingsError: landing.no_driver; the secrets cannot be read.
    """
    connection = landing_drivers.connected(zone.url, {**zone.options, **secret_options(zone)})
    with _asking(zone):
        driver = connection.__enter__()
    try:
        yield ZoneFiles(zone, driver)
    finally:
        with _asking(zone):
            connection.__exit__(None, None, None)


@contextmanager
def _asking(zone: Zone) -> Iterator[None]:
    try:
        yield
    except SohoaError:
        raise
    except ImportError:
        raise SettingsError("landing.no_driver", zone=zone.name, kind=zone.kind) from None
    except Exception as wrong:  # noqa: BLE001 - each driver has a family of errors of its own, whose texts quote names
        raise SystemFailed("landing.unreachable", zone=zone.name, error=type(wrong).__name__) from None


def safe_relative(path: str) -> PurePosixPath | None:
    """The path with names that a file system here takes; None where it leads out of its folder."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\x00" in part for part in parts):
        return None
    return PurePosixPath(*(_short(part) for part in parts))


def _short(name: str) -> str:
    if len(name.encode("utf-8", "surrogateescape")) <= _LONGEST_NAME:
        return name
    ending = PurePosixPath(name).suffix[:16]
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32] + ending


def _is_unfinished(name: str, *, is_folder: bool) -> bool:
    return name.startswith((".", "~$")) or (not is_folder and name.lower().endswith(_UNFINISHED))
