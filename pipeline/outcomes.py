"""One outcome for each data row: counted from what the steps wrote, never supplied.

known before quarantined before loaded or merged; every row of a refused file, or of a batch that the gate stopped,
is rejected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.artefacts import part_path, write_part, write_parts
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from pipeline.file_steps import refusal_of
from pipeline.mended_rows import CLAIMS
from pipeline.sql import connect, stream, view
from schemas import lineage, rules
from schemas import tables as t

_PLACE = "s.record_id, '{batch}' AS batch_id, s.file_id, s.file, s.sheet, s.page, s.line"
_REJECTED_PLACE = "rejected"


@dataclass(frozen=True)
class FileSums:
    """Rows of one file by outcome, and whether any finding was made on it."""

    read: int
    counts: dict[str, int]
    findings: int


def write_row_outcomes(run: Run, stop_rule: str | None = None) -> None:
    """Write row_outcomes of the batch; with a stop rule all its rows are rejected under it."""
    with run.working("row_outcomes") as work, connect(run.settings, run.spill()) as sql:
        view(sql, "source", run.tables("read_file", "source_records"), t.SOURCE_RECORDS)
        query = _all_rejected(run, stop_rule) if stop_rule else _each_row(run, sql)
        out = work.folder / "row_outcomes"
        rows = write_parts(stream(sql, query, t.ROW_OUTCOMES), out, t.ROW_OUTCOMES)
        number = len(list(out.iterdir()))
        for file in run.plan.files:
            for table in _refused_rows(run, file):
                rows += write_part(table, part_path(out, number), t.ROW_OUTCOMES)
                number += 1
        work.tables["row_outcomes"] = rows
        claimed = stream(sql, CLAIMS.format(batch=run.plan.batch_id), t.CORRECTIONS)
        work.tables["corrections"] = write_parts(claimed, work.folder / "corrections", t.CORRECTIONS)


def sums(run: Run) -> dict[str, FileSums]:
    """Sums of each file by its id, counted from row_outcomes, with the number of findings on its rows."""
    with connect(run.settings, run.spill()) as sql:
        view(sql, "outcomes", [run.table("row_outcomes", None, "row_outcomes")], t.ROW_OUTCOMES)
        counted = sql.sql("SELECT file_id, outcome, count(*) FROM outcomes GROUP BY ALL").fetchall()
        found = findings_by_file(run, sql)
    result = {}
    for file in run.plan.files:
        counts = dict.fromkeys(t.OUTCOMES, 0) | {o: n for f, o, n in counted if f == file.file_id}
        result[file.file_id] = FileSums(sum(counts.values()), counts, found.get(file.file_id, 0))
    return result


def findings_by_file(run: Run, sql: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many findings each file has on its rows."""
    found = {}
    for file in run.plan.files:
        folders = [run.table(s, file.file_id, "check_results") for s in ("standardise_records", "check_records")]
        view(sql, "findings", folders, t.CHECK_RESULTS)
        row = sql.sql("SELECT count(*) FROM findings").fetchall()[0]
        found[file.file_id] = int(row[0])
    return found


def _each_row(run: Run, sql: duckdb.DuckDBPyConnection) -> str:
    kept_out = [*run.tables("standardise_records", "quarantine"), *run.tables("check_records", "quarantine")]
    view(sql, "quarantine", kept_out, t.QUARANTINE)
    view(sql, "known", [run.table("match_records", None, "known")], t.KNOWN_CONTENT)
    view(sql, "clusters", [run.table("match_records", None, "clusters")], t.CLUSTERS)
    sql.execute("""
        CREATE OR REPLACE TABLE firsts AS SELECT min(record_id) AS record_id FROM clusters
        WHERE NOT is_stored AND stored_person_id IS NULL GROUP BY person_id""")
    return f"""
        SELECT {_PLACE.format(batch=run.plan.batch_id)},
            CASE WHEN k.record_id IS NOT NULL THEN 'known'
                 WHEN q.record_id IS NOT NULL THEN 'quarantined'
                 WHEN f.record_id IS NOT NULL THEN 'loaded'
                 WHEN c.record_id IS NOT NULL THEN 'merged' END AS outcome,
            CASE WHEN k.record_id IS NULL AND q.record_id IS NULL THEN c.person_id END AS person_id,
            CASE WHEN k.record_id IS NULL THEN q.rule_id END AS rule_id,
            k.known_record_id
        FROM source s LEFT JOIN known k USING (record_id) LEFT JOIN quarantine q USING (record_id)
            LEFT JOIN clusters c USING (record_id) LEFT JOIN firsts f USING (record_id)"""


def _all_rejected(run: Run, stop_rule: str) -> str:
    place, rule = _PLACE.format(batch=run.plan.batch_id), stop_rule.replace("'", "''")
    return f"""SELECT {place}, 'rejected' AS outcome, NULL::VARCHAR AS person_id, '{rule}' AS rule_id,
                      NULL::VARCHAR AS known_record_id FROM source s"""


def _refused_rows(run: Run, file: PlannedFile) -> Iterator[pa.Table]:
    """The rows of a refused file, as far as they were counted; their line is their number among the rows."""
    refusal = refusal_of(run, file)
    if refusal is None:
        return
    for start in range(0, refusal.rows, t.PART_ROWS):
        lines = range(start + 1, min(refusal.rows, start + t.PART_ROWS) + 1)
        yield _rejected(run, file, lines, rules.rule(refusal.code).id)


def _rejected(run: Run, file: PlannedFile, lines: range, rule_id: str) -> pa.Table:
    rows = len(lines)
    same = {"batch_id": run.plan.batch_id, "file_id": file.file_id, "file": file.name, "outcome": "rejected"}
    columns = {
        **{name: pa.repeat(value, rows) for name, value in same.items()},
        "record_id": lineage.record_ids(file.file_id, _REJECTED_PLACE, lines),
        "line": pa.array(lines, pa.int32()),
        "rule_id": pa.repeat(rule_id, rows),
    }
    arrays = [columns[c.name] if c.name in columns else pa.nulls(rows, c.type) for c in t.ROW_OUTCOMES.columns]
    return pa.table(arrays, schema=t.ROW_OUTCOMES.schema)


def corrections_folder(run: Run) -> Path:
    """Folder table of corrections: the rows of returned error files and those whose place they claim."""
    return run.table("row_outcomes", None, "corrections")


def outcomes_folder(run: Run) -> Path:
    """Folder table of row_outcomes."""
    return run.table("row_outcomes", None, "row_outcomes")
