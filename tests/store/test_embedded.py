"""The embedded server starts once however many start it, survives being killed, and only `down` stops it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.errors import StoreUnavailable
from store import cluster, embedded, engine
from store.cluster import Home
from store.roles import Role
from tests.store.conftest import FAST
from tests.store.contents import rows, run

pytestmark = pytest.mark.store

CHILD = """
import sys
from pathlib import Path
from store import embedded
server = embedded.up(Path(sys.argv[1]))
print(embedded.pid(server.home), server.socket)
"""

HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(60)
"""


def kill(home: Home) -> int:
    number = embedded.pid(home)
    assert number is not None
    os.kill(number, signal.SIGKILL)
    return number


def start_in_child(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True)


def test_processes_and_threads_that_race_for_the_first_start_get_one_server(short_folder: Path) -> None:
    home = short_folder / "h"
    children = [start_in_child(home) for _ in range(4)]
    with ThreadPoolExecutor(3) as pool:
        servers = list(pool.map(lambda _: embedded.up(home), range(3)))
    said = {child.communicate(timeout=120)[0].strip() for child in children}
    assert [child.returncode for child in children] == [0] * 4
    assert said == {f"{embedded.pid(servers[0].home)} {servers[0].socket}"}
    assert len(set(servers)) == 1
    embedded.down(home)


def test_the_server_outlives_the_process_that_started_it(home: Path) -> None:
    child = start_in_child(home)
    number = int(child.communicate(timeout=120)[0].split()[0])
    assert embedded.pid(Home(home / cluster.FOLDER)) == number
    assert embedded.up(home).home.pid_file.read_text().split("\n")[0] == str(number)


def test_it_stops_when_told_and_only_then(home: Path) -> None:
    assert not embedded.is_running(home)
    embedded.down(home)
    embedded.up(home)
    assert embedded.is_running(home)
    embedded.down(home, is_needed=lambda server: True)
    assert embedded.is_running(home)
    embedded.down(home)
    assert not embedded.is_running(home)
    embedded.down(home)


def test_committed_rows_survive_kill_9_and_open_ones_are_gone(home: Path) -> None:
    store = engine.open_store(None, home)
    run(store, "DELETE FROM memberships")
    with store.writing() as connection:
        connection.execute(sa.text("INSERT INTO memberships VALUES (gen_random_uuid(), gen_random_uuid(), '01')"))
    with pytest.raises(StoreUnavailable), store.writing(role=Role.MIGRATE) as connection:
        connection.execute(sa.text("DELETE FROM memberships"))
        kill(Home(home / cluster.FOLDER))
        time.sleep(0.2)
        connection.execute(sa.text("SELECT 1"))
    store.close()
    again = engine.open_store(None, home)
    assert rows(again, "SELECT count(*) FROM memberships") == [(1,)]
    again.close()


def test_several_start_it_again_after_kill_9(home: Path) -> None:
    first = embedded.up(home)
    killed = kill(first.home)
    children = [start_in_child(home) for _ in range(3)]
    said = {child.communicate(timeout=120)[0].split()[0] for child in children}
    assert len(said) == 1
    assert said != {str(killed)}


def _reused(pid_file: Path) -> None:
    """The pid belongs to a living process that is none of ours: this one."""
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))


DAMAGE: dict[str, Callable[[Path], None]] = {
    "left as it was": lambda pid_file: None,
    "pid of another program": _reused,
    "cut in the middle": lambda pid_file: pid_file.write_text(pid_file.read_text()[:5]) and None,
    "empty": lambda pid_file: pid_file.write_text("") and None,
    "nonsense": lambda pid_file: pid_file.write_text("x\n" * 9) and None,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_stale_pid_file_hinders_nobody(home: Path, damage: str) -> None:
    server = embedded.up(home)
    killed = kill(server.home)
    _await_end(killed)
    DAMAGE[damage](server.home.pid_file)
    (server.socket / f".s.PGSQL.{cluster.PORT}.lock").write_text(f"{os.getpid()}\n")
    assert not embedded.is_running(home)
    assert embedded.pid(embedded.up(home).home) not in {None, killed, os.getpid()}


def _await_end(number: int) -> None:
    end = time.monotonic() + 10
    while Path(f"/proc/{number}").exists() and time.monotonic() < end:
        if "Z" in Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]:
            return
        time.sleep(0.02)


def test_a_pid_of_another_program_is_never_killed(home: Path) -> None:
    server = embedded.up(home)
    _await_end(kill(server.home))
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        lines = server.home.pid_file.read_text().split("\n")
        server.home.pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]))
        embedded.down(home)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_server_that_cannot_start_says_so_and_where_to_look(home: Path) -> None:
    (home / cluster.FOLDER / "postgresql.local.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StoreUnavailable) as error:
        embedded.up(home, seconds=10)
    assert error.value.code == "store.start_failed"
    assert error.value.details == {"log": str(home / cluster.FOLDER / "server.log")}
    (home / cluster.FOLDER / "postgresql.local.conf").write_text(FAST)
    embedded.up(home)


def test_a_server_of_another_machine_on_a_shared_folder_is_not_disturbed(home: Path) -> None:
    """Its pid means nothing here, but it holds the lock `alive`."""
    server = embedded.up(home)
    embedded.down(home)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(server.home.path / "alive")], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreUnavailable) as error:
            embedded.up(home, seconds=1)
        assert error.value.code == "store.in_use_elsewhere"
    finally:
        holder.kill()
        holder.wait()


def test_the_files_are_private_and_nobody_enters_without_a_password(home: Path) -> None:
    server = embedded.up(home)
    for path in (server.home.passfile(cluster.SUPERUSER), server.home.data, server.home.path):
        assert path.stat().st_mode & 0o077 == 0, path
    url = f"postgresql+psycopg://postgres@/postgres?host={server.socket}&port={server.port}&passfile=/dev/null"
    with pytest.raises(sa.exc.OperationalError, match="password"):
        sa.create_engine(url).connect()
    assert not list(server.home.path.glob("password*"))
