"""The database roles of a store: one a kind of work, each named after the login that may take it on.

A store's login owns nothing and may do nothing of itself: every operation takes on one of these roles for the length of
its transaction (`store.engine`). Roles belong to a whole server, so they carry the name of the login: two stores with
two logins share none, a database copied or restored under the same login finds its rights again.
"""

from collections.abc import Collection
from enum import StrEnum

from psycopg import sql


class Role(StrEnum):
    """What a transaction works as; `store.access` says what each may do."""

    MIGRATE = "migrate"
    """Owns all tables; only migrations take it on."""
    LOAD = "load"
    """Writes batches and changes of persons."""
    UNDO = "undo"
    """Takes a batch out again."""
    MATCH = "match"
    """Reads what matching compares, of all provinces."""
    REVIEW = "review"
    """Reads persons in clear, of its province or all, and appends decisions."""
    REPORT = "report"
    """Reads counts, places and masked values."""
    AUDIT = "audit"
    """Appends to the audit."""
    ERASE = "erase"
    """Deletes persons whose data must go."""
    BACKUP = "backup"
    """Reads everything."""
    ACCOUNTS = "accounts"
    """Reads and changes the accounts of the portal and who is signed in; no person of a ledger."""
    MASK = "mask"
    """Owns the masked views; nobody works as it."""


_FIRST_WITH_GRANT_OPTIONS = 160_000


def role_name(login: str, role: Role) -> str:
    """The name of a role on the server."""
    return f"{login}_{role.value}"


def quoted(name: str) -> str:
    """A name as an identifier of SQL."""
    return sql.Identifier(name).as_string()


def statements(
    login: str, database: str, server_version: int, missing: Collection[str] | None = None
) -> list[sql.Composed]:
    """What is run once in the store's database, by whoever may, so that the login can take its roles on.

    Args:
        login: role that the store connects as.
        database: of the store.
        server_version: as libpq tells it, for example 180006.
        missing: names of the roles that are made; None = all.
    """
    names = [role_name(login, role) for role in Role]
    made = [
        sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(sql.Identifier(name))
        for name in names
        if missing is None or name in missing
    ]
    return [*made, *_memberships(login, names, server_version), *on_database(login, database)]


def on_database(login: str, database: str) -> list[sql.Composed]:
    """What roles may do with the database as a whole; for the owner of the database."""
    names = sql.SQL(", ").join(sql.Identifier(role_name(login, role)) for role in Role)
    on, owner = sql.Identifier(database), sql.Identifier(role_name(login, Role.MIGRATE))
    return [
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(on, sql.Identifier(login), names),
        sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(on, owner),
        sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner),
    ]


def _memberships(login: str, names: Collection[str], server_version: int) -> list[sql.Composed]:
    """The login may take the roles on and has nothing of their rights before it does."""
    me, every = sql.Identifier(login), sql.SQL(", ").join(map(sql.Identifier, names))
    granted = sql.SQL("GRANT {} TO {}").format(every, me)
    if server_version < _FIRST_WITH_GRANT_OPTIONS:
        return [sql.SQL("ALTER ROLE {} NOINHERIT").format(me), granted]
    return [granted + sql.SQL(" WITH INHERIT FALSE, SET TRUE")]
