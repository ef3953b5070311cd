"""Lines of a block, where they lie (lines)."""

from hypothesis import given
from hypothesis import strategies as st

from readers.lines import Lines

LINES = st.lists(st.text(st.sampled_from('aữ,"đ \t\ufeff'), max_size=6), max_size=8)


def block_of(lines: list[str]) -> Lines:
    return Lines("".join(line + "\n" for line in lines).encode())


@given(LINES)
def test_lines_come_back(lines: list[str]) -> None:
    block = block_of(lines)
    assert [block[at] for at in range(len(block))] == lines
    assert block.array().to_pylist() == [line + "\n" for line in lines]
    assert block.lengths().tolist() == [len(line.encode()) for line in lines]


@given(LINES, st.integers(0, 8), st.integers(0, 8))
def test_a_part_is_some_of_the_lines(lines: list[str], first: int, count: int) -> None:
    first = min(first, len(lines))
    part = block_of(lines).part(first, count)
    assert part.array().to_pylist() == [line + "\n" for line in lines[first : first + count]]
    assert block_of(lines).rest(first).decode() == "".join(line + "\n" for line in lines[first:])


@given(LINES, st.sets(st.integers(0, 7)))
def test_pieces_leave_lines_out(lines: list[str], left_out: set[int]) -> None:
    places = sorted(at for at in left_out if at < len(lines))
    wanted = "".join(line + "\n" for at, line in enumerate(lines) if at not in left_out)
    assert b"".join(block_of(lines).pieces(places)).decode() == wanted
