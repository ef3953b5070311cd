"""Archives of ledgers, opened in a child process: a ZIP, or one file in GZIP. Members come out under numbers.

A name inside an archive is a text to be kept, never a path to be written to. What makes the whole archive suspect
(a name that leaves its folder, a link, two members of one name or in one place, more than may be unpacked) refuses
it; what is wrong with one member alone (a password, a bad checksum, a method nobody uses) refuses that member.
"""

import gzip
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

from readers.disk import blame
from readers.encoding import decode, judge_bytes, words_of
from readers.reading import ReadLimits
from readers.sandbox import Job
from schemas.errors import FileRefused

GZIP, ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BLOCK = 1 << 20
_FREE_EXPANSION = 50 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WRONG = (
    zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, KeyError,
    IndexError,
)  # fmt: skip
_ABSOLUTE = re.compile(r"^(?:[/\\]|[A-Za-z]:)")
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_FOLDERS, _PART_ENDINGS = ("xl/", "word/", "ppt/", "visio/"), (".xml", ".rels", ".bin")
_FIRST_PARTS = ("[content_types].xml", "_rels/.rels", "docprops/", "customxml/", "mimetype")
_LOOKED_AT = 1 << 12
_UTF8_FLAG, _SEALED_FLAG = 0x800, 0x1
_REGULAR, _FOLDER = 0o10, 0o04
_LOCAL_HEADER = 30
_LONGEST_NAME = 1_000
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Member:
    """A member of an archive: number of its file in the output folder, its name, the rule that refused it."""

    number: int
    name: str
    refused: str | None = None
    found: str = ""


@dataclass(frozen=True)
class Unpacked:
    """What came out of a file. `is_archive` is False for a workbook or document that only is packed like one."""

    is_archive: bool
    members: tuple[Member, ...] = ()
    size: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the way from the child process to its parent."""
        return asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> "Unpacked":
        """The result that `as_json` described."""
        return Unpacked(**{**values, "members": tuple(Member(**m) for m in values["members"])})


def unpack(job: Job, progress: Progress) -> Unpacked:
    """Unpack a file into job.out/0001, 0002 ...

    Raises:
        FileRefused: file.damaged, file.archive_unsafe, file.archive_too_large, file.password, file.archive_empty.
    """
    path, out = Path(job.path), Path(job.out)
    with path.open("rb") as source:
        start = source.read(4)
    if start.startswith(GZIP):
        return _ungzip(path, out, job.limits, progress)
    try:
        with zipfile.ZipFile(path) as archive:
            return _unzip(archive, path, out, job.limits, progress)
    except _WRONG as wrong:
        blame(wrong)
        raise FileRefused("file.damaged", found="ZIP") from wrong


def is_package(names: Sequence[str]) -> bool:
    """Are these the parts of an Office or OpenDocument file?"""
    lower = {n.replace("\\", "/").lstrip("/").lower() for n in names}
    if "[content_types].xml" in lower or any(n.startswith(_FOLDERS) and n.endswith(_PART_ENDINGS) for n in lower):
        return True
    return "content.xml" in lower and bool(lower & {"mimetype", "meta-inf/manifest.xml"})


def may_be_archive(path: Path) -> bool:
    """Is it worth a child of its own? A first look at the marks: a workbook's first part gives it away."""
    with path.open("rb") as source:
        start = source.read(_LOOKED_AT)
    if not start.startswith(ZIP):
        return start.startswith(GZIP)
    name = start[_LOCAL_HEADER : _LOCAL_HEADER + int.from_bytes(start[26:28], "little")]
    first = name.decode("latin-1").replace("\\", "/").lower()
    return not (first.startswith(_FIRST_PARTS) or (first.startswith(_FOLDERS) and first.endswith(_PART_ENDINGS)))


class _Budget:
    """Counts what comes out of an archive and stops it beyond the limits."""

    def __init__(self, packed: int, limits: ReadLimits) -> None:
        self._packed, self._limits, self.size = max(1, packed), limits, 0

    def add(self, size: int) -> None:
        self.size += size
        self.check(self.size)

    def check(self, size: int) -> None:
        too_dense = size > _FREE_EXPANSION and size > self._limits.expansion * self._packed
        if size > self._limits.expanded_bytes or too_dense:
            raise FileRefused("file.archive_too_large", found=size, limit=self._limits.expanded_bytes)


def _ungzip(path: Path, out: Path, limits: ReadLimits, progress: Progress) -> Unpacked:
    budget = _Budget(path.stat().st_size, limits)
    try:
        with gzip.open(path, "rb") as source:
            _copy(cast(IO[bytes], source), out / "0001", budget, progress)
    except _WRONG as wrong:
        blame(wrong)
        raise FileRefused("file.damaged", found="GZIP") from wrong
    return Unpacked(True, (Member(1, ""),), budget.size)


def _unzip(archive: zipfile.ZipFile, path: Path, out: Path, limits: ReadLimits, progress: Progress) -> Unpacked:
    infos = archive.infolist()
    if is_package([i.filename for i in infos]):
        return Unpacked(False)
    if len(infos) > limits.members:
        raise FileRefused("file.archive_too_large", found=len(infos), limit=limits.members)
    files = [i for i in infos if not i.is_dir()]
    _check_names(infos)
    _check_places(archive, path, files)
    wanted = [(i, name) for i in files if not _is_litter(name := _name_of(i))]
    if not wanted:
        raise FileRefused("file.archive_empty")
    if all(i.flag_bits & _SEALED_FLAG for i, _ in wanted):
        raise FileRefused("file.password")
    budget = _Budget(sum(i.compress_size for i in files), limits)
    budget.check(sum(i.file_size for i in files))
    members = [_member(archive, i, Member(n, name), out, budget, progress) for n, (i, name) in enumerate(wanted, 1)]
    return Unpacked(True, tuple(members), budget.size)


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Member, out: Path, budget: _Budget, progress: Progress
) -> Member:
    if info.flag_bits & _SEALED_FLAG:
        return Member(member.number, member.name, "file.password")
    if info.compress_type not in _METHODS:
        return Member(member.number, member.name, "file.archive_unsafe", f"method {info.compress_type}")
    target = out / f"{member.number:04d}"
    try:
        with archive.open(info) as source:
            _copy(source, target, budget, progress)
        if target.stat().st_size != info.file_size:
            raise zipfile.BadZipFile  # its size lies, and Python believes it where too much was promised
    except _WRONG as wrong:
        target.unlink(missing_ok=True)
        blame(wrong)
        return Member(member.number, member.name, "file.damaged", "ZIP")
    return member


def _copy(source: IO[bytes], target: Path, budget: _Budget, progress: Progress) -> None:
    with target.open("xb") as copy:
        while block := source.read(_BLOCK):
            budget.add(len(block))
            copy.write(block)
            progress(0)


def _check_names(infos: Sequence[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        raw = info.orig_filename.split("\x00", 1)[0]
        name = raw.replace("\\", "/").rstrip("/")
        if _ABSOLUTE.match(raw) or ".." in name.split("/") or "\x00" in info.orig_filename:
            raise FileRefused("file.archive_unsafe", found="path")
        if _is_special(info):
            raise FileRefused("file.archive_unsafe", found="link")
        if name in seen:
            raise FileRefused("file.archive_unsafe", found="duplicate name")
        seen.add(name)


def _is_special(info: zipfile.ZipInfo) -> bool:
    """A link, a pipe or a device by its Unix mode. Other systems leave the mode empty."""
    kind = info.external_attr >> 28
    return kind not in (0, _REGULAR, _FOLDER)


def _check_places(archive: zipfile.ZipFile, path: Path, files: Sequence[zipfile.ZipInfo]) -> None:
    """No two members share bytes, none reaches into the directory: the trick of small archives that unpack to much."""
    places = sorted(_places(path, files))
    ends = [*(start for start, _ in places[1:]), archive.start_dir][: len(places)]
    if any(end > following for (_, end), following in zip(places, ends, strict=True)):
        raise FileRefused("file.archive_unsafe", found="overlapping members")


def _places(path: Path, files: Sequence[zipfile.ZipInfo]) -> Iterator[tuple[int, int]]:
    with path.open("rb") as source:
        for info in files:
            source.seek(info.header_offset)
            head = source.read(_LOCAL_HEADER)
            lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            yield info.header_offset, info.header_offset + _LOCAL_HEADER + lengths + info.compress_size


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name as its writer saw it: UTF-8 where it says so or is it, else an old Vietnamese encoding, else CP437."""
    name = info.filename.replace("\\", "/")[:_LONGEST_NAME]
    if info.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        data = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        view = data.decode("latin-1")
    verdict = judge_bytes(words_of([view]))
    return decode(view, verdict.encoding) if verdict.encoding and verdict.encoding != "cp1252" else name


def _is_litter(name: str) -> bool:
    """Files that systems leave behind, and hidden ones, as in a folder."""
    parts = name.split("/")
    return any(p.startswith((".", "~$")) or p.lower() in _LITTER for p in parts)
