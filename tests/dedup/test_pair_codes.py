"""Pairs that many rules find come out once, with their first rule, whether or not they went through files."""

from pathlib import Path

import numpy as np
import pytest

from dedup.pair_codes import RULE_CODES, Codes, Spilled, distinct

RECORDS = 500


def drawn(seed: int, rules: int = 9, most: int = 4000) -> list[Codes]:
    """Codes of some rules, in any order; rules share many pairs."""
    random = np.random.default_rng(seed)
    runs = []
    for rule in range(1, rules + 1):
        left = random.integers(0, RECORDS - 1, random.integers(0, most))
        pairs = np.unique(left * RECORDS + random.integers(left + 1, np.minimum(left + 30, RECORDS)))
        runs.append(random.permutation(pairs) * RULE_CODES + rule)
    return runs


def test_each_pair_once_with_its_first_rule() -> None:
    codes, alone = distinct([np.array([5, 9]) * RULE_CODES + 2, np.array([9, 7]) * RULE_CODES + 1])
    assert [divmod(int(c), RULE_CODES) for c in codes] == [(5, 2), (7, 1), (9, 1)]
    assert alone.tolist() == [True, True, False]


@pytest.mark.parametrize("seed", range(4))
def test_files_change_nothing(seed: int, tmp_path: Path) -> None:
    runs = drawn(seed)
    spilled = Spilled(tmp_path / "spill", RECORDS)
    for run in runs:
        spilled.add(run)
    assert len(list((tmp_path / "spill").iterdir())) > 9
    for told, wanted in zip(spilled.distinct(), distinct(runs), strict=True):
        assert told.dtype == wanted.dtype
        assert np.array_equal(told, wanted)
    assert not list((tmp_path / "spill").iterdir()), "nothing stays behind"


def test_parts_are_of_like_size(tmp_path: Path) -> None:
    spilled = Spilled(tmp_path, RECORDS)
    left, right = np.triu_indices(RECORDS, 1)
    spilled.add((left * RECORDS + right) * RULE_CODES + 1)
    sizes = [file.stat().st_size for file in tmp_path.iterdir()]
    assert max(sizes) < 3 * sum(sizes) / len(sizes)


def test_nothing(tmp_path: Path) -> None:
    for spilled in (Spilled(tmp_path, 0), Spilled(tmp_path, RECORDS)):
        spilled.add(np.zeros(0, np.int64))
        assert [len(part) for part in spilled.distinct()] == [0, 0]
    assert [len(part) for part in distinct([np.zeros(0, np.int64)])] == [0, 0]
