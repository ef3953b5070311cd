"""One store a module for the tests of the portal: its pages are read over and over, and change little."""

import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline import passwords
from pipeline.acting import acting
from pipeline.settings import Settings
from store import provision
from store.embedded import Server
from store.engine import Store, open_store
from tests.conftest import create


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords by a light hash: how heavy the real one is, tests/pipeline/test_passwords.py looks at."""
    real, passwords._hasher = passwords._hasher, cache(lambda: PasswordHash((Argon2Hasher(1, 64, 1),)))
    passwords._nobodys.cache_clear()
    yield
    passwords._hasher = real
    passwords._nobodys.cache_clear()


@pytest.fixture(scope="module")
def home(server: Server, empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings with a home and a store of their own, for a module."""
    folder = tmp_path_factory.mktemp("portal")
    name = "p" + folder.name.replace("-", "")[:20] + str(abs(hash(str(folder))))[:10]
    url = create(server, name, empty_store)
    yield Settings(folder, store_url=url, workers=1, received_on=date(2024, 6, 1))
    with provision._superuser(server) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def opened(home: Settings) -> Iterator[Store]:
    """The store of the module, open for the nation."""
    store = open_store(home.store_url, Path(home.home), acting(home))
    yield store
    store.close()
