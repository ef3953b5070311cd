"""Roles and databases of the embedded server: `sohoa` for the store, `airflow` for Airflow's metadata.

Neither role is a superuser; each enters its own database only and finds its password in its own file. That of the store
owns nothing: it takes on the roles of `store.roles`.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from store import cluster, embedded, roles
from store.embedded import Server
from store.faults import translated

STORE = "sohoa"
AIRFLOW = "airflow"
_SECONDS, _PAUSE = 20.0, 0.05
_EVERY_ROLE = " ".join(roles.Role)


def ensure_database(server: Server, name: str) -> None:
    """Make the role and the database of that name, both or what is missing of them."""
    if _marker(server, name).exists() and (name == AIRFLOW or _has_roles(server, name)):
        return
    with _superuser(server) as connection:
        # Two first starts at once: the second waits here and then finds everything made.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (f"provision {name}",))
        if not server.home.passfile(name).exists() or not _found(connection, "pg_roles", "rolname", name):
            _make_role(server, connection, name)
        if not _found(connection, "pg_database", "datname", name):
            connection.execute(
                sql.SQL("CREATE DATABASE {0} OWNER {0} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        _marker(server, name).touch()
    if name != AIRFLOW:
        _make_roles(server, name)


def is_used(server: Server) -> bool:
    """Is anybody connected, to whatever database of the server?"""
    query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with _superuser(server) as connection:
        return connection.execute(query).fetchone() != (0,)


def set_passwords(server: Server) -> None:
    """Give each role of the server the password that its file in the home has."""
    with _superuser(server) as connection:
        for passfile in server.home.path.glob("*.pgpass"):
            role, password = passfile.read_text().strip().split(":")[3:5]
            if _found(connection, "pg_roles", "rolname", role):
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
                )


def flush_log(server: Server) -> None:
    """Let the log end with a commit of now, and hand what there is of it to the archive."""
    with _superuser(server) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        connection.execute("SELECT pg_switch_wal()")


def archiver(server: Server) -> tuple[int, int, datetime | None, datetime | None]:
    """Files of the log that were archived and tries that failed, with the last moment of each."""
    query = "SELECT archived_count, failed_count, last_archived_time, last_failed_time FROM pg_stat_archiver"
    with _superuser(server) as connection:
        return connection.execute(query).fetchone()  # type: ignore[return-value]


def _marker(server: Server, name: str) -> Path:
    return server.home.data / f"{name}.provisioned"


def _roles_marker(server: Server, name: str) -> Path:
    return server.home.data / f"{name}.roles"


def _has_roles(server: Server, name: str) -> bool:
    """Were the roles made that this program knows? An older one may have made fewer."""
    marker = _roles_marker(server, name)
    return marker.exists() and marker.read_text() == _EVERY_ROLE


def _make_roles(server: Server, name: str) -> None:
    """The roles that the store's login takes on; one of them owns the database, the login owns nothing."""
    with _superuser(server, name) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"provision roles {name}",))
        every = [roles.role_name(name, role) for role in roles.Role]
        missing = {role for role in every if not _found(connection, "pg_roles", "rolname", role)}
        for statement in roles.statements(name, name, connection.info.server_version, missing):
            connection.execute(statement)
        owner = sql.Identifier(roles.role_name(name, roles.Role.MIGRATE))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(name), owner))
        for statement in roles.on_database(name, name):  # what the login had as owner went to the new one
            connection.execute(statement)
    _roles_marker(server, name).write_text(_EVERY_ROLE)


@contextmanager
def _superuser(server: Server, database: str = "postgres") -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection for a block. Raises StoreUnavailable, which it does for a server that takes none for long."""
    with translated(), _connected(server, database) as connection:
        yield connection


def _connected(server: Server, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect; a server that lost one of its processes takes nobody for a moment and says `ready` all the while."""
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return psycopg.connect(
                host=str(server.socket), port=server.port, user=cluster.SUPERUSER, dbname=database,
                passfile=str(server.home.passfile(cluster.SUPERUSER)), autocommit=True,
            )  # fmt: skip
        except psycopg.OperationalError:
            if embedded.pid(server.home) is None or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)


def _make_role(server: Server, connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    password = secrets.token_urlsafe(24)
    verb = "ALTER" if _found(connection, "pg_roles", "rolname", name) else "CREATE"
    connection.execute(
        sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            sql.Identifier(name), sql.Literal(password)
        )
    )
    cluster.write_passfile(server.home, name, password)


def _found(connection: psycopg.Connection[tuple[object, ...]], catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT FROM {} WHERE {} = %s").format(sql.Identifier(catalogue), sql.Identifier(column))
    return connection.execute(query, (name,)).fetchone() is not None
