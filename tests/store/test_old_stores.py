"""Stores of each earlier form come up to date with their rows, also when they are cut off at any statement.

`dumps/<revision>.sql.gz` were written by pg_dump from a store that the code of that revision loaded: invented people.
"""

import gzip
import signal
import subprocess
import sys
import time
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

pytestmark = [pytest.mark.store, pytest.mark.slow]

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
    assert before["records"] in ((13,), (15,))
    store = open_store(url_of(name), Path("/nowhere"))
    assert rows(store, "SELECT version_num FROM alembic_version") == [(migrate.HEAD,)]
    assert store_check(store) == ()
    store.close()
    assert counts(server, name) == before


def test_killed_while_it_migrates_it_stays_old_and_resumes(
    superuser: Superuser, server: Server, url_of: Callable[[str], str]
) -> None:
    """The process is gone from one moment to the next; its server ends the transaction."""
    name, killed = brought_back(superuser, server, "0002"), 0
    before = counts(server, name)
    code = (
        "import sys; from pathlib import Path; from store.engine import open_store; open_store(sys.argv[1], Path('x'))"
    )
    for begun in (1, 12, 24):
        process = subprocess.Popen([sys.executable, "-c", code, url_of(name)], cwd=Path(migrate.__file__).parents[1])
        while process.poll() is None and made_so_far(superuser, name) < begun:
            time.sleep(0.002)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        with connected(server, name) as connection:
            assert connection.execute("SELECT version_num FROM public.alembic_version").fetchone() == ("0002",)
    assert killed == 3
    opened = open_store(url_of(name), Path("/nowhere"))
    assert store_check(opened) == ()
    opened.close()
    assert counts(server, name) == before


def made_so_far(superuser: Superuser, name: str) -> int:
    """Locks that one transaction on that database holds alone: they grow with what a migration has changed."""
    found = superuser.execute(
        """SELECT coalesce(max(held), 0) FROM (
               SELECT count(*) AS held FROM pg_locks l JOIN pg_database d ON d.oid = l.database
               WHERE d.datname = %s AND l.mode = 'AccessExclusiveLock' GROUP BY l.pid) each""",
        [name],
    ).fetchone()
    return int(str(found[0])) if found else 0


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
        for point in range(14, 110, 4):  # the first statements only look at the store
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
