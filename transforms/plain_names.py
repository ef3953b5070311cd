"""Names that raise no question, read all at once: two to five plain Vietnamese syllables, each "Xxx" or all capitals.

Nine names of ten in a ledger are such names. Each distinct syllable is looked at once; a name is then a row of
flags. Whatever is not surely ordinary is left to `name_cell.read_cell`, which says the same of the ordinary ones.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.column import Plain
from transforms.name_cell import is_plain_syllable, is_telling_start
from transforms.name_parts import has_odd_start, seconds_of_compounds, starts_of_compounds

_Flags = npt.NDArray[np.bool_]
_FEWEST, _MOST = 2, 5


@dataclass(frozen=True)
class _Syllables:
    """Syllables of all names one after the other, where each name begins (names + 1 numbers), flags a name."""

    flat: pa.Array
    starts: npt.NDArray[np.int64]
    is_title: _Flags
    is_upper: _Flags
    is_odd_start: _Flags

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        return np.diff(self.starts)


def whole_names(texts: pa.Array, column: str) -> Plain:
    """The ordinary names among distinct cleaned texts, with capital initials, under that column."""
    found = _syllables(texts)
    return Plain(found.is_title | found.is_upper, {column: _with_initials(texts, found)})


def plain_names(texts: pa.Array) -> Plain:
    """The ordinary names with a plain surname, and their parts: full_name, surname, middle_name, given_name."""
    found = _syllables(texts)
    hit = (found.is_title | found.is_upper) & ~found.is_odd_start
    first, last = found.starts[:-1], found.starts[1:] - 1
    parts = {
        "surname": _taken(found.flat, first, hit),
        "middle_name": _middle_names(found, hit),
        "given_name": _taken(found.flat, last, hit),
    }
    titled = {name: pc.if_else(pa.array(found.is_upper), pc.utf8_title(part), part) for name, part in parts.items()}
    nothing = pa.nulls(len(texts), pa.string())
    return Plain(hit, {"full_name": _with_initials(texts, found), **titled, "other_names": nothing})


def _with_initials(texts: pa.Array, found: _Syllables) -> pa.Array:
    return pc.if_else(pa.array(found.is_upper), pc.utf8_title(texts), texts)


def _syllables(texts: pa.Array) -> _Syllables:
    split = pc.split_pattern(pc.fill_null(texts, ""), " ")
    flat, starts = split.flatten(), split.offsets.to_numpy().astype(np.int64)
    starts = starts - starts[0]
    encoded = flat.dictionary_encode()
    words, codes = encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)
    plain, title, upper = (
        np.array([test(w) for w in words], bool)
        for test in (is_plain_syllable, lambda w: w[:1].isupper() and w[1:].islower(), str.isupper)
    )  # fmt: skip
    telling, odd, second = (
        np.array([test(w) for w in words], bool) for test in (is_telling_start, _may_start_oddly, _may_be_second)
    )
    starting = np.array([w.title() in starts_of_compounds() for w in words], bool)
    counts, first = np.diff(starts), codes[starts[:-1]]
    after = codes[np.minimum(starts[:-1] + 1, starts[1:] - 1)]
    fits = (counts >= _FEWEST) & (counts <= _MOST) & ~telling[first] & _all(plain[codes], starts)
    return _Syllables(
        flat,
        starts,
        fits & _all(title[codes], starts),
        fits & _all(upper[codes], starts),
        odd[first] | (starting[first] & second[after]),
    )


def _may_start_oddly(syllable: str) -> bool:
    return has_odd_start(syllable) or has_odd_start(syllable.title())


def _may_be_second(syllable: str) -> bool:
    """May it stand second in a compound surname (Nguyễn Phúc, Hoàng Phủ)?"""
    return syllable.title() in seconds_of_compounds()


def _all(flags: _Flags, starts: npt.NDArray[np.int64]) -> _Flags:
    """Is the flag true of every syllable of a name?"""
    counts = np.zeros(len(flags) + 1, np.int64)
    np.cumsum(flags, out=counts[1:])
    return np.asarray(counts[starts[1:]] - counts[starts[:-1]] == np.diff(starts))


def _taken(flat: pa.Array, places: npt.NDArray[np.int64], hit: _Flags) -> pa.Array:
    return flat.take(pa.array(places, mask=~hit))


def _middle_names(found: _Syllables, hit: _Flags) -> pa.Array:
    """All but the first and the last syllable of the names that are hit; null where there are two."""
    inner = np.ones(len(found.flat), bool)
    inner[found.starts[:-1]] = False
    inner[found.starts[1:] - 1] = False
    counts = np.maximum(found.counts - 2, 0)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), found.flat.filter(pa.array(inner)))
    return pc.if_else(pa.array(hit & (counts > 0)), pc.binary_join(lists, " "), pa.scalar(None, pa.string()))
