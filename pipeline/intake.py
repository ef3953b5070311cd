"""Intake: what was delivered. Finds the files of a delivery, names them by digest, opens a run folder for them."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from pipeline.artefacts import read_json, write_json
from pipeline.settings import Settings
from schemas import code_lists, lineage
from schemas.errors import UsageError

VIET_NAM_TIME = timezone(timedelta(hours=7))
PROVINCE_NOT_GIVEN = "00"
_PLAN = "plan.json"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class PlannedFile:
    """One file of a delivery: its digest, its name inside the batch, the path as given, where it lies now."""

    file_id: str
    name: str
    given: str
    path: str


@dataclass(frozen=True)
class Plan:
    """One delivery: batch, province (code of the 34, and of the 63 if that was given), day received, files.

    `repeats` are files whose content another file of the same delivery already has.
    """

    batch_id: str
    province_code: str
    province_code_63: str | None
    received_on: str
    files: tuple[PlannedFile, ...]
    repeats: tuple[PlannedFile, ...]

    @property
    def received(self) -> date:
        """Day of delivery."""
        return date.fromisoformat(self.received_on)


def plan_batch(paths: Sequence[Path], province: str, settings: Settings) -> Plan:
    """The plan of a delivery. Folders are searched for files, hidden ones left out.

    Raises:
        UsageError: a path is not there, there is no file, or the province code is unknown.
    """
    code, code_63 = resolve_province(province)
    files, repeats = _digest(_find(paths))
    batch = lineage.batch_id(code, (f.file_id for f in files))
    day = settings.received_on or datetime.now(VIET_NAM_TIME).date()
    return Plan(batch, code, code_63, day.isoformat(), tuple(files), tuple(repeats))


def open_run(plan: Plan, settings: Settings) -> Path:
    """A new, empty run folder of the batch with its plan inside."""
    runs = settings.home / "runs" / plan.batch_id
    runs.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1 + max((int(p.name) for p in runs.iterdir() if p.name.isdigit()), default=0)):
        folder = runs / f"{number:04d}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        write_json(folder / _PLAN, asdict(plan))
        return folder
    raise AssertionError("unreachable")


def read_plan(folder: Path) -> Plan:
    """The plan of a run folder."""
    values = read_json(folder / _PLAN)
    for name in ("files", "repeats"):
        values[name] = tuple(PlannedFile(**f) for f in values[name])
    return Plan(**values)


def resolve_province(code: str) -> tuple[str, str | None]:
    """Today's code of the 34 for a code of the 34 or the 63, and the code of the 63 if that is what was given.

    A number that stands in both lists means today's unit: 01, 001 -> ("01", None); 02 (Hà Giang) -> ("08", "02").

    Raises:
        UsageError: province.unknown.
    """
    short = code.strip()[-2:] if len(code.strip()) == 3 and code.strip().startswith("0") else code.strip()
    if short in {row["code"] for row in code_lists.rows("provinces_34")}:
        return short, None
    for row in code_lists.rows("provinces_63"):
        if row["gso_code"] == short:
            return row["successor_code_34"], short
    raise UsageError("province.unknown", given=code)


def _find(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    found = False
    for path in paths:
        if not path.exists():
            raise UsageError("path.not_found", path=str(path))
        for file, name in _files_under(path):
            found = True
            yield file, name
    if not found:
        raise UsageError("path.no_files", path=", ".join(map(str, paths)))


def _files_under(path: Path) -> Iterable[tuple[Path, str]]:
    if path.is_file():
        return [(path, path.name)]
    inside = sorted(p for p in path.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(path)))
    return [(p, p.relative_to(path).as_posix()) for p in inside]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def _digest(found: Iterable[tuple[Path, str]]) -> tuple[list[PlannedFile], list[PlannedFile]]:
    files: dict[str, PlannedFile] = {}
    repeats: list[PlannedFile] = []
    names: set[str] = set()
    for path, name in found:
        digest = lineage.file_id(_blocks(path))
        planned = PlannedFile(digest, _free_name(name, names), str(path), str(path.resolve()))
        if planned.file_id in files:
            repeats.append(planned)
        else:
            files[planned.file_id] = planned
    return list(files.values()), repeats


def _free_name(name: str, taken: set[str]) -> str:
    free = next(n for n in itertools.chain([name], (f"{name} ({i})" for i in itertools.count(2))) if n not in taken)
    taken.add(free)
    return free


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block
