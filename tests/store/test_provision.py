"""Roles and databases: small rights, own passwords, made once, mended when something is missing."""

import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from schemas.errors import ContractError, StoreUnavailable
from store import embedded, provision
from store.embedded import Server
from store.engine import Store
from tests.store.conftest import Superuser
from tests.store.contents import run

pytestmark = pytest.mark.store


def connect(server: Server, role: str, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    passfile = str(server.home.passfile(role))
    return psycopg.connect(
        host=str(server.socket), port=server.port, user=role, dbname=database, passfile=passfile, autocommit=True
    )


def test_the_store_role_has_no_power_but_over_its_own(server: Server, superuser: Superuser) -> None:
    powers = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
    found = superuser.execute(f"SELECT {powers} FROM pg_roles WHERE rolname = 'sohoa'").fetchone()
    assert found == (False,) * 5


def test_roles_do_not_enter_each_others_database(server: Server) -> None:
    provision.ensure_database(server, provision.AIRFLOW)
    connect(server, "airflow", "airflow").close()
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(server, "airflow", "sohoa")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(server, "sohoa", "airflow")


@pytest.mark.parametrize("lost", ["marker", "password", "database"])
def test_what_is_missing_is_made_again(server: Server, superuser: Superuser, lost: str) -> None:
    name = f"lost_{lost}"
    provision.ensure_database(server, name)
    (server.home.data / f"{name}.provisioned").unlink()
    if lost == "password":
        server.home.passfile(name).unlink()
    if lost == "database":
        superuser.execute(f"DROP DATABASE {name}")
    provision.ensure_database(server, name)
    connect(server, name, name).close()


def test_several_at_once_make_it_once(server: Server) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: provision.ensure_database(server, "rush"), range(4)))
    connect(server, "rush", "rush").close()


def test_a_connection_makes_the_server_used(server: Server, superuser: Superuser) -> None:
    assert provision.is_used(server)  # the connection of this test


@pytest.mark.parametrize(
    "statement",
    [
        "COPY memberships TO PROGRAM 'cat'", "SELECT pg_read_file('/etc/passwd')", "CREATE ROLE other",
        "SET session_replication_role = replica", "CREATE DATABASE other", "ALTER SYSTEM SET fsync = off",
    ],
)  # fmt: skip
def test_the_store_role_cannot_reach_out(read_store: Store, statement: str) -> None:
    with pytest.raises(ContractError):
        run(read_store, statement)


def test_objects_of_another_schema_are_not_taken_for_ours(read_store: Store) -> None:
    with read_store.engine.connect() as connection:
        assert connection.execute(sa.text("SHOW search_path")).scalar_one() == '"$user", public'
        owners = connection.execute(
            sa.text("SELECT DISTINCT tableowner, schemaname FROM pg_tables WHERE schemaname !~ '^(pg_|information_)'")
        ).all()
    assert [tuple(row) for row in owners] == [("sohoa_migrate", "public")]


def test_the_marker_lies_with_the_cluster(server: Server) -> None:
    assert Path(server.home.data / "sohoa.provisioned").exists()


def test_a_server_that_lost_a_process_is_waited_for(tmp_path: Path) -> None:
    """It restarts all of its processes, takes nobody meanwhile, and says `ready` all the same."""
    server = embedded.up(tmp_path)
    try:
        for _ in range(3):
            with contextlib.suppress(StoreUnavailable), provision._superuser(server) as connection:
                os.kill(connection.info.backend_pid, signal.SIGKILL)
            assert not provision.is_used(server)
    finally:
        embedded.down(tmp_path)


def test_roles_that_an_older_program_did_not_know_are_made(server: Server, superuser: Superuser) -> None:
    provision.ensure_database(server, "elder")
    superuser.execute("DROP OWNED BY elder_accounts; DROP ROLE elder_accounts")
    (server.home.data / "elder.roles").write_text("")
    provision.ensure_database(server, "elder")
    found = superuser.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'elder_accounts'").fetchone()
    assert found == (1,)
