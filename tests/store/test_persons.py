"""Persons, their values, sources and households over two batches that meet."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from store import invariants, load, queries, reports
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import rows
from tests.store.merges import Person, regroup

pytestmark = pytest.mark.store

ONE, TWO = made.ids("person one", 40).to_pylist(), made.ids("person two", 10).to_pylist()
R_ONE, R_TWO = made.ids("record one", 40).to_pylist(), made.ids("record two", 10).to_pylist()


def hex_rows(store: Store, query: str) -> list[tuple[object, ...]]:
    return [tuple(v.replace("-", "") if isinstance(v, str) else v for v in row) for row in rows(store, query)]


def test_all_invariants_hold_after_both(read_store: Store) -> None:
    assert invariants.store_check(read_store) == ()


def test_the_second_batch_counts_loaded_and_merged(read_store: Store) -> None:
    newest = reports.batches(read_store).to_pylist()
    two = next(b for b in newest if b["read"] == 12)
    assert [two[o] for o in t.OUTCOMES] == [6, 4, 0, 2, 0]


def test_records_of_the_second_batch_belong_to_stored_persons(read_store: Store) -> None:
    members = dict(hex_rows(read_store, "SELECT record_id::text, person_id::text FROM memberships"))
    assert [members[R_TWO[i]] for i in range(6)] == [ONE[0], ONE[1], ONE[2], TWO[3], TWO[3], TWO[5]]
    assert members[R_ONE[3]] == ONE[2]
    assert len(members) == 50


def test_the_golden_values_of_a_met_person_are_those_of_the_later_batch(read_store: Store) -> None:
    [person] = reports.person(read_store, ONE[0]).to_pylist()
    assert (person["record_count"], person["main_record_id"]) == (2, R_TWO[0])
    assert {r["record_id"] for r in reports.person_records(read_store, ONE[0]).to_pylist()} == {R_ONE[0], R_TWO[0]}


def test_a_person_that_is_another_is_retired_and_leads_there(read_store: Store) -> None:
    assert reports.current_person_id(read_store, ONE[3]) == ONE[2]
    assert reports.person(read_store, ONE[3])["person_id"].to_pylist() == [ONE[2]]
    assert hex_rows(read_store, "SELECT retired_person_id::text, person_id::text FROM person_redirects") == [
        (ONE[3], ONE[2])
    ]
    assert rows(read_store, f"SELECT * FROM golden_persons WHERE person_id = '{ONE[3]}'") == []


def test_every_filled_value_has_its_source(read_store: Store) -> None:
    sources = {row["field"]: row for row in reports.person_sources(read_store, ONE[0]).to_pylist()}
    assert (sources["sex"]["record_id"], sources["sex"]["method"]) == (R_ONE[0], "newest")
    assert (sources["full_name"]["record_id"], sources["full_name"]["method"]) == (R_TWO[0], "main_record")
    assert (sources["full_name"]["file"], sources["full_name"]["line"]) == ("sổ hộ khẩu.csv", 2)
    [person] = reports.person(read_store, ONE[0]).to_pylist()
    assert set(sources) == {
        "full_name", "birth_date", "sex", "ethnic_group", "permanent_residence", "native_place", "relatives",
        "household",
    }  # fmt: skip
    assert person["religion_code"] is None


def test_a_person_of_one_record_has_that_one_as_the_only_source(read_store: Store) -> None:
    assert set(reports.person_sources(read_store, ONE[9])["method"].to_pylist()) == {"only"}
    assert set(reports.person_sources(read_store, ONE[9])["record_id"].to_pylist()) == {R_ONE[9]}


def test_households_are_counted_over_both_batches(read_store: Store) -> None:
    old, new = made.ids("household one", 11).to_pylist()[0], made.ids("household two", 3).to_pylist()[0]
    counts = dict(hex_rows(read_store, "SELECT household_key::text, member_count FROM golden_households"))
    assert old not in counts  # all four moved to the household of the later batch, or are one of those
    assert counts[new] == 4


def test_the_head_of_a_household_is_never_a_retired_person(loaded_store: Store, tmp_path: Path) -> None:
    """Persons 4 and 5 of the first batch are one; 4 was head."""
    head = f"SELECT head_person_id::text FROM golden_households WHERE head_person_id = '{min(ONE[4:8])}'"
    assert hex_rows(loaded_store, head) == [(min(ONE[4:8]),)]
    gone = min(ONE[4:8])
    stays = next(p for p in ONE[4:8] if p != gone)
    batch = made.make(tmp_path, made.Recipe("three", rows=1), queries.version(loaded_store))
    stored = (R_ONE[ONE.index(stays)], R_ONE[ONE.index(gone)])
    load.load_batch(loaded_store, regroup(tmp_path, batch, [Person(stays, stays, (0,), stored)]))
    assert hex_rows(loaded_store, head) == []
    assert invariants.store_check(loaded_store) == ()


def test_redirects_never_form_a_chain(loaded_store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe("three", rows=1), queries.version(loaded_store))
    stored = (R_ONE[9], R_ONE[2], R_ONE[3], R_TWO[2])
    counts = load.load_batch(loaded_store, regroup(tmp_path, batch, [Person(ONE[9], ONE[9], (0,), stored)]))
    assert (counts.persons_new, counts.persons_changed, counts.persons_retired) == (0, 1, 1)
    assert {reports.current_person_id(loaded_store, ONE[i]) for i in (2, 3, 9)} == {ONE[9]}
    assert invariants.store_check(loaded_store) == ()


def test_a_person_that_was_retired_may_live_again(loaded_store: Store, tmp_path: Path) -> None:
    """A later batch tears the two apart: record 3 goes back to the person it was."""
    batch = made.make(tmp_path, made.Recipe("three", rows=2), queries.version(loaded_store))
    people = [Person(ONE[2], ONE[2], (0,), (R_ONE[2], R_TWO[2])), Person(ONE[3], ONE[2], (1,), (R_ONE[3],))]
    load.load_batch(loaded_store, regroup(tmp_path, batch, people))
    assert reports.current_person_id(loaded_store, ONE[3]) == ONE[3]
    assert rows(loaded_store, "SELECT * FROM person_redirects") == []
    assert invariants.store_check(loaded_store) == ()


def test_a_person_that_only_gains_a_record_keeps_its_values_and_household(loaded_store: Store, tmp_path: Path) -> None:
    [before] = reports.person(loaded_store, ONE[20]).to_pylist()
    batch = made.make(tmp_path, made.Recipe("three", rows=1), queries.version(loaded_store))
    batch = regroup(tmp_path, batch, [Person(ONE[20], ONE[20], (0,), (R_ONE[20],))])
    golden = pa.Table.from_pylist([before | {"record_count": 2}], schema=t.GOLDEN_PERSONS.schema)
    members = made.household_members(golden)
    tables = replace(
        batch.tables,
        golden_persons=[made.write(tmp_path / "same", t.GOLDEN_PERSONS, golden)],
        household_members=[made.write(tmp_path / "home", t.HOUSEHOLD_MEMBERS, members)],
    )
    assert load.load_batch(loaded_store, replace(batch, tables=tables)).persons_changed == 1
    assert reports.person(loaded_store, ONE[20]).to_pylist() == [before | {"record_count": 2}]
    count = f"SELECT member_count FROM golden_households WHERE household_key = '{before['household_key']}'"
    assert rows(loaded_store, count) == [(4,)]
    assert invariants.store_check(loaded_store) == ()
