from pathlib import Path

import numpy as np
import pytest

from transforms.bearer_log import BearerLog
from transforms.number_conflicts import BEARER, Bearers, conflicts


def people(rows: int, numbers: int, seed: int = 7) -> Bearers:
    """Rows of people that share a few numbers; one in ten is somebody else of another name and year."""
    chance = np.random.default_rng(seed)
    found = np.zeros(rows, BEARER)
    found["number"] = chance.integers(1, numbers, rows) + 38_160_000_000
    is_other = chance.random(rows) < 0.1
    found["sketch"] = np.where(is_other, 0xFF00, 0x00FF)
    found["year"] = np.where(is_other, 70, 64)
    found["says"] = chance.choice([-1, 0, 1], rows)
    return found


def cut(rows: Bearers, size: int) -> list[Bearers]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@pytest.mark.parametrize("kept", [1, 100, 1_000, 100_000])
@pytest.mark.parametrize("numbers", [2, 500, 1_000_000])
def test_rows_on_disk_tell_what_rows_in_memory_tell(tmp_path: Path, kept: int, numbers: int) -> None:
    rows = people(2_000, numbers)
    with BearerLog(tmp_path / "spill", kept) as log:
        for part in cut(rows, 137):
            log.add(part)
        found = [told.tolist() for told in log.conflicts()]
    assert found == [told.tolist() for told in conflicts(lambda: [rows])]
    assert (found != [[], []]) is (numbers < 1_000_000)


def test_nothing_is_kept_beyond_the_limit_and_nothing_is_left_on_disk(tmp_path: Path) -> None:
    with BearerLog(tmp_path, 1_000) as log:
        for part in cut(people(10_000, 5), 500):
            log.add(part)
            assert sum(map(len, log._kept)) <= 1_000
            assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_no_row_tells_nothing(tmp_path: Path) -> None:
    with BearerLog(tmp_path / "spill") as log:
        assert [told.tolist() for told in log.conflicts()] == [[], []]
    assert not (tmp_path / "spill").exists()
