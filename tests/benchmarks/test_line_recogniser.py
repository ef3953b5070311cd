"""What the line recogniser learns from: texts that its letters can spell, pictures that its reader can see."""

import numpy as np
import pytest

from benchmarks.line_recogniser.compare import measured
from benchmarks.line_recogniser.letters import LETTERS, numbers_of
from benchmarks.line_recogniser.strips import strips
from benchmarks.line_recogniser.texts import Texts
from readers import ocr
from readers.lattice import best_path
from readers.line_strips import HEIGHT
from readers.syllables import is_syllable
from tests.readers.written_lines import written


def test_the_letters_are_those_of_the_weights_that_ship() -> None:
    assert ocr.own()._letters.letters == tuple(LETTERS)
    assert len(set(LETTERS)) == len(LETTERS)


def test_every_text_can_be_spelt_and_equal_streams_give_equal_texts() -> None:
    one, other = (Texts(np.random.default_rng(3)) for _ in range(2))
    texts = [one.line() for _ in range(2_000)]
    assert texts == [other.line() for _ in range(2_000)]
    assert all(text == " ".join(text.split()) != "" for text in texts)
    assert all(numbers_of(text) is not None for text in texts)
    assert len(set(texts)) > 1_500


def test_drawn_syllables_are_vietnamese() -> None:
    drawn = Texts(np.random.default_rng(4))
    found = [drawn.syllable() for _ in range(2_000)]
    assert sum(map(is_syllable, found)) > 0.97 * len(found)
    assert len(set(found)) > 1_000


@pytest.mark.parametrize("seed", [11, 12])
def test_strips_of_a_page_are_of_one_height_and_mostly_read_right(seed: int) -> None:
    found = list(strips(seed, "dev"))
    assert len(found) > 20
    assert all(strip.shape[0] == HEIGHT and strip.dtype == np.uint8 for strip, _ in found)
    assert all(1 <= n <= len(LETTERS) for _, numbers in found for n in numbers)


def test_a_comparison_counts_lines_and_letters() -> None:
    lines = [(written(text), text, level, "printed") for level, text in ((1, "Nguyễn Văn An"), (2, "Kinh"))]
    rows = measured("sohoa", lambda pictures: ["Nguyễn Văn An", "Kính"], lines)
    assert [(r["lines_of"], r["exact"], r["cer"]) for r in rows] == [
        ("all", 0.5, round(1 / 15, 4)), ("printed", 0.5, round(1 / 15, 4)), ("level 1", 1.0, 0.0),
        ("level 2", 0.0, 0.25),
    ]  # fmt: skip
    assert [best_path(lattice)[0] for lattice in ocr.own().read([written("Kinh")])] == ["Kinh"]
