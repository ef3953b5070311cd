from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import context
from pipeline.artefacts import read_manifest, write_manifest


def test_a_finished_step_leaves_its_manifest_with_time_and_memory(tmp_path: Path) -> None:
    with context.working(tmp_path / "step", "step", {"seed": 3}) as work:
        work.tables["records"] = 7
        work.facts["why"] = "so"
    manifest = read_manifest(tmp_path / "step")
    assert manifest is not None
    assert (manifest.step, manifest.parameters, manifest.tables) == ("step", {"seed": 3}, {"records": 7})
    assert manifest.facts == {"why": "so"}
    assert manifest.peak_mib > 1
    assert context.is_done(tmp_path / "step")


def test_a_step_that_fails_leaves_nothing_and_is_not_done(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cut"), context.working(tmp_path / "step", "step") as work:
        (work.folder / "half").write_text("x")
        raise OSError("cut")
    assert not (tmp_path / "step").exists()
    assert not context.is_done(tmp_path / "step")


def test_what_another_version_of_the_code_made_is_made_again(tmp_path: Path) -> None:
    with context.working(tmp_path / "step", "step"):
        pass
    manifest = read_manifest(tmp_path / "step")
    assert manifest is not None
    write_manifest(tmp_path / "step", replace(manifest, code_version="0.0.1-other"))
    assert not context.is_done(tmp_path / "step")


def test_the_peak_is_of_this_step_not_of_the_one_before(tmp_path: Path) -> None:
    with context.working(tmp_path / "large", "large"):
        ballast = bytearray(200 << 20)
        del ballast
    with context.working(tmp_path / "small", "small"):
        pass
    large, small = (read_manifest(tmp_path / n) for n in ("large", "small"))
    assert large is not None
    assert small is not None
    assert large.peak_mib > small.peak_mib + 100
