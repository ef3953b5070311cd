"""Files for their owner alone: complete or not at all, and nothing of an attempt that failed is taken for one."""

import stat
from pathlib import Path

import pytest

from pipeline.private_files import private_file, scratch_beside


def test_a_file_is_its_owners_and_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "made" / "a.csv"
    with private_file(path) as unfinished:
        unfinished.write_text("x", encoding="utf-8")
        assert not path.exists()
        assert stat.S_IMODE(unfinished.stat().st_mode) == 0o600
    assert path.read_text(encoding="utf-8") == "x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_fails_leaves_the_former_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(ValueError, match="cut"), private_file(path) as unfinished:
        unfinished.write_text("half", encoding="utf-8")
        raise ValueError("cut")
    assert path.read_text(encoding="utf-8") == "before"
    with private_file(path) as unfinished:
        assert unfinished.read_text(encoding="utf-8") == ""


def test_the_scratch_folder_is_gone_at_the_end(tmp_path: Path) -> None:
    with scratch_beside(tmp_path / "a.xlsx") as folder:
        (folder / "x").write_text("x", encoding="utf-8")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()
