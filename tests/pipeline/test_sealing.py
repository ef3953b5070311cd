"""What is sealed opens as it was, or not at all: every kind of change is found."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import sealing
from pipeline.sealing import CHUNK, ENDING, Place, names_in, open_folder, read_sealed, seal_folder
from schemas.errors import SettingsError

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
PLACE = Place(KEY, "batch/0001/step/file")
FILES = {
    "manifest.json": b"{}", "records/part-00000.parquet": bytes(range(256)) * 3000,
    "records/part-00001.parquet": b"b" * CHUNK, "empty": b"",
}  # fmt: skip
TAG = 16


def filled(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    target = tmp_path / f"step{ENDING}"
    seal_folder(filled(tmp_path / "clear", FILES), target, PLACE)
    shutil.rmtree(tmp_path / "clear")
    return target


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def fails_closed(target: Path, place: Place = PLACE) -> None:
    out = target.parent / "out"
    with pytest.raises(SettingsError, match=r"seal\.damaged"):
        open_folder(target, out, place)
    assert not contents(out) if out.exists() else True
    assert not list(target.parent.glob("*.opening"))


def test_what_was_sealed_opens_as_it_was_and_lies_in_no_clear_byte(sealed: Path, tmp_path: Path) -> None:
    open_folder(sealed, tmp_path / "out", PLACE)
    assert contents(tmp_path / "out") == FILES
    assert names_in(sealed, PLACE)[0] == "manifest.json"
    assert read_sealed(sealed, "manifest.json", PLACE) == b"{}"
    raw = sealed.read_bytes()
    assert b"part-00000" not in raw
    assert b"b" * 64 not in raw
    assert sealed.stat().st_mode & 0o077 == 0


def test_one_table_opens_alone(sealed: Path, tmp_path: Path) -> None:
    names = open_folder(sealed, tmp_path / "out", PLACE, lambda name: name.endswith("1.parquet"))
    assert names == ["records/part-00001.parquet"]
    assert list(contents(tmp_path / "out")) == names


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=8),
        st.one_of(st.binary(max_size=300), st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1]).map(bytes)),
        max_size=4,
    )
)
@settings(max_examples=25, deadline=None)
def test_whatever_the_files_are_they_come_back(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    room = tmp_path_factory.mktemp("law")
    (room / "clear").mkdir()
    seal_folder(filled(room / "clear", files), room / f"s{ENDING}", PLACE)
    open_folder(room / f"s{ENDING}", room / "out", PLACE)
    assert (contents(room / "out") if files else {}) == files


@pytest.mark.parametrize(
    "place", [Place(OTHER_KEY, PLACE.name), Place(KEY, "batch/0002/step/file"), Place(KEY, "other/0001/step/file")]
)
def test_another_key_attempt_or_batch_opens_nothing(sealed: Path, place: Place) -> None:
    fails_closed(sealed, place)


def test_a_cut_container_opens_nothing_wherever_it_is_cut(sealed: Path) -> None:
    raw = sealed.read_bytes()
    for length in (0, 10, 60, 100, CHUNK, len(raw) - TAG - CHUNK, len(raw) - TAG, len(raw) - 1):
        sealed.write_bytes(raw[:length])
        fails_closed(sealed)
    sealed.write_bytes(raw + b"\x00")
    fails_closed(sealed)
    sealed.unlink()
    fails_closed(sealed)


def test_any_changed_bit_opens_nothing(sealed: Path) -> None:
    raw = sealed.read_bytes()
    for at in {0, 15, 20, 50, 56, 80, *range(1, len(raw), len(raw) // 60), len(raw) - 1}:
        changed = bytearray(raw)
        changed[at] ^= 1
        sealed.write_bytes(bytes(changed))
        fails_closed(sealed)


def test_chunks_that_changed_places_open_nothing(tmp_path: Path) -> None:
    same = {"one": b"x" * CHUNK, "two": b"x" * CHUNK}
    target = tmp_path / f"s{ENDING}"
    seal_folder(filled(tmp_path / "clear", same), target, PLACE)
    raw, size = target.read_bytes(), CHUNK + TAG
    start = len(raw) - TAG - 2 * size
    first, second = raw[start : start + size], raw[start + size : start + 2 * size]
    target.write_bytes(raw[:start] + second + first + raw[-TAG:])
    fails_closed(target)
    target.write_bytes(raw[:start] + first + first + raw[-TAG:])
    fails_closed(target)


def test_a_chunk_of_another_container_of_the_batch_opens_nothing(tmp_path: Path) -> None:
    targets = [tmp_path / f"{n}{ENDING}" for n in "ab"]
    for target in targets:
        seal_folder(filled(tmp_path / target.stem, {"one": target.stem.encode() * CHUNK}), target, PLACE)
    mine, other = (t.read_bytes() for t in targets)
    start = len(mine) - TAG - CHUNK - TAG
    targets[0].write_bytes(mine[:start] + other[start:])
    fails_closed(targets[0])


def test_two_swapped_containers_open_neither(tmp_path: Path) -> None:
    names = ("a", "b")
    for name in names:
        place = Place(KEY, f"batch/0001/read_file/{name}")
        seal_folder(filled(tmp_path / name, {"manifest.json": name.encode()}), tmp_path / f"{name}{ENDING}", place)
    one, two = (tmp_path / f"{n}{ENDING}" for n in names)
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(kept)
    for name, target in zip(names, (one, two), strict=True):
        fails_closed(target, Place(KEY, f"batch/0001/read_file/{name}"))


def test_the_same_content_is_never_sealed_twice_alike(tmp_path: Path) -> None:
    folder = filled(tmp_path / "clear", {"one": b"x" * 100})
    for name in "ab":
        seal_folder(folder, tmp_path / name, PLACE)
    assert (tmp_path / "a").read_bytes()[60:] != (tmp_path / "b").read_bytes()[60:]


def test_a_disk_that_fails_leaves_no_container_and_the_older_one_as_it_was(
    sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sealed.read_bytes()

    def full(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(sealing.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        seal_folder(filled(tmp_path / "again", {"one": b"1"}), sealed, PLACE)
    assert sealed.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))
