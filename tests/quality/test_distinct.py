from pathlib import Path

import numpy as np
import pytest

from quality import distinct
from quality.distinct import Doubled


@pytest.mark.parametrize("kept", [1, 1_000, 100_000])
@pytest.mark.parametrize("values", [1, 700, 1 << 62])
def test_values_on_disk_are_counted_as_those_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int, values: int
) -> None:
    monkeypatch.setattr(distinct, "KEPT_VALUES", 10)
    hashes = np.random.default_rng(7).integers(0, values, 5_000).astype(np.uint64)
    with Doubled(tmp_path / "spill", kept) as counter:
        for start in range(0, len(hashes), 300):
            counter.add(hashes[start : start + 300])
            assert counter._waiting <= max(kept, 300)
        assert counter.count() == len(hashes) - len(set(hashes.tolist()))
        assert counter.size == len(hashes)
    assert list(tmp_path.rglob("*")) == ([tmp_path / "spill"] if kept < len(hashes) else [])


def test_of_nothing_nothing_is_doubled() -> None:
    with Doubled() as counter:
        assert (counter.count(), counter.size) == (0, 0)
