"""A table that is not ours as integers: each distinct value of a column once, each record as its number.

Distinct values stand in their own order and records in that of their ids, so nothing that follows depends on the order
of the rows. Number 0 is the value that is missing: not written, blank, or not readable as what it is declared to be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.declared_form import Column, Declaration
from dedup.hashing import Hashes, combine, hash_texts, mix
from schemas.errors import UsageError
from transforms.text import clean_text, fold_text

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
_S = pa.string()
_PARTS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}
_WORD = re.compile(r"\w+")
_NO_NUMBERS = np.zeros(0)
_NO_DATES = np.zeros((0, 3), np.int32)


@dataclass(frozen=True)
class Bags:
    """The members of each distinct value, as numbers: those of value v are members[starts[v]:starts[v + 1]], sorted."""

    starts: Ints
    members: Ints

    def sizes(self, values: Ints) -> Ints:
        """How many members each value has."""
        return np.asarray(self.starts[values + 1] - self.starts[values])

    def common(self, left: Ints, right: Ints) -> Ints:
        """How many members both values have."""
        pairs = [self._members_of(side) for side in (left, right)]
        many = np.int64(int(self.members.max(initial=0)) + 1)
        keys = [place * many + member for place, member in pairs]
        shared = pairs[0][0][np.isin(keys[0], keys[1])]
        return np.bincount(shared, minlength=len(left))

    def _members_of(self, values: Ints) -> tuple[Ints, Ints]:
        """Place in `values`, and member, of each member of each value."""
        sizes = self.sizes(values)
        place = np.repeat(np.arange(len(values)), sizes)
        step = np.arange(len(place)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return place, self.members[self.starts[values][place] + step]


@dataclass(frozen=True)
class Coded:
    """One column.

    Attributes:
        codes: number of the value of each record; 0 = missing.
        texts: the distinct values as written, a number or date in one form; "" for 0.
        folded: of a text without marks and case.
        hashes: of the folded text; 0 for 0.
        numbers: of a number column.
        dates: year, month and day of a date column; 0 = unknown.
        bags: tokens of a text, members of a set.
        unreadable: records whose value is written and was not understood.
    """

    codes: Codes
    texts: tuple[str, ...]
    folded: tuple[str, ...]
    hashes: Hashes
    bags: Bags
    numbers: npt.NDArray[np.float64] = field(default_factory=lambda: _NO_NUMBERS)
    dates: Codes = field(default_factory=lambda: _NO_DATES)
    unreadable: int = 0

    def whole(self) -> npt.NDArray[np.bool_]:
        """Which of the distinct values are there in full: a date of which only the year is known is not."""
        there = np.arange(len(self.texts)) > 0
        return there & (self.dates > 0).all(axis=1) if len(self.dates) else there

    @property
    def missing(self) -> int:
        """Records without a value."""
        return int((self.codes == 0).sum())


@dataclass(frozen=True)
class CodedTable:
    """Records in the order of their ids.

    Attributes:
        ids: text of the id.
        source: number of the list a record comes from, 0 where none is declared.
        labels: number of the person where it is known, -1 where it is not.
        columns: by name.
    """

    ids: pa.Array
    source: Codes
    labels: Ints
    columns: dict[str, Coded]

    def __len__(self) -> int:
        return len(self.ids)


def read_coded(files: Sequence[Path], declaration: Declaration) -> CodedTable:
    """Read the declared columns, one after the other, and code them.

    Raises:
        UsageError: comparisons.column_missing, comparisons.ids, comparisons.column_type.
    """
    _check_columns(files, declaration)
    ids = _text(_source(files, declaration.id), declaration.id)
    if ids.null_count or pc.count_distinct(ids).as_py() < len(ids):
        raise UsageError("comparisons.ids", column=declaration.id)
    order = pc.sort_indices(ids)
    columns = {}
    in_words = {n for c in declaration.comparisons for n in c.columns if any(v.test == "tokens" for v in c.levels)}
    for column in declaration.columns:
        sources = [_source(files, s).take(order) for s in column.sources]
        columns[column.name] = code_column(column, sources, in_words=column.name in in_words)
    source, labels = (_numbered(files, name, order) for name in (declaration.source, declaration.labels))
    return CodedTable(ids.take(order), (source + 1).astype(np.int32), labels, columns)


def code_column(column: Column, sources: Sequence[pa.Array], *, in_words: bool = True) -> Coded:
    """Code one column from the columns of the table that it is made of.

    Args:
        column: as declared.
        sources: the columns of the table, rows in order.
        in_words: a text will be compared word by word.

    Raises:
        UsageError: comparisons.column_type.
    """
    if column.kind == "set":
        return _sets(_set_text(sources[0], column), column.separator)
    if column.kind == "number":
        return _numbers(_text(sources[0], column.name))
    if column.kind == "date":
        texts = _joined_date([_text(s, column.name) for s in sources], column.name)
        return _dates(texts, "YYYY-MM-DD" if _is_date(sources) else column.format)
    return _texts(_joined([_text(s, column.name) for s in sources], " "), in_words=in_words)


def _check_columns(files: Sequence[Path], declaration: Declaration) -> None:
    wanted = {declaration.id, declaration.source, declaration.labels} - {""}
    wanted |= {s for c in declaration.columns for s in c.sources}
    for file in files:
        names = pq.read_schema(file).names
        missing = sorted(w for w in wanted if names.count(w) != 1)
        if missing:
            raise UsageError("comparisons.column_missing", columns=", ".join(missing), path=str(file))


def _source(files: Sequence[Path], name: str) -> pa.Array:
    chunks = [c for file in files for c in pq.read_table(file, columns=[name], partitioning=None).column(name).chunks]
    if len({c.type for c in chunks}) > 1:
        chunks = [_text(c, name) for c in chunks]
    found = pa.chunked_array(chunks, chunks[0].type if chunks else _S).combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _text(values: pa.Array, name: str) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    try:
        return values.cast(_S)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise UsageError("comparisons.column_type", column=name, type=str(values.type)) from None


def _joined(texts: Sequence[pa.Array], between: str) -> pa.Array:
    if len(texts) == 1:
        return texts[0]
    # filled first: where all are null, Arrow's way of skipping nulls makes no row at all
    return pc.binary_join_element_wise(*(pc.fill_null(t, "") for t in texts), between)


def _is_date(sources: Sequence[pa.Array]) -> bool:
    kind = sources[0].type
    return len(sources) == 3 or pa.types.is_date(kind) or pa.types.is_timestamp(kind)


def _joined_date(texts: Sequence[pa.Array], name: str) -> pa.Array:
    """Year, month and day as one text, a part that is missing as 0; null without a year."""
    if len(texts) == 1:
        # of a point in time its day
        return pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(texts[0]), 0, 10)
    rest = [pc.fill_null(t, "0") for t in texts[1:]]
    years = pc.utf8_lpad(texts[0], 4, "0")
    return pc.binary_join_element_wise(years, *rest, "-")


def _numbered(files: Sequence[Path], name: str, order: pa.Array) -> Ints:
    """Number of the value of each record in the order of the values; -1 = none."""
    if not name:
        return np.full(len(order), -1, np.int64)
    values = _text(_source(files, name), name).take(order).dictionary_encode()
    rank = np.empty(len(values.dictionary), np.int64)
    rank[np.asarray(pc.sort_indices(values.dictionary))] = np.arange(len(rank))
    codes = np.asarray(pc.fill_null(values.indices, -1)).astype(np.int64)
    return np.where(codes >= 0, rank[codes], -1) if len(rank) else codes


def _ordered(values: pa.Array, keys: Sequence[str | None]) -> tuple[Codes, tuple[str, ...]]:
    """Codes of a dictionary column by the form that each distinct value has; None = missing."""
    known = sorted({k for k in keys if k})
    number = {k: n for n, k in enumerate(known, 1)}
    place = np.array([number.get(k or "", 0) for k in keys] + [0], np.int32)
    indices = np.asarray(pc.fill_null(values.indices, len(keys)))
    return place[indices], ("", *known)


def _texts(texts: pa.Array, *, in_words: bool) -> Coded:
    values = texts.dictionary_encode()
    codes, known = _ordered(values, clean_text(values.dictionary).to_pylist())
    folded = pc.fill_null(fold_text(pa.array(known, _S)), "")
    # What folds to nothing (a dash, a question mark) still differs from what is missing.
    kept = tuple(f or k for f, k in zip(folded.to_pylist(), known, strict=True))
    bags = _bags([_WORD.findall(f) for f in kept] if in_words else [])
    return Coded(codes, known, kept, hash_texts(pa.array(kept, _S)), bags)


def _numbers(texts: pa.Array) -> Coded:
    values = texts.dictionary_encode()
    read = [_number(t) for t in values.dictionary.to_pylist()]
    codes, known = _ordered(values, [None if n is None else repr(n) for n in read])
    numbers = np.array([float(k) if k else np.nan for k in known])
    return _plain(codes, known, _unreadable(values, read), numbers=numbers)


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found + 0.0 if np.isfinite(found) else None  # -0.0 is 0.0


def _dates(texts: pa.Array, written: str) -> Coded:
    pattern = re.compile("^" + re.sub("YYYY|MM|DD", lambda p: _PARTS[p[0]], written.replace(".", r"\.")) + "$")
    values = texts.dictionary_encode()
    read = [_date(pattern, t) for t in values.dictionary.to_pylist()]
    codes, known = _ordered(values, [None if d is None else "{:04d}{:02d}{:02d}".format(*d) for d in read])
    dates = np.array([(int(k[:4]), int(k[4:6]), int(k[6:])) if k else (0, 0, 0) for k in known], np.int32)
    return _plain(codes, known, _unreadable(values, read), dates=dates)


def _date(pattern: re.Pattern[str], text: str | None) -> tuple[int, int, int] | None:
    """Year, month and day as written, even where no calendar has them: a slip is compared, not mended."""
    found = pattern.match((text or "").strip())
    if found is None:
        return None
    parts = found.groupdict()
    year, month, day = (int(parts.get(p) or 0) for p in ("year", "month", "day"))
    return (year, month, day) if year else None


def _plain(
    codes: Codes, known: tuple[str, ...], unreadable: int, *,
    numbers: npt.NDArray[np.float64] = _NO_NUMBERS, dates: Codes = _NO_DATES,
) -> Coded:  # fmt: skip
    return Coded(codes, known, known, hash_texts(pa.array(known, _S)), _bags([]), numbers, dates, unreadable)


def _unreadable(values: pa.Array, read: Sequence[object]) -> int:
    """Records whose text is written and was not understood."""
    written = pc.not_equal(pc.utf8_trim_whitespace(values.dictionary), "").to_pylist()
    lost = np.array([w and r is None for w, r in zip(written, read, strict=True)] + [False], np.bool_)
    return int(lost[np.asarray(pc.fill_null(values.indices, len(read)))].sum())


def _set_text(values: pa.Array, column: Column) -> pa.Array:
    """A set as one text of its members, sorted, each once."""
    is_list = pa.types.is_list(values.type) or pa.types.is_large_list(values.type)
    if not is_list:
        return _text(values, column.name)
    members = [None if v is None else [str(m) for m in v if m is not None] for v in values.to_pylist()]
    return pa.array([None if m is None else column.separator.join(m) for m in members], _S)


def _sets(texts: pa.Array, separator: str) -> Coded:
    values = texts.dictionary_encode()
    folded = fold_text(values.dictionary).to_pylist()
    members = [sorted({m.strip() for m in (f or "").split(separator)} - {""}) for f in folded]
    codes, known = _ordered(values, [separator.join(m) or None for m in members])
    bags = _bags([k.split(separator) if k else [] for k in known])
    return Coded(codes, known, known, hash_texts(pa.array(known, _S)), bags)


def _bags(members: Sequence[Sequence[str]]) -> Bags:
    distinct = [sorted(set(m)) for m in members]
    number = {m: n for n, m in enumerate(sorted({m for bag in distinct for m in bag}))}
    starts = np.concatenate(([0], np.cumsum([len(b) for b in distinct], dtype=np.int64)))
    return Bags(starts.astype(np.int64), np.array([number[m] for bag in distinct for m in bag], np.int64))


def composite(columns: Sequence[Coded]) -> tuple[Codes, Ints]:
    """Several columns as one: number of each record's combination, and the values of each combination.

    Returns:
        Codes from 1, 0 where all are missing; a table with a row for each code and a column for each of the columns.
    """
    if len(columns) == 1:
        return columns[0].codes, np.arange(len(columns[0].texts), dtype=np.int64)[:, None]
    keys = np.zeros(len(columns[0].codes), np.int64)
    for column in columns:
        # numbered again at each column, so that no product outgrows 64 bits
        joined = keys * np.int64(len(column.texts)) + column.codes
        keys = np.unique(joined, return_inverse=True)[1].astype(np.int64)
    _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
    parts = np.stack([c.codes[first].astype(np.int64) for c in columns], axis=1)
    is_nothing = ~parts.any(axis=1)
    numbers = np.where(is_nothing, 0, np.cumsum(~is_nothing)).astype(np.int32)
    rows = np.concatenate((np.zeros((1, len(columns)), np.int64), parts[~is_nothing]))
    return numbers[codes], rows


def key_hashes(coded: Coded, first: int, last: int, part: str) -> Hashes:
    """Hash of each distinct value, cut as a blocking rule wants it; 0 where the part is missing."""
    if part:
        return _date_part(coded.dates, part)
    if not first and not last:
        return np.where(coded.whole(), coded.hashes, np.uint64(0))
    texts = [f.replace(" ", "") for f in coded.folded]
    cut = [t[:first] + "\x1f" + t[-last:] if first and last else t[:first] if first else t[-last:] for t in texts]
    found = hash_texts(pa.array(cut, _S))
    found[0] = 0
    return found


def _date_part(dates: Codes, part: str) -> Hashes:
    year, month, day = dates.astype(np.int64).T
    wanted = {
        "year": (year,), "month": (month,), "day": (day,), "year_month": (year, month), "day_month": (day, month),
    }[part]  # fmt: skip
    there = np.logical_and.reduce([w > 0 for w in wanted])
    return np.where(there, combine(wanted[0], *wanted[1:]) if len(wanted) > 1 else mix(wanted[0]), np.uint64(0))
