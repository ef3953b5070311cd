import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.hashing import MISSING, combine, hash_texts, mix


def test_the_store_keeps_these_hashes_so_they_never_change() -> None:
    assert hash_texts(pa.array(["nguyen"])).tolist() == [3383796279105100424]
    assert mix([1]).tolist() == [10451216379200822465]


def test_nothing_has_no_hash() -> None:
    assert (hash_texts(pa.array([None, ""], pa.string())) == MISSING).all()


@given(st.lists(st.integers(0, 2**63), unique=True))
def test_mixing_keeps_integers_apart(values: list[int]) -> None:
    assert len(set(mix(np.array(values, np.uint64)).tolist())) == len(values)


def test_the_order_of_columns_counts() -> None:
    one, two = np.array([1], np.uint64), np.array([2], np.uint64)
    assert combine(one, two) != combine(two, one)
    assert combine(one) != combine(one, one)
