"""What goes in by COPY comes out again, exactly."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import ContractError
from schemas.field import Column, TableSpec
from store import copying
from store.engine import Store
from tests.store import made_batches as made

pytestmark = pytest.mark.store

SPEC = TableSpec(
    "sample",
    (
        Column("record_id", pa.string()), Column("words", pa.string()), Column("small", pa.int16()),
        Column("big", pa.int64()), Column("flag", pa.bool_()), Column("single", pa.float32()),
        Column("double", pa.float64()), Column("day", pa.date32()), Column("moment", pa.timestamp("us", tz="UTC")),
    ),
    (),
    "One column of each type.",
)  # fmt: skip
COLUMNS = (
    "record_id uuid, words text, small smallint, big bigint, flag boolean, single real, double double precision, "
    "day date, moment timestamptz"
)
TEXTS = (
    "", " ", "\\N", "\\.", "a\n\\.\nb", "\n\\.\n", "\\.\r\n",
    '"', '""', 'a "quoted" b', ",", "a,b;c", "\t", "\r", "\n", "\r\n", "x\ry",
    "=1+1", "+84", "-1", "@SUM(A1)", "'", "''", "NULL", "null", "\\", "\\n", "\\\\N", "t", "f", "Nguyễn Thị Ạnh",
    "e\u0302\u0323", "\ufeff", "\u200b", "\x01\x1f", "\U0001f600", "\x7f", "\u2028", "\x85", "\x1a", "\b\f\v",
)  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
ROW = st.fixed_dictionaries({
    "record_id": st.none() | st.uuids().map(lambda u: u.hex),
    "words": st.none() | st.sampled_from(TEXTS) | ANY_TEXT,
    "small": st.none() | st.integers(-(2**15), 2**15 - 1), "big": st.none() | st.integers(-(2**63), 2**63 - 1),
    "flag": st.none() | st.booleans(), "single": st.none() | st.floats(width=32, allow_nan=False),
    "double": st.none() | st.floats(allow_nan=False),
    "day": st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
    "moment": st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2399, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
})  # fmt: skip


def round_trip(store: Store, table: pa.Table) -> pa.Table:
    with store.reading() as connection:
        connection.execute(sa.text(f"CREATE TEMP TABLE sample (number bigint GENERATED ALWAYS AS IDENTITY, {COLUMNS})"))
        assert copying.copy_in(connection, "sample", [table]) == table.num_rows
        names = ", ".join(SPEC.column_names)
        out = list(copying.copy_out(connection, f"SELECT {names} FROM sample ORDER BY number", SPEC))
        connection.rollback()
    return pa.concat_tables([SPEC.schema.empty_table(), *out])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, max_size=12))
def test_any_rows_come_back_as_they_were(read_store: Store, rows: list[dict[str, object]]) -> None:
    table = pa.Table.from_pylist(rows, schema=SPEC.schema)
    assert round_trip(read_store, table).equals(table)


@pytest.mark.parametrize("takes_from", [180_000, 10**6], ids=["18", "older"])
def test_every_odd_text_comes_back(read_store: Store, monkeypatch: pytest.MonkeyPatch, takes_from: int) -> None:
    monkeypatch.setattr(copying, "_FIRST_SERVER_THAT_TAKES_END_MARKS", takes_from)
    words = [*TEXTS, None]
    table = pa.table({c.name: pa.nulls(len(words), c.type) for c in SPEC.columns}, schema=SPEC.schema)
    table = table.set_column(1, SPEC.schema.field("words"), pa.array(words, pa.string()))
    assert round_trip(read_store, table)["words"].to_pylist() == words


def test_a_row_of_nulls_alone_comes_back(read_store: Store) -> None:
    spec = TableSpec("one", (Column("words", pa.string()),), (), "")
    table = pa.table({"words": pa.array([None, "", None, "x"])}, schema=spec.schema)
    with read_store.reading() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE one (number bigint GENERATED ALWAYS AS IDENTITY, words text)"))
        assert copying.copy_in(connection, "one", [table]) == 4
        [out] = copying.copy_out(connection, "SELECT words FROM one ORDER BY number", spec)
    assert out["words"].to_pylist() == [None, "", None, "x"]


def test_a_nul_is_refused_not_cut(read_store: Store) -> None:
    table = pa.table({"words": ["a\x00b"]})
    with pytest.raises(ContractError) as error, read_store.writing() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE sample (words text) ON COMMIT DROP"))
        copying.copy_in(connection, "sample", [table])
    assert error.value.code == "contract.text"
    assert "a" not in str(error.value.details["detail"]).split()


def test_many_tables_go_in_and_come_out_in_parts(read_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PART_ROWS", 7)
    spec = TableSpec("many", (Column("n", pa.int64()),), (), "")
    tables = [pa.table({"n": pa.array(range(start, start + 5))}) for start in range(0, 20, 5)]
    with read_store.reading() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE many (n bigint)"))
        assert copying.copy_in(connection, "many", [*tables, tables[0].slice(0, 0)]) == 20
        out = list(copying.copy_out(connection, "SELECT n FROM many ORDER BY n", spec))
    assert [t.num_rows for t in out] == [7, 7, 6]
    assert pa.concat_tables(out)["n"].to_pylist() == list(range(20))


def test_an_error_while_a_table_is_made_reaches_the_caller_and_leaves_the_connection_usable(read_store: Store) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield pa.table({"n": [1]})
        raise OSError("part is gone")

    with read_store.reading() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE few (n bigint)"))
        with pytest.raises(OSError, match="part is gone"):
            copying.copy_in(connection, "few", broken())
        assert connection.execute(sa.text("SELECT count(*) FROM few")).scalar_one() == 1


def test_a_reader_may_stop_early(read_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PART_ROWS", 10)
    spec = TableSpec("many", (Column("n", pa.int64()),), (), "")
    with read_store.reading() as connection:
        out = copying.copy_out(connection, "SELECT n FROM generate_series(1, 100000) AS n", spec)
        assert next(out).num_rows == 10
        out.close()  # type: ignore[attr-defined]
    with read_store.reading() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1


def test_columns_go_in_by_name_whatever_their_order(read_store: Store) -> None:
    with read_store.reading() as connection:
        connection.execute(sa.text('CREATE TEMP TABLE swapped (a text, "order" text)'))
        copying.copy_in(connection, "swapped", [pa.table({"order": ["x"], "a": ["y"]})])
        assert connection.execute(sa.text('SELECT a, "order" FROM swapped')).one() == ("y", "x")


def test_rows_that_the_server_dropped_are_noticed(read_store: Store) -> None:
    """A trigger that swallows a row must not pass for a load."""
    with read_store.reading() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE picky (n bigint)"))
        connection.execute(
            sa.text("""
                CREATE FUNCTION pg_temp.swallow() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF NEW.n = 2 THEN RETURN NULL; END IF; RETURN NEW; END'""")
        )
        connection.execute(
            sa.text("CREATE TRIGGER s BEFORE INSERT ON picky FOR EACH ROW EXECUTE FUNCTION pg_temp.swallow()")
        )
        with pytest.raises(psycopg.DataError):
            copying.copy_in(connection, "picky", [pa.table({"n": [1, 2, 3]})])


def test_parts_of_several_folders_are_read_in_order(tmp_path: Path) -> None:
    spec = TableSpec("n", (Column("n", pa.int64()),), (), "")
    folders = [made.write(tmp_path / x, spec, pa.table({"n": [i]})) for i, x in enumerate("ba")]
    assert [t["n"].to_pylist() for t in copying.read_parts(folders, ["n"])] == [[0], [1]]
    assert copying.count_rows(folders) == 2
    assert copying.parts([tmp_path / "missing"]) == []


def test_moments_keep_their_microseconds(read_store: Store) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC) + timedelta(days=1)
    table = pa.table({c.name: pa.nulls(1, c.type) for c in SPEC.columns}, schema=SPEC.schema)
    table = table.set_column(8, SPEC.schema.field("moment"), pa.array([moment], pa.timestamp("us", tz="UTC")))
    assert round_trip(read_store, table)["moment"].to_pylist() == [moment]
