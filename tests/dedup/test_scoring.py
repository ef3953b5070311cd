from dataclasses import replace

import numpy as np

from dedup.blocking import HOUSEHOLD_RULE, candidate_pairs
from dedup.classify import Outcome
from dedup.compare import Compared, HouseholdLevel, compare
from dedup.encode import encode
from dedup.memory import Pace
from dedup.model import load_model
from dedup.scoring import Scored, score, score_alone
from dedup.weights import Weigher
from schemas.tables import LEVEL_NAMES
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table

MODEL = load_model()
TABLE, _ = province(8, 2500)
RECORDS = encode([TABLE])
CANDIDATES = candidate_pairs(RECORDS)
HOUSEHOLD = LEVEL_NAMES.index("household_level")


def scored() -> Scored:
    return score(Weigher.of(RECORDS, MODEL), CANDIDATES)


def test_pairs_are_sorted_and_there_once_without_non_matches() -> None:
    found = scored()
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert (found.left < found.right).all()
    assert set(found.outcome.tolist()) == {Outcome.MATCH, Outcome.REVIEW}


def test_weights_are_those_of_the_levels() -> None:
    found = scored()
    again = Weigher.of(RECORDS, MODEL).weights(Compared(found.levels, found.relatives), found.left, found.right)
    assert np.allclose(again, found.weight)


def test_only_the_household_changes_in_the_second_pass() -> None:
    found = scored()
    plain = compare(RECORDS, found.left, found.right, MODEL.names).levels
    other = found.levels != plain
    assert not np.delete(other, HOUSEHOLD, axis=1).any()
    assert set(found.levels[other[:, HOUSEHOLD], HOUSEHOLD].tolist()) == {HouseholdLevel.LINKED}


def test_households_that_match_bring_pairs_that_no_key_finds() -> None:
    """The child's given name bears a slip and its book names no parents: only its parents' matches lead to it."""
    rows = [
        match_record(first + n, name, born, home=first)
        for first, child in ((1, "Đoàn Văn Khải"), (11, "Đoàn Văn Kahri"))
        for n, (name, born) in enumerate(
            [("Đoàn Công Luân", "1960-03-04"), ("Tạ Thị Thơm", "1962-07-21"), (child, "1985")]
        )
    ]
    records = encode([match_table(*rows)])
    candidates = candidate_pairs(records)
    found = score(Weigher.of(records, MODEL), candidates)
    assert list(zip(candidates.left.tolist(), candidates.right.tolist(), strict=True)) == [(0, 3), (1, 4)]
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 3), (1, 4), (2, 5)]
    assert found.rule.tolist()[2] == HOUSEHOLD_RULE


def test_slabs_and_threads_do_not_matter() -> None:
    whole = scored()
    slow = score(Weigher.of(RECORDS, MODEL, pace=Pace(threads=1, pairs_at_once=101)), CANDIDATES)
    assert np.array_equal(slow.weight, whole.weight)


def test_what_lies_far_below_is_dropped_unless_someone_must_look() -> None:
    weigher = Weigher.of(RECORDS, MODEL)
    every, some = (score_alone(weigher, CANDIDATES, least) for least in (-np.inf, 0.0))
    assert len(every.left) == len(CANDIDATES.left) > len(some.left)
    assert ((some.weight >= 0.0) | (some.outcome != Outcome.NON_MATCH)).all()


def test_no_records_and_no_matches() -> None:
    nothing = encode([])
    assert len(score(Weigher.of(nothing, MODEL), candidate_pairs(nothing)).left) == 0
    strict = replace(MODEL, match_weight=np.inf)
    assert set(score(Weigher.of(RECORDS, strict), CANDIDATES).outcome.tolist()) == {Outcome.REVIEW}
