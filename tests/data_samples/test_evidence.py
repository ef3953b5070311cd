"""Which pairs are too damaged to be expected to merge."""

from collections import Counter

import pytest

from data_samples.evidence import ENOUGH, _points, _reason, _Row

ROW = _Row(("nguyen", "thi", "lan"), (1960, 305), "", "", "le van a", "tran thi b", "vinh", "1", "5/3/1960", 1)


def but(**values) -> _Row:
    return _Row(**{**vars(ROW), **values})


@pytest.mark.parametrize(
    ("other", "points"),
    [
        (ROW, 10),
        (but(household="2"), 8),
        (but(household="2", name=("nguyen", "lan")), 7),
        (but(household="2", name=("nguyen", "lann")), 6),
        (but(household="2", born=(1960, 0)), 6),
        (but(household="2", born=(1961, 305), father=""), 4),
    ],
)
def test_points(other, points):
    assert _points(ROW, other) == _points(other, ROW) == points


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (ROW, ROW, 0),
        (ROW, but(household="2", born=(1961, 305), father=""), 1),
        (but(personal="001160000001"), but(personal="001160000007"), 2),
        (but(personal="001160000001"), ROW, 0),
        (but(personal="1"), but(personal="1", name=("nguyen", "lam"), written="1960"), 3),
        (but(personal="1"), but(personal="1", name=("nguyen", "lam"), written="1960", ledger=2), 0),
    ],
)
def test_reasons(left, right, reason):
    assert ENOUGH == 6
    assert _reason(left, right) == reason


def test_most_pairs_have_an_honest_chance():
    from tests.data_samples.drawn import rows

    repeats = Counter(r["difficult"] for r in rows() if r["kind"] != "own")
    assert repeats[None] / repeats.total() > 0.75
    assert {"weak_evidence", "numbers_contradict"} <= set(repeats)
