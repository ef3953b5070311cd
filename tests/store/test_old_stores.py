"""Stores of each earlier form come up to date with their rows, also when they are cut off at any statement.

`dumps/<revision>.sql.gz` were written by pg_dump from a store that the code of that revision loaded: invented people.
"""

import gzip
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from schemas.errors import StoreUnavailable
from store import migrate
from store.embedded import Server
from store.engine import open_store
from store.invariants import store_check
from tests.store.conftest import Superuser, connected
from tests.store.contents import rows

pytestmark = pytest.mark.store

DUMPS = {p.name[:4]: p for p in sorted((Path(__file__).parent / "dumps").glob("*.sql.gz"))}
KEPT = ("records", "memberships", "row_outcomes", "quarantine", "golden_persons", "batches", "batch_files")


def brought_back(superuser: Superuser, server: Server, revision: str) -> str:
    """Name of a database with the rows of that dump."""
    name = f"old_{revision}"
    superuser.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    superuser.execute(f"CREATE DATABASE {name} OWNER sohoa TEMPLATE template0")
    lines = gzip.decompress(DUMPS[revision].read_bytes()).decode().split("\n")
    text = "\n".join(line for line in lines if not line.startswith("\\"))
    with connected(server, name) as connection:
        connection.execute(
            "SET search_path = public; SET ROLE sohoa;" + text.replace("SET transaction_timeout = 0;", "")
        )
    return name


def counts(server: Server, name: str) -> dict[str, object]:
    with connected(server, name) as connection:
        return {t: connection.execute(f"SELECT count(*) FROM public.{t}").fetchone() for t in KEPT}


@pytest.mark.parametrize("revision", DUMPS)
def test_an_old_store_comes_up_to_date_with_its_rows(
    superuser: Superuser, server: Server, url_of: Callable[[str], str], revision: str
) -> None:
    name = brought_back(superuser, server, revision)
    before = counts(server, name)
    assert before["records"] == (13,)
    store = open_store(url_of(name), Path("/nowhere"))
    assert rows(store, "SELECT version_num FROM alembic_version") == [(migrate.HEAD,)]
    assert store_check(store) == ()
    store.close()
    assert counts(server, name) == before


def test_cut_off_at_any_statement_it_stays_old_and_resumes(
    superuser: Superuser, server: Server, url_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = brought_back(superuser, server, "0002")
    before = counts(server, name)
    real, done, last = psycopg.Cursor.execute, [0], [0]

    def execute(self, query, *given, **named):  # type: ignore[no-untyped-def]
        done[0] += 1
        if done[0] == last[0]:
            self.connection.close()  # the server sees a client die in its transaction
        return real(self, query, *given, **named)

    cut = 0
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", execute)
        for point in range(8, 80, 3):
            done[0], last[0] = 0, point
            try:
                open_store(url_of(name), Path("/nowhere")).close()
                break
            except StoreUnavailable:
                cut += 1
            with connected(server, name) as connection:
                assert connection.execute("SELECT version_num FROM public.alembic_version").fetchone() == ("0002",)
    assert cut >= 20
    store = open_store(url_of(name), Path("/nowhere"))
    assert store_check(store) == ()
    store.close()
    assert counts(server, name) == before
