"""The runner of the steps that take the whole batch: match, survive, validate. Ids and keys only are held whole."""

import math
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dedup import blocking, matching, mended, survivorship
from dedup.household_members import household_members
from dedup.memory import Memory
from dedup.model import Model
from pipeline import against_store, engine, mended_rows
from pipeline.artefacts import count_rows, part_path, parts, read_chunks, write_part, write_parts
from pipeline.context import Run
from pipeline.engine import Engine, Tables
from pipeline.gate_limits import limits_for
from pipeline.mended_rows import Mended
from pipeline.model_file import matching_model
from pipeline.settings import Settings
from pipeline.sql import connect, stream, view
from quality import validate
from schemas import tables as t
from schemas.contract import empty
from schemas.field import TableSpec
from store import keys, queries
from store.engine import Store

MATCH_COLUMNS = ", ".join(
    f"NULL::VARCHAR AS {c.name}" if c.name == "person_id" else f"r.{c.name}" for c in t.MATCH_RECORDS.columns
)
_SEVERAL = 2
_RECORD_COLUMNS = ", ".join(f"r.{c.name}" for c in t.RECORDS.columns)
MEMBERS = TableSpec(
    "members",
    (*t.RECORDS.columns, next(c for c in t.CLUSTERS.columns if c.name == "person_id")),
    ("record_id",),
    "Records with the person they belong to: what survivorship reads.",
)


def match_records(run: Run, store: Store) -> None:
    """Find what was delivered before, then who is the same person, within the batch and against the store."""
    model = store_model(run.settings)
    scheme = blocking.key_scheme(model.population)
    keys.settle_recent(store)
    parameters = {"store_version": queries.version(store), "key_scheme": scheme}
    with run.working("match_records", parameters=parameters) as work:
        folder, work.facts["files"] = work.folder, _checked(run)
        with connect(run.settings, run.spill()) as sql:
            found = settle_known(run, store, folder, sql, model)
            work.tables["known"] = count_rows(folder / "known")
            work.tables["own"] = _write_own(folder, sql)
        replaced = mended.replaced_of(found.replacing, run.plan.batch_id)
        work.tables["replaced_records"] = write_parts([replaced], folder / "replaced_records", t.REPLACED_RECORDS)
        hands = engine.engine_for(work.tables["own"], run.settings)
        own = ((chunk, None) for chunk in read_chunks(folder / "own"))
        own_keys = hands.rows(partial(_keyed, model.population), own, (t.BLOCK_KEYS,))
        work.tables["block_keys"] = write_parts((k for (k,) in own_keys), folder / "block_keys", t.BLOCK_KEYS)
        keys.ensure_block_keys(store, lambda chunk: blocking.block_keys(chunk, model.population), scheme)
        memory = Memory(run.settings.match_memory_mib)
        memory.demand(work.tables["own"])
        options = against_store.beside(store, folder, model, found, memory, hands.elsewhere)
        work.tables["stored"] = count_rows(folder / "stored")
        counts = matching.match_records(parts(folder / "own"), parts(folder / "stored"), folder, model, options)
        work.facts["counts"] = asdict(counts)
        work.facts["model"] = {"version": model.version, "match": model.match_weight, "review": model.review_weight}
        for name in ("scored_pairs", "clusters"):
            work.tables[name] = count_rows(folder / name)


def is_stale(run: Run) -> bool:
    """Was the matching made of other files than those that are checked now?

    A file that was given up is tried anew by whoever clears its tasks, at any moment.
    """
    manifest = run.manifest("match_records")
    return manifest is not None and manifest.facts.get("files", _checked(run)) != _checked(run)


def _checked(run: Run) -> list[str]:
    return [file.file_id for file in run.plan.files if run.steps.has("check_records", file.file_id)]


def settle_known(run: Run, store: Store, folder: Path, sql: duckdb.DuckDBPyConnection, model: Model) -> Mended:
    """Write folder/known (KNOWN_CONTENT), the rows that were said before; the mended rows, which are not known."""
    _write_known(run, store, folder, sql)
    return _settle(run, store, folder, sql, model)


def store_model(settings: Settings) -> Model:
    """The model, for a store of as many people as the settings say.

    In a larger population a name that the model takes for too rare brings more strangers together than it expects, so a
    match has to be surer there: by half a bit for each doubling, as measured on ten million records (benchmarks).

    Raises:
        UsageError: model.unreadable.
    """
    model = matching_model(settings.model)
    if not settings.population:
        return model
    doublings = max(0.0, math.log2(settings.population / model.population))
    sure = model.match_weight + doublings / 2
    return replace(model, population=float(settings.population), match_weight=sure)


def survive(run: Run, store: Store) -> None:
    """Build the golden record of every person the batch touches, with the source of each value."""
    with run.working("survive") as work, connect(run.settings, run.spill()) as sql:
        view(sql, "records", run.tables("check_records", "records"), t.RECORDS)
        view(sql, "clusters", [run.table("match_records", None, "clusters")], t.CLUSTERS)
        stored = queries.stored_records(store, _stored_ids(sql), mended_rows.replaced_before(run))
        write_parts(stored, work.folder / "stored", t.RECORDS)
        view(sql, "stored", [work.folder / "stored"], t.RECORDS)
        hands = engine.engine_for(_clustered(run), run.settings)
        work.tables |= write_survivors(sql, work.folder, hands)


def _clustered(run: Run) -> int:
    """Records of the persons that a batch touches."""
    matched = run.manifest("match_records")
    return matched.tables.get("clusters", 0) if matched else 0


def write_survivors(sql: duckdb.DuckDBPyConnection, folder: Path, hands: Engine = engine.HERE) -> dict[str, int]:
    """Write golden_persons, value_sources and household_members into the folder; their rows.

    `sql` must have the views `clusters` (CLUSTERS), `records` (RECORDS, those of persons of one record among them) and
    `stored` (RECORDS of the others, if they lie elsewhere).
    """
    sources, stays = _Beside(folder, t.VALUE_SOURCES), _Beside(folder, t.HOUSEHOLD_MEMBERS)
    done = hands.blocks(_survived, _members(sql), (t.GOLDEN_PERSONS, t.VALUE_SOURCES, t.HOUSEHOLD_MEMBERS))
    golden = (_others_beside(tables, sources, stays) for tables in done)
    persons = write_parts(golden, folder / t.GOLDEN_PERSONS.name, t.GOLDEN_PERSONS)
    others = {t.VALUE_SOURCES.name: sources.finish(), t.HOUSEHOLD_MEMBERS.name: stays.finish()}
    return {t.GOLDEN_PERSONS.name: persons, **others}


def _keyed(population: float, own: pa.Table, _: pa.Table | None) -> Tables:
    return (blocking.block_keys(own, population),)


def _survived(chunk: pa.Table) -> Tables:
    golden, found = survivorship.survive(chunk)
    return golden, found, household_members(chunk, golden)


def _others_beside(tables: Tables, sources: "_Beside", stays: "_Beside") -> pa.Table:
    golden, found, stayed = tables
    sources.add(found)
    stays.add(stayed)
    return golden


def as_persons(records: pa.Table) -> pa.Table:
    """Golden persons of records that nobody matched: each record a person of its own."""
    alone = records.append_column(MEMBERS.schema.field("person_id"), records["record_id"])
    return survivorship.survive(alone)[0]


def validate_batch(run: Run, facts: validate.BatchFacts) -> validate.Validation:
    """The gate: Great Expectations over what would be loaded; its result is kept."""
    with run.working("validate_batch") as work:
        golden = read_chunks(run.table("survive", None, "golden_persons"))
        limits = limits_for(run.plan.province_code, run.settings)
        result = validate.validate_batch(golden, facts, run.spill(), limits)
        work.facts["validation"] = asdict(result)
        return result


def _write_known(run: Run, store: Store, folder: Path, sql: duckdb.DuckDBPyConnection) -> None:
    """Rows of the batch that were said before: by the store, or by an earlier file of this delivery."""
    before = folder / "known_before"
    write_parts(_known_to_store(run, store), before, t.KNOWN_CONTENT)
    if len(run.plan.files) < _SEVERAL:
        before.rename(folder / "known")
        return
    view(sql, "known_before", [before], t.KNOWN_CONTENT)
    _content_view(run, sql)
    query = f"""
        SELECT * FROM known_before
        UNION ALL
        SELECT record_id, first_record_id, '{run.plan.batch_id}' FROM (
            SELECT record_id, file_number, min(file_number) OVER same AS first_file,
                   first_value(record_id) OVER (PARTITION BY content_id ORDER BY file_number, line) AS first_record_id
            FROM content WINDOW same AS (PARTITION BY content_id))
        WHERE file_number > first_file AND record_id NOT IN (SELECT record_id FROM known_before)"""
    write_parts(stream(sql, query, t.KNOWN_CONTENT), folder / "known", t.KNOWN_CONTENT)


def _settle(run: Run, store: Store, folder: Path, sql: duckdb.DuckDBPyConnection, model: Model) -> Mended:
    """The mended rows; one of them is not known for what a record of another row says."""
    view(sql, "records", run.tables("check_records", "records"), t.RECORDS)
    view(sql, "known", [folder / "known"], t.KNOWN_CONTENT)
    found = mended_rows.settle(run, store, sql, model)
    if found.replacing.num_rows:
        sql.register("replacing", found.replacing)
        left = stream(sql, "SELECT * FROM known ANTI JOIN replacing USING (record_id)", t.KNOWN_CONTENT)
        write_parts(left, folder / "known_left", t.KNOWN_CONTENT)
        shutil.rmtree(folder / "known")
        (folder / "known_left").rename(folder / "known")
    return found


def _known_to_store(run: Run, store: Store) -> Iterator[pa.Table]:
    """A row that would be quarantined is also known if its like waits in quarantine already."""
    wanted = ("record_id", "content_id")
    kept_out = [*run.tables("standardise_records", "quarantine"), *run.tables("check_records", "quarantine")]
    for folder in run.tables("check_records", "records"):
        for chunk in read_chunks(folder, wanted):
            yield queries.known_content(store, chunk)
    for folder in kept_out:
        for chunk in read_chunks(folder, wanted):
            yield queries.known_quarantined(store, chunk)


def _content_view(run: Run, sql: duckdb.DuckDBPyConnection) -> None:
    kept_out = [*run.tables("standardise_records", "quarantine"), *run.tables("check_records", "quarantine")]
    view(sql, "records", run.tables("check_records", "records"), t.RECORDS)
    view(sql, "quarantine", kept_out, t.QUARANTINE)
    order = pa.table(
        {"file_id": [f.file_id for f in run.plan.files], "file_number": range(len(run.plan.files))},
        schema=pa.schema([("file_id", pa.string()), ("file_number", pa.int32())]),
    )
    sql.register("file_order", order)
    sql.execute("""
        CREATE OR REPLACE VIEW content AS
        SELECT record_id, content_id, line, file_number FROM (
            SELECT record_id, content_id, line, file_id FROM records
            UNION ALL SELECT record_id, content_id, line, file_id FROM quarantine)
        JOIN file_order USING (file_id)""")


def _write_own(folder: Path, sql: duckdb.DuckDBPyConnection) -> int:
    view(sql, "known", [folder / "known"], t.KNOWN_CONTENT)
    query = f"SELECT {MATCH_COLUMNS} FROM records r ANTI JOIN known USING (record_id)"
    return write_parts(stream(sql, query, t.MATCH_RECORDS), folder / "own", t.MATCH_RECORDS)


def _stored_ids(sql: duckdb.DuckDBPyConnection) -> pa.ChunkedArray:
    # Only persons that the batch really touches: the others keep their golden record.
    return sql.sql("SELECT record_id FROM clusters WHERE is_stored").to_arrow_table()["record_id"]


def _members(sql: duckdb.DuckDBPyConnection) -> Iterator[pa.Table]:
    sql.execute("""
        CREATE OR REPLACE TABLE several AS
        SELECT person_id FROM clusters GROUP BY person_id HAVING count(*) > 1""")
    alone = f"""SELECT {_RECORD_COLUMNS}, c.person_id FROM records r JOIN clusters c USING (record_id)
                ANTI JOIN several USING (person_id)"""
    yield from stream(sql, alone, MEMBERS)
    together = f"""
        SELECT {_RECORD_COLUMNS}, c.person_id
        FROM (SELECT * FROM records UNION ALL SELECT * FROM stored) r JOIN clusters c USING (record_id)
        SEMI JOIN several USING (person_id) ORDER BY c.person_id, r.record_id"""
    yield from _whole_persons(stream(sql, together, MEMBERS))


def _whole_persons(chunks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Chunks sorted by person, cut where a person ends."""
    waiting: pa.Table | None = None
    for chunk in chunks:
        table = pa.concat_tables([waiting, chunk]) if waiting is not None else chunk
        last = table["person_id"][table.num_rows - 1]
        ends = pc.sum(pc.not_equal(table["person_id"], last)).as_py()
        if ends:
            yield table.slice(0, ends)
        waiting = table.slice(ends)
    if waiting is not None and waiting.num_rows:
        yield waiting


class _Beside:
    """Writes another table of survivorship, part by part, while the golden persons stream by."""

    def __init__(self, folder: Path, spec: TableSpec) -> None:
        self._folder, self._spec = folder / spec.name, spec
        self._waiting, self._rows, self._number = empty(spec), 0, 0

    def add(self, table: pa.Table) -> None:
        self._waiting = pa.concat_tables([self._waiting, table]).combine_chunks()
        while self._waiting.num_rows >= t.PART_ROWS:
            self._write(t.PART_ROWS)

    def finish(self) -> int:
        self._write(self._waiting.num_rows)
        return self._rows

    def _write(self, rows: int) -> None:
        path = part_path(self._folder, self._number)
        self._rows += write_part(self._waiting.slice(0, rows), path, self._spec)
        self._waiting, self._number = self._waiting.slice(rows), self._number + 1
