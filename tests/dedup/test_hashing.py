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


def plain_mix(value: int) -> int:
    """SplitMix64 of one integer, in integers of Python."""
    bits = 2**64 - 1
    x = (value + 0x9E3779B97F4A7C15) & bits
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & bits
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & bits
    return x ^ (x >> 31)


def plain_combine(*values: int) -> int:
    whole = plain_mix(values[0])
    for value in values[1:]:
        whole = plain_mix(whole ^ ((value + 0xBF58476D1CE4E5B9) & (2**64 - 1)))
    return whole


def test_columns_are_hashed_as_their_plain_twin_hashes_them() -> None:
    rng = np.random.default_rng(3)
    wide = rng.integers(0, 2**64, 40_000, np.uint64)
    narrow = rng.integers(-9, 9, 40_000).astype(np.int8)
    found = combine(7, wide, narrow)
    assert found.dtype == np.uint64
    rows = [0, 1, 16_383, 16_384, 39_999]
    assert found[rows].tolist() == [plain_combine(7, int(wide[n]), int(narrow[n]) % 2**64) for n in rows]
    assert np.array_equal(found, combine(np.full(40_000, 7, np.int16), wide, narrow))
    assert int(combine(7)) == int(mix(7)) == plain_mix(7)
    assert len(combine(7, wide[:0])) == 0
