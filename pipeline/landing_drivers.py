"""How the three kinds of landing zones are asked: folders of this machine, object stores, SFTP. Reading alone.

Each is asked through its own library: lists are never remembered, a link is seen as a link, and a server of SFTP has to
show the key that we know.
"""

import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit

_SECONDS = 30.0
_MIB = 1 << 20


@dataclass(frozen=True)
class Listed:
    """What stands in a folder: name, kind (file, folder, other: links, pipes), bytes, what changes with its content."""

    name: str
    kind: str
    size: int
    stamp: str


class Driver(Protocol):
    """One way to files. All raise what their libraries raise."""

    def listed(self, folder: str) -> Iterator[Listed]:
        """What stands in a folder, by its path below the zone ("" for the zone)."""

    def opened(self, path: str) -> BinaryIO:
        """A file for reading."""

    def is_closed(self, path: str) -> bool:
        """Does nobody write the file? True where nobody can tell."""


class _Folders:
    def __init__(self, root: str) -> None:
        self._root = root

    def listed(self, folder: str) -> Iterator[Listed]:
        with os.scandir(self._at(folder)) as entries:
            for entry in entries:
                seen = entry.stat(follow_symlinks=False)
                yield Listed(entry.name, _kind(seen.st_mode), seen.st_size, f"{seen.st_mtime_ns} {seen.st_ino}")

    def opened(self, path: str) -> BinaryIO:
        return os.fdopen(os.open(self._at(path), os.O_RDONLY | os.O_NOFOLLOW), "rb")

    def is_closed(self, path: str) -> bool:
        descriptor = os.open(self._at(path), os.O_RDONLY | os.O_NOFOLLOW)
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

    def _at(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root  # noqa: PTH118 - names may be no text at all


class _Objects:
    def __init__(self, root: str, files: Any) -> None:
        self._root = root.strip("/")
        self._files = files

    def listed(self, folder: str) -> Iterator[Listed]:
        from pyarrow.fs import FileSelector, FileType

        kinds = {FileType.File: "file", FileType.Directory: "folder"}
        for info in self._files.get_file_info(FileSelector(self._at(folder), allow_not_found=True)):
            yield Listed(info.base_name, kinds.get(info.type, "other"), info.size or 0, str(info.mtime_ns))

    def opened(self, path: str) -> BinaryIO:
        return cast(BinaryIO, self._files.open_input_stream(self._at(path)))

    def is_closed(self, path: str) -> bool:
        return True  # an object is there whole or not at all

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}".rstrip("/")


class _Sftp:
    def __init__(self, root: str, client: Any) -> None:
        self._root = root.rstrip("/")
        self._client = client

    def listed(self, folder: str) -> Iterator[Listed]:
        for info in self._client.listdir_attr(self._at(folder)):
            yield Listed(info.filename, _kind(info.st_mode or 0), info.st_size or 0, str(info.st_mtime))

    def opened(self, path: str) -> BinaryIO:
        file = self._client.open(self._at(path), "rb", bufsize=_MIB)
        file.prefetch()
        return cast(BinaryIO, file)

    def is_closed(self, path: str) -> bool:
        return True  # the server does not tell

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root or "/"


@contextmanager
def connected(url: str, options: Mapping[str, Any]) -> Iterator[Driver]:
    """The driver of an address, for the length of a block.

    Args:
        url: file:///folder, s3://bucket/prefix, sftp://host[:port]/folder.
        options: s3: key, secret, endpoint, scheme, region; sftp: username, password, key_filename, passphrase,
            host_key (a line as in known_hosts without the name: "ssh-ed25519 AAAA...") or known_hosts (a file).

    Raises:
        ImportError: the library of its kind is not installed. Else what the library raises.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        yield _Folders(unquote(parts.path))
    elif parts.scheme == "s3":
        yield _Objects(f"{parts.netloc}{unquote(parts.path)}", _object_store(options))
    else:
        with _signed_in(parts.hostname or "", parts.port or 22, options) as client:
            yield _Sftp(unquote(parts.path), client)


def _object_store(options: Mapping[str, Any]) -> Any:
    from pyarrow.fs import S3FileSystem

    return S3FileSystem(
        access_key=options.get("key"), secret_key=options.get("secret"), region=options.get("region", "us-east-1"),
        endpoint_override=options.get("endpoint"), scheme=options.get("scheme", "https"),
        connect_timeout=_SECONDS, request_timeout=_SECONDS,
    )  # fmt: skip


@contextmanager
def _signed_in(host: str, port: int, options: Mapping[str, Any]) -> Iterator[Any]:
    """A session whose server showed the key that we know; any other key ends it."""
    import paramiko

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    if "known_hosts" in options:
        client.load_host_keys(options["known_hosts"])
    if "host_key" in options:
        named = host if port == 22 else f"[{host}]:{port}"
        line = paramiko.hostkeys.HostKeyEntry.from_line(f"{named} {options['host_key']}")
        client.get_host_keys().add(named, line.key.get_name(), line.key)
    allowed = ("username", "password", "key_filename", "passphrase")
    try:
        client.connect(
            host, port, timeout=_SECONDS, banner_timeout=_SECONDS, auth_timeout=_SECONDS, channel_timeout=_SECONDS,
            allow_agent=False, look_for_keys=False, **{name: options[name] for name in allowed if name in options},
        )  # fmt: skip
        files = client.open_sftp()
        files.get_channel().settimeout(_SECONDS)
        yield files
    finally:
        client.close()


def _kind(mode: int) -> str:
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"
