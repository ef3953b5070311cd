"""The first round of a batch against a store: which stored records its own ones may be.

Records of the store that share a blocking key with the batch are many; most of the pairs fall at the first look. What
remains says which persons and households the store has to hand over for the second round (`matching`), where each pair
is weighed with its households and clusters are made. The pairs themselves go along: nothing is scored twice, and both
rounds speak of the same candidates.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.blocking import Candidates, candidate_pairs
from dedup.classify import Outcome
from dedup.encode import Columns, Records, Tables, encode, ids_to_text, read_tables
from dedup.hashing import Hashes
from dedup.model import Model
from dedup.scoring import Scored, score_first
from dedup.settled import NOT_THERE, rows_of
from dedup.weights import Weigher

Rows = npt.NDArray[np.int64]


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


def first_round(own: Tables, stored: Tables, model: Model) -> FirstRound:
    """Block and score each pair by itself, under the model alone.

    Args:
        own: MATCH_RECORDS, as tables or parquet parts: the batch's records.
        stored: the same of the stored records that share a blocking key with them.
        model: the parameters.
    """
    records: Records = encode(read_tables(own), read_tables(stored))
    candidates = candidate_pairs(records, model.population)
    pairs = score_first(Weigher.of(records, model, counted=False), candidates)
    nothing = np.zeros(0, np.int64)
    counts = replace(candidates, left=nothing, right=nothing, rule=nothing.astype(np.int8))
    return FirstRound(pairs, records.columns.ids, records.columns.own, counts, len(candidates.left))
