"""Draws: no number twice, none that is taken, the same again, and the last one of a bucket is found."""

import os

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from store.number_draw import NONE_LEFT, SPACE, Waiting, draw_numbers
from store.permutation import Permutation

KEY = bytes(range(32))


class Gone:
    """Taken numbers in memory."""

    def __init__(self, numbers: object = ()) -> None:
        self.numbers = np.array(sorted(numbers), np.int64)  # type: ignore[call-overload]

    def among(self, numbers: np.ndarray) -> np.ndarray:
        return np.intersect1d(numbers, self.numbers)

    def between(self, first: int, last: int) -> np.ndarray:
        return self.numbers[(self.numbers >= first) & (self.numbers <= last)]


def waiting(buckets: list[int], seed: int = 0) -> Waiting:
    people = np.random.default_rng(seed).bytes(16 * len(buckets))
    return Waiting(np.array(buckets, np.int64), people)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60), st.lists(st.sampled_from([1000, 1100, 79085]), max_size=120), st.data())
def test_every_number_goes_to_one_person_until_none_is_left(size: int, buckets: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, SPACE - size))
    gone = data.draw(st.sets(st.sampled_from([b * SPACE + first + n for b in (1000, 79085) for n in range(size)])))
    drawn = draw_numbers(Permutation(KEY, first, size), waiting(buckets), Gone(gone))
    given_out = drawn[drawn != NONE_LEFT].tolist()
    assert len(given_out) == len(set(given_out))
    assert not set(given_out) & gone
    for bucket in set(buckets):
        mine = drawn[np.array(buckets) == bucket]
        free = size - len([n for n in gone if n // SPACE == bucket])
        assert (mine != NONE_LEFT).sum() == min(len(mine), free)
        got = mine[mine != NONE_LEFT]
        assert ((got // SPACE == bucket) & (got % SPACE >= first) & (got % SPACE < first + size)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 200))
def test_whoever_is_drawn_for_again_gets_the_same_whoever_else_waits(seed: int, others: int) -> None:
    """In a range with room the numbers of all persons but those that met a taken one do not hang on the others."""
    permutation = Permutation(KEY, 0, SPACE)
    whole = waiting([79085] * (others + 50), seed)
    all_of_them = draw_numbers(permutation, whole, Gone())
    part = draw_numbers(permutation, Waiting(whole.buckets[:50], whole.identities[: 16 * 50]), Gone())
    assert all_of_them[:50].tolist() == part.tolist()
    assert draw_numbers(permutation, whole, Gone()).tolist() == all_of_them.tolist()


def test_numbers_in_the_order_of_issue_are_even_and_have_no_memory() -> None:
    drawn = draw_numbers(Permutation(os.urandom(32), 0, SPACE), waiting([79085] * 20_000), Gone()) % SPACE
    cells = np.bincount(drawn // 10_000, minlength=100)
    assert ((cells - 200) ** 2 / 200).sum() < 99 + 6 * np.sqrt(2 * 99)
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 6 / np.sqrt(20_000)


def test_another_key_gives_everybody_another_number() -> None:
    people = waiting([79085] * 2_000)
    one, other = (draw_numbers(Permutation(k, 0, SPACE), people, Gone()) for k in (KEY, KEY[::-1]))
    assert (one == other).sum() < 5


def test_two_batches_one_after_the_other_never_share_a_number() -> None:
    permutation, gone = Permutation(KEY, 0, 500), Gone()
    handed: list[int] = []
    for seed in range(10):
        drawn = draw_numbers(permutation, waiting([79085] * 60, seed), gone)
        handed += drawn[drawn != NONE_LEFT].tolist()
        gone = Gone(handed)
    assert len(handed) == len(set(handed)) == 500
