"""Pairs that somebody judged: one person or two persons, whatever the weights say, now and in every later batch.

Nearly all judged pairs are of two stored records. Those judged the same bear one person from the start, so that nothing
tears them apart; those judged different count as a contradiction, and a cluster with a contradiction is taken apart.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.blocking import MENDED_RULE, Candidates
from dedup.classify import Outcome
from dedup.cluster import components
from dedup.encode import Records, ids_from_text
from dedup.scoring import Scored, joined, score_alone
from dedup.weights import Weigher

Rows = npt.NDArray[np.int64]
Pairs = tuple[Rows, Rows]
JUDGED_RULE = MENDED_RULE + 1
"""Number of the pairs that were judged the same and that no rule found."""
SIDES = ("left_record_id", "right_record_id")
NO_JUDGEMENTS = pa.table({n: pa.array([], pa.string()) for n in (*SIDES, "decision")})


def together(records: Records, judgements: pa.Table) -> Records:
    """The records, those judged the same with one person id: that of the lowest stored record among them.

    Args:
        records: encoded records, stored ones with their persons.
        judgements: left_record_id, right_record_id and decision (same | different); pairs with a record that is not
            here are passed over.
    """
    left, right = judged_rows(records, judgements, "same")
    if not len(left):
        return records
    columns = records.columns
    labels = components(len(columns), *_with_persons(columns.persons, left, right))
    stored = np.flatnonzero(columns.persons.any(axis=1))
    heads, first = np.unique(labels[stored], return_index=True)
    chosen = np.zeros_like(columns.persons)
    chosen[heads] = columns.persons[stored[first]]
    # A label is shared by what was judged and by whole persons; who has no part in either keeps what it has.
    part = np.isin(labels, labels[left])
    persons = np.where(part[:, None], chosen[labels], columns.persons)
    return replace(records, columns=replace(columns, persons=persons))


def with_judged(scored: Scored, weigher: Weigher, judgements: pa.Table) -> Scored:
    """The scored pairs: judged the same is a match, also one that was no candidate; judged different never is.

    A pair judged different stays among the reviews, where the store hides it because it is decided.
    """
    if not judgements.num_rows:
        return scored
    records = weigher.records
    same = _with_own(records, judged_rows(records, judgements, "same"))
    size = len(records.columns)
    keys = np.unique(same[0] * size + same[1])
    fresh = keys[~np.isin(keys, scored.left * size + scored.right)]
    rule = np.full(len(fresh), JUDGED_RULE, np.int8)
    added = score_alone(weigher, Candidates(*np.divmod(fresh, size), rule, 0, 0), -np.inf)
    both = joined([scored, added])
    both = both.take(np.lexsort((both.right, both.left)))
    place = both.left * size + both.right
    different = judged_rows(records, judgements, "different")
    outcome = both.outcome.copy()
    outcome[np.isin(place, keys)] = Outcome.MATCH
    outcome[np.isin(place, different[0] * size + different[1]) & (outcome == Outcome.MATCH)] = Outcome.REVIEW
    return replace(both, outcome=outcome)


def kept_apart(against: Pairs, records: Records, judgements: pa.Table) -> Pairs:
    """The contradicting pairs, with those judged different and without those judged the same."""
    if not judgements.num_rows:
        return against
    size = len(records.columns)
    same, different = (judged_rows(records, judgements, decision) for decision in ("same", "different"))
    keys = np.union1d(against[0] * size + against[1], different[0] * size + different[1])
    left, right = np.divmod(keys[~np.isin(keys, same[0] * size + same[1])], size)
    return left, right


def judged_rows(records: Records, judgements: pa.Table, decision: str) -> Pairs:
    """Rows of the pairs of which that was decided and of which both records are here; left < right."""
    wanted = judgements.filter(pc.equal(judgements["decision"], decision))
    if not wanted.num_rows:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    one, other = (_rows(records, wanted[side]) for side in SIDES)
    here = (one >= 0) & (other >= 0)
    return np.minimum(one, other)[here], np.maximum(one, other)[here]


def _rows(records: Records, ids: pa.ChunkedArray) -> Rows:
    """Where records of those ids stand; -1 where there is none."""
    wanted, here = ids_from_text(ids), records.columns.ids
    near = np.flatnonzero(np.isin(here[:, 1], wanted[:, 1]))
    places = {(one, other): row for (one, other), row in zip(here[near].tolist(), near.tolist(), strict=True)}
    return np.array([places.get((one, other), -1) for one, other in wanted.tolist()], np.int64)


def _with_persons(persons: npt.NDArray[np.uint64], left: Rows, right: Rows) -> Pairs:
    """The pairs, and those that tie the records of one stored person."""
    rows = np.flatnonzero(persons.any(axis=1))
    rows = rows[np.lexsort((rows, persons[rows, 1], persons[rows, 0]))]
    tied = (persons[rows[1:]] == persons[rows[:-1]]).all(axis=1)
    return np.concatenate((left, rows[:-1][tied])), np.concatenate((right, rows[1:][tied]))


def _with_own(records: Records, pairs: Pairs) -> Pairs:
    """Pairs of which a record is of this batch: those of two stored ones are settled by their person."""
    own = records.columns.own
    wanted = own[pairs[0]] | own[pairs[1]]
    return pairs[0][wanted], pairs[1][wanted]
