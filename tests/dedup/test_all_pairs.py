"""All candidate pairs: what scoring dropped comes back, what it kept stays as it is."""

import numpy as np

from dedup.all_pairs import with_the_rest
from dedup.blocking import candidate_pairs
from dedup.classify import Outcome
from dedup.encode import encode
from dedup.model import load_model
from dedup.scoring import score
from dedup.weights import Weigher
from tests.dedup.ledgers import province


def test_every_candidate_once_and_sorted() -> None:
    records = encode([province(3, 800)[0]])
    weigher, candidates = Weigher.of(records, load_model()), candidate_pairs(records)
    kept = score(weigher, candidates)
    every = with_the_rest(weigher, candidates, kept)
    codes = every.left * len(records.columns) + every.right
    assert (np.diff(codes) > 0).all()
    assert set(zip(candidates.left.tolist(), candidates.right.tolist(), strict=True)) <= set(
        zip(every.left.tolist(), every.right.tolist(), strict=True)
    )
    told = every.take(np.flatnonzero(every.outcome != Outcome.NON_MATCH))
    assert np.array_equal(told.weight, kept.weight)
    assert len(every.left) > len(kept.left)
