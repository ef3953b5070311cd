from dataclasses import replace

import numpy as np
import pytest

from readers import scans
from readers.forms import known_form, load_forms
from readers.page_blocks import DOUBTFUL, NO_BLOCKS, _Sheet, find_blocks
from readers.page_grid import Unfit
from readers.page_ink import ink_of
from readers.page_paper import on_paper
from readers.page_pieces import written_lines
from readers.pages import Page, PageGrid
from readers.scans import ReadPage, read_page
from tests.readers.drawn_blocks import BlockPage, draw_blocks
from tests.readers.drawn_tables import Look, draw, overlap

FORM, FORMS = known_form("household_book_member"), load_forms()
PEOPLE = (
    {"relation_raw": "Chủ hộ", "full_name_raw": "Lê Minh Long", "sex_raw": "Nam", "birth_date_raw": "12/03/1961",
     "ethnic_group_raw": "Kinh", "native_place_raw": "Long Hiệp, Bến Lức, Long An", "old_id_number_raw": "301234567"},
    {"relation_raw": "Vợ", "full_name_raw": "Phạm Thị Hà", "sex_raw": "Nữ", "birth_date_raw": "02/09/1964"},
)  # fmt: skip


def _grid(drawn: BlockPage) -> PageGrid:
    found = find_blocks(Page(1, drawn.picture, 200), FORMS)
    assert not isinstance(found, str), found
    assert found[0] is FORM
    return found[1]


def _right(drawn: BlockPage, grid: PageGrid) -> None:
    boxes = {(b.row, b.column): b.quad for b in grid.boxes}
    assert set(boxes) == set(drawn.places)
    wrong = {key: overlap(boxes[key], quad) for key, quad in drawn.places.items() if overlap(boxes[key], quad) < 0.6}
    assert not wrong


@pytest.mark.parametrize(("degrees", "is_dotted", "pitch"), [(0.0, False, 62), (3.0, True, 70), (-4.0, False, 50)])
def test_each_field_of_each_block_gets_its_place(degrees: float, is_dotted: bool, pitch: int) -> None:
    drawn = draw_blocks(FORM, PEOPLE, pitch, degrees=degrees, is_dotted=is_dotted)
    grid = _grid(drawn)
    _right(drawn, grid)
    assert grid.turned == 0


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_is_found_too(quarters: int) -> None:
    drawn = draw_blocks(FORM, PEOPLE)
    grid = _grid(BlockPage(np.ascontiguousarray(np.rot90(drawn.picture, -quarters)), {}))
    assert grid.turned == (360 - 90 * quarters) % 360
    assert len(grid.boxes) == len(drawn.places)


def test_a_label_worn_away_is_taken_from_the_other_block() -> None:
    drawn = draw_blocks(FORM, PEOPLE, left_out=frozenset({(0, "religion_raw"), (1, "native_place_raw")}))
    _right(drawn, _grid(drawn))


def test_a_label_that_stands_nowhere_leaves_the_page_to_a_person() -> None:
    drawn = draw_blocks(FORM, PEOPLE, left_out=frozenset({(0, "religion_raw"), (1, "religion_raw")}))
    assert find_blocks(Page(1, drawn.picture), FORMS) == DOUBTFUL


@pytest.mark.parametrize(("people", "is_read"), [((*PEOPLE, PEOPLE[0]), True), (PEOPLE, False)])
def test_a_label_that_seems_to_go_on_is_taken_from_two_others(
    people: tuple[dict[str, str], ...], is_read: bool
) -> None:
    drawn = draw_blocks(FORM, people)
    page = Page(1, drawn.picture, 200)
    ink = ink_of(page.picture)
    written = written_lines(on_paper(page.picture, ink.dark))
    assert written is not None
    sheet = _Sheet(page, ink, written, FORM)
    first = next(n for n, label in enumerate(sheet.labels) if FORM.block[label.field].name == "passport_number")
    sheet.labels[first] = replace(sheet.labels[first], right=sheet.labels[first].right + 4 * written.height)
    grid = sheet.grid()
    assert (grid is not None) is is_read
    if grid is not None:
        _right(drawn, grid)


def test_a_page_of_something_else_has_no_blocks() -> None:
    assert find_blocks(Page(1, np.full((900, 700, 3), 240, np.uint8)), FORMS) == NO_BLOCKS
    assert find_blocks(Page(1, draw(Look(rows=5)).picture), FORMS) == NO_BLOCKS
    assert find_blocks(Page(1, draw_blocks(FORM, PEOPLE).picture), (known_form("register"),)) == NO_BLOCKS


def test_the_values_are_read_behind_their_labels() -> None:
    read = read_page(Page(1, draw_blocks(FORM, PEOPLE).picture, 200), FORMS)
    assert isinstance(read, ReadPage)
    texts = {(c.box.row, c.box.column): c.verdict.text for c in read.cells if c.verdict.text}
    assert texts.pop((None, "household_id_raw")) == "123456789"
    assert texts == {(row, name): text for row, person in enumerate(PEOPLE) for name, text in person.items()}


def test_a_page_of_blocks_that_shows_a_table_without_a_known_heading_is_read_as_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = draw_blocks(FORM, PEOPLE)
    monkeypatch.setattr(scans, "find_grid", lambda page, forms: PageGrid("register", 0, (), 0.8))
    laid = scans.lay(Page(1, drawn.picture), FORMS)
    assert not isinstance(laid, Unfit)
    assert laid[0].layout == "blocks"
    nothing = scans.lay(Page(1, draw(Look()).picture), FORMS)
    assert nothing == Unfit("no_headings")
