"""Names as integers: each distinct syllable once, each distinct name once, as a row of syllable codes.

A syllable has two forms. The *marked* form tells Hùng from Hưng and ignores case and the place of the tone mark; the
*folded* form is what typists who leave out marks, write Telex residue (Nguyeenx) or i for y have in common.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.hashing import Hashes, combine, hash_texts
from dedup.shared_keys import by_key, starts_of
from dedup.sounds import sound_hashes
from transforms.text import fold

Codes = npt.NDArray[np.int32]
WIDTH = 6
"""Most syllables kept of a name: the first two and the last four of a longer one."""
NONE = -1

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_BREAK = re.compile(r"[^\w'’`ʼ]+|_")
_DROP = re.compile(r"\W")
_TELEX = (("dd", "d"), ("aa", "a"), ("ee", "e"), ("oo", "o"), ("aw", "a"), ("ow", "o"), ("uw", "u"), ("w", "u"))
_TELEX_TONE = re.compile(r"(?<=[aeiouy])([a-z]*?)[sfrxj]$")
_TELEX_TONES = dict(zip("sfrxj", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_TELEX_LETTERS = (
    ("uow", "u\u031bo\u031b"), ("dd", "đ"), ("aa", "a\u0302"), ("ee", "e\u0302"), ("oo", "o\u0302"),
    ("aw", "a\u0306"), ("ow", "o\u031b"), ("uw", "u\u031b"), ("w", "u\u031b"),
)  # fmt: skip
_OPEN_Y = re.compile(r"^(b|h|k|l|m|qu|s|t|v)y$")


@dataclass(frozen=True)
class Tokens:
    """The distinct syllables.

    Arrays by marked code: folded, marked. By folded code: texts, hashes, sounds, initial, short.
    `sounds` are hashes of `sounds.sound`, `initial` is the first letter as a number, `short` says that the syllable is
    one letter: an abbreviation.
    """

    folded: Codes
    marked: npt.NDArray[np.bool_]
    texts: tuple[str, ...]
    hashes: Hashes
    sounds: Hashes
    initial: npt.NDArray[np.int32]
    short: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Names:
    """The distinct names; row 0 is the missing name.

    Attributes:
        tokens: the syllables.
        marked: marked codes, shape (names, WIDTH), filled with NONE.
        folded: folded codes, the same shape.
        sizes: number of syllables of each name.
        hashes: hash of the folded name.
        has_marks: some syllable of the name bears a mark.
    """

    tokens: Tokens
    marked: Codes
    folded: Codes
    sizes: npt.NDArray[np.int8]
    hashes: Hashes
    has_marks: npt.NDArray[np.bool_]

    def first(self) -> Codes:
        """Folded code of the surname of each name."""
        return self.folded[:, 0]

    @cached_property
    def _last(self) -> Codes:
        rows = np.arange(len(self.sizes))
        return np.asarray(self.folded[rows, np.maximum(self.sizes.astype(np.int64) - 1, 0)], dtype=np.int32)

    def last(self) -> Codes:
        """Folded code of the given name of each name."""
        return self._last


@lru_cache(1 << 16)
def match_forms(syllable: str) -> tuple[str, str]:
    """Marked and folded form of one syllable."""
    whole = unicodedata.normalize("NFD", syllable.lower())
    plain = _DROP.sub("", fold(syllable))
    bare = _without_telex(plain)
    tone = "".join(c for c in whole if c in _TONES)
    marked = "".join(c for c in whole if c not in _TONES and (c.isalnum() or unicodedata.combining(c))) + tone
    if bare != plain:
        marked = _typed_marks(plain) if syllable.isascii() else bare
    if _OPEN_Y.match(bare):
        return marked.replace("y", "i"), bare[:-1] + "i"
    return marked, bare


def _without_telex(plain: str) -> str:
    if not plain.isalpha() or len(plain) < 3:
        return plain
    bare = _TELEX_TONE.sub(r"\1", plain)
    for typed, letter in _TELEX:
        bare = bare.replace(typed, letter)
    return bare if len(bare) > 1 else plain


def _typed_marks(plain: str) -> str:
    """Marked form of a syllable in Telex keystrokes: Nguyeenx is Nguyễn."""
    tone = _TELEX_TONES.get(plain[-1], "") if _TELEX_TONE.search(plain) else ""
    typed = _TELEX_TONE.sub(r"\1", plain)
    for keys, letter in _TELEX_LETTERS:
        typed = typed.replace(keys, letter)
    return typed + tone


class NameBook:
    """Collects the distinct names of many chunks; `names` gives them as one table."""

    def __init__(self) -> None:
        self._raw: dict[str, int] = {}
        self._marked: dict[str, int] = {}
        self._folded: dict[str, int] = {}
        self._parts: list[tuple[int, ...]] = []
        self._fold_of: list[int] = []
        self._has_mark: list[bool] = []
        self._rows: list[Codes] = [np.full((1, WIDTH), NONE, np.int32)]
        self._sizes: list[npt.NDArray[np.int8]] = [np.zeros(1, np.int8)]
        self._count = 1

    def add(self, columns: Sequence[pa.ChunkedArray]) -> list[Codes]:
        """Codes of the names in some columns of one chunk; 0 = missing. They hold until `names`."""
        encoded = pa.chunked_array([c for column in columns for c in column.chunks], pa.string()).combine_chunks()
        encoded = encoded.dictionary_encode()
        rows, sizes = self._syllables(encoded.dictionary)
        base, self._count = self._count, self._count + len(rows)
        self._rows.append(rows)
        self._sizes.append(sizes)
        index = pc.fill_null(encoded.indices, -base).to_numpy().astype(np.int32) + np.int32(base)
        ends = np.cumsum([len(c) for c in columns])[:-1]
        return np.split(index, ends)

    def names(self) -> tuple[Names, Codes]:
        """The distinct names, and for each code given so far its row in them."""
        marked, sizes = np.concatenate(self._rows), np.concatenate(self._sizes)
        self._rows, self._sizes = [], []
        tokens = self._tokens()
        first, inverse = _distinct(_row_hash(marked))
        # Row 0 stays the missing name: move it to the front by swapping labels.
        label = inverse[0]
        order = np.concatenate(([label], np.delete(np.arange(len(first)), label)))
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        wanted = first[order]
        return _name_table(tokens, marked.take(wanted, axis=0), sizes.take(wanted)), place.take(inverse)

    def _syllables(self, texts: pa.Array) -> tuple[Codes, npt.NDArray[np.int8]]:
        split = pc.utf8_split_whitespace(texts)
        words = split.flatten().dictionary_encode()
        raw = np.array([self._raw_code(w) for w in words.dictionary.to_pylist()] or [0], np.int32)
        sizes = pc.list_value_length(split).to_numpy(zero_copy_only=False).astype(np.int64)
        return _spread(raw.take(words.indices.to_numpy()) if len(words) else raw[:0], sizes, self._parts)

    def _raw_code(self, word: str) -> int:
        code = self._raw.get(word)
        if code is None:
            code = self._raw[word] = len(self._parts)
            self._parts.append(tuple(self._token_code(p) for p in _BREAK.split(word) if _DROP.sub("", p)))
        return code

    def _token_code(self, syllable: str) -> int:
        marked, folded = match_forms(syllable)
        code = self._marked.get(marked)
        if code is None:
            code = self._marked[marked] = len(self._fold_of)
            self._fold_of.append(self._folded.setdefault(folded, len(self._folded)))
            self._has_mark.append(marked != folded)
        return code

    def _tokens(self) -> Tokens:
        texts = tuple(self._folded)
        return Tokens(
            np.array(self._fold_of, np.int32), np.array(self._has_mark, np.bool_), texts,
            hash_texts(pa.array(texts, pa.string())), sound_hashes(texts),
            np.array([ord(t[:1] or " ") for t in texts], np.int32),
            np.array([len(t) == 1 for t in texts], np.bool_),
        )  # fmt: skip


def _spread(
    raw: Codes, sizes: npt.NDArray[np.int64], parts: list[tuple[int, ...]]
) -> tuple[Codes, npt.NDArray[np.int8]]:
    """Marked codes of the syllables of each name, in a table of WIDTH columns.

    Args:
        raw: words of the names, one name after the other.
        sizes: number of words of each name.
        parts: syllables of each word.
    """
    counts = np.array([len(p) for p in parts] or [0])
    repeat = counts.take(raw)
    flat = np.array([c for p in parts for c in p] or [0], np.int32)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    if (repeat == 1).all():
        codes = flat.take(starts.take(raw))
    else:
        inside = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
        codes = flat[np.repeat(starts[raw], repeat) + inside]
        sizes = np.diff(np.append(0, np.cumsum(repeat))[np.append(0, np.cumsum(sizes))])
    if (sizes > WIDTH).any():
        codes = codes[_kept(sizes)]
        sizes = np.minimum(sizes, WIDTH)
    table = np.full((len(sizes), WIDTH), NONE, np.int32)
    table[np.arange(WIDTH) < sizes[:, None]] = codes
    return table, sizes.astype(np.int8)


def _kept(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Of the syllables of all names those that are kept: the first two and the last of a long name."""
    place = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = np.repeat(sizes, sizes)
    return np.asarray((place < 2) | (place >= size - (WIDTH - 2)))


def _row_hash(rows: Codes) -> Hashes:
    pairs = np.ascontiguousarray(rows).view(np.uint64)
    return combine(*(pairs[:, i] for i in range(pairs.shape[1])))


def _distinct(hashes: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First place of each distinct hash, and for each place which of them it holds."""
    order = by_key(hashes)
    starts = starts_of(hashes.take(order))
    inverse = np.empty(len(hashes), np.int64)
    inverse[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(order)))
    return order.take(starts), inverse


def _name_table(tokens: Tokens, marked: Codes, sizes: npt.NDArray[np.int8]) -> Names:
    fold_of = np.append(tokens.folded, NONE).astype(np.int32)
    folded = fold_of[marked]
    words = np.append(tokens.hashes, np.uint64(0))[folded]
    hashes = combine(*(words[:, i] for i in range(WIDTH)))
    hashes[sizes == 0] = 0
    has_marks = np.asarray(np.append(tokens.marked, False)[marked].any(axis=1), np.bool_)
    return Names(tokens, marked, folded, sizes, hashes, has_marks)
