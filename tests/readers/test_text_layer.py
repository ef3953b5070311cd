"""What a text layer says is heard where the picture shows it, and nowhere else."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from data_samples.pages.boxes import TrueBox
from data_samples.pages.pdf import layered_pdf, text_pdf
from readers.letters import from_tcvn3
from readers.pages import CellVerdict, PageWord
from readers.text_layer import ENGINE, Heard, heard
from tests.readers.text_pages import TextPage, cells_of, decided, made_page, page_of

pytestmark = pytest.mark.slow

Told = Mapping[tuple[int | None, str], CellVerdict]
TCVN3 = {from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0x100) if from_tcvn3(chr(code)) != chr(code)}
OTHER_LETTERS = dict(zip("0123456789aăâeoôơinht", "4567890123oơôêaâăuhtn", strict=True))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> TextPage:
    """A page whose text is drawn, as its picture is read."""
    page = page_of(text_pdf([made_page()]), tmp_path_factory.mktemp("drawn") / "a.pdf")
    return decided(page, made_page())


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> TextPage:
    """A scan in a PDF without any text, as its picture is read."""
    page = page_of(layered_pdf(made_page(), {}), tmp_path_factory.mktemp("scanned") / "a.pdf")
    return decided(page, made_page())


def _heard(read: TextPage, words: Sequence[PageWord]) -> Heard:
    return heard(words, read.boxes, read.crops, read.verdicts)


def _by_place(read: TextPage, verdicts: Sequence[CellVerdict]) -> Told:
    return {(b.row, b.column): v for b, v in zip(read.boxes, verdicts, strict=True) if b.kind == "cell"}


def _engines(verdict: CellVerdict) -> list[str]:
    return [reading.engine for reading in verdict.readings]


def test_text_that_the_picture_shows_makes_cells_sure(drawn: TextPage, tmp_path: Path) -> None:
    page = page_of(text_pdf([made_page()]), tmp_path / "a.pdf")
    found = _heard(drawn, page.text)
    told = _by_place(drawn, found.verdicts)
    for place, box in cells_of(drawn.made).items():
        assert told[place].text == box.text
        assert told[place].accepted
        assert _engines(told[place])[-1] == ENGINE
    assert not found.is_unlike
    before = _by_place(drawn, drawn.verdicts)
    assert all(told[place].confidence >= before[place].confidence for place in cells_of(drawn.made))


def test_text_that_says_something_else_all_over_is_not_heard(drawn: TextPage, tmp_path: Path) -> None:
    page = page_of(text_pdf([made_page()], OTHER_LETTERS), tmp_path / "a.pdf")
    assert _heard(drawn, page.text) == Heard(drawn.verdicts, is_unlike=True)


def test_letters_of_an_old_font_are_heard_as_the_picture_shows_them(drawn: TextPage, tmp_path: Path) -> None:
    page = page_of(text_pdf([made_page()], TCVN3), tmp_path / "a.pdf")
    names = [box.text for place, box in cells_of(drawn.made).items() if place[1] == "full_name_raw"]
    assert not any(name in " ".join(word.text for word in page.text) for name in names)
    found = _heard(drawn, page.text)
    told = _by_place(drawn, found.verdicts)
    assert not found.is_unlike
    heard_right = [
        told[place].text == box.text and _engines(told[place])[-1] == ENGINE
        for place, box in cells_of(drawn.made).items()
    ]
    assert sum(heard_right) >= 0.95 * len(heard_right)


def test_no_text_changes_nothing(scanned: TextPage) -> None:
    assert _heard(scanned, ()) == Heard(scanned.verdicts, is_unlike=False)


def _layered(read: TextPage, changed: Mapping[TrueBox, str], path: Path, turned: int = 0) -> Heard:
    texts = {box: box.text for box in cells_of(read.made).values()} | dict(changed)
    page = page_of(layered_pdf(read.made, texts, turned), path)
    return _heard(read, page.text)


def test_one_lie_among_true_texts_is_asked_of_a_person(scanned: TextPage, tmp_path: Path) -> None:
    place, box = next((p, b) for p, b in cells_of(scanned.made).items() if p[1] == "birth_date_raw")
    lie = box.text[:-2] + ("17" if box.text[-2:] != "17" else "48")
    told = _by_place(scanned, _layered(scanned, {box: lie}, tmp_path / "a.pdf").verdicts)
    assert told[place].text == box.text
    assert not told[place].accepted
    assert (told[place].readings[-1].engine, told[place].readings[-1].text) == (ENGINE, lie)


def test_text_over_an_empty_cell_is_no_value(scanned: TextPage, tmp_path: Path) -> None:
    filled = {row for row, _ in cells_of(scanned.made)}
    empty = next(b for b in scanned.made.boxes if b.kind == "cell" and not b.text and b.row not in filled)
    told = _by_place(scanned, _layered(scanned, {empty: "012345678901"}, tmp_path / "a.pdf").verdicts)
    verdict = told[empty.row, empty.column]
    assert (verdict.text, verdict.accepted) == ("", False)


def test_a_layer_without_some_cells_is_heard_in_the_others(scanned: TextPage, tmp_path: Path) -> None:
    names = {box: "" for place, box in cells_of(scanned.made).items() if place[1] == "full_name_raw"}
    told = _by_place(scanned, _layered(scanned, names, tmp_path / "a.pdf").verdicts)
    before = _by_place(scanned, scanned.verdicts)
    assert all((told[p] == before[p]) == (p[1] == "full_name_raw") for p in cells_of(scanned.made))


def test_a_turned_page_is_heard_where_its_text_lies(tmp_path: Path) -> None:
    made = made_page()
    texts = {box: box.text for box in cells_of(made).values()}
    page = page_of(layered_pdf(made, texts, turned=90), tmp_path / "a.pdf")
    assert {w.text for w in page.text} == {word for text in texts.values() for word in text.split()}
    read = decided(page, made)
    told = _by_place(read, _heard(read, page.text).verdicts)
    assert all(
        (told[place].text, _engines(told[place])[-1]) == (box.text, ENGINE) for place, box in cells_of(made).items()
    )
