"""Rows of ids and numbers go in as they are, and whatever is not such a row goes another way."""

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import ContractError
from schemas.field import Column, TableSpec
from store import copying
from store.engine import Store
from store.narrow_rows import binary

SPEC = TableSpec(
    "narrow",
    (
        Column("record_id", pa.string()), Column("rule", pa.int8()), Column("small", pa.int16()),
        Column("whole", pa.int32()), Column("key", pa.int64()), Column("person_id", pa.string()),
    ),
    (),
    "Ids and whole numbers.",
)  # fmt: skip
ROW = st.fixed_dictionaries({
    "record_id": st.uuids().map(lambda u: u.hex), "rule": st.integers(-(2**7), 2**7 - 1),
    "small": st.integers(-(2**15), 2**15 - 1), "whole": st.integers(-(2**31), 2**31 - 1),
    "key": st.integers(-(2**63), 2**63 - 1), "person_id": st.uuids().map(lambda u: u.hex),
})  # fmt: skip
ID = "0123456789abcdef" * 2


@pytest.mark.store
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, min_size=3, max_size=40), st.integers(0, 2))
def test_ids_and_numbers_come_out_as_they_went_in(store: Store, rows: list[dict[str, object]], first: int) -> None:
    table = pa.Table.from_pylist(rows, schema=SPEC.schema)
    table = pa.concat_tables([table.slice(first, 1), table.slice(first)])
    assert binary(table) is not None
    with store.reading() as connection:
        columns = "record_id uuid, rule smallint, small smallint, whole integer, key bigint, person_id uuid"
        connection.execute(sa.text(f"CREATE TEMP TABLE narrow (n bigint GENERATED ALWAYS AS IDENTITY, {columns})"))
        assert copying.copy_in(connection, "narrow", [table]) == table.num_rows
        names = ", ".join(SPEC.column_names)
        [found] = copying.copy_out(connection, f"SELECT {names} FROM narrow ORDER BY n", SPEC)
        connection.rollback()
    assert found.equals(table.combine_chunks())


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"record_id": [ID, None]}),
        pa.table({"record_id": [ID, ID[1:]]}),
        pa.table({"record_id": [ID, ID.replace("0", "g")]}),
        pa.table({"record_id": [ID, ID[:-2] + "ạ"]}),
        pa.table({"record_id": [ID[:31], "0" + ID]}),
        pa.table({"record_id": [ID], "words": ["a"]}),
        pa.table({"record_id": [ID], "share": [0.5]}),
        pa.table({"record_id": [ID], "key": pa.array([None], pa.int64())}),
        pa.table({"key": [1]}),
    ],
)
def test_other_rows_are_left_to_csv(table: pa.Table) -> None:
    assert binary(table) is None


@pytest.mark.store
def test_an_id_that_is_none_is_refused_by_the_server(store: Store) -> None:
    with pytest.raises(ContractError), store.reading() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE narrow (record_id uuid)"))
        copying.copy_in(connection, "narrow", [pa.table({"record_id": ["no id"]})])
