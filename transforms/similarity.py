"""Similarity of distinct words and of pairs of texts; the only door to rapidfuzz.

Jaro-Winkler (Winkler 1990), 0 to 1, prefix weight 0.1, unless said otherwise.
"""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein
from rapidfuzz.process import cdist, cpdist


def token_similarity(tokens: Sequence[str]) -> np.ndarray:
    """Similarity of each token with each other token.

    Args:
        tokens: distinct words, usually folded syllables.

    Returns:
        float32 matrix, len(tokens) squared, symmetric, 1 on the diagonal.
    """
    if not tokens:
        return np.zeros((0, 0), np.float32)
    return cdist(tokens, tokens, scorer=JaroWinkler.similarity, dtype=np.float32, workers=1)


def pairwise_similarity(left: Sequence[str], right: Sequence[str]) -> np.ndarray:
    """Similarity of left[i] with right[i].

    Args:
        left: texts.
        right: texts, as many as left.

    Returns:
        float32 vector of len(left).

    Raises:
        ValueError: if the lengths differ.
    """
    if len(left) != len(right):
        raise ValueError("left and right differ in length")
    if not left:
        return np.zeros(0, np.float32)
    return cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32, workers=1)


def pairwise_distance(left: Sequence[str], right: Sequence[str], most: int, *, swaps: bool = False) -> np.ndarray:
    """Letters by which left[i] and right[i] differ: left out, put in, changed and, where wanted, swapped.

    Args:
        left: texts.
        right: texts, as many as left.
        most: distances above it are all told as most + 1.
        swaps: two neighbours that changed places are one difference (Damerau 1964), not two (Levenshtein 1966).

    Returns:
        int32 vector of len(left).

    Raises:
        ValueError: if the lengths differ.
    """
    if len(left) != len(right):
        raise ValueError("left and right differ in length")
    if not left:
        return np.zeros(0, np.int32)
    scorer = OSA.distance if swaps else Levenshtein.distance
    return cpdist(left, right, scorer=scorer, score_cutoff=most, dtype=np.int32, workers=1)


def one_slip(word: str, known: Sequence[str]) -> list[int]:
    """Positions of the known words that differ from the word by one letter left out, put in, changed or swapped.

    The distance is that of optimal string alignment (Damerau 1964, Boytsov 2011).
    """
    if not known:
        return []
    distances = cdist([word], known, scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=1)
    return np.flatnonzero(distances[0] == 1).tolist()
