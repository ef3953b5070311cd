"""Columns of a sheet -> Unicode: which old encoding each column is in, and single cells that differ from their column.

The bytes of a file say little; a workbook or a UTF-8 file may hold text of an old font, and one sheet may hold several.
So every column is judged by its own words, grid by grid, until it is known; the file's verdict stands where a column
says too little. A cell that makes no sense in its column's encoding is judged alone.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from readers import cell_text, some_cells, typed, typed_cells
from readers import encoding as enc
from readers.capitals import is_written_in_capitals
from readers.grid import Grid, Trouble, without_blanks
from readers.text_file import UNKNOWN
from schemas.errors import FileRefused

UNICODE = "utf-8"
_SAMPLE, _LATER_SAMPLE = 2_000, 60
_TYPED_SAMPLE = 1_000
_BEYOND_ASCII = re.compile(rb"[^\t\n\r\x20-\x7e]")
_FEW_WORDS, _ENOUGH_WORDS = 5, 20
_SURE = 0.95
_ODD = (
    r"[\x{80}-\x{BF}\x{C4}-\x{C7}\x{CB}\x{CE}-\x{D1}\x{D6}-\x{D8}\x{DB}\x{DC}\x{DE}-\x{DF}\x{E4}-\x{E7}\x{EB}"
    r"\x{EE}-\x{F1}\x{F6}-\x{F8}\x{FB}\x{FC}\x{FE}\x{FF}]|[\x{152}-\x{161}\x{178}-\x{17E}\x{192}\x{2C6}\x{2DC}]"
    r"|\p{L}[\x{2018}-\x{203A}\x{20AC}\x{2122}]|[\x{E0}-\x{FF}]\p{Lu}|\p{Ll}[\x{C0}-\x{DF}]"
)
_ODD_LETTERS = re.compile(
    "[\x80-\xbf\xc4-\xc7\xcb\xce-\xd1\xd6-\xd8\xdb\xdc\xde-\xdf\xe4-\xe7\xeb\xee-\xf1\xf6-\xf8\xfb\xfc\xfe\xff"
    "\u0152-\u0161\u0178-\u017e\u0192\u02c6\u02dc]|[^\\W\\d_][\u2018-\u203a\u20ac\u2122]"
)
"""Letters and signs of latin-1 and cp1252 that Vietnamese does not use: what bytes of another encoding look like."""
_FEW_CELLS = 1_000


class ColumnText:
    """Decodes the columns of one sheet, grid by grid.

    Args:
        file_encoding: what the bytes of the file are in; None: they were Unicode already.
        forced: the encoding a person named for the whole file; then nothing is judged.
        hint: the encoding to take where the file does not say.
    """

    def __init__(self, file_encoding: str | None, forced: str | None = None, hint: str | None = None) -> None:
        self._default = file_encoding or UNICODE
        self._is_bytes = file_encoding is not None
        self._forced, self._hint = forced, hint
        self.took_hint = False
        self._is_asking = True
        self._told: dict[int, str] = {}
        self._known: dict[int, str] = {}
        self._second: dict[int, str] = {}
        self._weak: dict[int, str] = {}
        self._unclear: dict[int, tuple[Mapping[str, int], enc.Verdict]] = {}
        self._settled: set[int] = set()
        self._seen_ascii: set[int] = set()
        self._typed_cells: dict[int, some_cells.SomeCells] = {}
        self._capital: dict[int, bool] = {}
        self._in_unicode: list[int] = []
        self.used: Counter[str] = Counter()

    def tell(self, at: int, encoding: str) -> str | None:
        """A person names the encoding of one column; returns what the column was clearly judged to be, if another."""
        judged = self._known.get(at) or (UNICODE if at in self._settled else None)
        self._told[at] = encoding
        return judged if judged not in (None, encoding) else None

    def encoding_of(self, at: int) -> str | None:
        """What a column was read as; None where it was plain Unicode or ASCII."""
        name = self._told.get(at) or self._forced or self._known.get(at)
        return name if name != UNICODE else None

    def decoded(self, grid: Grid, *, is_asking: bool = True) -> Grid:
        """The grid in Unicode (NFC where something was decoded), with the rows that no encoding explains told.

        Args:
            grid: rows as they were read.
            is_asking: False leaves columns as they are whose encoding would have to be asked for.

        Raises:
            FileRefused: encoding.unknown, encoding.doubtful: 8-bit text that no encoding, or several, make Vietnamese.
        """
        self._is_asking = is_asking
        if self._forced is None:
            for at, column in enumerate(grid.columns):
                if at not in self._known and at not in self._told:
                    self._judge(at, column)
        troubles: list[Trouble] = []
        self._in_unicode.clear()
        columns = [self._column(at, column, troubles) for at, column in enumerate(grid.columns)]
        for at, odd in _odd_rows({at: columns[at] for at in self._in_unicode}):
            columns[at] = self._mended(at, columns[at], odd, troubles)
        if self._is_bytes:
            columns = [without_blanks(c) for c in columns]
        surplus = {row: [self._one(-1, t) for t in texts] for row, texts in grid.surplus.items()}
        merged = {row: tuple((at, self._one(at, text)) for at, text in texts) for row, texts in grid.merged.items()}
        return replace(
            grid,
            columns=tuple(columns),
            surplus=surplus,
            merged=merged,
            troubles=(*grid.troubles, *dict.fromkeys(troubles)),
        )

    def _column(self, at: int, column: pa.Array, troubles: list[Trouble]) -> pa.Array:
        own = self._told.get(at) or self._forced or self._known.get(at)
        if own in typed.WAYS:
            return self._keys(at, column, own, troubles)
        if at in self._typed_cells and own is None:
            self.used["mixed"] += 1
            column = _typed(at, column, partial(some_cells.read_some, cells=self._typed_cells[at]), troubles)
        if not _is_beyond_ascii(column) and self._name_or(at, UNICODE) != "bkhcm1":
            return column
        try:
            name = self._name(at)
        except FileRefused:
            if self._is_asking:
                raise
            return column
        if name != UNICODE or at in self._second:
            self.used[name] += name != UNICODE
            if at in self._second:
                self.used[self._second[at]] += 1
            return self._decoded(at, column, name, troubles)
        if not self._forced and at not in self._told:
            self._in_unicode.append(at)
        return column

    def _keys(self, at: int, column: pa.Array, way: str, troubles: list[Trouble]) -> pa.Array:
        """A column of keys; where no person said so, single cells may be of an old font."""
        self.used[way] += 1
        if self._forced is not None or at in self._told:
            return _told_typed(column, way)
        if not self._is_bytes:
            self._in_unicode.append(at)
        return _typed(at, column, partial(typed_cells.read_cell, way=way), troubles)

    def _one(self, at: int, text: str) -> str:
        if text.isascii():
            return text
        name = self._name_or(at, self._default)
        if name in typed.WAYS:
            return typed_cells.read_told(text, name)
        return text if name in (UNICODE, UNKNOWN) else enc.decode(text, name, capitals=self._capital.get(at, False))

    def _name_or(self, at: int, default: str) -> str:
        return self._told.get(at) or self._forced or self._known.get(at) or default

    def _name(self, at: int) -> str:
        """Encoding of a column: its own, else a weak verdict that another column confirms, else the file's."""
        own = self._told.get(at) or self._forced or self._known.get(at)
        if own:
            return own
        weak = self._weak.get(at)
        others = Counter(n for n in self._known.values() if n not in typed.WAYS).most_common(1)
        other = others[0][0] if others else None
        if self._default != UNKNOWN:
            chosen = other if other is not None and (weak == other or self._fits(at, other)) else self._default
        elif weak or other:
            chosen = weak or other or UNKNOWN
        else:
            return self._hinted(_asking(self._unclear.get(at)))
        return self._doubted(at, chosen)

    def _doubted(self, at: int, chosen: str) -> str:
        """Ask where a column has words enough to speak for itself and says something else than its neighbours."""
        if not self._is_bytes or at not in self._unclear or chosen == UNICODE:
            return chosen
        words, verdict = self._unclear[at]
        if verdict.share < enc.LEAST_SHARE or verdict.words < _ENOUGH_WORDS or chosen in verdict.options:
            return chosen
        if enc.judge(words, (chosen,)).share < enc.LEAST_SHARE:
            return self._hinted(_asking(self._unclear[at]))
        return chosen

    def _hinted(self, question: FileRefused) -> str:
        """The remembered answer to a question about the encoding.

        Raises:
            FileRefused: the question, where nobody answered it.
        """
        if self._hint is None or self._hint not in enc.DECODERS:
            raise question
        self.took_hint = True
        return self._hint

    def _fits(self, at: int, name: str) -> bool:
        """Do the few words of a column make more sense in the encoding of its neighbours than as they stand?"""
        if at not in self._unclear:
            return False
        words = self._unclear[at][0]
        pair = enc.judge(words, (name, UNICODE))
        return pair.encoding == name or (pair.encoding is None and pair.options[:1] == (name,))

    def _judge(self, at: int, column: pa.Array) -> None:
        is_ascii = not _is_beyond_ascii(column)
        if is_ascii or not self._is_bytes:
            self._judge_typed(at, column)
        if is_ascii or at in self._known:
            return
        sample = _LATER_SAMPLE if at in self._settled else _SAMPLE
        words = enc.words_of(t for t in _distinct(column, sample) if t)
        verdict = enc.judge_bytes(words) if self._is_bytes else _judge_unicode(words)
        if verdict.encoding is None:
            self._unclear[at] = words, verdict
        elif verdict.words < _FEW_WORDS or (verdict.is_tied and self._is_bytes):
            self._weak[at] = verdict.encoding
        elif verdict.encoding == UNICODE and verdict.second is None:
            self._settled.add(at)
        else:
            self._known[at] = verdict.encoding
            if verdict.second:
                self._second[at] = verdict.second

    def _judge_typed(self, at: int, column: pa.Array) -> None:
        """The cells without any letter beyond ASCII may have been typed for a keyboard that was off."""
        if at in self._seen_ascii or at in self._settled:
            return
        filled = [t for t in _distinct(column, _TYPED_SAMPLE) if t]
        texts = [t for t in filled if t.isascii()]
        if len(texts) >= _FEW_WORDS:
            self._seen_ascii.add(at)
            way = typed.way_of_typing(texts)
            if way:
                self._known[at] = way
                return
        some = some_cells.way_of_some(texts, len(filled))
        if some:
            self._typed_cells[at] = some

    def _decoded(self, at: int, column: pa.Array, name: str, troubles: list[Trouble]) -> pa.Array:
        distinct = column.dictionary_encode()
        texts = distinct.dictionary.to_pylist()
        if name.startswith("tcvn3") and at not in self._capital:
            self._capital[at] = _is_capital(texts, name)
        reader = cell_text.CellReader(
            name, self._second.get(at), self._capital.get(at, False),
            is_bytes=self._is_bytes, is_told=self._forced is not None or at in self._told,
        )  # fmt: skip
        done = reader.read_all(texts)
        if reader.mixed:
            self.used["mixed"] += 1
        _tell_rows(at, distinct.indices, [n for n, t in enumerate(done) if t is None], troubles)
        kept = [t if t is not None else texts[n] for n, t in enumerate(done)]
        return pa.array(kept, pa.string()).take(distinct.indices)

    def _mended(self, at: int, column: pa.Array, odd: Sequence[int], troubles: list[Trouble]) -> pa.Array:
        """Cells of a Unicode column that look like bytes of another encoding, each judged alone."""
        texts = column.to_pylist()
        for row in odd:
            mended = cell_text.mended_text(texts[row])
            if mended is None:
                troubles.append(Trouble(row, cell_text.UNCLEAR_RULE, at))
            elif mended != texts[row]:
                texts[row] = mended
                self.used["mixed"] += 1
        return pa.array(texts, pa.string())


def _odd_rows(columns: Mapping[int, pa.Array]) -> Iterator[tuple[int, list[int]]]:
    """Columns with an odd letter, each with its rows that have one.

    Making the pattern anew takes longer than to read a few hundred cells without it: it is made once for all columns.
    """
    if not columns:
        return
    cells = pa.concat_arrays(list(columns.values()))
    if len(cells) < _FEW_CELLS:
        odd = np.flatnonzero([text is not None and _is_odd(text) for text in cells.to_pylist()])
    else:
        odd = np.flatnonzero(pc.fill_null(pc.match_substring_regex(cells, _ODD), False).to_numpy(zero_copy_only=False))
    start = 0
    for at, column in columns.items():
        first, after = np.searchsorted(odd, (start, start + len(column)))
        if after > first:
            yield at, (odd[first:after] - start).tolist()
        start += len(column)


def _is_odd(text: str) -> bool:
    """The pattern `_ODD` for one text."""
    if text.isascii():
        return False
    return bool(_ODD_LETTERS.search(text)) or any(
        ("\xe0" <= a <= "\xff" and unicodedata.category(b) == "Lu")
        or ("\xc0" <= b <= "\xdf" and unicodedata.category(a) == "Ll")
        for a, b in pairwise(text)
    )


def _asking(unclear: tuple[Mapping[str, int], enc.Verdict] | None) -> FileRefused:
    """The refusal that asks which encoding it is, with those that fit."""
    options = unclear[1].options if unclear is not None and unclear[1].share else ()
    if len(options) < 2:
        return FileRefused("encoding.unknown")
    return FileRefused("encoding.doubtful", found=" / ".join(options[:4]))


def _typed(at: int, column: pa.Array, read: Callable[[str], str | None], troubles: list[Trouble]) -> pa.Array:
    """A column with cells of keys; one that may be of another language stays as it is and is asked about."""
    distinct = column.dictionary_encode()
    texts = distinct.dictionary.to_pylist()
    done = [read(t) if t else t for t in texts]
    _tell_rows(at, distinct.indices, [n for n, t in enumerate(done) if t is None and texts[n]], troubles)
    kept = [t if t is not None else texts[n] for n, t in enumerate(done)]
    return pa.array(kept, pa.string()).take(distinct.indices)


def _told_typed(column: pa.Array, way: str) -> pa.Array:
    """A column that a person calls keys: nothing is asked."""
    distinct = column.dictionary_encode()
    done = [typed_cells.read_told(t, way) if t else t for t in distinct.dictionary.to_pylist()]
    return pa.array(done, pa.string()).take(distinct.indices)


def _distinct(column: pa.Array, count: int) -> list[str | None]:
    found: list[str | None] = pc.unique(column.slice(0, 4 * count)).slice(0, count).to_pylist()
    return found


def _tell_rows(at: int, indices: pa.Array, unread: list[int], troubles: list[Trouble]) -> None:
    if unread:
        rows = np.flatnonzero(pc.fill_null(pc.is_in(indices, pa.array(unread, indices.type)), False))
        troubles += [Trouble(int(row), cell_text.UNCLEAR_RULE, at) for row in rows]


def _judge_unicode(words: Mapping[str, int]) -> enc.Verdict:
    plain = enc.judge(words, (UNICODE,))
    return plain if plain.share >= _SURE and _is_plain(words) else enc.judge_unicode(words)


def _is_plain(words: Mapping[str, int]) -> bool:
    """Is most of the text possible as it stands?"""
    legal = sum(1 for word in words if enc.word_evidence(UNICODE, word.translate(cell_text.ETH)))
    return legal >= _SURE * len(words)


def _is_beyond_ascii(column: pa.Array) -> bool:
    """Is there a letter beyond ASCII, or a control byte that VISCII uses for one?"""
    data = column.buffers()[2] if column.null_count < len(column) else None
    return data is not None and bool(_BEYOND_ASCII.search(memoryview(data)))


def _is_capital(texts: list[str | None], name: str) -> bool:
    votes: Counter[bool | None] = Counter()
    for text in texts[:_SAMPLE]:
        if text and not text.isascii():
            votes[is_written_in_capitals(enc.plainly(text, name))] += 1
    return votes[True] > votes[False]
