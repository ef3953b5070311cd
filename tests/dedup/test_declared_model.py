"""A model of a declared table on disk."""

import json
from pathlib import Path

import pytest

from dedup.declared_model import DeclaredModel, LevelShares, load_declared, save_declared
from dedup.declared_yaml import parse_declaration

DECLARATION = parse_declaration("comparisons: [{column: a, levels: [exact, folded]}]\nblocking: [[a]]")
MODEL = DeclaredModel.of(DECLARATION, {"a": LevelShares((0.1, 0.1, 0.8), (0.9, 0.05, 0.05))}, 1e-4)


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    save_declared(MODEL, tmp_path / "m.json")
    assert load_declared(tmp_path / "m.json") == MODEL
    assert MODEL.levels["a"].weights().round(1).tolist() == [0.0, -3.2, 1.0, 4.0]


def test_a_model_fits_the_comparisons_it_was_made_for() -> None:
    assert MODEL.fits(DECLARATION)
    for text in ("{column: b, levels: [exact, folded]}", "{column: a, levels: [exact]}"):
        assert not MODEL.fits(parse_declaration(f"comparisons: [{text}]\nblocking: [[a]]"))


@pytest.mark.parametrize("change", [{"prior": 0.5}, {"kind": "x"}, {"levels": 1}, {"more": 1}, {"levels": {"a": {}}}])
def test_what_is_no_model_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    save_declared(MODEL, tmp_path / "m.json")
    raw = json.loads((tmp_path / "m.json").read_text("utf-8"))
    (tmp_path / "m.json").write_text(json.dumps(raw | change), "utf-8")
    with pytest.raises(ValueError):
        load_declared(tmp_path / "m.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", "3"])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.json").write_text(text, "utf-8")
    with pytest.raises(ValueError):
        load_declared(tmp_path / "m.json")
