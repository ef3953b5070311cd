"""Hand a store's tables over to the role that owns them, and have the roles made where that may be done.

The embedded server's superuser makes the roles (`store.provision`). On another server the login of the URL does it
if it may; if not, what an administrator has to run is said, statement by statement.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import StoreUnavailable
from store.roles import Role, on_database, quoted, role_name, statements

_WHO = """
    SELECT session_user::text, current_database()::text, current_setting('server_version_num')::integer"""
_MISSING = "SELECT name FROM unnest(CAST(:names AS text[])) name WHERE to_regrole(quote_ident(name)) IS NULL"
# "SET" is known from version 16 on; before, whoever is a member may take the role on.
_READY = """
    SELECT bool_and(pg_has_role(session_user, name, CASE WHEN :version >= 160000 THEN 'SET' ELSE 'MEMBER' END)
                    AND has_database_privilege(name, current_database(), 'TEMPORARY'))
           AND has_database_privilege(:owner, current_database(), 'CREATE')
           AND has_schema_privilege(:owner, 'public', 'CREATE')
    FROM unnest(CAST(:names AS text[])) name"""
_OF_LOGIN = """
    SELECT format('ALTER %s public.%I OWNER TO ', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE'
                  ELSE 'TABLE' END, relname)
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
    AND relowner = to_regrole(quote_ident(session_user)) AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        AND d.refclassid = 'pg_class'::regclass AND relkind = 'S')
    UNION ALL SELECT format('ALTER FUNCTION %s OWNER TO ', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proowner = to_regrole(quote_ident(session_user))"""


@dataclass(frozen=True)
class Login:
    """Who is connected, to which database of which server."""

    name: str
    database: str
    server_version: int

    @classmethod
    def of(cls, connection: Connection) -> "Login":
        """That of a connection."""
        return cls(*connection.execute(sa.text(_WHO)).one())


def take_over(connection: Connection) -> Login:
    """Within a transaction: see to the roles, give what the login owns to the owning role, and take that on.

    Raises:
        StoreUnavailable: the roles are missing and the login may not make them; the details say what to run.
    """
    login = Login.of(connection)
    if not _is_ready(connection, login):
        _make(connection, login)
    owner = quoted(role_name(login.name, Role.MIGRATE))
    for begun in list(connection.execute(sa.text(_OF_LOGIN)).scalars()):
        connection.exec_driver_sql(f"{begun}{owner}".replace("%", "%%"))
    connection.exec_driver_sql(f"SET LOCAL ROLE {owner}".replace("%", "%%"))
    return login


def what_to_run(login: Login) -> str:
    """The statements that an administrator runs once in the store's database."""
    return "; ".join(x.as_string() for x in statements(login.name, login.database, login.server_version)) + ";"


def _is_ready(connection: Connection, login: Login) -> bool:
    names = _names(login)
    if list(connection.execute(sa.text(_MISSING), {"names": names}).scalars()):
        return False
    given = {"names": names, "version": login.server_version, "owner": role_name(login.name, Role.MIGRATE)}
    return bool(connection.execute(sa.text(_READY), given).scalar_one())


def _make(connection: Connection, login: Login) -> None:
    missing = set(connection.execute(sa.text(_MISSING), {"names": _names(login)}).scalars())
    try:
        with connection.begin_nested():
            for statement in statements(login.name, login.database, login.server_version, missing):
                connection.exec_driver_sql(statement.as_string().replace("%", "%%"))
    except sa.exc.DBAPIError:
        # Some of it may have been done by an administrator already, or by the owner of the database now.
        _as_owner_of_the_database(connection, login)


def _as_owner_of_the_database(connection: Connection, login: Login) -> None:
    try:
        with connection.begin_nested():
            for statement in on_database(login.name, login.database):
                connection.exec_driver_sql(statement.as_string().replace("%", "%%"))
    except sa.exc.DBAPIError:
        raise StoreUnavailable("store.roles_missing", statements=what_to_run(login)) from None
    if not _is_ready(connection, login):
        raise StoreUnavailable("store.roles_missing", statements=what_to_run(login))


def _names(login: Login) -> list[str]:
    return [role_name(login.name, role) for role in Role]
