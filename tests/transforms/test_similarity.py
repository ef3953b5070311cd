import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.similarity import pairwise_distance, pairwise_similarity, token_similarity

WORDS = st.lists(st.text("abcdeghinortuy", max_size=7), max_size=8)


@given(WORDS)
def test_tokens_with_each_other(words):
    table = token_similarity(words)
    assert table.shape == (len(words), len(words))
    assert table.dtype == np.float32
    assert np.allclose(table, table.T, atol=1e-6)
    assert np.allclose(np.diag(table), 1)
    assert ((table >= 0) & (table <= 1)).all()


@given(WORDS)
def test_pairs_agree_with_the_table(words):
    other = list(reversed(words))
    table = token_similarity(words)
    expected = [table[i, len(words) - 1 - i] for i in range(len(words))]
    assert np.allclose(pairwise_similarity(words, other), expected, atol=1e-6)


def test_known_value():
    assert pairwise_similarity(["martha", "abc"], ["marhta", "xyz"]).tolist() == pytest.approx([0.9611, 0], abs=1e-4)


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="length"):
        pairwise_similarity(["a"], [])


@given(WORDS)
def test_distances_are_symmetric_and_end_above_the_most(words):
    other = list(reversed(words))
    for swaps in (False, True):
        found = pairwise_distance(words, other, 2, swaps=swaps)
        assert found.tolist() == pairwise_distance(other, words, 2, swaps=swaps).tolist()
        assert found.max(initial=0) <= 3
        assert [a == b for a, b in zip(words, other, strict=True)] == (found == 0).tolist()


def test_neighbours_that_changed_places_are_one_difference_or_two():
    assert pairwise_distance(["lan"], ["aln"], 5).tolist() == [2]
    assert pairwise_distance(["lan"], ["aln"], 5, swaps=True).tolist() == [1]
    with pytest.raises(ValueError, match="length"):
        pairwise_distance(["a"], [], 1)
