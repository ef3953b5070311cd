"""The tables of reveals are made by the migrations as they are declared; tests/store/test_tables.py compares all."""

from store.reveal_tables import REVEAL_GRANTS, REVEAL_REQUESTS
from store.tables import METADATA


def test_they_are_tables_of_the_store() -> None:
    assert METADATA.tables["reveal_requests"] is REVEAL_REQUESTS
    assert METADATA.tables["reveal_grants"] is REVEAL_GRANTS
