"""Laws of the worth of a look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.worth import OpenPairs, worth
from schemas.thresholds import Costs

PAIRS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(0, 1), st.booleans(), st.booleans()), max_size=25
)
Row = tuple[int, int, float, bool, bool]


def pairs(*rows: Row) -> OpenPairs:
    columns = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    kinds = (np.int64, np.int64, np.float64, np.bool_, np.bool_)
    return OpenPairs(*(np.array(c, k) for c, k in zip(columns, kinds, strict=True)))


def plain(rows: list[Row], costs: Costs) -> list[float]:
    """The same, pair by pair."""
    found = []
    for n, (a, b, p, held, number) in enumerate(rows):
        others = [{x, y} for m, (x, y, *_) in enumerate(rows) if m != n]
        saved = costs.duplicate * p if held else min(costs.duplicate * p, costs.merge * (1 - p))
        saved += costs.duplicate * (1 - p) if number else 0
        thirds = [c for c in range(6) if c not in (a, b) and {a, c} in others and {b, c} in others]
        looks = others.count({a, b}) + p * len(thirds)
        found.append((0 if a == b else saved + costs.review * looks) - costs.review)
    return found


@given(PAIRS)
def test_it_is_what_counting_pair_by_pair_gives(rows: list[Row]) -> None:
    assert worth(pairs(*rows)).tolist() == pytest.approx(plain(rows, Costs()))


@given(PAIRS, st.randoms())
def test_neither_order_nor_side_matters(rows: list[Row], rng) -> None:  # type: ignore[no-untyped-def]
    before = worth(pairs(*rows)).tolist()
    order = list(range(len(rows)))
    rng.shuffle(order)
    turned = [(rows[n][1], rows[n][0], *rows[n][2:]) for n in order]
    assert worth(pairs(*turned)).tolist() == pytest.approx([before[n] for n in order])


@given(PAIRS, st.floats(1, 10), st.sampled_from(["merge", "duplicate"]))
def test_a_dearer_error_never_makes_a_look_worth_less(rows: list[Row], factor: float, which: str) -> None:
    costs = {"merge": 1000.0, "duplicate": 20.0}
    dearer = costs | {which: costs[which] * factor}
    made = pairs(*rows)
    assert (worth(made, Costs(**dearer)) >= worth(made, Costs(**costs)) - 1e-9).all()


def test_what_settles_more_comes_first() -> None:
    alone, twice, again, in_ring = worth(pairs(
        (0, 1, 0.5, False, False), (2, 3, 0.5, False, False), (3, 2, 0.5, False, False), (4, 5, 0.5, False, False),
    ))  # fmt: skip
    assert twice == again > alone == in_ring
    ring = worth(pairs((0, 1, 0.5, False, False), (1, 2, 0.5, False, False), (2, 0, 0.5, False, False)))
    assert (ring > alone).all()


def test_one_number_counts_more_and_one_cluster_nothing() -> None:
    plain_pair, number, joined = worth(
        pairs((0, 1, 0.3, False, False), (2, 3, 0.3, True, True), (4, 4, 0.3, True, True))
    )
    assert number > plain_pair > joined == -1.0


def test_a_sure_pair_that_a_guard_holds_is_worth_a_look() -> None:
    sure = [worth(pairs((0, 1, 0.9999, held, False)))[0] for held in (True, False)]
    assert sure[0] > 10 > 0 > sure[1]
