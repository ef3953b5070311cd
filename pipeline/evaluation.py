"""`sohoa evaluate`: what was found against the truth, as figures, as evaluation.json and as a page.

Files are read by DuckDB, as Parquet or as CSV. Truth by place (file, sheet, line: what the generator of samples writes)
is joined by the digests of the ledgers themselves: names of files are not kept, and one name may mean two files.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.classify import OUTCOME_NAMES
from dedup.evaluate import Sources, evaluate
from pipeline import workplace
from pipeline.artefacts import write_texts
from pipeline.blocking_recall import recall_by_rule
from pipeline.delivery import take_delivery
from pipeline.settings import Settings
from pipeline.sql import connect
from quality.evaluation_page import render_evaluation
from schemas import lineage
from schemas.errors import UsageError
from schemas.evaluation import Evaluation

_CLUSTER_FILES = ("clusters.parquet",)
_PAIR_FILES = ("scored_pairs.parquet", "pairs.parquet")
_PLACE = {"file", "line", "person_id"}


@dataclass(frozen=True)
class Wish:
    """What to evaluate.

    Attributes:
        found: clusters, pairs, or the folder that `sohoa match` wrote.
        truth: record_id and person_id (or cluster_id), or file, sheet, line and person_id.
        records: records.parquet, for figures by group.
        ledgers: the file or folder of ledgers that truth by place speaks of.
        by_rule: also what each blocking rule finds of the true pairs; `records` are then our own.
    """

    found: Path
    truth: Path
    records: Path | None = None
    ledgers: Path | None = None
    by_rule: bool = False


def evaluate_files(wish: Wish, settings: Settings) -> Evaluation:
    """Evaluate a matching against the truth.

    Raises:
        UsageError: a file is not there, lacks the columns, names a record twice, or nothing is in common.
    """
    if wish.by_rule and wish.records is None:
        raise UsageError("evaluation.records_needed", path=str(wish.found))
    with scratch(settings) as sql:
        clusters, pairs = _found(wish.found)
        sources = Sources(
            truth_of(sql, wish), _clusters(sql, clusters) if clusters else None, _pairs(sql, pairs) if pairs else None,
            _records(sql, wish.records) if wish.records else None,
        )  # fmt: skip
        made = evaluate(sql, sources)
        if wish.by_rule and wish.records is not None:
            made = replace(made, blocking=recall_by_rule(sql, wish.records))
    only_pairs = made.pairs is not None and made.clusters is None
    nothing_paired = only_pairs and made.pairs is not None and made.pairs.left_out and not made.pairs.outcomes
    if not made.records.judged or nothing_paired:
        raise UsageError("evaluation.nothing_in_common", path=str(wish.truth))
    return made


def as_json(made: Evaluation) -> dict[str, Any]:
    """The evaluation for programs; docs/evaluation.md says what each key means."""
    return asdict(made)


def write(made: Evaluation, out: Path) -> dict[str, Path]:
    """Write evaluation.json and evaluation.html into a folder; each complete or not at all.

    Raises:
        UsageError: path.cannot_write.
    """
    contents = {
        "evaluation.json": json.dumps(as_json(made), ensure_ascii=False, indent=2) + "\n",
        "evaluation.html": render_evaluation(made),
    }
    return write_texts(contents, out)


def _found(path: Path) -> tuple[Path | None, Path | None]:
    """The files of clusters and of pairs."""
    if path.is_dir():
        clusters, pairs = (
            next((path / name for name in names if (path / name).exists()), None)
            for names in (_CLUSTER_FILES, _PAIR_FILES)
        )
        if clusters is None and pairs is None:
            raise UsageError("evaluation.not_found", path=str(path))
        return clusters, pairs
    columns = _columns(path)
    if {"left_record_id", "right_record_id"} <= columns:
        return None, path
    return path, None


def _clusters(sql: duckdb.DuckDBPyConnection, path: Path) -> str:
    key = _key(path, ("cluster_id", "person_id"))
    sql.execute(
        f"CREATE VIEW clusters AS SELECT record_id::VARCHAR AS record_id, {key}::VARCHAR AS cluster_id "
        f"FROM {scan(path)} WHERE record_id IS NOT NULL AND {key} IS NOT NULL"
    )
    return _each_once(sql, "clusters", path)


def _pairs(sql: duckdb.DuckDBPyConnection, path: Path) -> str:
    """Without an outcome each pair is a match; of a weight alone the probability is worked out."""
    columns = _columns(path)
    _needed(path, columns, {"left_record_id", "right_record_id"})
    outcome = "outcome" if "outcome" in columns else "'match'"
    odds = "match_probability" if "match_probability" in columns else None
    if odds is None:
        odds = "1 / (1 + pow(2, -match_weight::DOUBLE))" if "match_weight" in columns else "NULL"
    sql.execute(
        f"CREATE VIEW pairs AS SELECT left_record_id::VARCHAR AS left_record_id, right_record_id::VARCHAR AS "
        f"right_record_id, {outcome}::VARCHAR AS outcome, ({odds})::DOUBLE AS match_probability FROM {scan(path)}"
    )
    known = ", ".join(f"'{name}'" for name in OUTCOME_NAMES)
    try:
        wrong = sql.sql(
            f"SELECT count(*) FROM pairs WHERE outcome IS NULL OR outcome NOT IN ({known}) "
            "OR match_probability NOT BETWEEN 0 AND 1"
        ).fetchall()[0][0]
    except duckdb.ConversionException:
        wrong = True
    if wrong:
        raise UsageError("evaluation.pairs_unusable", path=str(path))
    return "pairs"


def _records(sql: duckdb.DuckDBPyConnection, path: Path) -> str:
    path = path / "records.parquet" if path.is_dir() else path
    _needed(path, _columns(path), {"record_id"})
    sql.execute(f"CREATE VIEW records AS SELECT * FROM {scan(path)}")
    return _each_once(sql, "records", path)


def truth_of(sql: duckdb.DuckDBPyConnection, wish: Wish) -> str:
    """Make the truth a table or view of record_id and person_id, each record once; returns its name."""
    path = wish.truth
    columns = _columns(path)
    if "record_id" not in columns and columns >= _PLACE:
        if wish.ledgers is None:
            raise UsageError("evaluation.ledgers_needed", path=str(path))
        _truth_by_place(sql, path, wish.ledgers, with_sheets="sheet" in columns)
        return _each_once(sql, "truth", path)
    key = _key(path, ("person_id", "cluster_id"))
    sql.execute(
        f"CREATE VIEW truth AS SELECT record_id::VARCHAR AS record_id, {key}::VARCHAR AS person_id "
        f"FROM {scan(path)} WHERE record_id IS NOT NULL AND {key} IS NOT NULL"
    )
    return _each_once(sql, "truth", path)


def _truth_by_place(sql: duckdb.DuckDBPyConnection, path: Path, ledgers: Path, *, with_sheets: bool) -> None:
    """Table truth: the record id of a place is the hash of the file's digest, sheet and line."""
    sheet = "nullif(sheet::VARCHAR, '')" if with_sheets else "NULL"
    sql.execute(
        f"CREATE VIEW places AS SELECT file::VARCHAR AS file, coalesce({sheet}, '') AS sheet, "
        "TRY_CAST(line AS INTEGER) AS line, "
        f"person_id::VARCHAR AS person_id FROM {scan(path)} WHERE person_id IS NOT NULL"
    )
    sql.execute("CREATE TABLE truth (record_id VARCHAR, person_id VARCHAR)")
    if sql.sql("SELECT 1 FROM places WHERE line IS NULL OR file IS NULL LIMIT 1").fetchall():
        raise UsageError("evaluation.columns", path=str(path), column="file, line")
    sheets = sql.sql("SELECT DISTINCT file, sheet FROM places ORDER BY ALL").fetchall()
    ids = _file_ids(ledgers, {file for file, _ in sheets}, _beside_spill(sql))
    for file, name in sheets:
        query = "SELECT line, person_id FROM places WHERE file = ? AND sheet = ?"
        table: pa.Table = sql.sql(query, params=[file, name]).to_arrow_table()
        made = lineage.record_ids(ids[file], name, table.column("line").to_pylist())
        sql.register("of_sheet", pa.table({"record_id": made, "person_id": table.column("person_id")}))
        sql.execute("INSERT INTO truth SELECT * FROM of_sheet")
        sql.unregister("of_sheet")


def _beside_spill(sql: duckdb.DuckDBPyConnection) -> Path | None:
    """The private folder that the connection spills into; None for one that has none."""
    spill = Path(str(sql.sql("SELECT current_setting('temp_directory')").fetchall()[0][0]))
    return spill.parent if spill.is_absolute() and spill.parent.is_dir() else None


def _file_ids(ledgers: Path, wanted: set[str], private: Path | None) -> Mapping[str, str]:
    """Digest of each file that the truth names by the end of its path; it must be there, and only once."""
    with tempfile.TemporaryDirectory(prefix="sohoa-", dir=private) as scratch:
        delivery = take_delivery([ledgers], Path(scratch) / "unpacked")
    planned = [(f.given.replace("!", "/"), f.file_id) for f in (*delivery.files, *delivery.repeats)]
    found = {}
    for name in sorted(wanted):
        ids = {file_id for given, file_id in planned if given == name or given.endswith(f"/{name}")}
        if len(ids) != 1:
            raise UsageError("evaluation.ledger_missing" if not ids else "evaluation.ledger_twice", path=str(ledgers))
        found[name] = ids.pop()
    return found


def _each_once(sql: duckdb.DuckDBPyConnection, name: str, path: Path) -> str:
    rows, records = sql.sql(f"SELECT count(*), count(DISTINCT record_id) FROM {name}").fetchall()[0]
    if rows != records:
        raise UsageError("evaluation.record_twice", path=str(path), rows=rows - records)
    return name


def _key(path: Path, names: tuple[str, ...]) -> str:
    columns = _columns(path)
    key = next((name for name in names if name in columns), None)
    _needed(path, columns, {"record_id", key or " | ".join(names)})
    return str(key)


def _needed(path: Path, columns: set[str], needed: set[str]) -> None:
    missing = sorted(needed - columns)
    if missing:
        raise UsageError("evaluation.columns", path=str(path), column=", ".join(missing))


def _columns(path: Path) -> set[str]:
    try:
        with duckdb.connect() as sql:
            return {row[0] for row in sql.sql(f"DESCRIBE SELECT * FROM {scan(path)}").fetchall()}
    except duckdb.Error:
        raise UsageError("evaluation.unreadable", path=str(path)) from None


def scan(path: Path) -> str:
    """The scan of a file; a character that would be a pattern stands for itself."""
    literal = "".join(f"[{c}]" if c in "[*?" else c for c in str(path)).replace("'", "''")
    if _is_parquet(path):
        return f"read_parquet('{literal}')"
    return f"read_csv('{literal}', header = true, all_varchar = true)"


def _is_parquet(path: Path) -> bool:
    try:
        pq.read_schema(path)
    except pa.ArrowInvalid:
        return False
    except FileNotFoundError:
        raise UsageError("path.not_found", path=str(path)) from None
    except OSError:
        raise UsageError("evaluation.unreadable", path=str(path)) from None
    return True


@contextmanager
def scratch(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that spills into a folder of its own, removed at the end; personal data do not stay behind."""
    with workplace.borrowed_place(settings.home) as folder:
        before = os.umask(0o077)
        try:
            with connect(settings, folder / "spill") as sql:
                yield sql
        finally:
            os.umask(before)
