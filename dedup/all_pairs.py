"""The pairs that scoring drops because they are far below any doubt, for whoever asks to see every scored pair."""

from dataclasses import replace

import numpy as np

from dedup.blocking import Candidates
from dedup.classify import Outcome
from dedup.scoring import Scored, joined, score_alone
from dedup.weights import Weigher


def with_the_rest(weigher: Weigher, candidates: Candidates, scored: Scored) -> Scored:
    """All candidate pairs.

    Args:
        weigher: weighs pairs of the records.
        candidates: every pair that a blocking rule found.
        scored: the matches and reviews among them, and those that households brought.

    Returns:
        `scored` as it is, and the others as non-matches with the weight that they have by themselves; sorted.
    """
    size = np.int64(max(len(weigher.records.columns), 1))
    known = np.isin(candidates.left * size + candidates.right, scored.left * size + scored.right)
    rest = replace(
        candidates, left=candidates.left[~known], right=candidates.right[~known], rule=candidates.rule[~known]
    )
    alone = score_alone(weigher, rest, -np.inf)
    alone = replace(alone, outcome=np.full_like(alone.outcome, Outcome.NON_MATCH))
    both = joined([scored, alone])
    return both.take(np.lexsort((both.right, both.left)))
