"""The recognisers: weights by their hash, lines read as they are written, whatever else is read beside them."""

from dataclasses import replace

import numpy as np
import pytest

from readers import ocr
from readers.cell_lines import lines_of
from readers.lattice import best_path, spelt
from schemas.errors import SettingsError
from tests.readers.written import write

TEXTS = ("Nguyễn Thị Hương", "05/03/1960", "001090012345", "Chủ hộ", "xã Hải Thịnh, huyện Hải Hậu")


def _read(engine: ocr.OwnRecogniser | ocr.SecondRecogniser, texts: tuple[str, ...]) -> list[str]:
    lines = [lines_of(write(text)).lines[0] for text in texts]
    return [best_path(lattice)[0].replace(" ", "") for lattice in engine.read(lines)]


@pytest.mark.parametrize("engine", [ocr.own, ocr.second])
def test_print_is_read(engine: object) -> None:
    assert _read(engine(), TEXTS) == [text.replace(" ", "") for text in TEXTS]  # type: ignore[operator]


@pytest.mark.parametrize("engine", [ocr.own, ocr.second])
def test_what_is_read_beside_a_line_changes_nothing(engine: object) -> None:
    reader = engine()  # type: ignore[operator]
    lines = [write(text) for text in TEXTS]
    together = reader.read(lines)
    for line, lattice in zip(lines, together, strict=True):
        (alone,) = reader.read([line])
        assert best_path(alone)[0] == best_path(lattice)[0]
        assert np.allclose(np.exp(alone.log_probs).sum(1), 1, atol=1e-3)
    assert reader.read([]) == []


def test_other_weights_are_refused() -> None:
    for weights, code in (
        (replace(ocr.SECOND, sha256="0" * 64), "ocr.weights_other"),
        (replace(ocr.SECOND, package="no-such-package"), "ocr.weights_missing"),
        (replace(ocr.SECOND, path="trueocr/models/none.onnx"), "ocr.weights_missing"),
    ):
        with pytest.raises(SettingsError) as error:
            ocr._content(weights)
        assert error.value.code == code


def test_other_weights_of_our_own_are_refused() -> None:
    for weights, code in (
        (replace(ocr.OWN, sha256="0" * 64), "ocr.weights_other"),
        (replace(ocr.OWN, path="none.onnx"), "ocr.weights_missing"),
    ):
        with pytest.raises(SettingsError) as error:
            ocr._own(weights)
        assert error.value.code == code


def test_a_letter_lies_where_its_step_says() -> None:
    line = lines_of(write("Trần Văn Bình")).lines[0]
    (lattice,) = ocr.own().read([line])
    text, steps = spelt(lattice)
    places = [ocr.own().place_of(line, (step + 0.5) / len(lattice.log_probs)) for step in steps]
    assert text == "Trần Văn Bình"
    assert places == sorted(places)
    assert 0 <= places[0] < line.shape[1] * 0.15
    assert line.shape[1] * 0.85 < places[-1] <= line.shape[1] + 8
    dark = line[:, [min(p, line.shape[1] - 1) for p, c in zip(places, text, strict=True) if c != " "]] < 200
    assert dark.any(axis=0).mean() > 0.6, "most letters have ink where they are said to end"


def test_the_code_of_the_packages_is_never_run() -> None:
    ocr.second()
    import sys

    assert "trueocr" not in sys.modules
