"""Migrations from empty make exactly the tables that are derived from the contracts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from schemas.errors import StoreUnavailable
from schemas.fields import ALL_FIELDS, FIELDS, Field
from store import migrate
from store.embedded import Server
from store.engine import Store, open_store
from store.tables import METADATA
from tests.store.conftest import Superuser, connected

pytestmark = pytest.mark.store

COLUMNS = """
    SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, l.collname,
           a.attidentity, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
        AND c.relname <> 'alembic_version' ORDER BY 1, 3"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u', 'c', 'f')
        AND conrelid::regclass::text <> 'alembic_version' ORDER BY 1, 2"""
INDEXES = """
    SELECT tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename <> 'alembic_version' ORDER BY 1, 2"""


@pytest.fixture(scope="module")
def described(superuser: Superuser, server: Server, migrated: str) -> tuple[list[object], list[object]]:
    """Columns, constraints and indexes: as migrated, and as derived."""
    superuser.execute("CREATE DATABASE derived OWNER sohoa TEMPLATE template0")
    url = f"postgresql+psycopg://postgres@/derived?host={server.socket}&port={server.port}"
    engine = sa.create_engine(url, connect_args={"passfile": str(server.home.passfile("postgres"))})
    METADATA.create_all(engine)
    engine.dispose()
    found = []
    for name in (migrated, "derived"):
        with connected(server, name) as connection:
            found.append([connection.execute(q).fetchall() for q in (COLUMNS, CONSTRAINTS, INDEXES)])
    return found[0], found[1]


@pytest.mark.parametrize("aspect", [0, 1, 2], ids=["columns", "constraints", "indexes"])
def test_migrated_and_derived_tables_are_the_same(described: tuple[list[object], list[object]], aspect: int) -> None:
    migrated, derived = described
    assert migrated[aspect] == derived[aspect] != []


def test_alembic_sees_no_drift(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []


@pytest.mark.parametrize("table", ["records", "golden_persons"])
@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_each_of_the_17_fields_reaches_records_and_persons(store: Store, field: Field, table: str) -> None:
    with store.engine.connect() as connection:
        columns = {c["name"] for c in sa.inspect(connection).get_columns(table)}
    assert {c.name for c in field.columns} <= columns


def test_the_view_of_sources_knows_every_field(store: Store) -> None:
    with store.engine.connect() as connection:
        definition = connection.execute(sa.text("SELECT pg_get_viewdef('golden_value_sources')")).scalar_one()
    missing = [f.name for f in ALL_FIELDS if f"'{f.name}'::text" not in definition]
    assert missing == []
    assert [c.name for f in ALL_FIELDS for c in f.columns if f"p.{c.name}" not in definition] == []


def test_head_is_the_last_revision_and_every_revision_follows_one(migrated: str) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(settings)
    assert scripts.get_heads() == [migrate.HEAD]
    found = [s.revision for s in scripts.walk_revisions()][::-1]
    assert found == sorted(found)
    assert (found[0], found[-1]) == ("0001", migrate.HEAD)


def test_an_upgrade_happens_once_however_many_start_it(superuser: Superuser, url_of: Callable[[str], str]) -> None:
    superuser.execute("CREATE DATABASE races OWNER sohoa TEMPLATE template0")
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(url_of("races"), Path("/nowhere")), range(4)))
    with stores[0].engine.connect() as connection:
        assert migrate.revision(connection) == migrate.HEAD
        assert connection.execute(sa.text("SELECT count(*) FROM store_version")).scalar_one() == 1
    for store in stores:
        store.close()


def test_an_upgrade_that_is_cut_off_leaves_no_table(
    superuser: Superuser, url_of: Callable[[str], str], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser.execute("CREATE DATABASE cut OWNER sohoa TEMPLATE template0")
    real = psycopg.Cursor.execute

    def execute(self, query, *given, **named):  # type: ignore[no-untyped-def]
        if "CREATE TABLE records" in str(query):
            raise psycopg.OperationalError("injected")
        return real(self, query, *given, **named)

    with monkeypatch.context() as patch, pytest.raises(StoreUnavailable):
        patch.setattr(psycopg.Cursor, "execute", execute)
        open_store(url_of("cut"), Path("/nowhere"))
    with connected(server, "cut") as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    open_store(url_of("cut"), Path("/nowhere")).close()


def test_a_store_of_a_newer_program_is_refused(
    superuser: Superuser, loaded: str, url_of: Callable[[str], str], server: Server
) -> None:
    superuser.execute(f"CREATE DATABASE newer OWNER sohoa TEMPLATE {loaded}")
    with connected(server, "newer") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable) as error:
        open_store(url_of("newer"), Path("/nowhere"))
    assert error.value.code == "store.newer_than_program"
    assert error.value.details == {"found": "9999", "known": migrate.HEAD}


def test_an_older_store_is_brought_up_with_its_rows(
    superuser: Superuser, url_of: Callable[[str], str], server: Server
) -> None:
    from alembic import command
    from alembic.config import Config

    superuser.execute("CREATE DATABASE older OWNER sohoa TEMPLATE template0")
    engine = sa.create_engine(url_of("older").replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        settings = Config(attributes={"connection": connection})
        settings.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        command.upgrade(settings, "0002")
        connection.execute(sa.text("INSERT INTO memberships VALUES (gen_random_uuid(), gen_random_uuid())"))
    engine.dispose()
    store = open_store(url_of("older"), Path("/nowhere"))
    with store.reading() as connection:
        assert migrate.revision(connection) == migrate.HEAD
        assert connection.execute(sa.text("SELECT count(*) FROM memberships")).scalar_one() == 1
    store.close()
