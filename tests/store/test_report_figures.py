import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from schemas.field import TableSpec
from store import load, queries, report_figures
from store.batch import BatchRow, BatchTables, LoadBatch
from store.engine import Store
from store.report_figures import figures, note
from tests.store import made_batches as made
from tests.store.conftest import second
from tests.store.made_batches import Recipe, ids, make, table_of, with_table

pytestmark = pytest.mark.store

ROWS = 40


def rows_of(spec: TableSpec, rows: list[dict[str, object]]) -> pa.Table:
    names = {name for row in rows for name in row}
    types = {c.name: c.type for c in spec.columns}
    return table_of(spec, len(rows), **{n: pa.array([r[n] for r in rows], types[n]) for n in names})


def first(folder: Path) -> LoadBatch:
    """A batch with findings, a pattern of empty fields, pairs, rows kept out under two rules."""
    records = ids("record one", ROWS).to_pylist()
    values = {
        "empty_reasons": pa.array(["." * 17] * 30 + ["." * 6 + "f" + "." * 10] * 10),
        "personal_number": pa.array([None] * 35 + ["001090012345"] * 5, pa.string()),
        "religion_code": pa.array(["01"] * 12 + [None] * 28, pa.string()),
        "death_year": pa.array([1990] * 2 + [None] * 38, pa.int16()),
    }
    batch = make(folder / "made", Recipe("one", rows=ROWS, quarantined=7, rejected=2, values=values))
    findings = [
        {"record_id": records[i], "rule_id": rule, "field": field, "severity": severity}
        for i, rule, field, severity in [
            (0, "birth_date.lunar", "birth_date", "review"), (0, "birth_date.approximate", "birth_date", "review"),
            (1, "birth_date.lunar", "birth_date", "review"), (2, "birth_date.year_only", "birth_date", "notice"),
            (35, "religion.ambiguous", "religion", "review"), (3, "ditto.unresolved", "", "review"),
        ]
    ]  # fmt: skip
    batch = with_table(batch, "findings", folder / "findings", t.CHECK_RESULTS, rows_of(t.CHECK_RESULTS, findings))
    pairs = [(0, 1, 9.7, "match"), (2, 3, -0.2, "review"), (4, 5, 12.0, "match")]
    return with_pairs(batch, folder / "pairs", [(records[a], records[b], w, o) for a, b, w, o in pairs])


def with_pairs(batch: LoadBatch, folder: Path, pairs: list[tuple[str, str, float, str]]) -> LoadBatch:
    rows: list[dict[str, object]] = [
        {"left_record_id": min(a, b), "right_record_id": max(a, b), "match_weight": w, "outcome": o, "name_level": 9}
        for a, b, w, o in pairs
    ]
    return with_table(batch, "scored_pairs", folder, t.SCORED_PAIRS, rows_of(t.SCORED_PAIRS, rows))


@pytest.fixture
def loaded(store: Store, tmp_path: Path) -> tuple[Store, str]:
    batch = replace(first(tmp_path / "one"), notes={"report": json.dumps({"received_on": "2026-01-02"})})
    load.load_batch(store, batch)
    return store, batch.batch.batch_id


def test_every_row_is_counted_again(loaded: tuple[Store, str]) -> None:
    found = figures(*loaded)
    assert found.recount == {"read": 49, "loaded": 40, "merged": 0, "known": 0, "quarantined": 7, "rejected": 2}


def test_fields_are_counted_over_the_rows_that_were_taken_in(loaded: tuple[Store, str]) -> None:
    found = figures(*loaded)
    assert list(found.patterns) == [("." * 17, 30), ("." * 6 + "f" + "." * 10, 10)]
    assert found.numbers == (5, 0)
    # Two findings on one row are one row to review; a notice is none; a finding without a field says nothing of one.
    assert list(found.reviews) == [
        ("birth_date", "." * 17, 2), ("religion", "." * 6 + "f" + "." * 10, 1),
    ]  # fmt: skip


def test_places_of_a_rule_come_in_order_with_its_rows(loaded: tuple[Store, str]) -> None:
    found = figures(*loaded).quarantine
    assert [row[0] for row in found] == ["birth_date.out_of_range"] * report_figures.PLACES
    assert [row[1] for row in found] == [7] * report_figures.PLACES
    assert [row[4] for row in found] == [10_000, 10_001, 10_002, 10_003, 10_004]


def test_people_are_counted_once_with_their_deaths(loaded: tuple[Store, str]) -> None:
    found = figures(*loaded)
    assert sum(row[3] for row in found.people) == ROWS
    assert sum(row[3] for row in found.people if row[2]) == 2
    assert [row for row in found.codes if row[0] == "religion"] == [
        ("religion", "religions", None, 28), ("religion", "religions", "01", 12),
    ]  # fmt: skip


def test_pairs_by_weight_and_the_weakest_matches_as_examples(loaded: tuple[Store, str]) -> None:
    found = figures(*loaded)
    assert sorted(found.pairs) == [("match", False, 9, 1), ("match", False, 12, 1), ("review", False, -1, 1)]
    assert [(e.outcome, e.match_weight) for e in found.examples] == [("match", 9.7), ("match", 12.0), ("review", -0.2)]
    assert found.examples[0].levels[0] == 9
    assert {found.examples[0].left.line, found.examples[0].right.line} == {2, 3}
    assert not found.same_number


def test_persons_with_one_number_are_counted_once_a_pair(store: Store, tmp_path: Path) -> None:
    batch, records = first(tmp_path / "one"), ids("record one", ROWS).to_pylist()
    pairs = [(35, 36, 1.0, "review"), (38, 37, -9.0, "review"), (0, 1, 2.0, "review"), (38, 39, 30.0, "match")]
    batch = with_pairs(batch, tmp_path / "more", [(records[a], records[b], w, o) for a, b, w, o in pairs])
    load.load_batch(store, batch)
    found = figures(store, batch.batch.batch_id).same_number
    assert [row[0] for row in found] == [2, 2]
    assert sorted(sorted((row[3], row[6])) for row in found) == [[37, 38], [39, 40]]


@pytest.mark.parametrize("rows_a_page", [-1, 1_000_000])
def test_records_read_with_their_province_and_looked_up_say_the_same(
    loaded: tuple[Store, str], monkeypatch: pytest.MonkeyPatch, rows_a_page: int
) -> None:
    store, batch_id = loaded
    known = figures(store, batch_id)
    assert sum(int(rows) for _, rows in known.patterns) > 0
    monkeypatch.setattr(report_figures, "_ROWS_A_PAGE", rows_a_page)
    assert figures(store, batch_id) == known


def test_a_later_batch_changes_no_figure_of_an_earlier_one(loaded: tuple[Store, str], tmp_path: Path) -> None:
    store, batch_id = loaded
    before = figures(store, batch_id)
    later = second(tmp_path / "two", queries.version(store))
    own, stored = ids("record two", 10).to_pylist(), ids("record one", 40).to_pylist()
    pairs = [(own[0], stored[0], 20.0, "match"), (own[5], stored[9], 1.0, "review"), (own[3], own[4], 8.0, "match")]
    later = with_pairs(later, tmp_path / "pairs", pairs)
    load.load_batch(store, later)
    assert figures(store, batch_id) == before
    found = figures(store, later.batch.batch_id)
    assert sorted(found.pairs) == [("match", False, 8, 1), ("match", True, 20, 1), ("review", True, 1, 1)]
    assert (found.merged_within, found.merged_with_store) == (1, 3)
    assert sum(row[3] for row in found.people) == 9  # ten rows, of which two are one person


def test_files_that_were_delivered_before_count_as_they_did_then(loaded: tuple[Store, str]) -> None:
    store, batch_id = loaded
    again, file_id = "ab" * 16, ids("file one", 1)[0].as_py()
    row = BatchRow(again, "01", "0.1.0", "v1", datetime(2026, 1, 3, tzinfo=UTC))
    file = made.files_of(again, file_id, 0, "already_known").to_pylist()[0] | {"reason": batch_id}
    files = pa.Table.from_pylist([file, file | {"file": "a copy.csv"}], schema=t.BATCH_FILES.schema)
    counts = load.load_batch(store, LoadBatch(row, files, seen_version=queries.version(store)))
    assert figures(store, again).recount == vars(counts.sums) == {**zeros(), "read": 98, "known": 98}
    assert figures(store, again).waiting == [(batch_id, 14)]
    assert figures(store, batch_id).waiting == []


def zeros() -> dict[str, int]:
    return dict.fromkeys(("read", *t.OUTCOMES), 0)


def test_a_note_is_kept_beside_its_batch(loaded: tuple[Store, str]) -> None:
    store, batch_id = loaded
    assert json.loads(note(store, batch_id, "report") or "") == {"received_on": "2026-01-02"}
    assert note(store, batch_id, "other") is None
    assert note(store, "no id", "report") is None


def test_a_stopped_batch_keeps_its_note_and_brings_nobody(store: Store, tmp_path: Path) -> None:
    batch = stopped(tmp_path, make(tmp_path / "made", Recipe("stopped", rows=3)))
    load.load_batch(store, replace(batch, notes={"report": "1"}))
    assert note(store, batch.batch.batch_id, "report") == "1"
    found = figures(store, batch.batch.batch_id)
    assert found.recount == {**zeros(), "read": 3, "rejected": 3}
    assert (found.people, found.patterns, found.quarantine) == ([], [], [])
    load.load_batch(store, replace(batch, notes={"report": "2"}))
    assert note(store, batch.batch.batch_id, "report") == "2"


def stopped(folder: Path, batch: LoadBatch) -> LoadBatch:
    rule = "gate.batch.sex"
    outcomes = made.read(batch.tables.row_outcomes).to_pylist()
    rejected = [r | {"outcome": "rejected", "person_id": None, "rule_id": rule} for r in outcomes]
    rows = pa.Table.from_pylist(rejected, schema=t.ROW_OUTCOMES.schema)
    files = [f | {"outcome": "file_rejected", "reason": rule} for f in batch.files.to_pylist()]
    tables = BatchTables(row_outcomes=[made.write(folder / "stopped", t.ROW_OUTCOMES, rows)])
    return replace(
        batch, batch=replace(batch.batch, stop_rule=rule), tables=tables,
        files=pa.Table.from_pylist(files, schema=t.BATCH_FILES.schema),
    )  # fmt: skip


def test_an_unknown_batch_is_empty_and_no_id_is_an_error(store: Store) -> None:
    found = figures(store, "0" * 32)
    assert (found.recount, found.people, found.examples) == (zeros(), [], ())
    with pytest.raises(ValueError):
        figures(store, "x'; DROP TABLE records; --")
