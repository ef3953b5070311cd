"""The first round of a batch against a store: which stored records its own ones may be.

Records of the store that share a blocking key with the batch are many; most of the pairs fall at the first look. What
remains says which persons and households the store has to hand over for the second round (`matching`), where each pair
is weighed with its households and clusters are made. The pairs themselves go along: nothing is scored twice, and both
rounds speak of the same candidates.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.blocking import Candidates, candidate_pairs
from dedup.classify import Outcome
from dedup.elsewhere import Elsewhere
from dedup.encode import NOT_THERE, Columns, Records, Tables, encode, ids_to_text, read_tables, rows_of
from dedup.hashing import Hashes
from dedup.memory import Memory, Pace
from dedup.model import Model
from dedup.scoring import Scored, score_first
from dedup.weights import Weigher

Rows = npt.NDArray[np.int64]
UNBOUND = Memory()


@dataclass(frozen=True)
class FirstRound:
    """Pairs of a batch that the first pass left over.

    Attributes:
        pairs: of rows of `ids`.
        ids: of the records.
        own: which of them are the batch's.
        found: pairs that blocking found, large blocks left out and the records in them: counts only.
    """

    pairs: Scored
    ids: Hashes
    own: npt.NDArray[np.bool_]
    found: Candidates
    pairs_found: int

    def partners(self, *, matched: bool) -> pa.Array:
        """Ids of the stored records in the pairs, or in those that are matches by themselves; each once."""
        pairs = self.pairs.take(np.flatnonzero(self.pairs.outcome == Outcome.MATCH)) if matched else self.pairs
        rows = np.unique(np.concatenate((pairs.left, pairs.right)))
        return ids_to_text(self.ids[rows[~self.own[rows]]])

    def among(self, columns: Columns) -> Scored:
        """The pairs as rows of other records, sorted; all of them must be at hand there."""
        place = rows_of(columns.ids, self.ids)
        one, other = place[self.pairs.left], place[self.pairs.right]
        if (one == NOT_THERE).any() or (other == NOT_THERE).any():
            raise ValueError("a record of the first round is missing in the second")
        pairs = replace(self.pairs, left=np.minimum(one, other), right=np.maximum(one, other))
        return pairs.take(np.lexsort((pairs.right, pairs.left)))


def first_round(
    own: Tables, stored: Tables, model: Model, work: Path, memory: Memory = UNBOUND, elsewhere: Elsewhere | None = None
) -> FirstRound:
    """Block and score each pair by itself, under the model alone.

    Args:
        own: MATCH_RECORDS, as tables or parquet parts: the batch's records.
        stored: the same of the stored records that share a blocking key with them.
        model: the parameters.
        work: folder that pairs go through where memory is bound.
        memory: what may be held.
        elsewhere: other machines that may weigh pairs.

    Raises:
        UsageError: match.memory, where the records or their pairs do not fit what may be held.
    """
    records: Records = encode(read_tables(own), read_tables(stored))
    pace = replace(memory.pace(len(records.columns)), elsewhere=elsewhere)
    candidates = candidates_of(records, model, pace, work)
    memory.demand(len(records.columns), len(candidates.left))
    pairs = score_first(Weigher.of(records, model, counted=False, pace=pace), candidates)
    nothing = np.zeros(0, np.int64)
    counts = replace(candidates, left=nothing, right=nothing, rule=nothing.astype(np.int8))
    return FirstRound(pairs, records.columns.ids, records.columns.own, counts, len(candidates.left))


def candidates_of(records: Records, model: Model, pace: Pace, work: Path) -> Candidates:
    """Candidate pairs at that pace; where memory is bound they go through files in `work`."""
    spill = work / "spill" if pace.spills else None
    return candidate_pairs(records, model.population, threads=pace.threads, spill=spill)
