"""Intake: the plan of a delivery (its batch, its province, its files), and the run folder that is opened for it."""

import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pipeline import sealing, workplace
from pipeline.artefacts import read_json, write_json
from pipeline.batch_keys import batch_key, made_batch_key
from pipeline.delivery import Delivery, PlannedFile, Refusal, take_delivery
from pipeline.issuing_authority import issuing_authority
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import Vault, open_vault
from schemas import code_lists, lineage
from schemas.errors import UsageError

VIET_NAM_TIME = timezone(timedelta(hours=7))
PROVINCE_NOT_GIVEN = "00"
UNPACKED = "unpacked"
_COPIED = "copied"
_PLAN = "plan.json"
_LISTS, _NAMES = ("files", "repeats", "companions"), ("given", "path", "memo")


@dataclass(frozen=True)
class Plan:
    """One delivery: batch, province (code of the 34, and of the 63 if that was given), day received, files.

    `repeats` are files whose content another file of the same delivery already has, `companions` memo and index files
    that accompany no table. `scratch` is where archives were unpacked before the run folder was opened.
    """

    batch_id: str
    province_code: str
    province_code_63: str | None
    received_on: str
    files: tuple[PlannedFile, ...]
    repeats: tuple[PlannedFile, ...]
    companions: tuple[PlannedFile, ...] = ()
    scratch: Path | None = None

    @property
    def all_files(self) -> tuple[PlannedFile, ...]:
        """Everything that was delivered."""
        return (*self.files, *self.repeats, *self.companions)

    @property
    def received(self) -> date:
        """Day of delivery."""
        return date.fromisoformat(self.received_on)


def plan_batch(paths: Sequence[Path], province: str, settings: Settings, place: Path | None = None) -> Plan:
    """The plan of a delivery. Folders are searched for files, hidden ones left out; archives are unpacked.

    What was unpacked goes into the run folder with `open_run`, or away with `forget_plan`.

    Args:
        paths: what was delivered.
        province: code of the 34, or of the 63.
        settings: of this machine.
        place: a private place in whose folder UNPACKED the delivery lies: it goes with what is unpacked.

    Raises:
        UsageError: a path is not there, there is no file, or the province code is unknown.
        SettingsError: the key for names, or that for personal numbers, is missing or may be read by others.
    """
    return _planned(lambda scratch: take_delivery(paths, scratch), province, settings, place)


def plan_copied(copy: Callable[[Path], None], shown: str, province: str, settings: Settings) -> Plan:
    """As `plan_batch`, of files that are copied first, and sealed into the run folder with what was unpacked.

    Args:
        copy: writes the files below the private folder that it is given.
        shown: what stands before their relative paths where their sender is told of them.
        province: code of the 34 or the 63.
        settings: of this machine.

    Raises:
        UsageError, SettingsError: as `plan_batch`; what `copy` raises.
    """

    def taken(scratch: Path) -> Delivery:
        folder = scratch / _COPIED
        folder.mkdir(parents=True, mode=0o700)
        copy(folder)
        found = take_delivery([folder], scratch)
        told = (
            (_named(f, f"{folder}/", shown) for f in each) for each in (found.files, found.repeats, found.companions)
        )
        return Delivery(*(tuple(each) for each in told))

    return _planned(taken, province, settings)


def _named(file: PlannedFile, before: str, shown: str) -> PlannedFile:
    return replace(file, given=shown + file.given.removeprefix(before))


def _planned(
    take: Callable[[Path], Delivery], province: str, settings: Settings, place: Path | None = None
) -> Plan:  # fmt: skip
    code, code_63 = resolve_province(province)
    open_vault(settings)
    issuing_authority(settings)
    shutil.rmtree(settings.home / UNPACKED, ignore_errors=True)  # where older versions unpacked, in clear
    place = place or workplace.new_place(settings.home)
    scratch = place / UNPACKED
    try:
        taken = take(scratch)
        if not scratch.exists():
            workplace.forget_place(place)
    except BaseException:
        workplace.forget_place(place)
        raise
    batch = lineage.batch_id(code, (f.file_id for f in (*taken.files, *taken.companions)))
    day = settings.received_on or datetime.now(VIET_NAM_TIME).date()
    return Plan(
        batch, code, code_63, day.isoformat(), taken.files, taken.repeats, taken.companions,
        scratch if scratch.exists() else None,
    )  # fmt: skip


def forget_plan(plan: Plan) -> None:
    """Remove what was unpacked for a plan that is not run."""
    if plan.scratch is not None:
        workplace.forget_place(plan.scratch.parent)


def open_run(plan: Plan, settings: Settings) -> Path:
    """A new, empty run folder of the batch with its plan inside; original names and paths stand there sealed."""
    runs = settings.home / "runs" / plan.batch_id
    runs.mkdir(parents=True, exist_ok=True)
    runs.parent.chmod(0o700)
    key = made_batch_key(runs, open_vault(settings))
    for number in itertools.count(1 + max((int(p.name) for p in runs.iterdir() if p.name.isdigit()), default=0)):
        folder = runs / f"{number:04d}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        plan = _moved_in(plan, folder, key)
        write_json(folder / _PLAN, _sealed(plan, _vault_of(key)))
        return folder
    raise AssertionError("unreachable")


def read_plan(folder: Path, settings: Settings) -> Plan:
    """The plan of a run folder. Raises SettingsError without the key of its batch."""
    values, vault = read_json(folder / _PLAN), _vault_of(batch_key(folder.parent, open_vault(settings)))
    for name in _LISTS:
        values[name] = tuple(_opened(f, values["batch_id"], vault) for f in values[name])
    return Plan(**values)


def _vault_of(key: bytes) -> Vault:
    """Names in a plan are sealed under the key of their batch: destroyed with it, and no matter of a new master key."""
    return Vault(key, "batch")


def sealed_names(plan: Plan, vault: Vault) -> dict[str, str]:
    """The path that each file was given under, by its alias, sealed for the store."""
    return {f.name: seal_name(f.given, plan.batch_id, f.name, vault) for f in plan.all_files}


def seal_name(given: str, batch_id: str, name: str, vault: Vault) -> str:
    """A path that a file was given under, as a token that opens only as that of this file of this batch."""
    return vault.seal(given, _place(batch_id, name, "given"))


def reveal_name(token: str, batch_id: str, name: str, vault: Vault) -> str:
    """The path that a file was given under. Raises SettingsError."""
    return vault.reveal(token, _place(batch_id, name, "given"))


def _place(batch_id: str, name: str, what: str) -> str:
    return f"{batch_id}/{name}/{what}"


def _moved_in(plan: Plan, folder: Path, key: bytes) -> Plan:
    """What was unpacked belongs to the run, sealed: paths become relative to its folder."""
    if plan.scratch is None:
        return plan
    place = Place(key, f"{plan.batch_id}/{folder.name}/{UNPACKED}")
    sealing.seal_folder(plan.scratch, folder / f"{UNPACKED}{sealing.ENDING}", place)
    workplace.forget_place(plan.scratch.parent)
    files, repeats, companions = (tuple(_moved(f, plan.scratch) for f in getattr(plan, name)) for name in _LISTS)
    return replace(plan, scratch=None, files=files, repeats=repeats, companions=companions)


def _moved(file: PlannedFile, scratch: Path) -> PlannedFile:
    return replace(file, path=_below(file.path, scratch), memo=_below(file.memo, scratch) if file.memo else None)


def _below(path: str, scratch: Path) -> str:
    if not Path(path).is_relative_to(scratch):
        return path
    return str(UNPACKED / Path(path).relative_to(scratch))


def _sealed(plan: Plan, vault: Vault) -> dict[str, Any]:
    values = asdict(plan)
    del values["scratch"]
    for file in (f for name in _LISTS for f in values[name]):
        for what in _NAMES:
            if file[what] is not None:
                file[what] = vault.seal(file[what], _place(plan.batch_id, file["name"], what))
    return values


def _opened(file: dict[str, Any], batch_id: str, vault: Vault) -> PlannedFile:
    for what in _NAMES:
        if file[what] is not None:
            file[what] = vault.reveal(file[what], _place(batch_id, file["name"], what))
    refused = Refusal(**file["refused"]) if file["refused"] else None
    return PlannedFile(**{**file, "refused": refused})


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
