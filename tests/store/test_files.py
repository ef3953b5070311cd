"""A file is written whole and private."""

from pathlib import Path

from store.files import move, write_synced


def test_a_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "told"
    write_synced(path, "một")
    write_synced(path, "hai")
    assert path.read_text(encoding="utf-8") == "hai"
    assert path.stat().st_mode & 0o777 == 0o600
    move(path, tmp_path / "moved")
    assert [p.name for p in tmp_path.iterdir()] == ["moved"]
