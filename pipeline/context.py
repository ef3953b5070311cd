"""The surroundings of a step: its run folder, the plan in it, the settings; where each table lies."""

import importlib.metadata
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.artefacts import Manifest, new_folder, read_manifest, write_manifest
from pipeline.intake import Plan, read_plan
from pipeline.settings import Settings

CODE_VERSION = importlib.metadata.version("sohoa")
_CLEAR_PEAK = "5"


@dataclass(frozen=True)
class Run:
    """One attempt at a batch: its folder, its plan, the settings."""

    folder: Path
    plan: Plan
    settings: Settings

    def of(self, step: str, file_id: str | None = None) -> Path:
        """Folder of a step's artefacts; of one file for the steps that go file by file."""
        return self.folder / step / file_id if file_id else self.folder / step

    def tables(self, step: str, table: str) -> list[Path]:
        """The folder tables of that name over all files that reached the step, in the plan's order."""
        return [f for f in (self.of(step, x.file_id) / table for x in self.plan.files) if f.exists()]

    def lies(self, path: str) -> Path:
        """Where a file of the plan lies: as given, or below the run folder if it was unpacked."""
        return self.folder / path

    def spill(self) -> Path:
        """Where DuckDB spills."""
        return self.folder / "spill"


def load_run(folder: Path, settings: Settings) -> Run:
    """The run of a run folder."""
    return Run(folder, read_plan(folder, settings), settings)


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
