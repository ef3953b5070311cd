import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from readers.page_quality import quality_of

_PARTS = ("contrast", "cleanness", "sharpness", "lines")


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(0, 3))
def test_a_better_part_never_makes_a_page_worse(values: list[float], which: int) -> None:
    before = dict(zip(_PARTS, values, strict=True))
    after = {**before, _PARTS[which]: min(1.0, before[_PARTS[which]] + 0.2)}
    assert 0 <= quality_of(before) <= quality_of(after) <= 1


def test_a_clean_page_is_whole() -> None:
    assert np.isclose(quality_of(dict.fromkeys(_PARTS, 1.0)), 1.0)
