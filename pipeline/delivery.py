"""What a delivery holds: files found in folders, archives unpacked, memo files put to their tables, names sealed off.

Everything that was given is accounted for: read, set aside as a companion of a table, or refused with its reason.
The name of a file may be the name of a person, so from here on a file goes by an alias made from its digest.
"""

import itertools
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath

from readers import registry
from readers.archive import Member, may_be_archive
from readers.dbf_header import FOXPRO_MEMO, looks_like_dbf
from readers.kinds import SAFE_ENDINGS, refuse_name
from schemas import lineage
from schemas.errors import FileRefused, UsageError

_DEEPEST = 2
_ALIAS_DIGITS = 8
_MEMO_ENDINGS = {True: ".fpt", False: ".dbt"}
COMPANIONS = frozenset({".dbt", ".fpt", ".cdx", ".idx", ".ndx", ".mdx", ".ntx", ".dcx", ".dct"})
_LOOKED_AT = 512


@dataclass(frozen=True)
class Refusal:
    """Why a file was refused: code of rules.csv, rows counted before, details without values of persons."""

    code: str
    rows: int = 0
    details: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(refused: FileRefused) -> "Refusal":
        """The refusal that was raised."""
        return Refusal(refused.code, refused.rows, {k: str(v) for k, v in refused.details.items()})


@dataclass(frozen=True)
class PlannedFile:
    """One file of a delivery.

    Attributes:
        file_id: digest of its content, with its memo's.
        name: its alias, by which everything but its sender knows it.
        given: its path as given; of a member of an archive with the archive's: ``so.zip!xa/so.csv``. Sealed at rest.
        path: where it lies; relative to the run folder if it was unpacked. Sealed at rest.
        memo: where its memo file lies. Sealed at rest.
        refused: why it cannot be read, if that is clear already.
    """

    file_id: str
    name: str
    given: str = field(repr=False)
    path: str = field(repr=False)
    memo: str | None = field(default=None, repr=False)
    refused: Refusal | None = None


@dataclass(frozen=True)
class Delivery:
    """Files to be read, files with the content of another one, files that only accompany tables."""

    files: tuple[PlannedFile, ...]
    repeats: tuple[PlannedFile, ...]
    companions: tuple[PlannedFile, ...]


@dataclass(frozen=True)
class _Found:
    """A file as it was found: where it lies, its path as given, folder and name within what was given.

    `origin` tells a member that could not be unpacked from all others: its archive's digest and its number.
    """

    path: Path
    given: str
    folder: str
    name: str
    refused: Refusal | None = None
    memo: "_Found | None" = None
    origin: str = ""

    @property
    def ending(self) -> str:
        return PurePath(self.name).suffix.lower()


def take_delivery(paths: Sequence[Path], scratch: Path) -> Delivery:
    """Find the files of a delivery, unpacking archives into `scratch`, a folder that is not there yet.

    Raises:
        UsageError: path.not_found, path.no_files.
    """
    found = [each for one in _find(paths) for each in _Opener(scratch).opened(one)]
    if not found:
        raise UsageError("path.no_files", path=", ".join(map(str, paths)))
    tables, companions = _paired(found)
    files: dict[str, PlannedFile] = {}
    repeats: list[PlannedFile] = []
    aside: dict[str, PlannedFile] = {}
    names: set[str] = set()
    for each in tables:
        planned = _planned(each, names)
        if planned.file_id in files:
            repeats.append(planned)
        else:
            files[planned.file_id] = planned
    for each in companions:
        planned = _planned(each, names)
        aside.setdefault(planned.file_id, planned)
    return Delivery(tuple(files.values()), tuple(repeats), tuple(aside.values()))


def alias(file_id: str, name: str) -> str:
    """What a file is called instead of its name: ``tep-3f9a1c20.xlsx``; of the endings only known ones."""
    ending = PurePath(name.rstrip(". ")).suffix.lower()
    return f"tep-{file_id[:_ALIAS_DIGITS]}{ending if ending in SAFE_ENDINGS else ''}"


def _find(paths: Sequence[Path]) -> Iterator[_Found]:
    for path in paths:
        if not path.exists():
            raise UsageError("path.not_found", path=str(path))
        if path.is_dir():
            yield from _in_folder(path)
        else:
            yield _looked_at(path, str(path), str(path.parent), path.resolve())


def _in_folder(root: Path) -> Iterator[_Found]:
    """All files below a folder but hidden ones, by name; a link counts where it stays in the folder."""
    closed: list[OSError] = []
    inside: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        here = Path(folder)
        folders[:] = [name for name in folders if not _is_hidden(name)]
        links = [name for name in folders if (here / name).is_symlink()]
        inside += [here / name for name in (*names, *links) if not _is_hidden(name)]
    for wrong in closed:
        refused = Refusal("file.unreadable", details={"found": str(wrong.errno)})
        lost = Path(str(wrong.filename))
        yield _Found(lost, str(lost), str(lost.parent), lost.name, refused)
    for path in sorted(inside):
        yield _looked_at(path, str(path), str(path.parent), root.resolve())


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$"))


def _looked_at(path: Path, given: str, folder: str, root: Path) -> _Found:
    found = _Found(path, given, folder, path.name)
    try:
        target = path.resolve()
        mode = target.stat().st_mode
    except (OSError, RuntimeError):
        return replace(found, refused=Refusal("file.not_regular", details={"found": "link"}))
    if not stat.S_ISREG(mode):
        return replace(found, refused=Refusal("file.not_regular"))
    if not target.is_relative_to(root):
        return replace(found, refused=Refusal("file.not_regular", details={"found": "link"}))
    if not os.access(target, os.R_OK):
        return replace(found, refused=Refusal("file.unreadable"))
    return replace(found, path=target)


class _Opener:
    """Opens archives, one in another down to a depth, within the limits of one archive for all that is in it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._limits = registry.ARCHIVE_LIMITS

    def opened(self, found: _Found, depth: int = 0) -> Iterator[_Found]:
        """The file itself, or what is in it."""
        if found.refused is not None or _refusal_of_name(found) is not None or not _may_be_archive(found):
            yield found
            return
        if depth == _DEEPEST:
            yield replace(found, refused=Refusal("file.archive_nested"))
            return
        out = self._free_folder()
        try:
            unpacked = registry.unpack_file(found.path, out, self._limits)
        except FileRefused as refused:
            yield replace(found, refused=Refusal.of(refused))
            return
        if not unpacked.is_archive:
            yield found
            return
        self._limits = replace(
            self._limits, members=self._limits.members - len(unpacked.members),
            expanded_bytes=self._limits.expanded_bytes - unpacked.size,
        )  # fmt: skip
        for member in unpacked.members:
            yield from self.opened(_member(found, member, out), depth + 1)

    def _free_folder(self) -> Path:
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in itertools.count(1):
            folder = self._scratch / f"{number:04d}"
            if not folder.exists():
                folder.mkdir()
                return folder
        raise AssertionError("unreachable")


def _member(archive: _Found, member: Member, out: Path) -> _Found:
    name = member.name or _unzipped_name(archive.name)
    inner = PurePosixPath(name)
    found = _Found(
        out / f"{member.number:04d}", f"{archive.given}!{name}", f"{archive.given}!{inner.parent}", inner.name
    )
    if member.refused is None:
        return found
    origin = f"{registry.digest(archive.path)} {member.number}"
    return replace(found, refused=Refusal(member.refused, details={"found": member.found}), origin=origin)


def _may_be_archive(found: _Found) -> bool:
    try:
        return may_be_archive(found.path)
    except OSError:
        return False


def _refusal_of_name(found: _Found) -> Refusal | None:
    try:
        refuse_name(found.name)
    except FileRefused as refused:
        return Refusal.of(refused)
    return None


def _unzipped_name(name: str) -> str:
    """so.csv.gz -> so.csv, so.tgz -> so.tar."""
    path = PurePath(name)
    return path.stem + ".tar" if path.suffix.lower() == ".tgz" else path.stem


def _paired(found: Sequence[_Found]) -> tuple[list[_Found], list[_Found]]:
    """Tables and other files, each DBF with the memo file of its name beside it; what is left of companions."""
    companions = {(f.folder, PurePath(f.name).stem.casefold(), f.ending): f for f in found if _is_companion(f)}
    rest = dict(companions)
    tables = []
    for each in found:
        if any(each is c for c in companions.values()):
            continue
        memo = _memo_of(each, companions)
        if memo is not None:
            rest.pop((memo.folder, PurePath(memo.name).stem.casefold(), memo.ending), None)
        tables.append(replace(each, memo=memo))
    return tables, list(rest.values())


def _is_companion(found: _Found) -> bool:
    """By its name, unless it is text: somebody may call a list anything."""
    if found.refused is not None or found.ending not in COMPANIONS:
        return False
    start = _start_of(found)
    return not start or b"\x00" in start


def _memo_of(found: _Found, companions: dict[tuple[str, str, str], _Found]) -> _Found | None:
    stem = PurePath(found.name).stem.casefold()
    endings = [e for e in _MEMO_ENDINGS.values() if (found.folder, stem, e) in companions]
    if not endings or found.refused is not None:
        return None
    start = _start_of(found)
    wanted = _MEMO_ENDINGS[start[:1] in FOXPRO_MEMO]
    return companions[found.folder, stem, wanted] if wanted in endings and looks_like_dbf(start) else None


def _start_of(found: _Found) -> bytes:
    try:
        with found.path.open("rb") as source:
            return source.read(_LOOKED_AT)
    except OSError:
        return b"."


def _planned(found: _Found, taken: set[str]) -> PlannedFile:
    """The file as it goes on. What its name alone forbids is settled here: later only the alias is known."""
    file_id, refused = _digest(found)
    refused = refused or _refusal_of_name(found)
    memo = None if found.memo is None else str(found.memo.path)
    return PlannedFile(
        file_id, _free_name(alias(file_id, found.name), taken), found.given, str(found.path), memo, refused
    )


def _digest(found: _Found) -> tuple[str, Refusal | None]:
    """Digest of the content; of what has none, of where it was, never of its name. The refusal, old or new."""
    if found.origin:
        return lineage.hash_text(found.origin), found.refused
    try:
        if stat.S_ISREG(found.path.stat().st_mode):
            return registry.digest(found.path, found.memo.path if found.memo else None), found.refused
    except OSError as wrong:
        found = replace(found, refused=found.refused or Refusal("file.unreadable", details={"found": str(wrong.errno)}))
    try:
        place = found.path.lstat()
    except OSError:
        return lineage.hash_text("gone"), found.refused
    return lineage.hash_text(f"no content {place.st_dev} {place.st_ino}"), found.refused


def _free_name(name: str, taken: set[str]) -> str:
    free = next(n for n in itertools.chain([name], (f"{name} ({i})" for i in itertools.count(2))) if n not in taken)
    taken.add(free)
    return free
