from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.block_layout import Block, SeenLabel, blocks_of, offs_of
from readers.forms import known_form

FIELDS = known_form("household_book_member").block
HEIGHT, PITCH, WIDTH = 16.0, 40.0, 1100.0
WIDE = 150.0
LINES = 1 + max(field.line for field in FIELDS)


def _labels(
    blocks: int = 2, growth: float = 0.0, lean: float = 0.0, slope: float = 0.0,
    left_out: Sequence[tuple[int, int]] = (),
) -> list[SeenLabel]:  # fmt: skip
    """Labels as a camera sees them: each block larger than the one above, leaning, its lines falling to the right."""
    found, top = [], 200.0
    for block in range(blocks):
        scale = 1 + growth * block
        for k, field in enumerate(FIELDS):
            if (block, k) not in left_out:
                left = 100 + lean * field.line + field.start * WIDTH * scale
                middle = top + PITCH * scale * field.line + slope * (left - 100)
                found.append(SeenLabel(k, field.line, left, left + WIDE * scale, middle))
        top += (LINES + 2) * PITCH * scale
    return found


def _blocks(labels: Sequence[SeenLabel]) -> list[Block]:
    blocks = blocks_of(labels, FIELDS, HEIGHT)
    assert blocks is not None
    return blocks


@given(
    blocks=st.integers(2, 3), growth=st.floats(-0.04, 0.04), lean=st.floats(-3, 3), slope=st.floats(-0.01, 0.01),
)  # fmt: skip
def test_blocks_seen_from_one_side_are_found_with_their_sizes(
    blocks: int, growth: float, lean: float, slope: float
) -> None:
    found = _blocks(_labels(blocks, growth, lean, slope))
    assert [len(block.labels) for block in found] == [len(FIELDS)] * blocks
    assert [b.scale / found[0].scale for b in found] == pytest.approx([1 + growth * n for n in range(blocks)], abs=0.01)
    for k, field in enumerate(FIELDS):
        for block in found:
            begin, end = offs_of(found, FIELDS)[k]
            assert block.place(begin, field.line) == pytest.approx(block.labels[k].left, abs=4)
            assert block.place(end, field.line) == pytest.approx(block.labels[k].right, abs=4)
            x = block.labels[k].left
            without = Block({}, block.top, block.pitch, block.slope, block.left, block.lean, block.scale)
            assert without.height(k, x, field.line) == pytest.approx(block.labels[k].middle, abs=3)


@given(
    field=st.integers(0, len(FIELDS) - 1), x=st.floats(100, 1200), y=st.floats(150, 1100), is_first=st.booleans(),
)  # fmt: skip
def test_a_word_that_looks_like_a_label_elsewhere_takes_no_place_of_one(
    field: int, x: float, y: float, is_first: bool
) -> None:
    labels = _labels()
    chance = SeenLabel(field, FIELDS[field].line, x, x + WIDE, y)
    found = blocks_of([chance, *labels] if is_first else [*labels, chance], FIELDS, HEIGHT)
    assert found is None or all(
        abs(b.labels[field].middle - y) < 0.4 * PITCH or chance != b.labels[field] for b in found
    )
    assert found is None or [len(b.labels) for b in found] == [len(FIELDS)] * 2


def test_labels_that_were_not_read_leave_a_block_as_it_is_while_half_are_there() -> None:
    left_out = [(0, k) for k in range(1, len(FIELDS), 2)]
    found = _blocks(_labels(left_out=left_out))
    assert [len(block.labels) for block in found] == [len(FIELDS) - len(left_out), len(FIELDS)]
    assert found[0].top == pytest.approx(200, abs=2)
    assert found[0].pitch == pytest.approx(PITCH, abs=1)


def test_fewer_than_half_are_no_sure_block_and_a_label_or_two_are_none() -> None:
    assert blocks_of(_labels(left_out=[(0, k) for k in range(8)]), FIELDS, HEIGHT) is None
    assert len(_blocks(_labels(left_out=[(0, k) for k in range(11)]))) == 1


def test_lines_that_do_not_follow_each_other_evenly_are_no_block() -> None:
    uneven = [
        SeenLabel(x.field, x.line, x.left, x.right, x.middle + 17 * (x.line % 3 - 1) * (x.line % 2 * 2 - 1))
        for x in _labels()
    ]
    assert blocks_of(uneven, FIELDS, HEIGHT) is None


def test_blocks_of_different_heights_are_of_no_print() -> None:
    assert blocks_of(_labels(2, growth=0.5), FIELDS, HEIGHT) is None


@pytest.mark.parametrize("labels", [[], _labels()[:2], [SeenLabel(1, 1, 0, 10, 50)] * 5])
def test_hardly_any_label_is_no_block(labels: list[SeenLabel]) -> None:
    assert blocks_of(labels, FIELDS, HEIGHT) is None
