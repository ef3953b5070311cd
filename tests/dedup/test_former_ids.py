"""A person that comes apart bears the ids again that its records bore."""

import pyarrow as pa

from dedup.encode import ids_from_text, ids_to_text
from dedup.former_ids import with_former_ids
from dedup.person_ids import new_persons
from schemas.lineage import hash_text
from schemas.tables import CLUSTERS

A, B, C = sorted(hash_text(word) for word in "abc")
KEPT, NEW, FORMER, OTHER = (hash_text(word) for word in ("kept", "new", "former", "other"))


def clusters(**persons: str) -> pa.Table:
    rows = [{"record_id": {"a": A, "b": B, "c": C}[r], "person_id": p, "is_stored": True} for r, p in persons.items()]
    return pa.Table.from_pylist(rows, CLUSTERS.schema)


def bearers(*pairs: tuple[str, str]) -> pa.Table:
    return pa.table({"former_id": [f for f, _ in pairs], "record_id": [r for _, r in pairs]})


def test_who_comes_apart_bears_its_former_id() -> None:
    found, led = with_former_ids(clusters(a=KEPT, b=NEW, c=NEW), frozenset({KEPT}), bearers((FORMER, C)))
    assert found["person_id"].to_pylist() == [KEPT, FORMER, FORMER]
    assert led == {FORMER: FORMER}


def test_of_two_former_ids_the_lowest_record_counts_and_the_other_leads_there() -> None:
    found, led = with_former_ids(clusters(a=KEPT, b=NEW, c=NEW), frozenset({KEPT}), bearers((FORMER, C), (OTHER, B)))
    assert found["person_id"].to_pylist() == [KEPT, OTHER, OTHER]
    assert led == {FORMER: OTHER, OTHER: OTHER}


def test_who_keeps_an_id_keeps_it_and_a_former_one_leads_there() -> None:
    found, led = with_former_ids(clusters(a=KEPT, b=KEPT), frozenset({KEPT}), bearers((FORMER, B)))
    assert found["person_id"].to_pylist() == [KEPT, KEPT]
    assert led == {FORMER: KEPT}


def test_an_id_goes_with_the_record_that_it_was_named_after() -> None:
    named = str(ids_to_text(new_persons(ids_from_text(pa.chunked_array([[C]]))))[0])
    found, led = with_former_ids(clusters(a=KEPT, b=NEW, c=OTHER), frozenset({KEPT}), bearers((named, B)))
    assert found["person_id"].to_pylist() == [KEPT, NEW, named]
    assert led == {named: named}


def test_nothing_changes_without_former_ids() -> None:
    table = clusters(a=KEPT, b=NEW)
    assert with_former_ids(table, frozenset(), bearers()) == (table, {})
