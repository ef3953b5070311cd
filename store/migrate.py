"""Bring the tables of a store up to date: on demand, once, under a lock, all or nothing.

A store whose tables are newer than this program is refused, not guessed at.
"""

from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from schemas.errors import StoreUnavailable
from store import handover, rights
from store.access import NATIONAL, SCOPE

HEAD = "0037"
"""The last revision of migrations/versions. Known here so that an up-to-date store opens without alembic."""

_LOCK = 0x736F_686F_0001


def ensure_current(engine: Engine) -> None:
    """Run the migrations that the store lacks.

    They run as the role that owns the tables; what others may do is then written anew (`store.rights`).

    Raises:
        StoreUnavailable: the store was made by a newer version of this program, or roles are missing.
    """
    with engine.connect() as connection:
        if revision(connection) == HEAD:
            return
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if revision(connection) != HEAD:
            login = handover.take_over(connection)
            connection.execute(sa.text("SELECT set_config(:scope, :all, true)"), {"scope": SCOPE, "all": NATIONAL})
            _upgrade(connection)
            # What waits for the end of the transaction would keep its tables from being changed.
            connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            rights.apply(connection, login.name)


def revision(connection: Connection) -> str | None:
    """The revision of the store's tables; None when there are none."""
    # to_regclass follows the search path, so another schema's table of that name is not ours.
    if connection.execute(sa.text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(files("store") / "migrations").replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if (found := revision(connection)) is not None and found not in known:
        raise StoreUnavailable("store.newer_than_program", found=found, known=HEAD)
    command.upgrade(settings, "head")
