"""Changed by a rule, changed by a person: a field of a row counts once, whatever was found in it."""

from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from schemas.changing_rules import CHANGING
from store import load, queries, report_figures
from store.engine import Store
from store.field_changes import earlier_notes, field_changes
from tests.store.conftest import second
from tests.store.contents import run as run_sql
from tests.store.made_batches import ids
from tests.store.test_report_figures import ROWS, first

pytestmark = pytest.mark.store
ALL = "." * 17
KEPT_OUT = ids("kept out", 1)[0].as_py()


def found_in(store: Store, rows: list[tuple[str, str, str, str]]) -> None:
    values = ", ".join(f"('{record}', '{rule}', '{field}', '{severity}')" for record, rule, field, severity in rows)
    run_sql(store, f"INSERT INTO check_results (record_id, rule_id, field, severity) VALUES {values}")


def test_rules_that_change_count_once_a_field_and_others_not(store: Store, tmp_path: Path) -> None:
    batch = first(tmp_path)  # two rows with birth_date.lunar, one of them with birth_date.approximate too
    load.load_batch(store, batch)
    records = ids("record one", ROWS).to_pylist()
    found_in(store, [
        (records[4], "birth_date.default_day", "birth_date", "review"), (KEPT_OUT, "ditto.resolved", "sex", "notice"),
        *((records[n], "ditto.resolved", "religion", "notice") for n in (5, 36)),
    ])  # fmt: skip
    found = field_changes(store, batch.batch.batch_id, CHANGING)
    gap = "......f.........."
    assert list(found.by_rule) == [("birth_date", ALL, 2), ("religion", ALL, 1), ("religion", gap, 1)]
    assert list(found.by_hand) == []


def test_mended_accepted_and_read_by_somebody_is_by_hand(store: Store, tmp_path: Path) -> None:
    batch = first(tmp_path)
    load.load_batch(store, batch)
    records = ids("record one", ROWS).to_pylist()
    found_in(store, [
        (records[6], "birth_date.impossible", "birth_date", "block"),  # accepted against the rule
        (KEPT_OUT, "sex.unknown_code", "sex", "block"), (KEPT_OUT, "birth_date.impossible", "birth_date", "block"),
    ])  # fmt: skip
    run_sql(
        store,
        f"""INSERT INTO corrections (record_id, corrected_record_id, batch_id)
            VALUES ('{records[7]}', '{KEPT_OUT}', '{batch.batch.batch_id}')""",
        *(
            f"""INSERT INTO cells (record_id, file_id, page, line, raw_column, kind, quad, text, confidence,
                is_accepted, is_handwriting, rule, readings)
                VALUES ('{records[8]}', '{KEPT_OUT}', 1, 2, '{raw}', 'cell', '', '', 1, true, true, {rule}, '[]')"""
            for raw, rule in (("full_name_raw", "'person'"), ("sex_raw", "NULL"), ("birth_date_raw/day", "'person'"))
        ),
    )
    found = field_changes(store, batch.batch.batch_id, CHANGING)
    assert {field: rows for field, _, rows in found.by_hand} == {"birth_date": 3, "full_name": 1, "sex": 1}


def test_notes_of_earlier_batches_come_in_order_and_of_none_later(store: Store, tmp_path: Path) -> None:
    one = first(tmp_path / "one")
    load.load_batch(store, one)
    two = second(tmp_path / "two", queries.version(store))
    load.load_batch(store, two)
    for batch in (one, two):
        report_figures.keep_note(store, batch.batch.batch_id, "fields", "{}")
    entries = [report_figures.entry(store, batch.batch.batch_id) for batch in (one, two)]
    assert [n.batch_id for n in earlier_notes(store, entries[1] + 1, "fields")] == [
        batch.batch.batch_id for batch in (one, two)
    ]
    (note,) = earlier_notes(store, entries[1], "fields")
    assert (note.batch_id, note.province_code) == (one.batch.batch_id, "01")
    run_sql(store, "UPDATE batches SET state = 'undone'")
    assert earlier_notes(store, entries[1] + 1, "fields") == []


def test_no_id_is_an_error(store: Store) -> None:
    with pytest.raises(ValueError, match="no batch id"):
        field_changes(store, "x", CHANGING)
    assert isinstance(t.CHECK_RESULTS.schema, pa.Schema)
