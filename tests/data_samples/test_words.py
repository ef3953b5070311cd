import numpy as np

from data_samples.options import LAYOUT_NAMES
from data_samples.words import WordTables, columns, headings, pick


def test_each_layout_names_every_column_once():
    for layout in LAYOUT_NAMES:
        assert len(set(headings(layout))) == len(columns())


def test_words_of_several_lists():
    tables = WordTables([["a", "b"], ["c"]], [[1.0, 3.0], [1.0]])
    assert tables.choose(np.asarray([0, 0, 1]), np.asarray([0.1, 0.3, 0.9])).to_pylist() == ["a", "b", "c"]
    assert pick(["x", "y"], np.asarray([0.0, 0.99])).to_pylist() == ["x", "y"]
