import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.compare import compare
from dedup.encode import encode
from dedup.model import load_model
from dedup.name_levels import NameLevel
from dedup.weights import Weigher, class_logs, probabilities
from schemas.tables import LEVEL_NAMES
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table

MODEL = load_model()
TABLE, _ = province(6, 400)
RECORDS = encode([TABLE])
Row = dict[str, object]


def weight(one: Row, other: Row, others: int = 0) -> float:
    """Weight of a pair among so many other people of the first one's name."""
    more = [match_record(n, str(one.get("name", "Nguyễn Văn Hùng"))) for n in range(3, 3 + others)]
    records = encode([match_table(match_record(1, **one), match_record(2, **other), *more)])  # type: ignore[arg-type]
    left, right = np.array([0]), np.array([1])
    compared = compare(records, left, right, MODEL.names)
    return float(Weigher.of(records, MODEL).weights(compared, left, right)[0])


def same(**values: object) -> float:
    row: Row = {"born": "1980-05-17", "sex_code": "1"} | values
    return weight(row, row)


BASE: Row = {"name": "Nguyễn Xuân Tùng", "born": "1980-05-17", "sex_code": "1", "father_name": "Nguyễn Đình Quang"}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"born": "1980"}), ({}, {"born": "1980-05-18"}), ({}, {"sex_code": "2"}), ({}, {"father_name": None}),
        ({"father_name": None}, {"father_name": "Lê Văn Sơn"}), ({}, {"name": "Nguyễn Văn Tùng"}),
        ({"old_id_number": "142048534"}, {}),
    ],
)  # fmt: skip
def test_more_agreement_weighs_more(better: Row, worse: Row) -> None:
    start = BASE | {"old_id_number": "142048534"}
    assert weight(start, BASE | better) > weight(start, BASE | worse)


def test_a_rare_name_weighs_more() -> None:
    frequent, rarer, rarest = (same(name=n) for n in ("Nguyễn Văn Hùng", "Nguyễn Đình Khải", "Khúc Thừa Mận"))
    assert frequent + 3 < rarer < rarest


def test_a_rare_relative_weighs_more() -> None:
    frequent, rare = (same(mother_name=n) for n in ("Nguyễn Thị Hoa", "Khúc Thị Ánh Tuyết"))
    assert frequent + 3 < rare
    # His surname is the child's anyway: only the rest of the father's name says something.
    fathers = [same(name="Nguyễn Văn Tuấn", father_name=n) for n in ("Nguyễn Văn Hùng", "Nguyễn Thừa Mận")]
    assert fathers[0] + 2 < fathers[1]


def test_a_name_that_many_bear_here_weighs_less() -> None:
    row: Row = {"name": "Sùng A Páo", "born": "1980-05-17", "sex_code": "1"}
    alone, among = weight(row, row), weight(row, row, others=200)
    assert among < alone - 5


def test_siblings_get_less_than_strangers_in_family_and_place_would_give() -> None:
    """What siblings share is no evidence: twins of like names stay below review."""
    family: Row = {"mother_name": "Trịnh Thị Mận", "father_name": "Nguyễn Đình Quang", "home": 1, "sex_code": "1"}
    twin = weight(
        family | {"name": "Nguyễn Xuân Tùng", "born": "1980-05-17"},
        family | {"name": "Nguyễn Xuân Lâm", "born": "1980-05-17"},
    )
    assert twin < MODEL.match_weight
    assert weight(BASE | family, BASE | family) > MODEL.match_weight


@given(st.lists(st.integers(0, TABLE.num_rows - 1), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_sides_may_be_swapped_and_weights_are_finite(rows: list[int]) -> None:
    left, right = np.array(rows), np.array(rows[::-1])
    weigher = Weigher.of(RECORDS, MODEL)
    one = weigher.weights(compare(RECORDS, left, right, MODEL.names), left, right)
    other = weigher.weights(compare(RECORDS, right, left, MODEL.names), right, left)
    assert np.allclose(one, other)
    assert np.isfinite(one).all()


def test_without_comparable_values_the_prior_remains() -> None:
    nothing: Row = {"name": None}
    prior = MODEL.priors["match"] / MODEL.population
    rest = 1 + MODEL.priors["relative"] / MODEL.population
    assert weight(nothing, nothing) == pytest.approx(math.log2(prior / rest))


def test_logs_are_prior_times_likelihoods() -> None:
    left, right = np.array([0]), np.array([1])
    compared = compare(RECORDS, left, right, MODEL.names)
    for kind, logs in class_logs(compared, MODEL).items():
        prior = 1.0 if kind == "chance" else MODEL.priors[kind] / MODEL.population
        shares = [MODEL.levels[n][kind][level - 1] for n in LEVEL_NAMES if (level := compared.level(n)[0]) > 0]
        assert 2 ** logs[0] == pytest.approx(prior * math.prod(shares))


def test_adjustment_is_nothing_where_names_differ() -> None:
    left, right = np.arange(0, 200), np.arange(200, 400)
    compared = compare(RECORDS, left, right, MODEL.names)
    adjusted = Weigher.of(RECORDS, MODEL).name_adjustment(compared, left, right)
    assert not adjusted[compared.level("name_level") < NameLevel.GIVEN].any()


@pytest.mark.parametrize(("weight_", "wanted"), [(0.0, 0.5), (1.0, 2 / 3), (-1.0, 1 / 3), (10.0, 1024 / 1025)])
def test_probability_of_odds(weight_: float, wanted: float) -> None:
    assert probabilities(np.array([weight_])) == pytest.approx([wanted])
