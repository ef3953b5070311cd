"""Every table says what an erasure does to it, so that a new one cannot be forgotten."""

import pytest

from store import erasing
from store.engine import Store
from store.roles import Role
from store.tables import METADATA
from tests.store import contents

pytestmark = pytest.mark.store


def test_every_table_says_what_an_erasure_does_to_it() -> None:
    assert set(erasing.DELETED) | set(erasing.KEPT) == set(METADATA.tables)
    assert not set(erasing.DELETED) & set(erasing.KEPT)


def test_every_text_that_somebody_types_is_cleared() -> None:
    typed = {(t.name, c.name) for t in METADATA.tables.values() for c in t.columns if c.name in ("reason", "note")}
    codes = {("batch_files", "reason"), ("batch_notes", "note"), ("audit_events", "reason"),
             ("number_changes", "reason")}  # fmt: skip
    assert set(erasing.TYPED.items()) == typed - codes


def test_the_statements_fit_every_table_also_where_there_is_nothing_to_erase(loaded_store: Store) -> None:
    before = contents.digest(loaded_store)
    nobody = "f" * 32
    with loaded_store.writing(role=Role.MIGRATE) as connection:
        for table in before:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        erasing.stage(connection, nobody, [nobody])
        assert set(erasing.erase(connection, None).values()) == {0}
        assert erasing.numbers_of(connection) == erasing.names_of(connection) == ()
    assert contents.digest(loaded_store) == before
