"""The table of releases is made by the migrations as it is declared; tests/store/test_tables.py compares all."""

from store.gate_tables import GATE_RELEASES
from store.tables import METADATA


def test_it_is_one_of_the_tables_of_the_store() -> None:
    assert METADATA.tables["gate_releases"] is GATE_RELEASES
