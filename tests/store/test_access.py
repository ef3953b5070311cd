"""Isolation: every right that is not declared is refused, and a province sees its own rows, through each table."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from schemas.errors import ContractError, UsageError
from store import access, binaries, reviews
from store.embedded import Server
from store.engine import Store, open_store
from store.keys import KEY_TABLES
from store.partitions import KEYS, every_partition, partitions
from store.roles import Role, role_name
from tests.store.conftest import Superuser, connected
from tests.store.grid import PROVINCES, Grid, an_id

pytestmark = pytest.mark.store
WORKING = tuple(role for role in Role if role not in (Role.MIGRATE, Role.MASK))
LIMITED = (Role.REVIEW, Role.REPORT)
OWN_ROWS = tuple(name for name, a in access.ACCESS.items() if a.rows is not None)
ATTEMPTS = {
    "SELECT": "SELECT * FROM {} LIMIT 1", "INSERT": "INSERT INTO {} DEFAULT VALUES",
    "UPDATE": "UPDATE {} SET {} = NULL WHERE false", "DELETE": "DELETE FROM {} WHERE false", "TRUNCATE": "TRUNCATE {}",
    "REFERENCES": None, "TRIGGER": None, "MAINTAIN": "CLUSTER {}",
}  # fmt: skip


@pytest.fixture(scope="module")
def owner(superuser: Superuser, url_of: Callable[[str], str], server: Server) -> Iterator[Superuser]:
    """A connection that may do anything, to a database with rows of all provinces."""
    superuser.execute("CREATE DATABASE grid OWNER sohoa TEMPLATE template0")
    open_store(url_of("grid"), Path("/nowhere")).close()
    with connected(server, "grid") as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
    superuser.execute("DROP DATABASE grid WITH (FORCE)")


@pytest.fixture(scope="module")
def grid(owner: Superuser) -> Grid:
    with owner.transaction():
        return Grid(owner).fill()


@pytest.fixture(scope="module")
def nation(grid: Grid, url_of: Callable[[str], str]) -> Iterator[Store]:
    store = open_store(url_of("grid"), Path("/nowhere"))
    yield store
    store.close()


def of_province(store: Store, province: str | None) -> Store:
    return dataclasses.replace(store, province=province)


def seen(store: Store, role: Role, query: str, **given: object) -> list[tuple[object, ...]]:
    with store.reading(role) as connection:
        return [tuple(row) for row in connection.execute(sa.text(query), given)]


def may(role: Role, table: str, privilege: str) -> bool:
    rights = access.access_of(table).rights.get(role, "")
    return privilege in {access.PRIVILEGES[letter] for letter in rights}


def refused(connection: Superuser, statement: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(statement)  # type: ignore[call-overload]
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


# --- the catalogue


def test_every_table_is_declared_and_none_is_declared_that_is_not(owner: Superuser) -> None:
    found = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    tables = {str(name) for (name,) in found} - {"alembic_version", *every_partition()}
    assert {t for t in tables if access.access_of(t) is access.UNDECLARED} == set()
    assert set(access.ACCESS) <= tables


def test_row_security_is_forced_on_every_table_with_persons_data(owner: Superuser) -> None:
    found = owner.execute("""
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT (relrowsecurity AND relforcerowsecurity)""").fetchall()
    free = {name for name, a in access.ACCESS.items() if a.rows is None}
    assert {str(name) for (name,) in found} <= free | {"alembic_version"}
    of_persons = {"person_id", "record_id", "left_record_id", "full_name", "personal_number", "household_key"}
    columns = owner.execute("""
        SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'""").fetchall()
    assert {str(t) for t, c in columns if c in of_persons} & (free | {"alembic_version"}) == set()


def test_the_login_owns_nothing_and_no_role_passes_row_security(owner: Superuser) -> None:
    owners = owner.execute("""
        SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname IN ('public', 'masked')""").fetchall()
    assert owners == [("sohoa_migrate",)]
    names = ["sohoa", *(role_name("sohoa", role) for role in Role)]
    strong = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin AND rolname <> 'sohoa'"
    found = owner.execute(f"SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND ({strong})", [names]).fetchall()  # type: ignore[call-overload]
    assert found == []
    assert owner.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [names]).fetchone() == (len(names),)


def test_views_ask_with_the_rights_of_the_reader_or_mask(owner: Superuser) -> None:
    found = owner.execute("""
        SELECT n.nspname, c.relname, coalesce(c.reloptions, '{}'), pg_get_userbyid(c.relowner) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname IN ('public', 'masked')""")
    for schema, view, options, who in found.fetchall():
        if schema == "public":
            assert "security_invoker=true" in options, view  # type: ignore[operator]
        else:
            # With the reader's rights, the reader could read the columns that the view masks.
            assert ("security_barrier=true" in options, who) == (True, "sohoa_mask"), view  # type: ignore[operator]


# --- the matrix of rights


def test_every_privilege_that_is_not_declared_is_refused(owner: Superuser, grid: Grid, server: Server) -> None:
    attempts, wrong = 0, []
    for table in (*access.ACCESS, "alembic_version"):
        (column,) = owner.execute(
            "SELECT max(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = ''",
            [table],
        ).fetchone() or ("",)
        for role in (*WORKING, Role.MASK, None):
            name = "sohoa" if role is None else role_name("sohoa", role)
            for privilege, statement in ATTEMPTS.items():
                wanted = (table, privilege) == ("alembic_version", "SELECT")
                wanted |= role is not None and table in access.ACCESS and may(role, table, privilege)
                (has,) = owner.execute("SELECT has_table_privilege(%s, %s, %s)", [name, table, privilege]).fetchone()  # type: ignore[misc]
                wrong += [(name, table, privilege, has)] if has != wanted else []
                if not wanted and statement is not None:
                    attempts += 1
                    with owner.transaction(force_rollback=True):
                        owner.execute(f"SET LOCAL ROLE {name}")  # type: ignore[call-overload]
                        if not refused(owner, statement.format(table, column)):
                            wrong.append((name, table, privilege, "worked"))
    assert wrong == []
    assert attempts >= 400


def test_a_role_reads_no_column_beyond_those_it_is_given(owner: Superuser) -> None:
    wrong, refusals = [], 0
    columns = owner.execute("""
        SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'""").fetchall()
    for role in WORKING:
        for table, column in columns:
            if table not in access.ACCESS:
                continue
            declared = access.ACCESS[str(table)]
            wanted = may(role, str(table), "SELECT") or column in declared.columns.get(role, ())
            query = "SELECT has_column_privilege(%s, %s, %s, 'SELECT')"
            (has,) = owner.execute(query, [role_name("sohoa", role), table, column]).fetchone()  # type: ignore[misc]
            wrong += [(role, table, column)] if has != wanted else []
            refusals += not has
    assert wrong == []
    assert refusals >= 400


@pytest.mark.parametrize("role", LIMITED)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT take_indexes('records')", "SELECT give_indexes('records')", "CREATE TABLE public.mine (x int)",
        "ALTER TABLE records DISABLE ROW LEVEL SECURITY", "DROP POLICY national ON records",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET row_security = off; TABLE memberships",
        "COPY records TO PROGRAM 'cat'", "DROP TABLE records", "SET SESSION AUTHORIZATION postgres",
    ],
)  # fmt: skip
def test_no_way_around(nation: Store, role: Role, statement: str) -> None:
    with pytest.raises(ContractError), of_province(nation, "01").reading(role) as connection:
        connection.exec_driver_sql(statement)


# --- the grid


@pytest.mark.parametrize("role", LIMITED)
def test_a_province_sees_its_own_rows_and_no_other(nation: Store, grid: Grid, role: Role) -> None:
    tables = [t for t in OWN_ROWS if may(role, t, "SELECT")]
    assert len(tables) >= 12
    for province in PROVINCES:
        with of_province(nation, province).reading(role) as connection:
            for table in tables:
                rows = set(connection.execute(sa.text(f"SELECT t::text FROM public.{table} t")).scalars())
                assert rows == grid.rows[table][province], (province, table)
                assert rows or table in KEY_TABLES


def test_the_nation_sees_all(nation: Store, grid: Grid) -> None:
    for role in (Role.LOAD, Role.REVIEW, Role.BACKUP):
        for table in (t for t in OWN_ROWS if may(role, t, "SELECT")):
            (count,) = seen(nation, role, f"SELECT count(*) FROM {table}")[0]
            assert count == sum(map(len, grid.rows[table].values())), (role, table)


def test_masked_views_show_the_rows_of_the_scope_only(nation: Store, grid: Grid) -> None:
    for province in PROVINCES:
        for table in ("records", "golden_persons", "golden_households", "quarantine", "issued_numbers"):
            found = seen(of_province(nation, province), Role.REPORT, f"SELECT count(*) FROM {table}")
            assert found == [(len(grid.rows[table][province]),)], (province, table)
        (names,) = seen(of_province(nation, province), Role.REPORT, "SELECT DISTINCT full_name FROM golden_persons")
        assert names == ("T*** V** " + province[0] + "*",)
    pairs = seen(of_province(nation, "01"), Role.REPORT, "SELECT count(*) FROM same_number_pairs")
    assert pairs == [(0,)]


def test_whoever_asks_for_another_province_gets_what_nobody_gets(nation: Store) -> None:
    """By id, name and number, copied, counted or joined: the answer for another's row is that for a row that is not."""
    ways = (
        "SELECT * FROM golden_persons WHERE person_id = CAST(:id AS uuid)",
        "SELECT count(*) FROM golden_persons WHERE search_key = :name",
        "SELECT * FROM golden_persons WHERE personal_number = :number",
        "SELECT * FROM records WHERE full_name ILIKE '%' || :name || '%'",
        "SELECT v.* FROM golden_value_sources v WHERE v.person_id = CAST(:id AS uuid)",
        "SELECT EXISTS (SELECT FROM memberships WHERE person_id = CAST(:id AS uuid))",
        "SELECT max(search_key) FROM golden_persons WHERE person_id = CAST(:id AS uuid)",
        "SELECT * FROM household_members WHERE person_id = CAST(:id AS uuid)",
    )
    for asking in PROVINCES:
        other = PROVINCES[(PROVINCES.index(asking) + 7) % len(PROVINCES)]
        there = {"id": an_id("person", other, 1), "name": f"tran van {other}", "number": f"0{other}09000001{other}"}
        nowhere = {"id": an_id("nobody"), "name": "tran van xx", "number": "000000000000"}
        for way in ways:
            given = {k: v for k, v in there.items() if f":{k}" in way}
            none = {k: nowhere[k] for k in given}
            limited = of_province(nation, asking)
            assert seen(limited, Role.REVIEW, way, **given) == seen(limited, Role.REVIEW, way, **none), (asking, way)


@pytest.mark.parametrize("statement", ["COPY ({}) TO STDOUT", "COPY {} TO STDOUT"])
def test_a_copy_holds_own_rows_only(nation: Store, grid: Grid, statement: str) -> None:
    for province in PROVINCES[::5]:
        for table in ("records", "golden_persons", "judgements"):
            with of_province(nation, province).reading(Role.REVIEW) as connection:
                cursor = connection.connection.cursor()
                what = f"SELECT * FROM {table}" if "(" in statement else table
                with cursor.copy(statement.format(what).encode()) as copy:
                    # COPY of a partitioned table by its name reads none of its partitions.
                    is_whole = table in KEYS and "(" not in statement
                    assert len(list(copy)) == (0 if is_whole else len(grid.rows[table][province]))


@pytest.mark.parametrize("table", OWN_ROWS)
def test_a_provincial_role_changes_and_deletes_nothing(nation: Store, table: str) -> None:
    for change in (f"DELETE FROM public.{table}", f"UPDATE public.{table} SET ctid = ctid", f"TRUNCATE public.{table}"):
        with pytest.raises(ContractError), of_province(nation, "01").writing(role=Role.REVIEW) as connection:
            connection.exec_driver_sql(change)


def _judge(store: Store, one: str, other: str) -> str:
    try:
        reviews.decide(store, reviews.Judgement(one, other, "same", "a", "r"))
    except UsageError as error:
        return error.code
    return "decided"


def test_a_pair_is_decided_by_its_province_or_by_the_nation(nation: Store, owner: Superuser) -> None:
    """Another's pair, one across provinces and one that is none end alike."""
    own = (an_id("record", "01", 1), an_id("record", "01", 2))
    others = (an_id("record", "04", 1), an_id("record", "04", 2))
    across = (an_id("record", PROVINCES[0], 1), an_id("record", PROVINCES[1], 1))
    none = (an_id("record", "01", 1), an_id("nothing"))
    limited = of_province(nation, "01")
    assert [_judge(limited, *pair) for pair in (others, across, none)] == ["store.pair_unknown"] * 3
    assert _judge(limited, *own) == "decided"
    assert _judge(nation, *across) == "decided"
    owner.execute("DELETE FROM judgements WHERE decision = 'same'")


def test_a_judgement_of_others_is_refused_in_the_same_words_as_of_none(nation: Store) -> None:
    said = []
    for left, right in (
        sorted((an_id("record", "04", 1), an_id("record", "04", 2))),
        sorted((an_id("record", "01", 1), an_id("record", "04", 1))),
        sorted((an_id("nothing", 1), an_id("nothing", 2))),
    ):
        with pytest.raises(sa.exc.ProgrammingError) as error, nation.engine.begin() as connection:
            of_province(nation, "01")._take_on(connection, Role.REVIEW)
            connection.execute(
                sa.text("""
                    INSERT INTO judgements (left_record_id, right_record_id, decision, author, reason)
                    VALUES (:l, :r, 'same', 'a', 'r')"""),
                {"l": left, "r": right},
            )
        said.append(str(error.value.orig))
    assert len(set(said)) == 1


# --- the setting


@pytest.mark.parametrize("scope", ["", "National", "all", "01"])
@pytest.mark.parametrize("province", ["", "%", "national", "99", "01' OR true --"])
def test_a_forgotten_or_wrong_setting_shows_no_row(nation: Store, scope: str, province: str) -> None:
    with nation.engine.connect() as connection:
        for role in (r for r in WORKING if r is not Role.BACKUP):
            connection.execute(
                sa.text("""SELECT set_config('role', :r, true), set_config('sohoa.scope', :s, true),
                           set_config('sohoa.province', :p, true)"""),
                {"r": role_name("sohoa", role), "s": scope, "p": province},
            )
            for table in (t for t in OWN_ROWS if may(role, t, "SELECT")):
                assert connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, (role, table)
            connection.rollback()


def test_a_session_without_any_setting_sees_no_row(nation: Store) -> None:
    with nation.engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL ROLE sohoa_review"))
        for table in (t for t in OWN_ROWS if may(Role.REVIEW, t, "SELECT")):
            assert connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_a_province_does_not_work_as_a_role_of_the_nation(nation: Store) -> None:
    for role in (Role.LOAD, Role.MATCH, Role.ERASE, Role.BACKUP, Role.MIGRATE):
        with pytest.raises(UsageError) as error, of_province(nation, "01").reading(role):
            pass
        assert error.value.code == "store.national_only"


def test_a_pooled_connection_keeps_nothing(nation: Store) -> None:
    """Requests of all provinces, interleaved over few connections: each sees its own, a bare one nothing."""
    names = sa.text("SELECT string_agg(DISTINCT province_code, ',') FROM golden_persons")
    bare = sa.text("SELECT current_user, current_setting('sohoa.province', true), current_setting('sohoa.scope', true)")

    def asked(number: int) -> bool:
        province = PROVINCES[number * 7 % len(PROVINCES)]
        if number % 50 == 0:
            with nation.engine.connect() as connection:
                return tuple(connection.execute(bare).one()) in {("sohoa", "", ""), ("sohoa", None, None)}
        try:
            with of_province(nation, province).reading(Role.REVIEW) as connection:
                answer = connection.execute(names).scalar_one()
                if number % 9 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        return bool(answer == province)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(asked, range(10_000), chunksize=100))
    assert all(answers)


def test_a_dump_of_the_backup_role_holds_every_row(nation: Store, grid: Grid, tmp_path: Path) -> None:
    url = nation.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    dump = tmp_path / "dump.sql"
    binaries.run("pg_dump", url, "--role=sohoa_backup", "--enable-row-security", f"--file={dump}")
    table, found = "", dict[str, int]()
    for line in dump.read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY public."):
            table = line.split()[1].removeprefix("public.")
            found[table] = 0
        elif line == "\\.":
            table = ""
        elif table:
            found[table] += 1
    for table in KEYS:
        found[table] = sum(found[part] for part in partitions(table))
    assert {t: found[t] for t in OWN_ROWS} == {t: sum(map(len, grid.rows[t].values())) for t in OWN_ROWS}


@pytest.mark.parametrize("table", ["memberships", "check_results", "cells"])
def test_what_the_province_looks_up_costs_the_nation_nothing(nation: Store, table: str) -> None:
    def looked_up(store: Store) -> list[bool]:
        """Whether each scan of the tables that tell the province of a row was executed."""
        with store.reading(Role.REVIEW) as connection:
            told = connection.execute(sa.text(f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) SELECT count(*) FROM {table}"))
            scans = [line for line in told.scalars() if re.search(r"Scan.* on (row_outcomes|batches|records_)", line)]
        return ["never executed" not in line for line in scans]

    of_nation = looked_up(nation)
    assert of_nation
    assert not any(of_nation)
    assert any(looked_up(of_province(nation, PROVINCES[0])))
