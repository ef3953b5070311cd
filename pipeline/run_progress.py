"""How far a run has come: read off its folder, where every finished step is a file, without opening any."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.artefacts import read_json
from pipeline.sealing import ENDING
from pipeline.settings import Settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS

_PLAN, _KNOWN = "plan.json", "known_files.json"


@dataclass(frozen=True)
class StepProgress:
    """A step of a run: of how many files (1 for a step of the whole batch) it is finished, and how many there are."""

    step: str
    done: int
    of: int

    @property
    def is_done(self) -> bool:
        """Is nothing left of it?"""
        return self.done >= self.of


def progress(batch_id: str, settings: Settings) -> tuple[StepProgress, ...]:
    """The steps of the newest attempt at a batch, in their order; empty where none is begun.

    A file that is refused is read and goes no further: of what follows it counts as done once the batch goes on.
    """
    attempts = sorted(p for p in (settings.home / "runs" / batch_id).glob("[0-9]*") if (p / _PLAN).exists())
    if not batch_id or not attempts:
        return ()
    folder = attempts[-1]
    goes_on = any((folder / f"{step}{ENDING}").exists() for step in BATCH_STEPS)
    count = _files(folder)
    by_file = (StepProgress(s, count if goes_on else min(count, _sealed(folder / s)), count) for s in FILE_STEPS)
    whole = (StepProgress(s, int((folder / f"{s}{ENDING}").exists()), 1) for s in BATCH_STEPS)
    return (*by_file, *whole)


def _files(folder: Path) -> int:
    """Files that the run reads: those of its plan that were not loaded before."""
    known = set(read_json(folder / _KNOWN)) if (folder / _KNOWN).exists() else set()
    return sum(file["file_id"] not in known for file in read_json(folder / _PLAN)["files"])


def _sealed(folder: Path) -> int:
    return sum(1 for _ in folder.glob(f"*{ENDING}"))
