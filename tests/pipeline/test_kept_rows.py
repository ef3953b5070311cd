"""Failing rows become pages in order, none lost or doubled, and are kept as they were told first."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import kept_rows, run, sheet_names
from pipeline.kept_rows import paged
from pipeline.settings import Settings
from quality.failing_rows import ROWS_A_PAGE, Cause, FailingRow, rows_of, summary_of
from store.acting import Acting
from store.engine import Store, open_store
from store.failing_rows import FAILING_ROWS, Cell
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger
from tests.store.contents import run as run_sql

SHOWN = sheet_names.shown_by(Acting("a", b"k" * 32))
FOUND = {"quarantined": ("full_name.missing", "birth_date.impossible"), "loaded": ("birth_date.default_day",)}


def line(n: int, file: str, outcome: str, rule_id: str | None = None, found: str | None = None) -> dict[str, object]:
    file_id = f"{abs(hash(file)):032x}"[-32:]
    return {
        "record_id": f"{n:032x}", "file_id": file_id, "file": file, "sheet": None, "page": None, "line": n,
        "outcome": outcome, "rule_id": rule_id, "found_rule_id": found, "found_field": "birth_date" if found else None,
    }  # fmt: skip


def table(lines: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(lines, schema=FAILING_ROWS.schema)


def test_a_row_kept_out_has_all_its_reasons_and_its_column() -> None:
    lines = [line(5, "so.csv", "quarantined", "full_name.missing", found) for found in FOUND["quarantined"]]
    cells = {(str(lines[0]["file_id"]), None, "birth_date"): Cell(("D",), ("Ngày sinh",))}
    (page,) = paged([table(lines)], cells, SHOWN)
    assert [g.cause for g in page.groups] == [
        Cause("quarantined", rule_id, "birth_date") for rule_id in FOUND["quarantined"]
    ]
    assert {(g.letter, g.heading) for g in page.groups} == {("D", "Ngày sinh")}
    assert {g.rows for g in page.groups} == {(FailingRow(None, 5, None, f"{5:032x}"),)}


def test_neighbours_rejected_for_one_reason_are_a_run() -> None:
    lines = [line(n, "so.csv", "rejected", "header.missing_required") for n in (2, 3, 4, 9)]
    (page,) = paged([table(lines)], {}, SHOWN)
    (group,) = page.groups
    assert [(r.line, r.last) for r in group.rows] == [(2, 4), (9, None)]
    assert summary_of(page).states == (0, 0, 4)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["quarantined", "loaded", "rejected"])), max_size=60),
    st.integers(1, 7),
)
def test_no_row_is_lost_or_doubled_wherever_chunks_are_cut(rows: list[tuple[str, str]], size: int) -> None:
    lines = []
    for n, (file, outcome) in enumerate(sorted(rows, key=lambda r: r[0]), 1):
        rule_id = None if outcome == "loaded" else "full_name.missing"
        lines += [line(n, file, outcome, rule_id, found) for found in FOUND.get(outcome, (None,))]
    chunks = [table(lines[at : at + size]) for at in range(0, len(lines), size)]
    pages = list(paged(chunks, {}, SHOWN))
    assert [kept_rows._unpacked(kept_rows._packed(page)) for page in pages] == pages
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    counted = {o: sum(1 for _, outcome in rows if outcome == o) for o in ("quarantined", "loaded", "rejected")}
    summed = [sum(summary_of(page).states[at] for page in pages) for at in range(3)]
    assert summed == list(counted.values())
    for group in (g for page in pages for g in page.groups):
        assert [r.line for r in group.rows] == sorted(r.line or 0 for r in group.rows)


def test_a_page_has_so_many_rows_of_one_file() -> None:
    numbers = range(1, ROWS_A_PAGE + 5)
    lines = [line(n, "a.csv" if n <= ROWS_A_PAGE + 1 else "b.csv", "quarantined", "sex.missing") for n in numbers]
    pages = list(paged([table(lines)], {}, SHOWN))
    assert [(p.file, sum(rows_of(g.rows) for g in p.groups)) for p in pages] == [
        ("a.csv", ROWS_A_PAGE),
        ("a.csv", 1),
        ("b.csv", 3),
    ]


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.store_url, settings.home)
    yield opened
    opened.close()


@pytest.mark.store
def test_rows_of_a_batch_are_kept_with_places_and_reasons_and_without_values(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    made = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY])], "01", settings)
    kept = kept_rows.of_batch(store, made.batch_id)
    pages = list(kept.pages())
    assert kept.index.states["quarantined"] == made.counts["quarantined"] == 2
    told = {(g.cause.rule_id, r.line, g.letter, g.heading) for p in pages for g in p.groups for r in g.rows}
    assert ("birth_date.impossible", 8, "D", "Ngày sinh") in told
    assert ("full_name.missing", 7, "B", "Họ và tên") in told
    run_sql(store, "DELETE FROM check_results", "DELETE FROM file_columns")
    assert list(kept_rows.found(store, made.batch_id)) != pages
    again = kept_rows.of_batch(store, made.batch_id)
    assert (again.index, list(again.pages())) == (kept.index, pages)
