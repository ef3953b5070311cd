"""Columns of a sheet -> Unicode: which old encoding each column is in, and single cells that differ from their column.

The bytes of a file say little; a workbook or a UTF-8 file may hold text of an old font, and one sheet may hold several.
So every column is judged by its own words, grid by grid, until it is known; the file's verdict stands where a column
says too little.
"""

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
_SAMPLE = 2_000
_FEW_WORDS = 5
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
        self._capital: dict[int, bool] = {}
        self.used: Counter[str] = Counter()

    def decoded(self, grid: Grid) -> Grid:
        """The grid in Unicode (NFC where something was decoded)."""
        columns = tuple(self._column(at, column) for at, column in enumerate(grid.columns))
        default = self._forced or self._default
        surplus: Mapping[int, list[str]] = {
            row: [enc.decode(t, default) if default != UNICODE else t for t in texts]
            for row, texts in grid.surplus.items()
        }
        merged = {
            row: tuple((at, self._one(at, text)) for at, text in texts) for row, texts in grid.merged.items()
        }  # fmt: skip
        return replace(grid, columns=columns, surplus=surplus, merged=merged)

    def _one(self, at: int, text: str) -> str:
        name = self._known.get(at, self._forced or self._default)
        return text if name == UNICODE else enc.decode(text, name, capitals=self._capital.get(at, False))

    def _column(self, at: int, column: pa.Array) -> pa.Array:
        if column.null_count == len(column) or _is_ascii(column):
            return column
        name = self._forced or self._known.get(at) or self._judge(at, column)
        if name != UNICODE:
            self.used[name] += 1
            return self._decoded(at, column, name)
        return column if self._forced else self._mended(column)

    def _judge(self, at: int, column: pa.Array) -> str:
        words = enc.words_of(t for t in pc.unique(column).slice(0, _SAMPLE).to_pylist() if t)
        verdict = enc.judge_bytes(words) if self._is_bytes else _judge_unicode(words)
        few = verdict.words < _FEW_WORDS
        if verdict.encoding is None or (few and self._default not in (UNICODE, UNKNOWN)):
            return self._known_default()
        if not few and verdict.encoding != UNICODE:
            self._known[at] = verdict.encoding
        return verdict.encoding

    def _known_default(self) -> str:
        if self._default == UNKNOWN:
            raise FileRefused("encoding.unknown")
        return self._default

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
            if mended != texts[row]:
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


def _is_ascii(column: pa.Array) -> bool:
    return not pc.any(pc.match_substring_regex(column, r"[^\x20-\x7e\n\r\t]")).as_py()


def _is_capital(texts: list[str | None], name: str) -> bool:
    votes = Counter(
        is_written_in_capitals(enc.DECODERS[name](enc.as_bytes_view(t)))
        for t in texts[:_SAMPLE]
        if t and not t.isascii()
    )
    return votes[True] > votes[False]
