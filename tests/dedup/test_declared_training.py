"""What is learnt: shares of levels near the true ones, without labels; odds from labels."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from dedup.declared_blocks import declared_pairs
from dedup.declared_levels import comparers
from dedup.declared_matching import learnt
from dedup.declared_training import allowed, calibrated, known_of, labels_of, pair_count
from dedup.weights import probabilities
from tests.dedup.tables import YAML, coded, people

LABELS = "labels: person\ntraining: {random_pairs: 100000}\n"


def with_labels(count: int) -> pa.Table:
    table, truth = people(count)
    return table.append_column("person", truth["person_id"])


def test_shares_learnt_without_labels_are_near_those_counted_with_them(tmp_path: Path) -> None:
    table = with_labels(1200)
    records, declaration = coded(table, tmp_path, YAML + LABELS.splitlines()[1])
    told, known = coded(table, tmp_path, YAML + LABELS)
    found = learnt(records, declaration, comparers(declaration, records), declared_pairs(records, declaration))
    counted = learnt(told, known, comparers(known, told), declared_pairs(told, known))
    for name, shares in counted.levels.items():
        assert np.allclose(found.levels[name].match, shares.match, atol=0.03), name
        assert np.allclose(found.levels[name].chance, shares.chance, atol=0.01), name
    assert found.prior == pytest.approx(counted.prior, rel=0.05)
    assert counted.slope != 1.0 == found.slope


def test_a_number_that_few_people_share_does_not_look_like_chance(tmp_path: Path) -> None:
    """Nearly all equal heights of the 7 million pairs belong to one person; strangers hardly ever share one."""
    table = people(800)[0]
    numbers = [f"n{b}{t}" for b, t in zip(table["birth"].to_pylist(), table["tags"].to_pylist(), strict=True)]
    town = "- column: town\n    levels: [exact, {tokens: 0.5}]\n    frequency: true"
    text = YAML.replace(town, "- column: number\n    levels: [exact]")
    records, declaration = coded(table.append_column("number", pa.array(numbers)), tmp_path, text)
    found = learnt(records, declaration, comparers(declaration, records), declared_pairs(records, declaration))
    assert found.levels["number"].weights()[-1] > 15


def test_what_must_agree_teaches_that_a_pair_is_no_match(tmp_path: Path) -> None:
    """Neighbours of one birthday would else look like people whose names and towns differ."""
    text = YAML.replace("levels: [exact, swapped, {jaro_winkler", "must: 2\n    levels: [exact, swapped, {jaro_winkler")
    records, declaration = coded(with_labels(300), tmp_path, text)
    compared = comparers(declaration, records)
    levels = np.array([[6, 6, 1, 1, 1], [5, 6, 1, 1, 1], [4, 6, 1, 1, 1], [0, 6, 1, 1, 1]], np.int8)
    assert allowed(declaration, levels).tolist() == [True, True, False, True]
    labels = np.array([-1, -1, -1, -1], np.int8)
    assert known_of(declaration, levels, labels).tolist() == [-1, -1, 0, -1]
    assert known_of(declaration, levels, np.full(4, 1, np.int8)).tolist() == [1, 1, 1, 1]
    found = learnt(records, declaration, compared, declared_pairs(records, declaration))
    shares = found.levels["names"].match
    assert sum(shares) == pytest.approx(1)
    assert sum(shares[:4]) == pytest.approx(0.1), "what nobody taught stays as it was guessed"


def test_pairs_and_labels(tmp_path: Path) -> None:
    records, declaration = coded(with_labels(40), tmp_path, YAML + "source: list\npairs: across\nlabels: person\n")
    sizes = np.bincount(records.source)
    assert pair_count(records, declaration) == sizes[1] * sizes[2]
    rows = np.arange(len(records) - 1)
    said = labels_of(records, rows, rows + 1)
    assert said.tolist() == (records.labels[:-1] == records.labels[1:]).astype(int).tolist()
    assert len(set(records.labels.tolist())) == 40


def test_weights_that_say_too_much_are_drawn_in() -> None:
    rng = np.random.default_rng(3)
    true = rng.normal(0, 3, 40_000)
    labels = (rng.random(40_000) < probabilities(true)).astype(np.int8)
    slope, shift = calibrated(2 * true + 4, labels)
    assert (slope, shift) == (pytest.approx(0.5, abs=0.02), pytest.approx(-2, abs=0.1))


def test_few_labels_calibrate_nothing() -> None:
    assert calibrated(np.arange(90.0), np.r_[np.zeros(45), np.ones(45)].astype(np.int8)) == (1.0, 0.0)
    assert calibrated(np.arange(90.0), np.full(90, -1, np.int8)) == (1.0, 0.0)
