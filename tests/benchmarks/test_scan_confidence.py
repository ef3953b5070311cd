"""The model of confidence: it finds weights that made the data, and the threshold keeps what it promises."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scan_confidence import fitted, least_sure


def test_weights_that_made_the_data_are_found() -> None:
    stream = np.random.default_rng(5)
    x = np.column_stack([np.ones(20_000), stream.normal(size=20_000), stream.normal(size=20_000) * 10])
    wanted = np.array([1.0, -2.0, 0.1])
    y = (stream.random(20_000) < 1 / (1 + np.exp(-x @ wanted))).astype(float)
    assert np.allclose(fitted(x, y), wanted, atol=0.12)


@given(st.dictionaries(st.floats(0.5, 0.999), st.booleans(), min_size=1, max_size=60), st.floats(0.5, 1))
def test_from_the_least_on_texts_are_right_as_often_as_wanted(told: dict[float, bool], wanted: float) -> None:
    sure, right = np.array(list(told)), np.array([float(r) for r in told.values()])
    least = least_sure(sure, right, wanted)
    if (sure >= least).any():
        assert right[sure >= least].mean() >= wanted - 1e-9
    else:
        assert right[np.argmax(sure)] < wanted
