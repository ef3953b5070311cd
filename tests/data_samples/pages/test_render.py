"""Whole pages: same seed, same page; the truth lies on the picture, and where it says ink there is ink."""

import itertools

import cv2
import numpy as np
import pytest

from data_samples.pages.fonts import FONT_KINDS
from data_samples.pages.levels import LEVELS
from data_samples.pages.render import make_page
from readers.forms import known_form, load_forms

FORMS = [f.form_id for f in load_forms()]
CASES = [
    (seed, form, level, kind)
    for seed, (form, level, kind) in enumerate(
        zip(FORMS + FORMS[:3], itertools.cycle(LEVELS), itertools.cycle(FONT_KINDS), strict=False)
    )
]


@pytest.fixture(scope="module", params=CASES, ids=lambda c: "-".join(map(str, c)))
def page(request):
    return make_page(*request.param)


def every_box(page):
    return (*page.boxes, *page.headings)


def test_every_quad_lies_in_the_picture(page):
    height, width = page.picture.shape[:2]
    for box in every_box(page):
        for quad in (box.quad, box.ink or box.quad):
            assert all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in quad)


def test_quads_go_round_as_a_reader_holds_the_text(page):
    """Turned back upright, top left comes before top right and above bottom left."""
    turn = np.deg2rad(page.turned)
    upright = np.asarray([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for box in page.boxes:
        a, b, _, d = (upright @ p for p in np.asarray(box.quad))
        assert b[0] > a[0]
        assert d[1] > a[1]


def test_text_and_ink_go_together(page):
    assert all((box.text != "") == (box.ink is not None) for box in page.boxes)
    assert any(box.text for box in page.boxes)


def test_where_the_truth_says_ink_the_picture_is_darker_than_around(page):
    grey = cv2.cvtColor(page.picture, cv2.COLOR_RGB2GRAY)
    told = [b for b in page.boxes if len(b.text) > 3]
    darker = 0
    for box in told:
        xs, ys = [int(x) for x, _ in box.ink], [int(y) for _, y in box.ink]
        piece = grey[max(min(ys), 0) : max(ys) + 1, max(min(xs), 0) : max(xs) + 1]
        darker += np.percentile(piece, 3) < np.percentile(piece, 80) - 12
    assert darker >= 0.95 * len(told)


def test_cells_are_all_columns_of_all_rows(page):
    cells = [b for b in page.boxes if b.kind == "cell"]
    rows = {b.row for b in cells}
    assert rows == set(range(len(rows)))
    assert sorted((b.row, b.column) for b in cells) == sorted(itertools.product(sorted(rows), page.columns))


def test_header_fields_are_those_of_the_form(page):
    names = {b.column for b in page.boxes if b.kind == "header"}
    assert names <= {f.name for f in known_form(page.form_id).header}
    assert all(b.handwriting == (page.font_kind == "pen") for b in page.boxes if b.text)


def test_equal_seeds_equal_pages():
    one, two = (make_page(5, "register", 3, "pen") for _ in range(2))
    assert np.array_equal(one.picture, two.picture)
    assert (one.boxes, one.headings) == (two.boxes, two.headings)


def test_other_seeds_sets_and_kinds_are_other_pages():
    pages = [make_page(5), make_page(6), make_page(5, font_set="held_out"), make_page(5, font_kind="typewriter")]
    assert len({p.picture.tobytes() for p in pages}) == 4


def test_the_worst_pages_are_worse():
    """Contrast of the ink falls from the first level to the last."""
    spread = [np.std(make_page(8, level=level).picture[::4, ::4].mean(axis=2)) for level in (1, 5)]
    sharp = [cv2.Laplacian(make_page(8, level=level).picture, cv2.CV_64F).max() for level in (1, 5)]
    assert sharp[0] > sharp[1]
    assert spread[0] > 0
