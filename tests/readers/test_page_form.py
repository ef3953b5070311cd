from dataclasses import replace

import numpy as np
import pytest

from readers.forms import known_form
from readers.page_form import Bands, fit_bands, fit_columns, rows_are_doubtful
from readers.page_rules import Family, Rules

FORM, FREE = known_form("household_register"), known_form("register")
LEVEL = [0.0, 60, 100, 140, 180, 220, 260]


def _family(places: list[float], covers: list[float] | None = None) -> Family:
    strong = np.ones(len(places), dtype=bool)
    return Family(
        np.asarray(places), np.asarray(covers or [1.0] * len(places)), np.zeros((len(places), 40)), strong,
        np.ones((1300, 1300), dtype=bool), np.ones(len(places)),
    )  # fmt: skip


def _rules(xs: list[float], ys: list[float], sure: list[float] | None = None) -> Rules:
    level = _family(ys)
    if sure is not None:
        level = replace(level, sureness=np.asarray(sure))
    return Rules(level, _family(xs), (xs[0], xs[-1]), (ys[0], ys[-1]))


def _edges() -> list[float]:
    return [1200 * e for e in np.concatenate([[0.0], np.cumsum([c.share for c in FORM.columns])])]


def test_the_form_whose_columns_stand_there_is_laid_on() -> None:
    fitted = fit_columns(_rules(_edges(), LEVEL), (FREE, FORM))
    assert fitted is not None
    assert fitted.form is FORM
    assert fitted.edges == pytest.approx(_edges(), abs=0.01)


@pytest.mark.parametrize("slant", [-0.1, 0.05, 0.1])
def test_a_page_seen_from_one_side_has_the_same_form(slant: float) -> None:
    seen = [e * (1 + slant) / (1 + slant * e / 1200) for e in _edges()]
    fitted = fit_columns(_rules(seen, LEVEL), (FREE, FORM))
    assert fitted is not None
    assert fitted.form is FORM
    assert fitted.edges == pytest.approx(seen, abs=0.01)


def test_a_line_that_does_not_show_is_taken_from_the_form() -> None:
    edges = _edges()
    rules = _rules(edges[:5] + edges[6:], LEVEL)
    rules.upright.sureness[3] = 0.8
    fitted = fit_columns(rules, (FORM,))
    assert fitted is not None
    assert fitted.lines.count(-1) == 1
    assert fitted.edges == pytest.approx(edges, abs=6)


def test_other_columns_get_the_form_of_free_order_or_none() -> None:
    rules = _rules([0.0, 300, 350, 900, 1000, 1100, 1200], LEVEL)
    fitted = fit_columns(rules, (FORM, FREE))
    assert fitted is not None
    assert fitted.form is FREE
    assert fit_columns(rules, (FORM,)) is None


def test_the_heading_is_no_row_and_a_lost_line_comes_back() -> None:
    rules = _rules(_edges(), [*LEVEL[:4], *LEVEL[5:], 300, 340])
    columns = fit_columns(rules, (FORM,))
    assert columns is not None
    bands = fit_bands(rules, columns)
    assert bands is not None
    assert bands.heading == (0, 60)
    assert list(bands.edges) == pytest.approx([60, 100, 140, 180, 220, 260, 300, 340])
    assert bands.lines.count(-1) == 1


@pytest.mark.parametrize("numbers", [[60], [60, 72]])
def test_the_row_of_numbers_is_no_row(numbers: list[float]) -> None:
    rules = _rules(_edges(), [0, *numbers, 82, 122, 162, 202, 242])
    columns = fit_columns(rules, (FORM,))
    assert columns is not None
    bands = fit_bands(rules, columns)
    assert bands is not None
    assert list(bands.edges) == [82, 122, 162, 202, 242]


@pytest.mark.parametrize("growth", [0.0, 0.02])
def test_letters_that_look_like_a_line_cut_no_row_in_two(growth: float) -> None:
    ys = [0.0, 60.0, *(60 + np.cumsum(40 * (1 + growth) ** np.arange(9))).tolist()]
    cut = sorted([*ys, ys[3] + 17, ys[6] + 23])
    rules = _rules(_edges(), cut, [1.0 if y in ys else 0.8 for y in cut])
    columns = fit_columns(rules, (FORM,))
    assert columns is not None
    bands = fit_bands(rules, columns)
    assert bands is not None
    assert list(bands.edges) == pytest.approx(ys[1:])


def test_rows_of_unequal_height_stay_as_ruled() -> None:
    ys = [0.0, 60, 100, 140, 157, 180, 220, 260, 300, 340]
    columns = fit_columns(_rules(_edges(), ys), (FORM,))
    assert columns is not None
    bands = fit_bands(_rules(_edges(), ys), columns)
    assert bands is not None
    assert list(bands.edges) == pytest.approx(ys[1:])


def test_a_worn_line_a_row_above_the_first_one_parts_heading_and_first_row() -> None:
    ys = [0.0, *np.arange(60, 420, 40).tolist()]
    rules = _rules(_edges(), ys, [1.0, 0.7, *[1.0] * 8])
    rules.level.is_strong[1] = False
    columns = fit_columns(rules, (FORM,))
    assert columns is not None
    bands = fit_bands(rules, columns)
    assert bands is not None
    assert list(bands.edges) == pytest.approx(ys[1:])


def test_a_form_with_a_column_more_or_less_is_not_laid_over_lines_clear_to_see() -> None:
    edges = _edges()
    for xs in (edges[:5] + edges[6:], sorted([*edges, (edges[4] + edges[5]) / 2])):
        fitted = fit_columns(_rules(xs, LEVEL), (FORM, FREE))
        assert fitted is not None
        assert fitted.form is FREE


@pytest.mark.parametrize(
    ("heights", "is_doubtful"),
    [
        ([40.0] * 9, False), ([40.0] * 5 + [80.0] + [40.0] * 4, True), ([40.0] * 6 + [19.0, 21.0] + [40.0] * 4, True),
        ([17.0, 30, 14, 22, 40, 27, 20, 13, 45], True),
        ([40.0, 44, 38, 47, 41, 36, 43, 39], False), ([20.0, 60], False),
    ],
)  # fmt: skip
def test_rows_that_may_be_two_or_half_a_one_are_doubtful(heights: list[float], is_doubtful: bool) -> None:
    edges = np.concatenate([[100.0], 100 + np.cumsum(heights)])
    assert rows_are_doubtful(Bands(edges, (-1,) * len(edges), (0.0, 100.0))) is is_doubtful
