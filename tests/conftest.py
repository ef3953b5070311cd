"""What all tests share: repeatable laws; a real store, one embedded server a session, a database of its own a test.

The migrations run once a session; a test's database is a copy of what they made.
"""

import itertools
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import hypothesis
import pytest

from pipeline.settings import Settings
from store import cluster, embedded, provision
from store.embedded import Server
from store.engine import open_store, stop_store

# The same examples on every machine, however slow; `make explore` looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a slow test come first, in their order: begun last, one would leave the other cores idle."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="soh-"))
    # What a test kills are programs, not machines: nothing has to outlive the power.
    (home / cluster.FOLDER).mkdir(mode=0o700)
    (home / cluster.FOLDER / "postgresql.local.conf").write_text("fsync = off\nfull_page_writes = off\n")
    running = embedded.up(home)
    provision.ensure_database(running, provision.STORE)
    yield running
    stop_store(home)
    shutil.rmtree(home, ignore_errors=True)


def url_of(server: Server, name: str) -> str:
    passfile = server.home.passfile(provision.STORE)
    return f"postgresql://sohoa@/{name}?host={server.socket}&port={server.port}&passfile={passfile}"


def create(server: Server, name: str, template: str) -> str:
    """A database copied from another; its URL."""
    with provision._superuser(server) as connection:
        connection.execute(f'CREATE DATABASE "{name}" OWNER sohoa TEMPLATE {template} STRATEGY file_copy')  # type: ignore[call-overload]
    return url_of(server, name)


@pytest.fixture(scope="session")
def empty_store(server: Server) -> str:
    """Name of a database with all tables and no row: the migrations run once, each test has a copy."""
    open_store(create(server, "empty_store", "template0"), Path("/nowhere")).close()
    return "empty_store"


@pytest.fixture
def new_store_url(server: Server, empty_store: str) -> Iterator[Callable[[], str]]:
    names: list[str] = []

    def make() -> str:
        names.append("t" + uuid.uuid4().hex[:12])
        return create(server, names[-1], empty_store)

    yield make
    with provision._superuser(server) as connection:
        for name in names:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


@pytest.fixture
def store_url(new_store_url: Callable[[], str]) -> str:
    return new_store_url()


@pytest.fixture
def new_settings(new_store_url: Callable[[], str], tmp_path: Path) -> Callable[[], Settings]:
    """Settings with a home and a store of their own at each call."""
    homes = itertools.count()

    def make() -> Settings:
        home = tmp_path / f"home{next(homes)}"
        return Settings(home, store_url=new_store_url(), workers=1, received_on=date(2024, 6, 1), keep_runs=3)

    return make


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", store_url=store_url, workers=1, received_on=date(2024, 6, 1), keep_runs=3)
