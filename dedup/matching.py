"""The step match_records: block, compare, weigh, classify, cluster. Parts of parquet in, folder tables out."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.all_pairs import with_the_rest
from dedup.blocking import Candidates
from dedup.classify import OUTCOME_NAMES, Outcome
from dedup.cluster import Edges, cluster, joined
from dedup.conflicts import conflicts
from dedup.elsewhere import Elsewhere
from dedup.encode import Records, Tables, encode, ids_to_text, read_tables
from dedup.first_round import FirstRound, candidates_of
from dedup.memory import Memory
from dedup.mended import NO_PAIRS, with_doubted
from dedup.model import Model
from dedup.model import load_model as load_model  # part of this facade
from dedup.person_ids import cluster_table
from dedup.scoring import LINKED, Scored, score_first, score_linked
from dedup.settled import Settled, decided_rows, settled_pairs
from dedup.weights import Weigher, probabilities
from schemas.tables import CLUSTERS, LEVEL_NAMES, PART_ROWS, SCORED_PAIRS

logger = logging.getLogger(__name__)

Rows = npt.NDArray[np.int64]


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
        settled: what the store knows of the stored records that come along.
        first: the first round, where there was one: its pairs are taken, no others are looked for.
        frozen: names are as frequent as the model says, whatever the batch bears: its results do not depend on what
            else came with a record.
        fitted: makes the model that is used of the encoded records, their candidate pairs and the given one.
        all_pairs: keep every scored pair, not matches and reviews only.
        watcher: is told how far the work is.
        memory: what may be held.
        elsewhere: other machines that may weigh pairs and find out which records hang together.
    """

    doubted: pa.Table = field(default_factory=lambda: NO_PAIRS)
    settled: Settled = field(default_factory=Settled)
    first: FirstRound | None = None
    frozen: bool = False
    fitted: Callable[[Records, Candidates, Model], Model] = lambda records, candidates, model: model
    all_pairs: bool = False
    watcher: Watcher = field(default_factory=Watcher)
    memory: Memory = field(default_factory=Memory)
    elsewhere: Elsewhere | None = None


_DEFAULT = MatchOptions()


def match_records(
    own: Tables, stored: Tables, work: Path, model: Model, options: MatchOptions = _DEFAULT
) -> MatchCounts:
    """Find out which records are one person, within the batch and against the store.

    Args:
        own: MATCH_RECORDS, as tables or parquet parts: the batch's records.
        stored: the same of stored records that may be theirs, of the households of both, and of the rest of all these
            persons; with their person_id.
        work: folder that gets scored_pairs/part-* (SCORED_PAIRS: matches and reviews that are new or changed, or all)
            and clusters/part-* (CLUSTERS: all own records, and the stored records of the persons that change).
        model: the parameters.
        options: what else is wanted.

    Returns:
        Counts. The result is the same for any order and any split of the parts, and for any memory. Frozen, with what
        was settled, it is the same for any split into batches, except where a block is too large in one and not in the
        other.

    Raises:
        UsageError: match.memory, where the records or their pairs do not fit what may be held.
    """
    watcher = options.watcher
    watcher.step("read")
    records = encode(read_tables(own), read_tables(stored))
    settled = settled_pairs(records.columns, options.settled.pairs)
    watcher.step("block")
    pace = replace(options.memory.pace(len(records.columns)), elsewhere=options.elsewhere)
    candidates = options.first.found if options.first else candidates_of(records, model, pace, work)
    options.memory.demand(len(records.columns), len(candidates.left))
    watcher.blocked(records, candidates)
    model = options.fitted(records, candidates, model)
    watcher.step("score")
    weigher = Weigher.of(records, model, counted=not options.frozen, pace=pace)
    first = options.first.among(records.columns) if options.first else score_first(weigher, candidates)
    scored = with_doubted(score_linked(weigher, first, settled), weigher, options.doubted)
    watcher.step("cluster")
    labels = _clustered(weigher, scored, options.settled)
    if options.all_pairs:
        watcher.step("score")
        scored = with_the_rest(weigher, candidates, scored)
    watcher.step("write")
    scored = scored.take(np.flatnonzero(~scored.kept))
    _write(_pair_tables(records, scored), work / "scored_pairs", SCORED_PAIRS.schema)
    clusters = cluster_table(records.columns, labels)
    _write(_slices(clusters), work / "clusters", CLUSTERS.schema)
    found = options.first.pairs_found if options.first else len(candidates.left)
    counts = replace(_count(records, candidates, scored, labels, clusters), pairs=found)
    logger.info("matched %d records, %d pairs, %d matches", counts.own, counts.pairs, counts.matches)
    return counts


def _clustered(weigher: Weigher, scored: Scored, settled: Settled) -> Rows:
    """Labels of the clusters; matches that are refused become reviews, and what changes of a settled pair is told."""
    columns = weigher.records.columns
    ties, apart = (decided_rows(columns, pairs) for pairs in (settled.ties, settled.apart))
    matched = np.flatnonzero(scored.basis & LINKED)
    edges = Edges(scored.left[matched], scored.right[matched], scored.weight[matched])
    elsewhere = weigher.pace.elsewhere
    against = conflicts(weigher, joined(len(columns), edges, ties, elsewhere), edges, ties, apart)
    clustering = cluster(columns, edges, weigher.model.largest_cluster, against, ties, elsewhere)
    outcome = np.where(clustering.refused, Outcome.REVIEW, Outcome.MATCH)
    scored.kept[matched[outcome != scored.outcome[matched]]] = False
    scored.outcome[matched] = outcome
    return clustering.labels


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
                pa.array(scored.basis[part]),
            ],
            schema=SCORED_PAIRS.schema,
        )  # fmt: skip


def _slices(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, max(table.num_rows, 1), PART_ROWS):
        yield table.slice(start, PART_ROWS)


def _write(tables: Iterator[pa.Table], folder: Path, schema: pa.Schema) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # What is written here is read once or twice: ids of random digits cost more to press than to read.
    ids = [name for name in schema.names if name.endswith("_id")]
    rest = [name for name in schema.names if name not in ids]
    pressed = dict.fromkeys(ids, "none") | dict.fromkeys(rest, "lz4")
    for number, table in enumerate(tables):
        file = folder / f"part-{number:05d}.parquet"
        pq.write_table(table.cast(schema), file, compression=pressed, use_dictionary=rest, write_statistics=False)


def _count(records: Records, candidates: Candidates, scored: Scored, labels: Rows, clusters: pa.Table) -> MatchCounts:
    own = int(records.columns.own.sum())
    # A label is the lowest row of its cluster; ids as text are counted only where stored persons keep theirs, because
    # a million of them take half a second.
    persons, joined_persons = int((labels == np.arange(len(labels))).sum()), 0
    if own < len(records.columns):
        persons, joined_persons = (
            pa.compute.count_distinct(clusters[name]).as_py() for name in ("person_id", "stored_person_id")
        )
    return MatchCounts(
        own=own, stored=len(records.columns) - own, pairs=len(candidates.left),
        matches=int((scored.outcome == Outcome.MATCH).sum()), reviews=int((scored.outcome == Outcome.REVIEW).sum()),
        large_blocks=candidates.large_blocks, large_block_records=candidates.large_block_records,
        persons=persons, joined_persons=joined_persons,
    )  # fmt: skip
