"""Servers given by URL: roles are made where the login may, asked for where it may not, and tables change hands."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from schemas.errors import StoreUnavailable
from store.embedded import Server
from store.engine import open_store
from store.roles import Role, role_name
from tests.store.conftest import Superuser, connected
from tests.store.contents import rows

pytestmark = pytest.mark.store
OWNERS = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
MINE = "SELECT count(*) FROM pg_class WHERE relowner = to_regrole(session_user::text) AND relnamespace > 16383"
Stranger = Callable[[str], str]


@pytest.fixture
def stranger(superuser: Superuser, server: Server) -> Iterator[Stranger]:
    """URL of a new database of a login that has the given attributes and the database, and nothing else."""
    made: list[str] = []

    def make(attributes: str) -> str:
        name = f"str%nge{len(made)}"
        made.append(name)
        superuser.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x' {attributes}")  # type: ignore[call-overload]
        superuser.execute(f'CREATE DATABASE "{name}" OWNER "{name}" TEMPLATE template0')  # type: ignore[call-overload]
        quoted = name.replace("%", "%25")
        return f"postgresql://{quoted}:x@/{quoted}?host={server.socket}&port={server.port}"

    yield make
    for name in made:
        superuser.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]
        for role in (*(role_name(name, r) for r in Role), name):
            superuser.execute(f'DROP ROLE IF EXISTS "{role}"')  # type: ignore[call-overload]


def test_a_login_that_may_not_make_roles_is_told_what_an_administrator_runs(stranger: Stranger, server: Server) -> None:
    url = stranger("")
    with pytest.raises(StoreUnavailable) as error:
        open_store(url, Path("/nowhere"))
    assert error.value.code == "store.roles_missing"
    with connected(server, "str%nge0") as administrator:
        assert administrator.execute(OWNERS).fetchall() == []  # nothing was left behind
        for statement in str(error.value.details["statements"]).removesuffix(";").split("; "):
            administrator.execute(statement)  # type: ignore[call-overload]
    store = open_store(url, Path("/nowhere"))
    assert rows(store, OWNERS) == [("str%nge0_migrate",)]
    assert rows(store, "SELECT current_user, session_user") == [("str%nge0_load", "str%nge0")]
    assert rows(store, MINE) == [(0,)]
    store.close()


def test_a_login_that_may_makes_its_roles_itself(stranger: Stranger) -> None:
    store = open_store(stranger("CREATEROLE"), Path("/nowhere"))
    assert rows(store, OWNERS) == [("str%nge0_migrate",)]
    assert rows(store, MINE) == [(0,)]
    store.close()


def test_a_superuser_works_within_its_roles_too(stranger: Stranger) -> None:
    store = open_store(stranger("SUPERUSER"), Path("/nowhere"))
    assert rows(store, "SELECT current_user, current_setting('is_superuser')") == [("str%nge0_load", "off")]
    store.close()


def test_a_store_whose_login_lost_its_roles_says_so(stranger: Stranger, superuser: Superuser) -> None:
    url = stranger("CREATEROLE")
    open_store(url, Path("/nowhere")).close()
    for grantor in ('"str%nge0"', "CURRENT_USER"):
        superuser.execute(f'REVOKE "str%nge0_load" FROM "str%nge0" GRANTED BY {grantor} CASCADE')  # type: ignore[call-overload]
    superuser.execute('ALTER ROLE "str%nge0" NOCREATEROLE')
    store = open_store(url, Path("/nowhere"))
    with pytest.raises(StoreUnavailable) as error:
        rows(store, "SELECT 1")
    assert error.value.code == "store.roles_missing"
    store.close()


def test_two_stores_with_two_logins_share_no_role(stranger: Stranger, server: Server) -> None:
    urls = stranger("CREATEROLE"), stranger("CREATEROLE")
    for url in urls:
        open_store(url, Path("/nowhere")).close()
    with psycopg.connect(urls[0].replace("%25nge0?", "%25nge1?")) as intruder:  # into the other's database
        for role in ("str%nge1_load", "str%nge0_load"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                intruder.execute(f'SET ROLE "{role}"')  # type: ignore[call-overload]
                intruder.execute("SELECT count(*) FROM records")
            intruder.rollback()
