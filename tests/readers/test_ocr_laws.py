"""The two recognisers as they are: what they read of plain writing, and that no other weights are run."""

import ast
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import readers.ocr
from readers import ocr
from readers.cell_lines import lines_of
from readers.lattice import best_path
from readers.pages import Picture
from schemas.errors import SettingsError
from tests.readers.written_lines import written

TEXTS = ("Nguyễn Thị Hạnh", "12/03/1956", "Kinh", "xã Tân Thành, huyện Định Quán", "001056012345")
ENGINES = (ocr.own, ocr.second)
_ENGINES = pytest.mark.parametrize("engine", [e() for e in ENGINES], ids=lambda e: str(e.name))


@_ENGINES
def test_plain_writing_is_read(engine: ocr.OwnRecogniser | ocr.SecondRecogniser) -> None:
    cut = [lines_of(written(t)).lines[0] for t in TEXTS]
    read = [best_path(lattice)[0].replace(",", ", ").replace("  ", " ") for lattice in engine.read(cut)]
    assert sum(r == t for r, t in zip(read, TEXTS, strict=True)) >= len(TEXTS) - 1


@_ENGINES
def test_probabilities_of_each_step_make_one(engine: ocr.OwnRecogniser | ocr.SecondRecogniser) -> None:
    (lattice,) = engine.read([written("Nguyễn Văn Bình")])
    assert np.allclose(np.exp(lattice.log_probs).sum(1), 1, atol=1e-3)
    assert lattice.log_probs.shape[1] == len(lattice.letters.letters) + 1


@_ENGINES
@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(len(TEXTS))))
def test_what_is_read_beside_a_line_changes_nothing(
    engine: ocr.OwnRecogniser | ocr.SecondRecogniser, order: list[int]
) -> None:
    alone = [engine.read([written(TEXTS[i])])[0] for i in order]
    together = engine.read([written(TEXTS[i]) for i in order])
    for one, other in zip(alone, together, strict=True):
        assert best_path(one)[0] == best_path(other)[0]
        assert one.log_probs.shape == other.log_probs.shape


@_ENGINES
@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (200, 2), (20, 6000)])
def test_a_crop_of_any_shape_gives_a_lattice(
    engine: ocr.OwnRecogniser | ocr.SecondRecogniser, shape: tuple[int, int]
) -> None:
    crop: Picture = np.full(shape, 255, np.uint8)
    (lattice,) = engine.read([crop])
    assert np.isfinite(lattice.log_probs).all()


def test_nothing_to_read_is_nothing_read() -> None:
    assert ocr.own().read([]) == ocr.second().read([]) == []


def test_other_weights_than_those_looked_at_are_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        ocr._content(replace(ocr.SECOND_LETTERS, sha256="0" * 64))
    assert refused.value.code == "ocr.weights_other"


@pytest.mark.parametrize(
    "weights", [replace(ocr.SECOND, package="no-such-package"), replace(ocr.SECOND, path="trueocr/models/none.onnx")]
)
def test_weights_that_are_not_there_are_asked_for(weights: ocr.Weights) -> None:
    with pytest.raises(SettingsError) as refused:
        ocr._content(weights)
    assert refused.value.code == "ocr.weights_missing"


def _imports(module: ModuleType) -> set[str]:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return names | {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def test_no_code_of_the_packages_runs() -> None:
    assert not {n.partition(".")[0] for n in _imports(readers.ocr)} & {"trueocr"}
