import json
from dataclasses import replace
from pathlib import Path

import pytest

from dedup.compare import LEVEL_COUNTS
from dedup.model import CLASSES, fingerprint, load_model, save_model
from schemas.tables import LEVEL_NAMES

MODEL = load_model()


def test_there_and_back(tmp_path: Path) -> None:
    save_model(MODEL, tmp_path / "m.json")
    assert load_model(tmp_path / "m.json") == MODEL


def test_the_fingerprint_is_of_the_parameters() -> None:
    assert fingerprint(MODEL) == MODEL.fingerprint
    assert fingerprint(replace(MODEL, fingerprint="other")) == MODEL.fingerprint
    assert fingerprint(replace(MODEL, match_weight=MODEL.match_weight + 1)) != MODEL.fingerprint


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    save_model(MODEL, tmp_path / "m.json")
    raw = json.loads((tmp_path / "m.json").read_text("utf-8"))
    raw["match_weight"] -= 3
    (tmp_path / "m.json").write_text(json.dumps(raw), "utf-8")
    with pytest.raises(ValueError, match="fingerprint"):
        load_model(tmp_path / "m.json")


@pytest.mark.parametrize("text", ["{}", "[]", "null", "{", '{"levels": {}}', "", "\x00"])
def test_what_is_no_model_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(text, "utf-8")
    with pytest.raises(ValueError):
        load_model(tmp_path / "m.json")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.json")


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize(("name", "count"), [*zip(LEVEL_NAMES, LEVEL_COUNTS, strict=True)])
def test_shares_of_levels_are_shares(kind: str, name: str, count: int) -> None:
    shares = MODEL.levels[name][kind]
    assert len(shares) == count - 1
    assert min(shares) > 0
    assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_thresholds_stand_in_order() -> None:
    assert MODEL.review_weight < MODEL.match_weight
    assert MODEL.largest_cluster >= 2
