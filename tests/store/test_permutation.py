"""One to one on any range, even, and without a pattern that knowing many images would show."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.permutation import Permutation, key_mark

KEY = bytes(range(32))
BUCKET = 79085


def images(size: int, key: bytes = KEY, bucket: int = BUCKET, first: int = 0) -> np.ndarray:
    return Permutation(key, first, size).images(np.full(size, bucket), np.arange(size))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3_000) | st.sampled_from([9_999, 10_000, 10_001]),
    st.integers(0, 990_000),
    st.binary(min_size=32, max_size=32),
)
def test_it_is_one_to_one_on_a_range_of_any_size(size: int, first: int, key: bytes) -> None:
    assert np.sort(images(size, key, 96999, first)).tolist() == list(range(first, first + size))


def test_it_is_one_to_one_on_all_six_digits() -> None:
    assert (np.bincount(images(1_000_000), minlength=1_000_000) == 1).all()


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 2_000), st.binary(min_size=16, max_size=16))
def test_the_steps_of_a_person_visit_every_place_once(size: int, identity: bytes) -> None:
    start, step = Permutation(KEY, 0, size).starts(identity)
    assert len(set(((start + step * np.arange(size)) % size).tolist())) == size


def test_what_is_known_of_a_bucket_does_not_give_the_next() -> None:
    """Ten thousand images side by side: even over the range, without memory of the one before, at any distance."""
    size, known = 1_000_000, 10_000
    seen = images(size)[:known].astype(float)
    cells = np.bincount((seen / size * 100).astype(int), minlength=100)
    assert ((cells - known / 100) ** 2 / (known / 100)).sum() < 99 + 6 * np.sqrt(2 * 99)
    for lag in (1, 2, 3, 10, 100, 1_000):
        assert abs(np.corrcoef(seen[:-lag], seen[lag:])[0, 1]) < 6 / np.sqrt(known)
    gaps = np.diff(seen).astype(int) % size
    assert np.bincount(gaps // 1_000, minlength=1_000).max() < 10 + 6 * np.sqrt(10) + 5
    assert abs((np.diff(seen) > 0).mean() - 0.5) < 6 * 0.5 / np.sqrt(known)


def test_the_halves_of_neighbours_are_no_neighbours() -> None:
    """A network of too few rounds keeps one half of places that share the other."""
    size = 1_000_000
    for stride in (1, 1_000):
        block = images(size)[: stride * 1_000 : stride]
        for part in (block // 1_000, block % 1_000):
            assert len(np.unique(part)) > 550  # 632 of a thousand are expected


@pytest.mark.parametrize("size", [1_000, 1_000_000])
def test_another_key_bucket_or_range_changes_all(size: int) -> None:
    base = images(size)
    for other in (
        images(size, KEY[:-1] + b"\x00"), images(size, bucket=BUCKET + 1),
        images(size - 1)[: size - 1] if size > 1_000 else images(size, first=1) - 1,
    ):  # fmt: skip
        same = (base[: len(other)] == other).sum()
        assert same < 12  # one is expected of any two permutations


def test_equal_identities_begin_at_equal_places_under_one_key_only() -> None:
    people = os.urandom(16 * 500)
    one, again, other = (Permutation(k, 0, 1_000_000).starts(people) for k in (KEY, KEY, KEY[::-1]))
    assert one[0].tolist() == again[0].tolist()
    assert one[1].tolist() == again[1].tolist()
    assert (one[0] == other[0]).sum() < 5
    assert len(set(Permutation(KEY, 0, 1_000_000).starts(people)[0].tolist())) > 490


@pytest.mark.parametrize(("key", "first", "size"), [(b"short", 0, 5), (KEY, -1, 5), (KEY, 0, 0), (KEY, 0, 1_000_001)])
def test_what_is_no_range_or_no_key_is_refused(key: bytes, first: int, size: int) -> None:
    with pytest.raises(ValueError, match="no range"):
        Permutation(key, first, size)


def test_the_mark_of_a_key_tells_keys_apart_and_is_no_part_of_it() -> None:
    assert key_mark(KEY) != key_mark(KEY[::-1])
    assert len(key_mark(KEY)) == 8
    assert key_mark(KEY) not in KEY.hex()
