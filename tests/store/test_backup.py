"""A backup is whole or absent, and a server that does not archive is stopped for it and started again."""

import shutil
from pathlib import Path

import pytest

from schemas.errors import Refused, SohoaError, StoreUnavailable
from store import backup_files, embedded
from store.backup import make_backup
from store.digest import store_digest
from store.engine import open_store, stop_store
from store.restore import END, restore
from tests.store.conftest import load_two

pytestmark = pytest.mark.store


@pytest.fixture(autouse=True)
def _empty(home: Path) -> None:
    """Whatever other tests left in that home."""
    stop_store(home)
    shutil.rmtree(home / "store" / "data", ignore_errors=True)


def test_without_archive_a_backup_leads_back_to_its_own_moment(home: Path, tmp_path: Path) -> None:
    store = open_store(None, home)
    load_two(store, tmp_path / "made")
    digest = store_digest(store)
    with store.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(StoreUnavailable) as refused:
            make_backup(home, tmp_path / "backup", "test")
    assert refused.value.code == "store.in_use"
    assert not (tmp_path / "backup").exists()
    store.close()

    made = make_backup(home, tmp_path / "backup", "test")
    assert (made.digest, made.life, made.broken) == (digest.whole, None, {})
    assert made.parts == {name: rows for name, (rows, _) in digest.parts.items()}
    assert embedded.is_running(home)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    with pytest.raises(Refused) as refused_too:
        make_backup(home, tmp_path / "backup", "test")
    assert refused_too.value.code == "store.backup_exists"
    with pytest.raises(Refused) as refused_too:
        restore(home, tmp_path / "backup", END)
    assert refused_too.value.code == "store.restore_no_archive"

    store = open_store(None, home)
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM golden_persons")
    store.close()
    assert restore(home, tmp_path / "backup").digest == digest.whole


def test_a_folder_in_the_store_and_a_home_without_store_are_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as refused:
        make_backup(tmp_path / "nothing", tmp_path / "backup", "test")
    assert refused.value.code == "store.backup_no_store"
    open_store(None, home).close()
    with pytest.raises(StoreUnavailable) as refused:
        make_backup(home, home / "store" / "backup", "test")
    assert refused.value.code == "store.archive_inside"


def test_a_damaged_page_is_not_backed_up_in_silence(home: Path, tmp_path: Path) -> None:
    store = open_store(None, home)
    load_two(store, tmp_path / "made")
    with store.reading() as connection:
        path = connection.exec_driver_sql("SELECT pg_relation_filepath('recent_block_keys')").scalar_one()
    store.close()
    embedded.down(home)
    with (home / "store" / "data" / str(path)).open("r+b") as file:
        file.seek(8000)
        found = file.read(1)
        file.seek(8000)
        file.write(bytes([found[0] ^ 255]))
    try:
        with pytest.raises(SohoaError):
            make_backup(home, tmp_path / "backup", "test")
        assert not (tmp_path / "backup").exists()
    finally:
        embedded.down(home)
        shutil.rmtree(home / "store" / "data")
    assert backup_files.system_id(home / "store" / "data") is None
