"""The step match_records: block, compare, weigh, classify, cluster. Parts of parquet in, folder tables out."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.all_pairs import with_the_rest
from dedup.blocking import Candidates, candidate_pairs
from dedup.classify import OUTCOME_NAMES, Outcome
from dedup.cluster import Edges, cluster, joined, person_codes
from dedup.conflicts import conflicts
from dedup.encode import Records, encode, ids_to_text
from dedup.hashing import Hashes, combine
from dedup.memory import Memory
from dedup.mended import NO_PAIRS, with_doubted
from dedup.model import Model
from dedup.model import load_model as load_model  # part of this facade
from dedup.scoring import Scored, score
from dedup.weights import Weigher, probabilities
from schemas.tables import CLUSTERS, LEVEL_NAMES, MATCH_RECORDS, PART_ROWS, SCORED_PAIRS

logger = logging.getLogger(__name__)

Rows = npt.NDArray[np.int64]
Tables = Iterable[Path] | Iterable[pa.Table]


@dataclass(frozen=True)
class MatchCounts:
    """What matching did, in counts.

    Attributes:
        own: records of the batch.
        stored: records of the store that came along.
        pairs: candidate pairs.
        matches: pairs merged.
        reviews: pairs that wait for a person.
        large_blocks: blocks left out because they stayed too large, and the records in them.
        persons: persons of the batch after matching.
        joined_persons: persons of the store that own records joined.
    """

    own: int
    stored: int
    pairs: int
    matches: int
    reviews: int
    large_blocks: int
    large_block_records: int
    persons: int
    joined_persons: int


class Watcher:
    """Is told how far matching is; this one does not listen."""

    def step(self, name: str) -> None:
        """That part of the work begins: read | block | score | cluster | write."""

    def blocked(self, records: Records, candidates: Candidates) -> None:
        """These are the pairs that will be compared."""


@dataclass(frozen=True)
class MatchOptions:
    """What else is wanted.

    Attributes:
        doubted: record_id of own records and corrected_record_id of stored ones that somebody has to compare.
        fitted: makes the model that is used of the encoded records, their candidate pairs and the given one.
        all_pairs: keep every scored pair, not matches and reviews only.
        watcher: is told how far the work is.
        memory: what may be held.
    """

    doubted: pa.Table = field(default_factory=lambda: NO_PAIRS)
    fitted: Callable[[Records, Candidates, Model], Model] = lambda records, candidates, model: model
    all_pairs: bool = False
    watcher: Watcher = field(default_factory=Watcher)
    memory: Memory = field(default_factory=Memory)


_DEFAULT = MatchOptions()


def match_records(
    own: Tables, stored: Tables, work: Path, model: Model, options: MatchOptions = _DEFAULT
) -> MatchCounts:
    """Find out which records are one person, within the batch and against the store.

    Args:
        own: MATCH_RECORDS, as tables or parquet parts: the batch's records. One that mends a stored record has its
            person_id.
        stored: the same of stored records that share a blocking key with them, and of the rest of their persons.
        work: folder that gets scored_pairs/part-* (SCORED_PAIRS: matches and reviews, or all) and clusters/part-*
            (CLUSTERS: all own records, and the stored records of the persons they join).
        model: the parameters.
        options: what else is wanted.

    Returns:
        Counts. The result is the same for any order and any split of the parts, and for any memory.

    Raises:
        UsageError: match.memory, where the records or their pairs do not fit what may be held.
    """
    watcher = options.watcher
    watcher.step("read")
    records = encode(_tables(own), _tables(stored))
    watcher.step("block")
    pace = options.memory.pace(len(records.columns))
    spill = work / "spill" if pace.spills else None
    candidates = candidate_pairs(records, model.population, threads=pace.threads, spill=spill)
    options.memory.demand(len(records.columns), len(candidates.left))
    watcher.blocked(records, candidates)
    model = options.fitted(records, candidates, model)
    watcher.step("score")
    weigher = Weigher.of(records, replace(model, population=max(model.population, len(records.columns))))
    scored = with_doubted(score(weigher, candidates, pace), weigher, options.doubted)
    watcher.step("cluster")
    matched = np.flatnonzero(scored.outcome == Outcome.MATCH)
    edges = Edges(scored.left[matched], scored.right[matched], scored.weight[matched])
    against = conflicts(weigher, joined(person_codes(records.columns), edges), edges)
    clustering = cluster(records.columns, edges, model.largest_cluster, against)
    scored.outcome[matched[clustering.refused]] = Outcome.REVIEW
    if options.all_pairs:
        watcher.step("score")
        scored = with_the_rest(weigher, candidates, scored)
    watcher.step("write")
    _write(_pair_tables(records, scored), work / "scored_pairs", SCORED_PAIRS.schema)
    clusters = _clusters(records, clustering.labels)
    _write(_slices(clusters), work / "clusters", CLUSTERS.schema)
    counts = _count(records, candidates, scored, clusters)
    logger.info("matched %d records, %d pairs, %d matches", counts.own, counts.pairs, counts.matches)
    return counts


def _tables(parts: Tables) -> Iterator[pa.Table]:
    for part in parts:
        if isinstance(part, pa.Table):
            yield part
            continue
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(PART_ROWS, columns=list(MATCH_RECORDS.column_names)):
                yield pa.Table.from_batches([batch])


def _pair_tables(records: Records, scored: Scored) -> Iterator[pa.Table]:
    for start in range(0, max(len(scored.left), 1), PART_ROWS):
        part = slice(start, start + PART_ROWS)
        outcomes = pa.array(OUTCOME_NAMES, pa.string()).take(pa.array(scored.outcome[part]))
        ids = records.columns.ids
        yield pa.table(
            [
                ids_to_text(ids[scored.left[part]]), ids_to_text(ids[scored.right[part]]), pa.array(scored.rule[part]),
                *(pa.array(np.ascontiguousarray(scored.levels[part, n])) for n in range(len(LEVEL_NAMES))),
                pa.array(scored.weight[part]), pa.array(probabilities(scored.weight[part])), outcomes,
            ],
            schema=SCORED_PAIRS.schema,
        )  # fmt: skip


def _clusters(records: Records, labels: Rows) -> pa.Table:
    """CLUSTERS: a new person is named after the lowest record id of the cluster; a stored one keeps its id."""
    columns = records.columns
    rows = np.flatnonzero(columns.persons.any(axis=1))
    joined = np.zeros((len(columns), 2), np.uint64)
    joined[labels[rows]] = columns.persons[rows]
    touched = np.zeros(len(columns), np.bool_)
    touched[labels[columns.own]] = True
    wanted = np.flatnonzero(touched[labels])
    stored = ids_to_text(joined[labels[wanted]])
    heads, place = np.unique(labels[wanted], return_inverse=True)
    new = ids_to_text(_new_persons(columns.ids[heads]))
    persons = pa.compute.coalesce(stored, new.take(pa.array(place)))
    is_stored = pa.array(~columns.own[wanted])
    return pa.table([ids_to_text(columns.ids[wanted]), persons, stored, is_stored], schema=CLUSTERS.schema)


def _new_persons(records: Hashes) -> Hashes:
    """Ids of new persons, shape (persons, 2), from the ids of their lowest records: 128 well mixed bits."""
    return np.stack([combine(records[:, 0], records[:, 1], np.uint64(half)) for half in (1, 2)], axis=1)


def _slices(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, max(table.num_rows, 1), PART_ROWS):
        yield table.slice(start, PART_ROWS)


def _write(tables: Iterator[pa.Table], folder: Path, schema: pa.Schema) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, table in enumerate(tables):
        # What is written here is read once more and then removed: ids of random digits cost more to press than to read.
        pq.write_table(table.cast(schema), folder / f"part-{number:05d}.parquet", compression="lz4")


def _count(records: Records, candidates: Candidates, scored: Scored, clusters: pa.Table) -> MatchCounts:
    own = int(records.columns.own.sum())
    return MatchCounts(
        own=own, stored=len(records.columns) - own, pairs=len(candidates.left),
        matches=int((scored.outcome == Outcome.MATCH).sum()), reviews=int((scored.outcome == Outcome.REVIEW).sum()),
        large_blocks=candidates.large_blocks, large_block_records=candidates.large_block_records,
        persons=pa.compute.count_distinct(clusters["person_id"]).as_py(),
        joined_persons=pa.compute.count_distinct(clusters["stored_person_id"]).as_py(),
    )  # fmt: skip
