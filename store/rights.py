"""Write the declared access (`store.access`) to the database: rights of roles, row security, masked views.

All of it is made anew at the end of every migration, so that the database says what the declaration says. Runs as the
role that owns the tables.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import access, masks
from store.roles import Role, quoted, role_name

_WITHOUT_RIGHTS = ("alembic_version",)
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1"""
_POLICIES = "SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = :table"


def apply(connection: Connection, login: str) -> None:
    """Bring rights, policies and masked views of all tables to what is declared.

    Args:
        connection: within a transaction, as the role that owns the tables.
        login: whose roles they are.
    """
    tables = [t for t in connection.execute(sa.text(_TABLES)).scalars() if t not in _WITHOUT_RIGHTS]
    for table in tables:
        policies = list(connection.execute(sa.text(_POLICIES), {"table": table}).scalars())
        _run(connection, *(f'DROP POLICY "{name}" ON {table}' for name in policies))
    for table in tables:
        _run(connection, *_rights(table, login), *_row_security(table, login))
    _run(connection, *_of_others(login))
    _run(connection, *masks.statements(*(_names(login, role) for role in (Role.MASK, Role.REPORT, Role.BACKUP))))
    _run(connection, f"SET LOCAL ROLE {_names(login, Role.MIGRATE)}")


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _names(login: str, *roles: Role) -> str:
    return ", ".join(quoted(role_name(login, role)) for role in roles)


def _every(login: str) -> str:
    return _names(login, *(role for role in Role if role is not Role.MIGRATE))


def _rights(table: str, login: str) -> Iterator[str]:
    declared = access.access_of(table)
    yield f"REVOKE ALL ON {table} FROM PUBLIC, {_every(login)}"
    for role, letters in declared.rights.items():
        yield f"GRANT {', '.join(access.PRIVILEGES[x] for x in letters)} ON {table} TO {_names(login, role)}"
    for role, columns in declared.columns.items():
        yield f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {_names(login, role)}"


def _row_security(table: str, login: str) -> Iterator[str]:
    declared = access.access_of(table)
    if declared.rows is None:
        yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        return
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    # PostgreSQL tries policies from the last name to the first: the nation's, a comparison, spares a session of the
    # nation what the province's looks up for each row. So its name has to come after all others.
    yield f"CREATE POLICY whole_nation ON {table} USING ({access.IS_NATIONAL}) WITH CHECK ({access.IS_NATIONAL})"
    rows = declared.rows.format(table=table)
    yield f"CREATE POLICY province ON {table} FOR SELECT TO {_names(login, *access.PROVINCIAL)} USING ({rows})"
    # A backup that a forgotten setting left empty would be found out too late.
    yield f"CREATE POLICY whole ON {table} FOR SELECT TO {_names(login, Role.BACKUP)} USING (true)"
    if declared.appended:
        to = _names(login, *declared.appended)
        yield f"CREATE POLICY own_province ON {table} FOR INSERT TO {to} WITH CHECK ({rows})"


def _of_others(login: str) -> Iterator[str]:
    yield f"REVOKE ALL ON alembic_version FROM {_every(login)}"
    yield "GRANT SELECT ON alembic_version TO PUBLIC"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {_names(login, Role.BACKUP)}"
    for view, roles in access.VIEWS.items():
        yield f"ALTER VIEW {view} SET (security_invoker = true)"
        yield f"REVOKE ALL ON {view} FROM PUBLIC, {_every(login)}"
        yield f"GRANT SELECT ON {view} TO {_names(login, *roles)}"
    for function, roles in access.FUNCTIONS.items():
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {_every(login)}"
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {_names(login, *roles)}"
