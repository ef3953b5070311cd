"""One embedded server for the session in a short folder; for each test a database of its own, copied from a template.

The server forgets to sync: what a test needs is that processes may die, not that the power may fail.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from store import cluster, embedded, load, provision, queries
from store.embedded import Server
from store.engine import Store, open_store, stop_store
from store.tables import METADATA
from tests.store import made_batches as made
from tests.store.merges import Person, regroup

FAST = "fsync = off\n"
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="so-", dir="/tmp"))
    (home / cluster.FOLDER).mkdir(mode=0o700)
    (home / cluster.FOLDER / "postgresql.local.conf").write_text(FAST)
    try:
        running = embedded.up(home)
        provision.ensure_database(running, provision.STORE)
        yield running
    finally:
        stop_store(home)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def superuser(server: Server) -> Iterator[Superuser]:
    with connected(server, "postgres") as connection:
        yield connection


def connected(server: Server, database: str) -> Superuser:
    """A connection that may do anything."""
    return psycopg.connect(
        host=str(server.socket), port=server.port, user=cluster.SUPERUSER, dbname=database,
        passfile=str(server.home.passfile(cluster.SUPERUSER)), autocommit=True,
    )  # fmt: skip


@pytest.fixture(scope="session")
def url_of(server: Server) -> Callable[[str], str]:
    passfile = server.home.passfile(provision.STORE)
    return lambda name: f"postgresql://sohoa@/{name}?host={server.socket}&port={server.port}&passfile={passfile}"


@pytest.fixture(scope="session")
def migrated(superuser: Superuser, url_of: Callable[[str], str]) -> str:
    """Name of a database with all tables and no row."""
    superuser.execute("CREATE DATABASE migrated OWNER sohoa TEMPLATE template0")
    open_store(url_of("migrated"), Path("/nowhere")).close()
    return "migrated"


@pytest.fixture(scope="session")
def loaded(superuser: Superuser, url_of: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database with two batches: the second joins a person of the first and makes one of two others."""
    superuser.execute("CREATE DATABASE loaded OWNER sohoa TEMPLATE template0")
    store = open_store(url_of("loaded"), Path("/nowhere"))
    load_two(store, tmp_path_factory.mktemp("loaded"))
    store.close()
    return "loaded"


def load_two(store: Store, folder: Path) -> None:
    """Load the two batches of `loaded`."""
    load.load_batch(store, made.make(folder / "one", made.Recipe("one", rows=40, quarantined=3, rejected=0)))
    load.load_batch(store, second(folder / "two", queries.version(store)))


def second(folder: Path, seen_version: int) -> load.LoadBatch:
    """The second batch of `loaded`: rows 0 and 1 meet stored persons, row 2 meets two of them, 3 and 4 are one."""
    batch = made.make(folder, made.Recipe("two", rows=10, quarantined=2), seen_version)
    persons, records = made.ids("person one", 40).to_pylist(), made.ids("record one", 40).to_pylist()
    return regroup(
        folder,
        batch,
        [
            Person(persons[0], persons[0], own=(0,), stored=(records[0],)),
            Person(persons[1], persons[1], own=(1,), stored=(records[1],)),
            Person(persons[2], persons[2], own=(2,), stored=(records[2], records[3])),
            Person(made.ids("person two", 10)[3].as_py(), None, own=(3, 4)),
        ],
    )


@pytest.fixture(scope="session")
def emptied(migrated: str, url_of: Callable[[str], str], server: Server) -> Iterator[tuple[Store, Superuser]]:
    with connected(server, migrated) as connection:
        connection.execute("SET session_replication_role = replica")  # the guards of append-only tables sleep
        store = open_store(url_of(migrated), Path("/nowhere"))
        yield store, connection
        store.close()


@pytest.fixture
def store(emptied: tuple[Store, Superuser]) -> Iterator[Store]:
    """An empty store."""
    store, connection = emptied
    yield store
    store.close()
    for table in set(METADATA.tables) - {"store_version"}:
        connection.execute(f"DELETE FROM {table}")
    connection.execute("UPDATE store_version SET version = 0")


@pytest.fixture
def loaded_store(superuser: Superuser, loaded: str, url_of: Callable[[str], str]) -> Iterator[Store]:
    """A store with the two batches of `loaded`."""
    superuser.execute(f"CREATE DATABASE loaded_copy OWNER sohoa TEMPLATE {loaded} STRATEGY file_copy")
    store = open_store(url_of("loaded_copy"), Path("/nowhere"))
    try:
        yield store
    finally:
        store.close()
        superuser.execute("DROP DATABASE loaded_copy WITH (FORCE)")


@pytest.fixture(scope="module")
def read_store(superuser: Superuser, loaded: str, url_of: Callable[[str], str]) -> Iterator[Store]:
    """The same for tests that only read."""
    superuser.execute(f"CREATE DATABASE loaded_once OWNER sohoa TEMPLATE {loaded} STRATEGY file_copy")
    store = open_store(url_of("loaded_once"), Path("/nowhere"))
    yield store
    store.close()
    superuser.execute("DROP DATABASE loaded_once WITH (FORCE)")


@pytest.fixture(scope="session")
def spare_home() -> Iterator[Path]:
    """Home of a second server, for tests that stop and kill it."""
    folder = Path(tempfile.mkdtemp(prefix="so-", dir="/tmp"))
    (folder / cluster.FOLDER).mkdir(mode=0o700)
    yield folder
    stop_store(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(spare_home: Path) -> Iterator[Path]:
    """The same, stopped before and after the test."""
    (spare_home / cluster.FOLDER / "postgresql.local.conf").write_text(FAST)
    yield spare_home
    stop_store(spare_home)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="so-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
