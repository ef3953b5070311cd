"""The archive is switched on in the home, refuses folders that would not help, and has a folder a life."""

from pathlib import Path

import pytest

from schemas.errors import StoreUnavailable
from store import archive, cluster
from store.cluster import Home


def home_in(folder: Path) -> Home:
    home = cluster.at(folder / "h")
    home.data.mkdir()
    return home


def test_off_it_asks_nothing_of_the_server(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    assert (archive.folder_of(home), archive.life_of(home), archive.settings(home)) == (None, None, {})


def test_a_life_keeps_its_folder_and_another_archive_begins_another(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    archive.switch(home, tmp_path / "one %")
    told = archive.settings(home)
    first = archive.life_of(home)
    assert told["archive_mode"] == "on"
    assert first is not None
    assert str(first).replace("%", "%%") in told["archive_command"]
    assert archive.settings(home) == told
    archive.switch(home, tmp_path / "two")
    archive.settings(home)
    assert archive.life_of(home) != first
    archive.switch(home, None)
    assert archive.settings(home) == {}


@pytest.mark.parametrize(
    ("name", "code"),
    [("a'b", "store.archive_signs"), ("a$b", "store.archive_signs"), ("h/store/data/x", "store.archive_inside"),
     ("file/x", "store.folder_unusable")],
)  # fmt: skip
def test_a_folder_that_cannot_serve_is_refused(tmp_path: Path, name: str, code: str) -> None:
    home = home_in(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable) as refused:
        archive.switch(home, tmp_path / name)
    assert refused.value.code == code
    assert archive.folder_of(home) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00"])
def test_a_setting_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    home = home_in(tmp_path)
    (home.path / "archive.json").write_text(text)
    with pytest.raises(StoreUnavailable) as refused:
        archive.settings(home)
    assert refused.value.code == "store.archive_unreadable"
