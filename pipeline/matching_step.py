"""`sohoa match`: matching as a tool of its own. A table of records in, clusters, pairs and a profile out, no store.

Our own records (what `standardise` or `check` wrote) go through the step of the pipeline with its trained model. A
table that is not ours goes through the comparisons that a YAML file declares.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup import matching
from dedup.blocking import Candidates
from dedup.blocking_profile import BlockingProfile, profile_blocking, rule_names
from dedup.encode import COLUMNS, Records, are_ids, ids_from_text
from dedup.hashing import combine
from dedup.memory import Memory
from dedup.model import Model, save_model
from dedup.training import train_model
from dedup.training_sample import training_sample
from pipeline import engine, workplace
from pipeline.artefacts import parts, read_chunks, write_json
from pipeline.match_profile import weight_bins, write_page
from pipeline.model_file import matching_model
from pipeline.pair_worth import Scorer, with_worth
from pipeline.settings import Settings
from schemas import tables as t
from schemas.errors import UsageError
from transforms.household_lists import household_keys

Written = dict[str, int]
Told = Callable[[str, float], None]
STEPS: tuple[str, ...] = ("read", "block", "train", "score", "cluster", "write")
"""Parts of the work, as `told` hears them."""
PAIR_COLUMNS: tuple[str, ...] = ("left_record_id", "right_record_id", "match_weight", "match_probability", "outcome")
_LEAST_POPULATION = 100_000
"""Records that a smaller table is taken to come from: a district."""
_OF_A_HOUSEHOLD = ("household_id", "province_code", "file_id")
"""What the key of a household is made of."""
_TEXT = pa.string()


@dataclass(frozen=True)
class MatchRequest:
    """What `sohoa match` was asked for.

    Attributes:
        records: Parquet file, or folder with records.parquet, with the parts of a table, or with Parquet files.
        out: folder of the result.
        model: the model to use; the one of the package or of the settings by default.
        comparisons: YAML file that declares the columns and comparisons of a table that is not ours.
        train: train a model on the records first and write it beside the result.
        all_pairs: write every scored pair, not matches and reviews only.
        memory_mib: what may be held in memory; the bound of the settings by default.
    """

    records: Path
    out: Path
    model: Path | None = None
    comparisons: Path | None = None
    train: bool = False
    all_pairs: bool = False
    memory_mib: int | None = None


@dataclass
class Clock(matching.Watcher):
    """Seconds of each part of the work, and what blocking did; tells whoever listens."""

    told: Told = lambda step, share: None
    seconds: dict[str, float] = field(default_factory=dict)
    blocking: BlockingProfile | None = None
    _now: str = ""
    _since: float = 0.0

    def step(self, name: str) -> None:
        """The next part begins; the one before has ended."""
        now = time.perf_counter()
        if self._now:
            self.seconds[self._now] = round(self.seconds.get(self._now, 0.0) + now - self._since, 3)
        self._now, self._since = name, now
        if name:
            self.told(name, 0.0)

    def part(self, name: str, share: float) -> None:
        """A part is at that share; a part that is new begins."""
        if name != self._now:
            self.step(name)
        elif share:
            self.told(name, share)

    def blocked(self, records: Records, candidates: Candidates) -> None:
        """Counts what each rule found."""
        self.blocking = profile_blocking(candidates)


def match_file(request: MatchRequest, settings: Settings, told: Told = lambda step, share: None) -> Written:
    """Match a table of records by itself -> clusters.parquet, pairs.parquet, profile.json.

    Args:
        request: what is wanted.
        settings: of this machine.
        told: hears which part of the work is at what share.

    Raises:
        UsageError: the records, the model or the comparisons cannot be read, or do not fit each other or the memory.
    """
    clock = Clock(told)
    if request.comparisons is not None:
        if request.memory_mib:
            raise UsageError("match.memory_of_others")
        # What is declared is imported by those who use it: DuckDB and YAML take a tenth of a second.
        from pipeline.declared_step import match_declared_file

        return match_declared_file(request, request.comparisons, clock)
    with private(), workplace.borrowed_place(settings.home) as work, engine.ended():
        clock.step("read")
        files = table_files(request.records)
        made_folder(request.out)
        rows = sum(pq.read_metadata(file).num_rows for file in files)
        memory = Memory(settings.match_memory_mib if request.memory_mib is None else request.memory_mib)
        memory.demand(rows)
        records = own_records(files, COLUMNS)
        first = next(records, None)  # a table that is not ours is refused before anything else is looked at
        # By itself a table is all the people there are: a namesake outside of it cannot be mistaken for anyone.
        model = replace(matching_model(request.model or settings.model), population=population_of(rows))
        used = [model]

        def fitted(records: Records, candidates: Candidates, start: Model) -> Model:
            if request.train:
                clock.step("train")
                used[0] = _trained(training_sample(records, candidates), start, request.out)
            return used[0]

        elsewhere = engine.engine_for(rows, settings).elsewhere
        options = matching.MatchOptions(
            fitted=fitted, all_pairs=request.all_pairs, watcher=clock, memory=memory, elsewhere=elsewhere
        )
        own = itertools.chain([] if first is None else [first], records)
        counts = matching.match_records(own, [], work, model, options)
        with ThreadPoolExecutor(2) as beside:
            files_of = {
                "clusters": beside.submit(write_table, _clusters(work / "clusters"), request.out / "clusters.parquet"),
                "pairs": beside.submit(write_table, _pairs_with_worth(work, used[0]), request.out / "pairs.parquet"),
            }
            profile = _profile(work, used[0], counts, clock)
            written = {name: file.result() for name, file in files_of.items()}
        clock.step("")
        write_profile(profile | {"seconds": clock.seconds}, request.out)
    return {str(request.out / f"{name}.parquet"): rows for name, rows in written.items()}


@contextmanager
def private() -> Iterator[None]:
    """What is written meanwhile is read by its owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def population_of(rows: int) -> float:
    """How many people a table of so many records is taken to come from."""
    return float(max(rows, _LEAST_POPULATION))


def made_folder(folder: Path) -> Path:
    """The folder of a result. Raises UsageError path.cannot_write."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UsageError("path.cannot_write", path=str(folder)) from None
    return folder


def table_files(path: Path) -> list[Path]:
    """The Parquet files of a table: one file, or a folder's records.parquet, its parts, or all its Parquet files.

    Raises:
        UsageError: path.not_a_step, where there is none or one cannot be read.
    """
    found = [path]
    if path.is_dir():
        choices = ([path / "records.parquet"], parts(path), sorted(path.glob("*.parquet")))
        found = next((files for files in choices if files and files[0].exists()), [])
    try:
        for file in found:
            pq.read_schema(file)
    except (OSError, pa.ArrowInvalid):
        found = []
    if not found:
        raise UsageError("path.not_a_step", path=str(path))
    return found


def own_records(files: Sequence[Path], columns: Sequence[str] = t.MATCH_RECORDS.column_names) -> Iterator[pa.Table]:
    """MATCH_RECORDS of tables of our records, chunk by chunk; a column that is not there is empty.

    Args:
        files: Parquet files.
        columns: those of MATCH_RECORDS that are wanted.

    Raises:
        UsageError: match.not_ours, where a column is missing that no record is without, or has another type.
    """
    needed = {c.name for c in t.MATCH_RECORDS.columns if not c.nullable} | {"full_name"}
    for path in files:
        with pq.ParquetFile(path) as file:
            missing = sorted(needed - set(file.schema_arrow.names))
            if missing:
                raise UsageError("match.not_ours", path=str(path), missing=", ".join(missing))
            there = [c for c in t.MATCH_RECORDS.column_names if c in file.schema_arrow.names]
            doubled = sorted(c for c in there if file.schema_arrow.names.count(c) > 1)
            if doubled:
                raise UsageError("match.not_ours", path=str(path), doubled=", ".join(doubled))
            without = "household_key" in columns and "household_key" not in there
            read = [c for c in there if c in columns or (without and c in _OF_A_HOUSEHOLD)]
            for batch in file.iter_batches(t.PART_ROWS, columns=read):
                yield _own_chunk(pa.Table.from_batches([batch]), path, columns)


def _own_chunk(chunk: pa.Table, path: Path, wanted: Sequence[str]) -> pa.Table:
    columns = {c.name: chunk.column(c.name) for c in t.MATCH_RECORDS.columns if c.name in chunk.column_names}
    columns["person_id"] = pa.nulls(chunk.num_rows, _TEXT)  # whatever a file says, nothing of it is in a store
    try:
        if "household_key" not in columns and "household_id" in columns:
            columns["household_key"] = _household_keys(columns)
        made = {
            c.name: columns[c.name].cast(c.type) if c.name in columns else pa.nulls(chunk.num_rows, c.type)
            for c in t.MATCH_RECORDS.columns
            if c.name in wanted
        }
        return _with_our_ids(pa.table(made), path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        wrong = [c.name for c in t.MATCH_RECORDS.columns if c.name in columns and columns[c.name].type != c.type]
        raise UsageError("match.not_ours", path=str(path), wrong_type=", ".join(wrong)) from None


def _with_our_ids(chunk: pa.Table, path: Path) -> pa.Table:
    """The chunk, if no record is without an id, and without what stands in every record."""
    needed = [c.name for c in t.MATCH_RECORDS.columns if not c.nullable and c.name in chunk.column_names]
    holes = [name for name in needed if chunk[name].null_count]
    if holes:
        raise UsageError("match.not_ours", path=str(path), empty=", ".join(holes))
    if not are_ids(chunk["record_id"]):
        raise UsageError("match.not_ours", path=str(path), wrong="record_id")
    return chunk


def _household_keys(columns: Mapping[str, pa.ChunkedArray]) -> pa.ChunkedArray:
    """Keys of a table that was cut down to its values: by province and number, a short number by file."""
    made = pa.nulls(len(columns["household_id"]), _TEXT)
    for province in columns["province_code"].unique().to_pylist():
        here = pc.equal(columns["province_code"], province)
        numbers = pc.if_else(here, columns["household_id"], None).cast(_TEXT).combine_chunks()
        files = columns["file_id"].cast(_TEXT).combine_chunks()
        made = pc.coalesce(made, household_keys(numbers, province, files))
    return made


def _trained(sample: Records, start: Model, out: Path) -> Model:
    """A model trained on a sample of the records, written as model.json."""
    model = train_model(sample, start, "trained")
    model = replace(model, trained_on=f"{len(sample.columns)} records of the table, from {start.version}, no labels")
    save_model(model, out / "model.json")
    return matching.load_model(out / "model.json")


def _clusters(folder: Path) -> Iterator[pa.Table]:
    for chunk in read_chunks(folder):
        yield chunk.select(["record_id", "person_id"]).rename_columns(["record_id", "cluster_id"])


def _pairs(folder: Path) -> Iterator[pa.Table]:
    """Pairs in the columns that are promised, then the rule in words and the levels."""
    names = pa.array(rule_names())
    for chunk in read_chunks(folder):
        told = chunk.set_column(chunk.column_names.index("rule"), "rule", names.take(chunk["rule"]))
        yield told.select([*PAIR_COLUMNS, "rule", *t.LEVEL_NAMES])


def _pairs_with_worth(work: Path, model: Model) -> Iterator[pa.Table]:
    pairs, clusters = partial(_pairs, work / "scored_pairs"), partial(_clusters, work / "clusters")
    return with_worth(pairs, clusters, Scorer(model.match_weight))


def write_table(chunks: Iterator[pa.Table], file: Path) -> int:
    """One Parquet file of chunks of like columns, complete or not at all; its rows."""
    temporary, rows = file.with_name(file.name + ".part"), 0
    first = next(chunks)
    repeated = [name for name in first.schema.names if not name.endswith("_id")]  # a dictionary of ids helps nobody
    with pq.ParquetWriter(temporary, first.schema, compression="zstd", use_dictionary=repeated) as writer:
        for chunk in (first, *chunks):
            writer.write_table(chunk.cast(first.schema))
            rows += chunk.num_rows
    temporary.replace(file)
    return rows


def write_profile(profile: Mapping[str, Any], out: Path) -> None:
    """The profile as JSON and as a page."""
    write_json(out / "profile.json", profile)
    write_page(profile, out)


def _profile(work: Path, model: Model, counts: matching.MatchCounts, clock: Clock) -> dict[str, Any]:
    blocking = asdict(clock.blocking) if clock.blocking else {}
    persons = (chunk["person_id"] for chunk in read_chunks(work / "clusters", ["person_id"]))
    return {
        "records": counts.own,
        "model": {
            "version": model.version, "fingerprint": model.fingerprint, "trained_on": model.trained_on,
            "match_weight": model.match_weight, "review_weight": model.review_weight,
        },
        "blocking": blocking,
        "outcomes": _outcomes(work / "scored_pairs", counts.pairs),
        "weights": weight_bins(read_chunks(work / "scored_pairs", ["match_weight", "outcome"])),
        "clusters": by_size(_cluster_sizes(persons)),
    }  # fmt: skip


def _outcomes(folder: Path, candidates: int) -> dict[str, int]:
    """Pairs by outcome; what was found and not kept is no match."""
    found = {"match": 0, "review": 0}
    kept = 0
    for chunk in read_chunks(folder, ["outcome", "rule"]):
        for outcome in found:
            found[outcome] += int(pc.sum(pc.equal(chunk["outcome"], outcome)).as_py() or 0)
        by_rule = pc.sum(
            pc.and_(pc.less(chunk["rule"], len(rule_names()) - 1), pc.not_equal(chunk["outcome"], "non_match"))
        )
        kept += int(by_rule.as_py() or 0)
    return {**found, "non_match": candidates - kept}


def _cluster_sizes(ids: Iterator[pa.ChunkedArray]) -> npt.NDArray[np.int64]:
    """Records of each cluster."""
    halves = np.concatenate([ids_from_text(chunk) for chunk in ids])
    return np.unique(combine(halves[:, 0], halves[:, 1]), return_counts=True)[1]


def by_size(sizes: npt.NDArray[np.int64]) -> dict[str, Any]:
    """How many clusters there are, and how many of each size."""
    found, counts = np.unique(sizes, return_counts=True)
    return {"count": len(sizes), "by_size": {str(s): n for s, n in zip(found.tolist(), counts.tolist(), strict=True)}}
