"""What all tests share: repeatable laws; a real store, one embedded server a session, a database of its own a test."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
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
    running = embedded.up(home)
    provision.ensure_database(running, provision.STORE)
    yield running
    stop_store(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def store_url(server: Server) -> Iterator[str]:
    name = "t" + uuid.uuid4().hex[:12]
    with provision._superuser(server) as connection:
        connection.execute(f'CREATE DATABASE "{name}" OWNER sohoa TEMPLATE template0')  # type: ignore[call-overload]
    passfile = server.home.passfile(provision.STORE)
    yield f"postgresql://sohoa@/{name}?host={server.socket}&port={server.port}&passfile={passfile}"
    with provision._superuser(server) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    return Settings(tmp_path / "home", store_url=store_url, workers=1, received_on=date(2024, 6, 1), keep_runs=3)
