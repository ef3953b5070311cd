"""The word lists of vocabulary/ledgers.toml as columns to take from."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from data_samples.draw import Floats, Ints, WeightedTables, weighted_tables
from data_samples.options import LAYOUT_NAMES, Layout


@cache
def ledger_words() -> dict[str, Any]:
    """vocabulary/ledgers.toml."""
    return tomllib.loads(files("data_samples").joinpath("vocabulary", "ledgers.toml").read_text(encoding="utf-8"))


@cache
def columns() -> tuple[str, ...]:
    """Names of the columns of a ledger, in order."""
    return tuple(ledger_words()["headings"])


def headings(layout: Layout) -> list[str]:
    """What stands above the columns in a layout."""
    place = LAYOUT_NAMES.index(layout)
    return [texts[place] for texts in ledger_words()["headings"].values()]


def take(texts: list[str] | pa.Array, places: Ints) -> pa.Array:
    """The texts at these places."""
    source = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    return source.take(pa.array(places))


def pick(texts: list[str], u: Floats) -> pa.Array:
    """One of the texts for each uniform number, equally likely."""
    return take(texts, (u * len(texts)).astype(np.int64))


class WordTables:
    """Several word lists laid end to end: list number and uniform number give a word."""

    def __init__(self, lists: list[list[str]], weights: list[list[float]] | None = None) -> None:
        flat = [word for words in lists for word in words]
        self.words = pa.array(flat, pa.string())
        starts = np.cumsum([0, *map(len, lists)])[:-1]
        codes = [list(range(start, start + len(words))) for start, words in zip(starts.tolist(), lists, strict=True)]
        shares = weights or [[1.0] * len(words) for words in lists]
        self.tables: WeightedTables = weighted_tables(list(zip(codes, shares, strict=True)))

    def choose(self, table: Ints, u: Floats) -> pa.Array:
        """A word of list ``table[i]`` for each row."""
        return take(self.words, self.tables.choose(table, u))
