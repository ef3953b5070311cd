"""The forward recursion and the beam against every path that there is."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.lattice import Lattice, Letters, aligned, best_path, joined, least_letters, log_probability, n_best

AB = Letters(["a", "b"])


def _lattice(seed: int, steps: int) -> Lattice:
    rng = np.random.default_rng(seed)
    return Lattice(np.log(rng.dirichlet([1.0, 1.0, 1.0], steps)).astype(np.float32), AB)


def _every_text(lattice: Lattice) -> dict[str, float]:
    """The probability of each text: that of all paths that collapse to it."""
    found: dict[str, float] = defaultdict(float)
    for path in itertools.product(range(3), repeat=len(lattice.log_probs)):
        kept = [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]
        found[AB.text(kept)] += float(np.exp(sum(lattice.log_probs[i, c] for i, c in enumerate(path))))
    return found


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 6)), min_size=1, max_size=4))
def test_a_text_is_as_likely_as_all_its_paths_together(made: list[tuple[int, int]]) -> None:
    lattices = [_lattice(seed, steps) for seed, steps in made]
    asked = [(lattice, text) for lattice in lattices for text in _every_text(lattice)]
    wanted = [p for lattice in lattices for p in _every_text(lattice).values()]
    assert np.allclose(np.exp(log_probability(asked)), wanted, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_a_wide_beam_finds_the_likeliest_text(seed: int, steps: int) -> None:
    lattice = _lattice(seed, steps)
    every = _every_text(lattice)
    text, score = n_best(lattice, beam=200, least=-50)[0]
    assert every[text] == pytest.approx(max(every.values()), rel=1e-4)
    assert np.exp(score) == pytest.approx(every[text], rel=1e-3)


def test_the_best_path_is_collapsed_and_as_sure_as_its_least_letter() -> None:
    probs = np.array([[0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [0.9, 0.05, 0.05], [0.1, 0.6, 0.3], [0.2, 0.1, 0.7]])
    text, least = best_path(Lattice(np.log(probs).astype(np.float32), AB))
    assert (text, round(least, 2)) == ("aab", 0.6)


def test_what_a_recogniser_cannot_have_read_is_never_likely() -> None:
    lattice = _lattice(1, 3)
    assert (log_probability([(lattice, "c"), (lattice, "abab")]) < -1e8).all()
    assert log_probability([]).shape == (0,)
    empty = Lattice(np.zeros((0, 3), np.float32), AB)
    assert best_path(empty) == ("", 1.0)


@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from(["", "a", "ab", "ba", "aba", "bb"]))
def test_a_text_is_laid_along_its_likeliest_path(seed: int, steps: int, text: str) -> None:
    lattice = _lattice(seed, steps)
    (places,) = aligned([(lattice, text)])
    paths = [path for path in itertools.product(range(3), repeat=steps) if _collapsed(path) == text]
    if not paths:
        assert places is None
        return
    assert places is not None
    best = max(paths, key=lambda path: sum(lattice.log_probs[i, c] for i, c in enumerate(path)))
    runs = [list(group) for _, group in itertools.groupby(range(steps), key=lambda i: best[i])]
    assert places == [(run[0], run[-1]) for run in runs if best[run[0]]]


def _collapsed(path: tuple[int, ...]) -> str:
    return AB.text([c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)])


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 5)), min_size=1, max_size=3))
def test_lines_below_each_other_are_read_as_one_with_a_blank_between(made: list[tuple[int, int]]) -> None:
    letters = Letters(["a", " "])
    lattices = [Lattice(_lattice(seed, steps).log_probs, letters) for seed, steps in made]
    read = [best_path(lattice)[0] for lattice in lattices]
    kept = [text for text in read if text.strip()] or read[:1]
    whole = joined(lattices)
    assert best_path(whole)[0].split() == " ".join(kept).split()
    assert np.allclose(np.exp(whole.log_probs).sum(1), 1, atol=1e-4)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_the_best_path_is_as_likely_by_its_letters_as_it_says(seed: int, steps: int) -> None:
    lattice = _lattice(seed, steps)
    text, least = best_path(lattice)
    every = [other for other in _every_text(lattice) if other]
    assert all(0 <= found <= 1 for found in least_letters([(lattice, other) for other in every]))
    if text:
        assert least_letters([(lattice, text)])[0] >= least - 1e-6


def test_a_text_that_cannot_be_the_line_has_no_likely_letter() -> None:
    assert least_letters([(_lattice(1, 3), "c"), (_lattice(1, 3), "abab")]) == [0.0, 0.0]
    assert least_letters([]) == []


def test_lines_of_recognisers_with_other_letters_are_told_together_as_alone() -> None:
    rng = np.random.default_rng(3)
    abc = Letters(["c", "a", "b", "d"])
    own = [(_lattice(seed, 2 + seed), "ab") for seed in range(4)]
    others = [
        (Lattice(np.log(rng.dirichlet([1.0] * 5, 3 + n)).astype(np.float32), abc), "dab"[:n]) for n in range(1, 4)
    ]
    every = [pair for two in zip(own, [*others, others[0]], strict=True) for pair in two]
    assert log_probability(every).tolist() == pytest.approx([float(log_probability([pair])[0]) for pair in every])
    assert aligned(every) == [aligned([pair])[0] for pair in every]


@given(st.integers(9, 30), st.floats(-20, -1))
def test_a_long_line_of_unlikely_letters_is_as_unlikely_as_they_are(letters: int, each: float) -> None:
    said = np.full((letters, 3), -60.0, np.float32)
    said[:, 0] = -0.001
    said[np.arange(letters), 1 + np.arange(letters) % 2] = each
    text = ("ab" * letters)[:letters]
    assert log_probability([(Lattice(said, AB), text)])[0] == pytest.approx(each * letters, rel=1e-4)
