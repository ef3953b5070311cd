"""The model that a command uses: the package's, that of a file, or a refusal."""

from pathlib import Path

import pytest

from dedup.model import load_model, save_model
from pipeline.batch_steps import store_model
from pipeline.model_file import matching_model
from pipeline.settings import Settings
from schemas.errors import UsageError


def test_the_model_of_the_package_or_of_a_file(tmp_path: Path) -> None:
    assert matching_model(None).fingerprint == load_model().fingerprint
    save_model(load_model(), tmp_path / "model.json")
    assert matching_model(tmp_path / "model.json").fingerprint == load_model().fingerprint


def test_a_file_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}", "utf-8")
    for name in ("model.json", "none.json"):
        with pytest.raises(UsageError) as refused:
            matching_model(tmp_path / name)
        assert refused.value.code == "model.unreadable"


def test_a_larger_store_asks_for_surer_matches(tmp_path: Path) -> None:
    plain, same, large = (store_model(Settings(tmp_path, population=n)) for n in (0, 1_000_000, 4_000_000))
    assert plain == same
    assert (large.population, large.match_weight) == (4e6, plain.match_weight + 1)
    assert store_model(Settings(tmp_path, population=1000)).match_weight == plain.match_weight
