"""The label of a header field is cut off; what has none of its labels stays whole."""

import numpy as np
import pytest

from readers import ocr
from readers.cell_labels import _label_end, without_labels
from readers.cell_lines import lines_of
from readers.lattice import best_path
from tests.readers.written import write

LABELS = ("Họ và tên chủ hộ:", "Chủ hộ:")


def _text(picture: np.ndarray) -> str:
    return best_path(ocr.fast().read([lines_of(picture).lines[0]])[0])[0]


@pytest.mark.parametrize(("written", "value"), [("Họ và tên chủ hộ: Phạm Anh Diện", "Phạm Anh Diện"),
                                                 ("Chủ hộ: Trần Văn Bé", "Trần Văn Bé")])  # fmt: skip
def test_the_value_is_left(written: str, value: str) -> None:
    (picture,) = without_labels([(write(written), LABELS)])
    read = _text(picture)
    assert (read[0], read.split()[-1], len(read.split())) == (value[0], value.split()[-1], len(value.split()))


def test_what_has_no_label_stays_whole() -> None:
    crop = write("Phạm Anh Diện")
    (picture,) = without_labels([(crop, LABELS)])
    assert picture is crop
    assert without_labels([]) == []


@pytest.mark.parametrize(("text", "end"), [("Chú hô:An", 7), ("Ho va tén chủ hộ: An", 18), ("An", None), ("", None)])
def test_a_badly_read_label_is_known(text: str, end: int | None) -> None:
    assert _label_end(text, LABELS) == end
