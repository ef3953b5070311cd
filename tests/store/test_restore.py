"""The drill: load A, back up, load B, note the moment, load C, restore until the moment: the store of A and B."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.errors import Refused, StoreUnavailable
from store import archive, backup_files, cluster, embedded, load, queries
from store import restore as restores
from store.backup import make_backup
from store.cluster import Home
from store.digest import store_digest
from store.engine import open_store, stop_store
from store.invariants import store_check
from store.restore import END, restore
from store.trial import Trial
from tests.store import made_batches as made
from tests.store.conftest import FAST

pytestmark = pytest.mark.store

CHILD = """
import sys
from pathlib import Path
from store import restore
def stay(*given, **named):
    print("proving", flush=True)
    import time; time.sleep(600)
restore._proven = stay
restore.restore(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@dataclass
class Drill:
    """A store with a history: its home, a backup after A, a moment after B, digests after each."""

    base: Path
    moment: datetime = datetime.min
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.base / "h"

    @property
    def backup(self) -> Path:
        return self.base / "backup"

    def load(self, seed: str) -> str:
        """Load a small batch; the digest afterwards."""
        store = open_store(None, self.home)
        folder = Path(tempfile.mkdtemp(dir=self.base))
        recipe = made.Recipe(seed, rows=12, quarantined=1)
        load.load_batch(store, made.make(folder, recipe, queries.version(store)))
        store.close()
        return self.digest()

    def digest(self) -> str:
        """The digest of the store, which is sound."""
        store = open_store(None, self.home)
        try:
            assert store_check(store) == ()
            return store_digest(store).whole
        finally:
            store.close()


def new_home(folder: Path) -> Path:
    (folder / cluster.FOLDER).mkdir(mode=0o700, parents=True)
    (folder / cluster.FOLDER / "postgresql.local.conf").write_text(FAST)
    return folder


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    base = Path(tempfile.mkdtemp(prefix="so-", dir="/tmp"))
    drill = Drill(base)
    try:
        new_home(drill.home)
        archive.switch(cluster.at(drill.home), base / "archive")
        drill.digests["a"] = drill.load("a")
        assert make_backup(drill.home, drill.backup, "test").digest == drill.digests["a"]
        drill.digests["ab"] = drill.load("b")
        drill.moment = datetime.now(UTC)
        drill.digests["abc"] = drill.load("c")
        yield drill
    finally:
        for home in (drill.home, base / "fresh", base / "other"):
            stop_store(home)
        shutil.rmtree(base, ignore_errors=True)


def test_until_a_moment_the_store_is_what_it_was_then_and_goes_on(drill: Drill) -> None:
    done = restore(drill.home, drill.backup, drill.moment)
    assert done.digest == drill.digests["ab"] == drill.digest()
    assert done.before is not None
    assert (done.before / "PG_VERSION").exists()
    # The same batch loads again, and the new life of the store has an archive of its own.
    assert drill.load("c") == drill.digests["abc"]
    lives = sorted(p.name for p in (drill.base / "archive").iterdir())
    assert len(lives) == 2
    assert archive.life_of(cluster.at(drill.home)) == drill.base / "archive" / lives[1]


def test_to_the_end_of_its_life_the_archive_gives_all_of_it_on_a_new_machine(drill: Drill) -> None:
    home = new_home(drill.base / "fresh")
    done = restore(home, drill.backup, END)
    assert (done.digest, done.before) == (drill.digests["abc"], None)
    store = open_store(None, home)
    assert store_check(store) == ()
    store.close()


def test_the_moment_of_the_backup_needs_no_archive(drill: Drill) -> None:
    (drill.base / "archive").rename(drill.base / "away")
    try:
        with pytest.raises(Refused) as refused:
            restore(drill.home, drill.backup, END)
        assert refused.value.code == "store.restore_archive_missing"
        assert drill.digest() == drill.digests["abc"]
    finally:
        if not (drill.base / "archive").exists():
            (drill.base / "away").rename(drill.base / "archive")
        else:
            shutil.copytree(drill.base / "away", drill.base / "archive", dirs_exist_ok=True)
    done = restore(drill.home, drill.backup)
    assert done.is_as_backed_up
    assert drill.digest() == drill.digests["a"]


@pytest.mark.parametrize(
    ("shift", "code"), [(timedelta(days=-9), "store.restore_too_early"), (timedelta(days=9), "store.restore_in_future")]
)
def test_a_moment_that_no_log_reaches_is_refused(drill: Drill, shift: timedelta, code: str) -> None:
    with pytest.raises(Refused) as refused:
        restore(drill.home, drill.backup, drill.moment + shift)
    assert refused.value.code == code


def test_a_damaged_backup_and_one_of_another_store_leave_the_store_alone(drill: Drill) -> None:
    before = drill.digest()
    damaged = drill.base / "damaged"
    shutil.copytree(drill.backup, damaged)
    victim = max((damaged / "data" / "base").rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0)
    with victim.open("r+b") as file:
        file.seek(4000)
        file.write(b"\xff\x00\xff")
    with pytest.raises(Refused) as refused:
        restore(drill.home, damaged)
    assert refused.value.code == "store.backup_damaged"
    assert victim.name in str(refused.value.details["file"])
    control = drill.home / cluster.FOLDER / "data" / "global" / "pg_control"
    assert backup_files.read_manifest(drill.backup).system_id == backup_files.system_id(control.parents[1])
    other = new_home(drill.base / "other")
    open_store(None, other).close()
    with pytest.raises(Refused) as refused:
        restore(other, drill.backup)
    assert refused.value.code == "store.backup_of_another"
    assert drill.digest() == before
    assert not Trial(Home(drill.home / cluster.FOLDER)).folder.exists()


def test_a_store_in_use_is_not_replaced(drill: Drill) -> None:
    store = open_store(None, drill.home)
    with store.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(StoreUnavailable) as refused:
            restore(drill.home, drill.backup)
    store.close()
    assert refused.value.code == "store.in_use"


def test_a_restore_killed_in_the_middle_leaves_the_old_store_and_can_be_done_again(drill: Drill) -> None:
    before = drill.digest()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(drill.home), str(drill.backup)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "proving\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    trial = Trial(Home(drill.home / cluster.FOLDER))
    assert trial.folder.exists()
    assert drill.digest() == before
    restores.clear_trial(drill.home)
    assert not trial.folder.exists()
    assert restore(drill.home, drill.backup).digest == drill.digests["a"]


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("had_store", [True, False])
@pytest.mark.parametrize("renames", [0, 1, 2, 3])
def test_between_any_two_renames_the_home_has_one_whole_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int, had_store: bool
) -> None:
    home = cluster.at(tmp_path)
    trial = Trial(home)
    for data, content in ((home.data, "old"), (trial.home.data, "new")):
        if content == "new" or had_store:
            data.mkdir(parents=True)
            (data / "PG_VERSION").write_text(content)
    home.passfile(cluster.SUPERUSER).write_text("*:*:*:postgres:x\n")
    monkeypatch.setattr(embedded, "down", lambda folder: None)
    left = [renames]

    def move(source: Path, target: Path) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        source.rename(target)

    monkeypatch.setattr(restores, "move", move)
    done = 3 if had_store else 2
    if renames < done:
        with pytest.raises(Killed):
            restores._swap(home, trial)
    else:
        restores._swap(home, trial)
    if not had_store and renames == 0:
        return  # there was nothing, and there is nothing
    cluster.initialise(home)  # what the next start does
    expected = "old" if had_store and renames < 2 else "new"
    assert (home.data / "PG_VERSION").read_text() == expected
    trial.clear()
    assert (home.data / "PG_VERSION").read_text() == expected
    assert not home.proven.exists()
