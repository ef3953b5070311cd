"""Steps of shape *rows* and *block* on Spark: the only import of pyspark. What they do, the steps say.

Rows are personal data. Spark's own pages and event logs are off, what it writes to disk and sends is encrypted, its
files lie in a private place of the home folder and are gone at the end, and nothing that it says of a failure is passed
on but the name of the fault. docs/spark.md tells what a cluster has to do itself.
"""

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import TimeoutExpired

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import DataFrame, SparkSession

from pipeline import workplace
from pipeline.engine import OfBlocks, OfRows, Tables, at_the_end
from pipeline.java import find_java, fit_for_spark
from pipeline.settings import Settings, prepare_for_spark
from pipeline.spark_matching import OnSpark
from pipeline.spark_tables import CHUNK, numbered, of_chunks, result_in_words, unwrapped, wrapped
from schemas.errors import SystemFailed
from schemas.field import TableSpec
from schemas.tables import PART_ROWS

_ROWS_A_PROCESSOR = 8192
"""Rows that are on their way at a time for each processor of Spark."""
_BYTES_A_ROW = 6144
"""Memory of Spark's process here for each of them: there, back, and both once more while they are packed."""
_LEAST_ROWS = 4096
"""Of a task: fewer cost more to send than to work on."""
_SECONDS = 30
_FAULT = re.compile(r"^((?:\w+\.)*\w+)(?::|$)")
_GUARDS = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.eventLog.enabled": "false",
    "spark.io.encryption.enabled": "true", "spark.authenticate": "true", "spark.network.crypto.enabled": "true",
    "spark.network.crypto.authEngineVersion": "2", "spark.network.crypto.cipher": "AES/GCM/NoPadding",
    # What Python says of a fault on an executor may quote a value.
    "spark.log.level": "FATAL", "spark.executor.syncLogLevel.enabled": "true",
    "spark.sql.session.timeZone": "UTC", "spark.sql.adaptive.enabled": "false", "spark.driver.maxResultSize": "0",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(PART_ROWS),
}  # fmt: skip


@dataclass(frozen=True)
class SparkEngine:
    """Works on Spark, some chunks at a time, so that what is on its way stays bounded here.

    Attributes:
        session: of Spark.
        at_once: rows that are on their way.
        rows_a_task: of them, where any split is fine.
        elsewhere: weighs pairs and joins clusters.
    """

    session: SparkSession
    at_once: int
    rows_a_task: int
    elsewhere: OnSpark

    def rows(
        self, function: OfRows, chunks: Iterable[tuple[pa.Table, pa.Table | None]], gives: tuple[TableSpec, ...]
    ) -> Iterator[Tables]:
        """As `Engine.rows`."""
        for wave in _waves(chunks, self.at_once):
            tables = [rows for rows, _ in wave]
            said = [table for _, table in wave if table is not None]
            beside = pa.concat_tables(said) if said else None
            work = partial(_rows, function, beside, tables[0].schema)
            frame = self._sent(tables, self.rows_a_task)
            made = frame.mapInArrow(work, result_in_words(gives)) if frame is not None else None
            yield from _back(made, gives, len(tables))

    def blocks(self, function: OfBlocks, chunks: Iterable[pa.Table], gives: tuple[TableSpec, ...]) -> Iterator[Tables]:
        """As `Engine.blocks`."""
        for wave in _waves(((chunk, None) for chunk in chunks), self.at_once):
            tables = [chunk for chunk, _ in wave]
            work = _of_a_chunk(function, tables[0].schema)
            frame = self._sent(tables)
            # By range: each chunk has a task of its own, where hashes would put several into one.
            made = (
                frame.repartitionByRange(len(tables), CHUNK).groupBy(CHUNK).applyInArrow(work, result_in_words(gives))
                if frame is not None
                else None
            )
            yield from _back(made, gives, len(tables))

    def _sent(self, tables: list[pa.Table], rows_a_task: int = PART_ROWS) -> DataFrame | None:
        rows = numbered(tables)
        # Spark makes a task of each piece that the columns consist of.
        pieces = [rows.slice(start, rows_a_task) for start in range(0, rows.num_rows, rows_a_task)]
        with _told():
            return self.session.createDataFrame(pa.concat_tables(pieces)) if pieces else None


class _Kept:
    """Spark of this process, if it runs, and how many blocks of `engine.ended` use it."""

    lock = threading.RLock()
    users = 0
    engine: SparkEngine | None = None
    place: Path | None = None


def engine(settings: Settings) -> SparkEngine:
    """The engine on Spark, started when it is first asked for; the last `engine.ended` of those that use it ends it.

    Raises:
        SettingsError: spark.no_java.
        SystemFailed: spark.failed.
    """
    with _Kept.lock:
        _Kept.users += at_the_end(end)
        if _Kept.engine is None:
            java = find_java()
            _Kept.place = _Kept.place or workplace.new_place(settings.home)
            _Kept.engine = _engine(_started(settings, _Kept.place, java), settings)
        return _Kept.engine


def _engine(session: SparkSession, settings: Settings) -> SparkEngine:
    processors = session.sparkContext.defaultParallelism
    session.conf.set("spark.sql.shuffle.partitions", str(2 * processors))
    room = (settings.spark_memory_mib << 20) // _BYTES_A_ROW
    at_once = max(PART_ROWS, min(room, max(processors * _ROWS_A_PROCESSOR, 2 * PART_ROWS)))
    rows_a_task = max(_LEAST_ROWS, min(PART_ROWS, at_once // (2 * processors)))
    return SparkEngine(session, at_once, rows_a_task, OnSpark(session, settings.spark_from_rows))


def end() -> None:
    """Nobody in one block uses Spark any more; the last one ends it, and what it left on the disk is removed."""
    with _Kept.lock:
        _Kept.users -= 1
        if not _Kept.users:
            _end()


def _end() -> None:
    ended, place = _Kept.engine, _Kept.place
    _Kept.engine = _Kept.place = None
    gateway, begun = SparkContext._gateway, SparkContext._active_spark_context
    with contextlib.suppress(Py4JError, OSError):
        if ended is not None:
            ended.session.stop()
        elif begun is not None:
            begun.stop()
    if gateway is not None and gateway.proc is not None:  # else it belongs to who started this process
        SparkContext._gateway = SparkContext._jvm = None
        with contextlib.suppress(Py4JError, OSError):
            gateway.shutdown()
        _end_process(gateway.proc)
    if place is not None:
        workplace.forget_place(place)


def _end_process(process) -> None:  # type: ignore[no-untyped-def]  # of py4j, which has no types
    """It ends when nobody speaks to it any more; one that does not is killed."""
    process.stdin.close()
    try:
        process.wait(_SECONDS)
    except TimeoutExpired:
        process.kill()
        process.wait()


def _started(settings: Settings, place: Path, java: Path) -> SparkSession:
    options = {
        **_GUARDS,
        "spark.master": settings.spark_master or f"local[{settings.worker_count}]",
        "spark.local.dir": str(place),
        "spark.sql.warehouse.dir": str(place / "warehouse"),
        "spark.driver.memory": f"{settings.spark_memory_mib}m",
        # Java keeps a file of each of its processes in /tmp that others may read.
        "spark.driver.extraJavaOptions": f'"-Djava.io.tmpdir={place}" -XX:-UsePerfData',
    }
    if settings.spark_master is None:
        options |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    conf = SparkConf().setAppName("sohoa").setAll(list(options.items()))
    before = os.umask(0o077)  # its process inherits it
    try:
        prepare_for_spark(fit_for_spark(java, place))
        with _told(), (place / "spark.log").open("wb") as log:
            # Else it would be told where this process tells its own: in the midst of an answer, in a log that is kept.
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
            SparkContext._ensure_initialized(gateway=gateway)
            return SparkSession.builder.config(conf=conf).getOrCreate()
    finally:
        os.umask(before)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What Spark says of a failure quotes plans and values: only the name of the fault is passed on."""
    try:
        yield
    except (PySparkException, Py4JError) as wrong:
        raise SystemFailed("spark.failed", error=_fault(wrong)) from None


def _fault(wrong: Exception) -> str:
    """The class of what a function of ours raised there, else of what Spark raised in Java, else here."""
    lines = [line for line in str(wrong).splitlines() if line and not line[0].isspace()]
    after = next((n for n, line in enumerate(lines) if line.startswith("Traceback")), None)
    found = [m.group(1) for line in lines[after + 1 :] if (m := _FAULT.match(line))] if after is not None else []
    in_java = re.search(r"^: ((?:\w+\.)*\w+)", str(wrong), re.MULTILINE)
    return found[0] if found else in_java.group(1) if in_java else type(wrong).__name__


def _waves(
    chunks: Iterable[tuple[pa.Table, pa.Table | None]], at_once: int
) -> Iterator[list[tuple[pa.Table, pa.Table | None]]]:
    """So many chunks at a time as have at most that many rows, at least one."""
    wave: list[tuple[pa.Table, pa.Table | None]] = []
    rows = 0
    for chunk in chunks:
        if wave and rows + chunk[0].num_rows > at_once:
            yield wave
            wave, rows = [], 0
        wave.append(chunk)
        rows += chunk[0].num_rows
    if wave:
        yield wave


def _back(made: DataFrame | None, gives: tuple[TableSpec, ...], chunks: int) -> Iterator[Tables]:
    if made is None:
        yield from (tuple(spec.schema.empty_table() for spec in gives) for _ in range(chunks))
        return
    with _told():
        result = made.toArrow()
    yield from unwrapped(result, gives, chunks)


def _rows(
    function: OfRows, beside: pa.Table | None, schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    """On an executor: what the function makes of the rows of each chunk in each batch."""
    for batch in batches:
        for number, rows in of_chunks(pa.Table.from_batches([batch]), schema):
            yield from wrapped(number, function(rows, beside)).to_batches()


def _of_a_chunk(function: OfBlocks, schema: pa.Schema) -> Callable[[pa.Table], pa.Table]:
    """For an executor: what the function makes of a chunk. Spark reads from its types how it is to be called."""

    def work(rows: pa.Table) -> pa.Table:
        ((number, own),) = of_chunks(rows, schema)
        return wrapped(number, function(own))

    return work
