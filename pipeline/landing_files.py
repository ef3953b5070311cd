"""The files of a landing zone, wherever it lies: listed, seen to be closed, copied, hashed. Nothing is written there.

The only door to fsspec, which knows folders, object stores and SFTP by their addresses. What it raises may quote names
of files, so none of it is passed on.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from fsspec.core import url_to_fs

from pipeline.landing_zones import Zone, secret_options
from schemas.errors import SettingsError, SohoaError, SystemFailed

_CHUNK = 1 << 20
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload", ".lock", ".swp")
_STAMPS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "modified")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Seen:
    """A file at one look: path below the zone, bytes, and what changes with its content (time, tag)."""

    path: str
    size: int
    stamp: str


class ZoneFiles:
    """The open file system of a zone."""

    def __init__(self, zone: Zone, files: Any, root: str) -> None:
        self._zone = zone
        self._files = files
        self._root = root.rstrip("/")

    def seen(self) -> list[Seen]:
        """All files below the zone, by path; hidden ones, and those that bear the name of one being sent, left out."""
        found = []
        for path, info in self._files.find(self._root, detail=True, withdirs=False).items():
            relative = path.removeprefix(self._root).lstrip("/")
            if info.get("type") == "file" and relative and not _is_unfinished(relative):
                found.append(Seen(relative, int(info.get("size") or 0), _stamp(info)))
        return sorted(found, key=lambda seen: seen.path)

    def is_closed(self, path: str) -> bool:
        """Has nobody a local file open for writing? Elsewhere nobody can tell: True."""
        if self._zone.kind != "file":
            return True
        try:
            descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return False
        try:
            # A lease is given only where no writer is, and only to the owner of the file.
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return True

    def small(self, path: str, most: int) -> bytes:
        """The start of a file, at most so many bytes."""
        with self._files.open(f"{self._root}/{path}", "rb") as source:
            return bytes(source.read(most))

    def copy(self, seen: Seen, target: Path) -> str:
        """Copy a file; its SHA-256. Reads no more than was there at the look.

        Raises:
            SohoaError: landing.changed: it is longer or shorter than it was.
        """
        digest, left = hashlib.sha256(), seen.size
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out, self._files.open(f"{self._root}/{seen.path}", "rb") as source:
            while chunk := source.read(min(_CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                out.write(chunk)
        if left:
            raise SohoaError("landing.changed", zone=self._zone.name)
        return digest.hexdigest()


@contextmanager
def opened(zone: Zone) -> Iterator[ZoneFiles]:
    """The files of a zone for the length of a block.

    Raises:
        SystemFailed: landing.unreachable; may pass.
        SettingsError: landing.no_driver; the secrets cannot be read.
    """
    logging.getLogger("fsspec").setLevel(logging.ERROR)
    options = {**zone.options, **secret_options(zone)}
    if zone.kind == "sftp":
        parts = urlsplit(zone.url)
        options = {"host_key_policy": "reject", "port": parts.port or 22, "timeout": 30, **options}
    try:
        files, root = url_to_fs(zone.url, use_listings_cache=False, skip_instance_cache=True, **_for(zone, options))
        yield ZoneFiles(zone, files, root)
    except SohoaError:
        raise
    except ImportError:
        raise SettingsError("landing.no_driver", zone=zone.name, kind=zone.kind) from None
    except OSError as wrong:
        raise SystemFailed("landing.unreachable", zone=zone.name, error=type(wrong).__name__) from None
    except Exception as wrong:  # noqa: BLE001 - each driver has a family of errors of its own, whose texts quote names
        raise SystemFailed("landing.unreachable", zone=zone.name, error=type(wrong).__name__) from None
    finally:
        with suppress(Exception):
            if zone.kind == "sftp":
                files.client.close()


def _for(zone: Zone, options: dict[str, Any]) -> dict[str, Any]:
    """A file system of SFTP takes nothing about lists."""
    return options


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


def _is_unfinished(path: str) -> bool:
    parts = path.split("/")
    return any(part.startswith((".", "~$")) for part in parts) or parts[-1].lower().endswith(_UNFINISHED)


def _stamp(info: dict[str, Any]) -> str:
    return " ".join(str(info[name]) for name in _STAMPS if info.get(name) is not None)
