"""The folders of a run's steps: finished ones lie sealed; work goes on in a private place.

A finished step is one file, `<step>[/<file id>].sealed`, so that it is there whole or not at all. What a step asks for
is opened into the private place when it is asked for, table by table.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline import sealing
from pipeline.artefacts import MANIFEST, Manifest
from pipeline.sealing import Place
from schemas.errors import SohoaError


@dataclass(frozen=True)
class SealedSteps:
    """Steps of one run folder.

    Attributes:
        folder: where finished steps lie sealed.
        clear: the private place of this process, gone at its end.
        place: key of the batch, and the name that all containers of this folder begin with.
    """

    folder: Path
    clear: Path
    place: Place

    def of(self, step: str, part: str | None = None) -> Path:
        """Folder of a step's artefacts in the private place; what is sealed of it is opened.

        Raises:
            SettingsError: seal.damaged.
        """
        folder = self.at(step, part)
        if not (folder / MANIFEST).exists():
            self._open(step, part, folder)
        return folder

    def at(self, step: str, part: str | None = None) -> Path:
        """Where a step's artefacts lie in the private place, whether they are there or not."""
        return self.clear / step / part if part else self.clear / step

    def table(self, step: str, part: str | None, table: str) -> Path:
        """A folder table of a step; of what is sealed only this table is opened. Raises SettingsError."""
        folder = self.at(step, part)
        if not (folder / table).exists() and not (folder / MANIFEST).exists():
            self._open(step, part, folder, table)
        return folder / table

    def has(self, step: str, part: str | None = None) -> bool:
        """Was this step finished here?"""
        return self.container(step, part).exists()

    def manifest(self, step: str, part: str | None = None) -> Manifest | None:
        """The manifest of a finished step; None if it is not finished. Raises SettingsError."""
        if not self.has(step, part):
            return None
        found = sealing.read_sealed(self.container(step, part), MANIFEST, self._named(step, part))
        return Manifest(**json.loads(found))

    def finished(self, step: str, part: str | None = None) -> Manifest:
        """The manifest of a step that has to be finished. Raises SohoaError run.unfinished."""
        manifest = self.manifest(step, part)
        if manifest is None:
            raise SohoaError("run.unfinished", step=step)
        return manifest

    def seal(self, step: str, part: str | None = None) -> None:
        """Seal a step that has just been finished in the private place. Raises OSError."""
        sealing.seal_folder(self.at(step, part), self.container(step, part), self._named(step, part))

    def forget(self, step: str) -> None:
        """Remove a step that is to be made again."""
        self.container(step, None).unlink(missing_ok=True)
        shutil.rmtree(self.folder / step, ignore_errors=True)
        shutil.rmtree(self.clear / step, ignore_errors=True)

    def keep_file(self, name: str, content: bytes) -> None:
        """Seal one small file of its own, such as the result of the run. Raises OSError."""
        waiting = self.clear / "single" / name
        waiting.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(content)
        sealing.seal_file(waiting, self.container(name, None), self._named(name, None))
        waiting.unlink()

    def kept_file(self, name: str) -> bytes | None:
        """The content of a small file; None if there is none. Raises SettingsError."""
        if not self.has(name):
            return None
        return sealing.read_sealed(self.container(name, None), name, self._named(name, None))

    def one_file(self, step: str, name: str) -> Path:
        """One file of a container, opened alone. Raises SettingsError."""
        if not (self.clear / step / name).exists():
            target, place = self.container(step, None), self._named(step, None)
            sealing.open_folder(target, self.clear / step, place, lambda each: each == name)
        return self.clear / step / name

    def container(self, step: str, part: str | None = None) -> Path:
        """The sealed file of a step."""
        return self.folder / f"{step}/{part}{sealing.ENDING}" if part else self.folder / f"{step}{sealing.ENDING}"

    def _open(self, step: str, part: str | None, folder: Path, table: str | None = None) -> None:
        if not self.has(step, part):
            return
        there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()

        def wanted(name: str) -> bool:
            top = name.partition("/")[0]
            return top == table if table else top not in there

        sealing.open_folder(self.container(step, part), folder, self._named(step, part), wanted)

    def _named(self, step: str, part: str | None) -> Place:
        return Place(self.place.key, "/".join(filter(None, (self.place.name, step, part))))
