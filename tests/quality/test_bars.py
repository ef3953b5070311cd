from quality.bars import bar
from tests.quality.pictures import parsed, rectangles, size


def test_a_bar_is_as_long_as_its_share_of_the_longest_and_never_too_thin_to_see() -> None:
    drawn = parsed(bar([(30, "match"), (20, "merged")], 100, "k", "50"))
    assert [size(r, "width") for s in ("match", "merged") for r in rectangles(drawn, s)] == [60, 40]
    thin = parsed(bar([(1, "match"), (0, "merged")], 1_000_000, "k", "1"))
    assert [size(r, "width") for r in rectangles(thin, "match")] == [1.5]
    assert not rectangles(thin, "merged")


def test_a_bar_of_nothing_is_empty_and_none_leaves_its_frame() -> None:
    assert not rectangles(parsed(bar([(0, "match")], 0, "k", "0")), "match")
    full = parsed(bar([(100, "match"), (1, "merged")], 100, "k", "all"))
    assert sum(size(r, "width") for s in ("match", "merged") for r in rectangles(full, s)) <= 200
