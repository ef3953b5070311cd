"""The surroundings of a step: its run folder, the plan in it, the settings; where each table lies."""

import importlib.metadata
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline import engine, flight, telemetry, watching, workplace
from pipeline.artefacts import Manifest, new_folder, read_manifest, write_manifest
from pipeline.batch_keys import batch_key
from pipeline.intake import UNPACKED, Plan, read_plan
from pipeline.sealed_steps import SealedSteps
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import open_vault

CODE_VERSION = importlib.metadata.version("sohoa")
_CLEAR_PEAK = "5"


@dataclass(frozen=True)
class Run:
    """One attempt at a batch: its folder with what is finished, sealed, its plan, the settings.

    `steps` opens what is finished into the private place of this process, where unfinished work lies too.
    """

    folder: Path
    plan: Plan
    settings: Settings
    steps: SealedSteps

    def of(self, step: str, file_id: str | None = None) -> Path:
        """Folder of a step's artefacts, opened; of one file for the steps that go file by file."""
        return self.steps.of(step, file_id)

    def manifest(self, step: str, file_id: str | None = None) -> Manifest | None:
        """The manifest of a finished step, without opening more of it; None if it is not finished."""
        return self.steps.manifest(step, file_id)

    def is_done(self, step: str, file_id: str | None = None) -> bool:
        """Was this step finished before, by this version of the code?"""
        manifest = self.manifest(step, file_id)
        return manifest is not None and manifest.code_version == CODE_VERSION

    def table(self, step: str, file_id: str | None, table: str) -> Path:
        """One folder table of a step, opened alone."""
        return self.steps.table(step, file_id, table)

    def tables(self, step: str, table: str) -> list[Path]:
        """The folder tables of that name over all files that reached the step, in the plan's order."""
        return [f for f in (self.table(step, x.file_id, table) for x in self.plan.files) if f.exists()]

    def lies(self, path: str) -> Path:
        """Where a file of the plan lies: as given, or opened from the sealed ones if it was unpacked."""
        given = Path(path)
        if given.is_absolute() or not given.is_relative_to(UNPACKED):
            return self.folder / given
        return self.steps.one_file(UNPACKED, given.relative_to(UNPACKED).as_posix())

    def spill(self) -> Path:
        """Where DuckDB spills: in the private place."""
        return self.steps.clear / "spill"

    @contextmanager
    def working(
        self, step: str, file_id: str | None = None, parameters: Mapping[str, Any] | None = None
    ) -> Iterator["Work"]:
        """A step's folder in the making, sealed when the block ends well."""
        alias = next((f.name for f in self.plan.all_files if f.file_id == file_id), "")
        with (
            flight.recorded(self.folder, step, alias, file_id or ""),
            watching.watched(self, step, file_id) as seen,
            sealed_work(self.steps, step, file_id, parameters) as work,
        ):
            seen.work = work
            yield work

    def close(self) -> None:
        """Remove the private place, and send what was counted meanwhile."""
        workplace.forget_place(self.steps.clear)
        telemetry.flush(self.settings.metrics_url)


def load_run(folder: Path, settings: Settings) -> Run:
    """The run of a run folder; its private place goes with `close`, at the latest with the process.

    Raises:
        SettingsError: the key of the home folder or of the batch is missing or another one.
    """
    key = batch_key(folder.parent, open_vault(settings))
    plan = read_plan(folder, settings)
    name = f"{folder.parent.name}/{folder.name}"
    return Run(folder, plan, settings, SealedSteps(folder, workplace.new_place(settings.home), Place(key, name)))


@contextmanager
def opened_run(folder: Path, settings: Settings) -> Iterator[Run]:
    """The run of a run folder for the length of a block, and no longer whatever its engine started.

    Raises:
        SettingsError: as `load_run`.
    """
    with engine.ended():
        run = load_run(folder, settings)
        try:
            yield run
        finally:
            run.close()


@dataclass
class Work:
    """What a step notes while it works; it becomes the manifest of its folder."""

    folder: Path
    manifest: Manifest
    tables: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def working(folder: Path, step: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Work]:
    """A step's folder in the making; with its manifest, it takes its name when the block ends well."""
    _forget_peak()
    start = time.perf_counter()
    with new_folder(folder) as temporary:
        work = Work(temporary, Manifest(step, CODE_VERSION, dict(parameters or {})))
        yield work
        done = replace(
            work.manifest, tables=work.tables, facts=work.facts,
            seconds=round(time.perf_counter() - start, 3), peak_mib=peak_mib(),
        )  # fmt: skip
        write_manifest(temporary, done)


@contextmanager
def sealed_work(
    steps: SealedSteps, step: str, part: str | None = None, parameters: Mapping[str, Any] | None = None
) -> Iterator[Work]:
    """As `working`, in the private place of a run; sealed when the block ends well."""
    with working(steps.at(step, part), step, parameters) as work:
        yield work
    steps.seal(step, part)


def is_done(folder: Path) -> bool:
    """Was this step finished here before, by this version of the code?"""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.code_version == CODE_VERSION


def peak_mib() -> float:
    """Highest resident memory of this process since the step began, MiB; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((x for x in status.splitlines() if x.startswith("VmHWM")), "VmHWM: 0")
    return round(int(line.split()[1]) / 1024, 1)


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text(_CLEAR_PEAK, encoding="ascii")
    except OSError:
        return
