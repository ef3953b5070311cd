"""Headings are a small language: worn ones are heard as one of its words, upright ones are read lying."""

import cv2
import numpy as np
import pytest

from readers.forms import load_forms
from readers.heading_readings import headings_read, is_known
from readers.pages import Page, Picture
from readers.scans import ReadPage, read_page
from tests.readers.ledger_pages import HEADINGS, page, person
from tests.readers.written import write

WORDS = [
    "Quan hệ với chủ hộ",
    "Tình trạng hôn nhân",
    "Nơi ở trước khi chuyển đến",
    "Trình độ văn hóa",
    "Số định danh cá nhân",
]


def _read(crop: Picture) -> str:
    return " ".join(headings_read({"1": crop}, load_forms())["1"])


@pytest.mark.parametrize("word", [*WORDS, *(w.upper() for w in WORDS)])
def test_clear_ones_are_read_as_they_stand(word: str) -> None:
    assert is_known(_read(write(word)), [word])


def _close(first: str, second: str, apart: int) -> Picture:
    """Two lines so close that letters of both stand at one height."""
    upper, lower = write(first), write(second)
    both = np.full((max(upper.shape[0], lower.shape[0]) + apart, max(upper.shape[1], lower.shape[1])), 255, np.uint8)
    both[: upper.shape[0], : upper.shape[1]] = upper
    part = both[apart : apart + lower.shape[0], 60 : 60 + lower.shape[1]]
    part[:] = np.minimum(part, lower[:, : part.shape[1]])
    return both


@pytest.mark.parametrize(
    ("first", "second"), [("Số chứng minh nhân", "dân"), ("Nghề nghiệp, nơi làm", "việc"), ("Quan hệ với chủ", "hộ")]
)
@pytest.mark.parametrize("apart", [24, 26, 28, 34])
def test_lines_that_touch_are_read_one_by_one(first: str, second: str, apart: int) -> None:
    crops = {word: write(word) for word in ("Họ và tên", "Ngày sinh", "Dân tộc", "Quê quán")}
    told = headings_read(crops | {"close": _close(first, second, apart)}, load_forms())
    assert is_known(" ".join(told["close"]), [f"{first} {second}"])
    assert all(" ".join(told[word]).strip() == word for word in crops)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("turn", [1, -1])
def test_upright_ones_are_read(word: str, turn: int) -> None:
    assert is_known(_read(np.ascontiguousarray(np.rot90(write(word), turn))), [word])


def _worn(word: str, seed: int) -> Picture:
    dice = np.random.default_rng(seed)
    small = cv2.resize(write(word), None, fx=0.32, fy=0.32, interpolation=cv2.INTER_AREA)
    noisy = np.clip(small + dice.normal(0, 22, small.shape), 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(noisy, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)


def test_worn_ones_are_never_heard_as_another() -> None:
    vocabulary = [w for form in load_forms() for column in form.columns for w in column.headings]
    for word in WORDS:
        for seed in range(6):
            heard = _read(_worn(word, seed))
            others = [w for w in vocabulary if w != word]
            assert heard == word or not is_known(heard, ()) or is_known(heard, [word]) or heard not in others


@pytest.mark.parametrize("text", ["Nguyễn Văn A", "12/03/1954", "Không", ""])
def test_what_is_no_heading_stays_as_it_was_read(text: str) -> None:
    assert _read(write(text)).strip() == text


def test_a_page_with_upright_headings_has_its_columns() -> None:
    rows = [person(n) for n in range(1, 8)]
    read = read_page(Page(1, page(rows, upright=(0, 3))), load_forms())
    assert isinstance(read, ReadPage)
    names = ("serial_raw", "full_name_raw", "birth_date_raw", "sex_raw", "relation_raw", "native_place_raw")
    assert tuple(c.name for c in read.form.columns) == names
    assert len(HEADINGS) == len(names)
