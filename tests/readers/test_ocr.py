"""The recognisers: weights by their hash, lines read as they are written, whatever else is read beside them."""

from dataclasses import replace

import numpy as np
import pytest

from readers import ocr
from readers.cell_lines import lines_of
from readers.lattice import best_path
from schemas.errors import SettingsError
from tests.readers.written import write

TEXTS = ("Nguyễn Thị Hương", "05/03/1960", "001090012345", "Chủ hộ", "xã Hải Thịnh, huyện Hải Hậu")


def _read(engine: ocr.FastRecogniser | ocr.SlowRecogniser, texts: tuple[str, ...]) -> list[str]:
    lines = [lines_of(write(text)).lines[0] for text in texts]
    return [best_path(lattice)[0].replace(" ", "") for lattice in engine.read(lines)]


def test_the_fast_one_reads_print() -> None:
    assert _read(ocr.fast(), TEXTS) == [text.replace(" ", "") for text in TEXTS]


def test_the_slow_one_reads_print() -> None:
    found = _read(ocr.slow(), TEXTS)
    assert sum(one == text.replace(" ", "") for one, text in zip(found, TEXTS, strict=True)) >= len(TEXTS) - 1


@pytest.mark.parametrize("engine", [ocr.fast, ocr.slow])
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
        (replace(ocr.FAST, sha256="0" * 64), "ocr.weights_other"),
        (replace(ocr.FAST, package="no-such-package"), "ocr.weights_missing"),
        (replace(ocr.FAST, path="trueocr/models/none.onnx"), "ocr.weights_missing"),
    ):
        with pytest.raises(SettingsError) as error:
            ocr._content(weights)
        assert error.value.code == code


def test_the_code_of_the_packages_is_never_run() -> None:
    ocr.fast()
    ocr.slow()
    import sys

    assert not {"trueocr", "asterocr"} & set(sys.modules)
