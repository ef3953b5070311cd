import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from dedup.blocking import candidate_pairs
from dedup.classify import Outcome
from dedup.compare import LEVEL_COUNTS, Compared, compare
from dedup.encode import Records, encode, ids_to_text
from dedup.labels import NO_LABELS, Labels
from dedup.model import Model, fingerprint, load_model
from dedup.scoring import score
from dedup.training import TrainOptions, level_shares, name_shares, train_model
from dedup.weights import Weigher
from schemas.tables import LEVEL_NAMES
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table

MODEL = load_model(Path("dedup/models/v1.json"))
"""It was trained on provinces like these."""
TABLE, _ = province(9, 4000)
OPTIONS = TrainOptions(random_pairs=100_000, rounds=12)


def test_the_model_of_the_package_is_where_training_ends() -> None:
    """A small sample from another seed keeps every share that matters within a factor of four."""
    trained = train_model(encode([TABLE]), MODEL, "v9", OPTIONS)
    assert trained.version == "v9"
    assert trained.fingerprint == fingerprint(trained) != MODEL.fingerprint
    assert (trained.match_weight, trained.names) == (MODEL.match_weight, MODEL.names)
    for name in LEVEL_NAMES:
        for before, after in zip(MODEL.levels[name]["match"], trained.levels[name]["match"], strict=True):
            assert before < 0.02 or abs(math.log2(after / before)) < 2


def test_training_again_gives_the_same_model() -> None:
    records = encode([TABLE.slice(0, 800)])
    options = TrainOptions(random_pairs=5_000, rounds=3)
    assert train_model(records, MODEL, "v9", options) == train_model(records, MODEL, "v9", options)


def test_shares_of_levels_are_counted() -> None:
    levels = np.zeros((4, len(LEVEL_NAMES)), np.int8)
    levels[:, LEVEL_NAMES.index("sex_level")] = [0, 1, 2, 2]
    nothing = {name: np.full(count - 1, 0.25) for name, count in zip(LEVEL_NAMES, LEVEL_COUNTS, strict=True)}
    compared = Compared(levels, np.zeros((4, 3), np.int8))
    assert level_shares(compared, None, nothing)["sex_level"] == pytest.approx([1.25 / 3.5, 2.25 / 3.5])
    weighted = level_shares(compared, np.array([1.0, 0.0, 0.5, 0.5]), nothing)["sex_level"]
    assert weighted == pytest.approx([0.25 / 1.5, 1.25 / 1.5])


def test_shares_of_names() -> None:
    names = ("Lê Văn Sơn", "LE VAN SON", "Lê Thị Thu Hoa", "Trần Sơn", None)
    shares = name_shares(encode([match_table(*(match_record(n, name) for n, name in enumerate(names, 1)))]), rarest=0.3)
    assert shares.surnames == pytest.approx({"le": 0.75})
    assert shares.given_names == pytest.approx({"son": 0.75})
    assert shares.middle_names == pytest.approx({"van": 0.5})
    assert shares.unseen == 0.3


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_sample_of_next_to_nothing_leaves_the_start(rows: int) -> None:
    trained = train_model(encode([TABLE.slice(0, rows)]), MODEL, "v9", TrainOptions(random_pairs=10, rounds=2))
    for name in LEVEL_NAMES:
        assert trained.levels[name]["match"] == pytest.approx(MODEL.levels[name]["match"], rel=0.2, abs=0.02)


def test_chance_is_what_random_pairs_share() -> None:
    records = encode([TABLE])
    trained = train_model(records, MODEL, "v9", TrainOptions(random_pairs=50_000, rounds=2))
    rng = np.random.default_rng(77)
    pairs = compare(records, *rng.integers(0, TABLE.num_rows, (2, 50_000)), MODEL.names)
    level = pairs.level("birth_level")
    assert trained.levels["birth_level"]["chance"][0] == pytest.approx((level[level > 0] == 1).mean(), abs=0.01)


WRITTEN_BADLY, WHO = province(9, 5000, errors=3.0)
OTHER, WHO_ELSE = province(77, 5000, errors=3.0)


def blind(model: Model) -> Model:
    """A start that knows next to nothing of one person and of relatives."""
    levels = {
        name: {
            kind: shares if kind == "chance" else tuple(0.01 * s + 0.99 / len(shares) for s in shares)
            for kind, shares in table.items()
        }
        for name, table in model.levels.items()
    }
    return replace(model, levels=levels)


def people(records: Records, truth: pa.Table) -> npt.NDArray[np.object_]:
    known = dict(zip(truth["record_id"].to_pylist(), truth["person_id"].to_pylist(), strict=True))
    return np.array([known[one] for one in ids_to_text(records.columns.ids).to_pylist()], object)


def decided(records: Records, who: npt.NDArray[np.object_], lowest: float, most: int) -> Labels:
    """Pairs from that weight on up to a match, rightly decided, as many as people had time for."""
    scored = score(Weigher.of(records, replace(MODEL, review_weight=lowest)), candidate_pairs(records))
    doubtful = np.flatnonzero(scored.outcome == Outcome.REVIEW)
    rows = np.sort(np.random.default_rng(1).permutation(doubtful)[:most])
    left, right = scored.left[rows], scored.right[rows]
    return Labels(left, right, who[left] == who[right])


def loss(model: Model) -> float:
    """How surprised the model is by the truth of other records, a true pair."""
    records = encode([OTHER])
    who = people(records, WHO_ELSE)
    scored = score(Weigher.of(records, replace(model, review_weight=-np.inf)), candidate_pairs(records))
    is_one = who[scored.left] == who[scored.right]
    odds = np.where(is_one, -scored.weight, scored.weight)
    return float(np.logaddexp2(0.0, odds).sum() / is_one.sum())


def test_labels_lead_training_out_of_a_bad_start() -> None:
    records = encode([WRITTEN_BADLY])
    labels = decided(records, people(records, WHO), lowest=-12.0, most=300)
    alone, helped = (loss(train_model(records, blind(MODEL), "x", OPTIONS, said)) for said in (NO_LABELS, labels))
    assert helped < alone / 2


def test_labels_of_the_doubtful_pairs_alone_do_not_spoil_a_good_start() -> None:
    records = encode([WRITTEN_BADLY])
    labels = decided(records, people(records, WHO), lowest=MODEL.review_weight, most=1000)
    assert len(labels) > 20
    alone, helped = (loss(train_model(records, MODEL, "x", OPTIONS, said)) for said in (NO_LABELS, labels))
    assert helped < 1.02 * alone


def test_a_pair_that_no_rule_finds_is_learnt_from_and_seen_in_the_fingerprint() -> None:
    records = encode([TABLE.slice(0, 300)])
    options = TrainOptions(random_pairs=5_000, rounds=3)
    far = Labels(np.array([0]), np.array([299]), np.array([True]))
    one, other = (train_model(records, MODEL, "x", options, said) for said in (NO_LABELS, far))
    assert one.training_data != other.training_data
    assert one.levels != other.levels
