"""What all tests share: repeatable laws; a real store, one embedded server a session, a database of its own a test."""

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
from store import embedded, provision
from store.embedded import Server
from store.engine import stop_store

# The same examples on every machine, however slow; `make explore` looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="soh-"))
    # What a test kills are programs, not machines: nothing has to outlive the power.
    (home / "postgresql.local.conf").write_text("fsync = off\nfull_page_writes = off\n")
    running = embedded.up(home)
    provision.ensure_database(running, provision.STORE)
    yield running
    stop_store(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def new_store_url(server: Server) -> Iterator[Callable[[], str]]:
    names: list[str] = []

    def make() -> str:
        names.append("t" + uuid.uuid4().hex[:12])
        with provision._superuser(server) as connection:
            connection.execute(f'CREATE DATABASE "{names[-1]}" OWNER sohoa TEMPLATE template0')  # type: ignore[call-overload]
        passfile = server.home.passfile(provision.STORE)
        return f"postgresql://sohoa@/{names[-1]}?host={server.socket}&port={server.port}&passfile={passfile}"

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
