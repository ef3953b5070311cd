import pyarrow as pa
import pytest

from schemas.contract import conform, empty
from schemas.errors import ContractError
from schemas.field import Column, TableSpec
from schemas.tables import TABLES

SPEC = TableSpec("t", (Column("id", pa.string(), nullable=False), Column("n", pa.int16())), ("id",), "")


def table(ids: list[str | None], numbers: list[int | None]) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.string()), "n": pa.array(numbers, pa.int16())})


def test_a_table_that_keeps_its_contract_comes_back_unchanged() -> None:
    given = table(["a", "b"], [1, None])
    assert conform(given, SPEC).to_pylist() == given.to_pylist()


@pytest.mark.parametrize(
    ("given", "aspect"),
    [
        (table(["a", "a"], [1, 2]), "key"),
        (table(["a", None], [1, 2]), "nulls"),
        (table(["a"], [1]).select(["n", "id"]), "columns"),
        (table(["a"], [1]).drop(["n"]), "columns"),
        (pa.table({"id": ["a"], "n": pa.array([1], pa.int64())}), "types"),
    ],
)
def test_what_breaks_is_named(given: pa.Table, aspect: str) -> None:
    with pytest.raises(ContractError) as error:
        conform(given, SPEC)
    assert error.value.code == f"contract.{aspect}"


@pytest.mark.parametrize("spec", TABLES, ids=lambda s: s.name)
def test_an_empty_table_keeps_every_contract_and_every_key_is_a_column(spec: TableSpec) -> None:
    assert conform(empty(spec), spec).num_rows == 0
    assert set(spec.key) <= set(spec.column_names)
