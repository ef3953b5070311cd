"""A backup whose files are not all what they were is refused, whatever happened to them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import Refused, StoreUnavailable
from store import backup_files
from store.backup_files import CLUSTER, MANIFEST, Manifest

FILES = {"PG_VERSION": b"18\n", "global/pg_control": bytes(range(256)), "base/1/1259": b"x" * 9000, "base/1/empty": b""}


WAYS = ("bit", "cut", "longer", "gone", "more", "link")


def make(folder: Path) -> Manifest:
    """A small backup, as a stopped cluster would give one."""
    source = folder / "cluster"
    for name, content in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    (source / "postmaster.pid").write_text("1")
    backup = folder / "backup"
    backup.mkdir()
    backup_files.copy_cluster(source, backup / CLUSTER)
    manifest = Manifest(
        taken_at=datetime(2026, 1, 2, tzinfo=UTC), system_id=7, server=18, revision="0001", code_version="1",
        store_version=3, digest="d", parts={"persons": 2}, broken={}, life=None,
        files=backup_files.sums(backup / CLUSTER),
    )  # fmt: skip
    backup_files.write_manifest(backup, manifest)
    return manifest


def test_a_backup_is_copied_as_it_was_made(tmp_path: Path) -> None:
    manifest = make(tmp_path)
    assert backup_files.read_manifest(tmp_path / "backup") == manifest
    assert manifest.size == sum(map(len, FILES.values()))
    backup_files.copy_checked(tmp_path / "backup", manifest, tmp_path / "back")
    assert {
        str(p.relative_to(tmp_path / "back")): p.read_bytes() for p in (tmp_path / "back").rglob("*") if p.is_file()
    } == FILES
    assert backup_files.system_id(tmp_path / "back") == int.from_bytes(bytes(range(8)), "little")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    name=st.sampled_from(sorted(FILES)),
    place=st.integers(0, 8999),
    how=st.sampled_from(["bit", "cut", "longer", "gone", "more", "link"]),
)
def test_any_change_of_any_file_is_found(
    tmp_path_factory: pytest.TempPathFactory, name: str, place: int, how: str
) -> None:
    folder = tmp_path_factory.mktemp("b")
    manifest = make(folder)
    path = folder / "backup" / CLUSTER / name
    content = path.read_bytes()
    if how in ("bit", "cut") and not content:
        return
    if how == "bit":
        at = place % len(content)
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << place % 8]) + content[at + 1 :])
    elif how == "more":
        path.with_name("more").write_bytes(b"")
    else:
        path.unlink()
        if how == "link":
            (folder / "same").write_bytes(content)
            path.symlink_to(folder / "same")
        elif how != "gone":
            path.write_bytes(content[:-1] if how == "cut" else content + b"\0")
    with pytest.raises((Refused, StoreUnavailable)) as refused:
        backup_files.copy_checked(folder / "backup", manifest, folder / "back")
    assert refused.value.code in ("store.backup_damaged", "store.backup_unreadable")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(place=st.integers(0, 5000), digit=st.sampled_from('0129az"{'))
def test_any_change_of_the_manifest_is_found(tmp_path_factory: pytest.TempPathFactory, place: int, digit: str) -> None:
    folder = tmp_path_factory.mktemp("m")
    manifest = make(folder)
    path = folder / "backup" / MANIFEST
    text = path.read_text()
    at = place % len(text)
    path.write_text(text[:at] + digit + text[at + 1 :])
    try:
        found: Manifest | str = backup_files.read_manifest(folder / "backup")
    except Refused as refused:
        found = refused.code
    # White space, and the sign that stood there, change nothing.
    assert found in (manifest, "store.backup_damaged")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sha256": 1}', "null", "\x00"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(Refused) as refused:
        backup_files.read_manifest(tmp_path)
    assert refused.value.code == "store.backup_damaged"


def test_a_folder_without_manifest_and_one_of_another_form_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        backup_files.read_manifest(tmp_path)
    assert refused.value.code == "store.backup_foreign"
    manifest = make(tmp_path)
    told = json.loads((tmp_path / "backup" / MANIFEST).read_text()) | {"format": 99}
    del told["sha256"]
    (tmp_path / "backup" / MANIFEST).write_text(json.dumps(told | {"sha256": backup_files._sum(told)}))
    with pytest.raises(Refused):
        backup_files.read_manifest(tmp_path / "backup")
    assert replace(manifest, server=17) != manifest


def test_too_little_room_is_said_beforehand(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as full:
        backup_files.check_room(tmp_path, 1 << 62)
    assert full.value.code == "store.backup_no_room"
    backup_files.check_room(tmp_path, 1)
