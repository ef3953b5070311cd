"""Columns of a sheet -> Unicode: which old encoding each column is in, and single cells that differ from their column.

The bytes of a file say little; a workbook or a UTF-8 file may hold text of an old font, and one sheet may hold several.
So every column is judged by its own words, grid by grid, until it is known; the file's verdict stands where a column
says too little.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from readers import encoding as enc
from readers.capitals import is_written_in_capitals
from readers.grid import Grid
from readers.text_file import UNKNOWN
from schemas.errors import FileRefused

UNICODE = "utf-8"
_SAMPLE, _LATER_SAMPLE = 2_000, 200
_BEYOND_ASCII = re.compile(rb"[^\t\n\r\x20-\x7e]")
_FEW_WORDS = 5
_ETH = str.maketrans("Ðð", "Đđ")
_SURE = 0.95
_ODD = (
    r"[\x{80}-\x{BF}\x{C4}-\x{C7}\x{CB}\x{CE}-\x{D1}\x{D6}-\x{D8}\x{DB}\x{DC}\x{DE}-\x{DF}\x{E4}-\x{E7}\x{EB}"
    r"\x{EE}-\x{F1}\x{F6}-\x{F8}\x{FB}\x{FC}\x{FE}\x{FF}]"
)
"""Letters and signs of latin-1 that Vietnamese does not use: what bytes of another encoding look like."""


class ColumnText:
    """Decodes the columns of one sheet, grid by grid.

    Args:
        file_encoding: what the bytes of the file are in; None: they were Unicode already.
        forced: the encoding a person named; then nothing is judged.
    """

    def __init__(self, file_encoding: str | None, forced: str | None = None) -> None:
        self._default = file_encoding or UNICODE
        self._is_bytes = file_encoding is not None
        self._forced = forced
        self._known: dict[int, str] = {}
        self._weak: dict[int, str] = {}
        self._unclear: dict[int, Mapping[str, int]] = {}
        self._settled: set[int] = set()
        self._capital: dict[int, bool] = {}
        self.used: Counter[str] = Counter()

    def decoded(self, grid: Grid) -> Grid:
        """The grid in Unicode (NFC where something was decoded).

        Raises:
            FileRefused: encoding.unknown, 8-bit text that no encoding makes Vietnamese.
        """
        if self._forced is None:
            for at, column in enumerate(grid.columns):
                if at not in self._known and _is_beyond_ascii(column):
                    self._judge(at, column)
        columns = tuple(self._column(at, column) for at, column in enumerate(grid.columns))
        surplus = {row: [self._one(-1, t) for t in texts] for row, texts in grid.surplus.items()}
        merged = {row: tuple((at, self._one(at, text)) for at, text in texts) for row, texts in grid.merged.items()}
        return replace(grid, columns=columns, surplus=surplus, merged=merged)

    def _column(self, at: int, column: pa.Array) -> pa.Array:
        if not _is_beyond_ascii(column):
            return column
        name = self._name(at)
        if name != UNICODE:
            self.used[name] += 1
            return self._decoded(at, column, name)
        return column if self._forced else self._mended(column)

    def _one(self, at: int, text: str) -> str:
        if text.isascii():
            return text
        name = self._name(at)
        return text if name == UNICODE else enc.decode(text, name, capitals=self._capital.get(at, False))

    def _name(self, at: int) -> str:
        """Encoding of a column: its own, else a weak verdict that another column confirms, else the file's."""
        own = self._forced or self._known.get(at)
        if own:
            return own
        weak = self._weak.get(at)
        others = Counter(self._known.values()).most_common(1)
        other = others[0][0] if others else None
        if self._default != UNKNOWN:
            return other if other is not None and (weak == other or self._fits(at, other)) else self._default
        if weak or other:
            return weak or other or UNKNOWN
        raise FileRefused("encoding.unknown")

    def _fits(self, at: int, name: str) -> bool:
        """Do the few words of a column make more sense in the encoding of its neighbours than as they stand?"""
        words = self._unclear.get(at)
        if not words:
            return False
        share = enc.judge(words, (name,)).share
        return share >= enc.LEAST_SHARE and share > enc.judge(words, (UNICODE,)).share

    def _judge(self, at: int, column: pa.Array) -> None:
        sample = _LATER_SAMPLE if at in self._settled else _SAMPLE
        words = enc.words_of(t for t in pc.unique(column.slice(0, 4 * sample)).slice(0, sample).to_pylist() if t)
        verdict = enc.judge_bytes(words) if self._is_bytes else _judge_unicode(words)
        if verdict.encoding is None:
            self._unclear[at] = words
        elif verdict.words < _FEW_WORDS:
            self._weak[at] = verdict.encoding
        elif verdict.encoding == UNICODE:
            self._settled.add(at)
        else:
            self._known[at] = verdict.encoding

    def _decoded(self, at: int, column: pa.Array, name: str) -> pa.Array:
        distinct = column.dictionary_encode()
        texts = distinct.dictionary.to_pylist()
        if name == "tcvn3" and at not in self._capital:
            self._capital[at] = _is_capital(texts, name)
        capitals = self._capital.get(at, False)
        done = [enc.decode(t, name, capitals=capitals) for t in texts]
        return pa.array(done, pa.string()).take(distinct.indices)

    def _mended(self, column: pa.Array) -> pa.Array:
        """Cells of a Unicode column that look like bytes of another encoding, each judged alone."""
        odd = np.flatnonzero(pc.fill_null(pc.match_substring_regex(column, _ODD), False).to_numpy(zero_copy_only=False))
        if not len(odd):
            return column
        texts = column.to_pylist()
        for row in odd.tolist():
            mended = mended_text(texts[row])
            # A Latin eth for đ is a slip of the keyboard, told later and kept as typed, not another encoding.
            if mended.translate(_ETH) != texts[row].translate(_ETH):
                texts[row] = mended
                self.used["mixed"] += 1
        return pa.array(texts, pa.string())


def mended_text(text: str) -> str:
    """One cell that stands in another encoding than its column; as it is where that is not clear."""
    verdict = enc.judge_unicode(enc.words_of([text]))
    if verdict.encoding in (None, UNICODE) or not verdict.words:
        return text
    return enc.decode(text, verdict.encoding or UNICODE)


def _judge_unicode(words: Mapping[str, int]) -> enc.Verdict:
    plain = enc.judge(words, (UNICODE,))
    return plain if plain.share >= _SURE else enc.judge_unicode(words)


def _is_beyond_ascii(column: pa.Array) -> bool:
    """Is there a letter beyond ASCII, or a control byte that VISCII uses for one?"""
    data = column.buffers()[2] if column.null_count < len(column) else None
    return data is not None and bool(_BEYOND_ASCII.search(memoryview(data)))


def _is_capital(texts: list[str | None], name: str) -> bool:
    votes = Counter(
        is_written_in_capitals(enc.DECODERS[name](enc.as_bytes_view(t)))
        for t in texts[:_SAMPLE]
        if t and not t.isascii()
    )
    return votes[True] > votes[False]
