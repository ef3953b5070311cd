"""The wheel holds every room with its data, and nothing that is not ours to ship."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = (
    "schemas/rules.csv", "schemas/code_lists/sex.csv", "schemas/messages/vi/rules.toml", "dedup/models/v1.json",
    "store/migrations/env.py", "quality/templates/report.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    # From a copy: a build leaves folders behind that later ones would take for sources.
    out, copy = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("sources") / "sohoa"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(out), str(copy)]
    subprocess.run(build, check=True, capture_output=True)
    return set(zipfile.ZipFile(next(out.glob("*.whl"))).namelist())


@pytest.mark.parametrize("file", DATA)
def test_data_files_are_inside(names: set[str], file: str) -> None:
    assert file in names


def test_every_data_file_of_a_room_is_inside(names: set[str]) -> None:
    rooms = ("schemas", "readers", "transforms", "dedup", "quality", "store", "portal")
    here = {
        p.relative_to(ROOT).as_posix()
        for room in rooms
        for p in (ROOT / room).rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert not here - names


def test_tests_dags_and_samples_stay_outside(names: set[str]) -> None:
    assert not {n.split("/")[0] for n in names} & {"tests", "dags", "benchmarks", "data_samples", "docs"}
