"""MATCH_RECORDS as integers: about 150 bytes a record stay in memory, whatever the text.

Codes are only compared for equality; hashes are the same in each run. Records stand in the order of their ids, so
nothing that follows depends on how they were split into parts.
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.hashing import Hashes, hash_texts
from dedup.names import Codes, NameBook, Names
from dedup.shared_keys import by_key
from schemas.errors import ContractError
from schemas.tables import MATCH_RECORDS, PART_ROWS
from transforms.characters import code_points, folded, utf8_of

Tables = Iterable[Path] | Iterable[pa.Table]
NAME_COLUMNS: tuple[str, ...] = ("full_name", "father_name", "mother_name", "spouse_name", "head_name")
COLUMNS: tuple[str, ...] = (
    "record_id", "person_id", "file_id", "province_code", "household_key", *NAME_COLUMNS, "birth_year", "birth_month",
    "birth_day", "sex_code", "relation_code", "native_place_text", "native_place_code", "permanent_residence_text",
    "permanent_residence_code", "personal_number", "old_id_number",
)  # fmt: skip
"""The columns of MATCH_RECORDS that are looked at."""
_DIGIT, _LETTER = np.uint8(ord("0")), np.uint8(ord("a"))
_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint16)
_LOW_NIBBLES, _LOW_BITS = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_ODD_BYTES, _ODD_PAIRS = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)
NOT_THERE = -1
_AHEAD = 2
"""Chunks that may wait for the rest of their columns."""
_THREADS = 2
_BLANK = ord(" ")
_DIGITS = {"personal_number": 12, "old_id_number": 9}
_ONES = {12: 111_111_111_111, 9: 111_111_111}


@dataclass(frozen=True)
class Columns:
    """Records as columns of equal length.

    Attributes:
        ids: record id, shape (records, 2), two 64-bit halves.
        persons: person id of a stored record, or of a row that mends one, in the same form; 0 where it has none.
        own: the record is of this batch.
        file, province, household, residence_text, native_text: hashes; 0 = unknown.
        names: rows of `Names`, shape (records, 5), in the order of NAME_COLUMNS; 0 = missing.
        year, month, day: 0 = unknown.
        sex, ethnic, relation: 0 = unknown, else the code as a number.
        residence, native: unit code with its length in front (2, 3 or 5 digits); 0 = unknown.
        personal, old: the number; 0 = none, or not in full.
    """

    ids: Hashes
    persons: Hashes
    own: npt.NDArray[np.bool_]
    file: Hashes
    province: Hashes
    household: Hashes
    residence_text: Hashes
    native_text: Hashes
    names: Codes
    year: npt.NDArray[np.int16]
    month: npt.NDArray[np.int8]
    day: npt.NDArray[np.int8]
    sex: npt.NDArray[np.int8]
    relation: npt.NDArray[np.int16]
    residence: Codes
    native: Codes
    personal: npt.NDArray[np.int64]
    old: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.int64]) -> "Columns":
        """The records of those rows."""
        return Columns(*(getattr(self, f.name).take(rows, axis=0) for f in fields(self)))

    def __len__(self) -> int:
        return len(self.own)


@dataclass(frozen=True)
class Records:
    """Records and the distinct names they point to."""

    columns: Columns
    names: Names


def read_tables(parts: Tables) -> Iterator[pa.Table]:
    """MATCH_RECORDS chunk by chunk, of tables or of parquet parts."""
    for part in parts:
        if isinstance(part, pa.Table):
            yield part
            continue
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(PART_ROWS, columns=list(COLUMNS)):
                yield pa.Table.from_batches([batch])


def encode(own: Iterable[pa.Table], stored: Iterable[pa.Table] = ()) -> Records:
    """Encode MATCH_RECORDS chunks, sorted by record id.

    A record that is both own and stored counts once: as own, but belonging to its stored person.

    Raises:
        ContractError: if a record or person id is not 32 hexadecimal digits.
    """
    book = NameBook()
    with ThreadPoolExecutor(_THREADS) as beside:
        chunks = list(_chunks(itertools.chain(_marked(own, True), _marked(stored, False)), book, beside))
        columns, names = _joined(chunks or [_chunk(_nothing(), book, is_own=True)], book, beside)
    return Records(_once(columns), names)


def encode_in_order(table: pa.Table) -> Records:
    """Encode one chunk and keep its order: what `block_keys` needs."""
    book = NameBook()
    columns = _chunk(table, book, is_own=True)
    names, place = book.names()
    return Records(replace(columns, names=place[columns.names]), names)


def ids_from_text(ids: pa.ChunkedArray) -> Hashes:
    """Ids of 32 hexadecimal digits as two 64-bit halves, shape (rows, 2); null is 0."""
    if ids.null_count == len(ids):
        return np.zeros((len(ids), 2), np.uint64)
    column = pc.fill_null(_one(ids), "0" * 32).cast(pa.string())
    data = utf8_of(column)[0]
    if pc.any(pc.not_equal(pc.binary_length(column), 32)).as_py() or not _is_hex(data):
        raise ContractError("match_records", "ids", "not 32 hexadecimal digits")
    # Eight digits at a time: each to its value, then two values to a byte, two bytes to a pair, two pairs to a number.
    eight = data.view(np.uint64)
    eight = (eight & _LOW_NIBBLES) + ((eight >> np.uint64(6)) & _LOW_BITS) * np.uint64(9)
    eight = ((eight << np.uint64(4)) | (eight >> np.uint64(8))) & _ODD_BYTES
    eight = (eight | (eight >> np.uint64(8))) & _ODD_PAIRS
    four = (eight | (eight >> np.uint64(16))).astype(np.uint32)
    return np.asarray(four.view(">u8").astype(np.uint64).reshape(-1, 2))


def _is_hex(data: npt.NDArray[np.uint8]) -> bool:
    return bool((((data - _DIGIT) < 10) | ((data - _LETTER) < 6)).all())


def are_ids(ids: pa.ChunkedArray) -> bool:
    """Is each id there, of 32 hexadecimal digits?"""
    column = _one(ids)
    return (
        not column.null_count
        and not pc.any(pc.not_equal(pc.binary_length(column), 32)).as_py()
        and _is_hex(utf8_of(column)[0])
    )


def ids_to_text(ids: Hashes) -> pa.Array:
    """The way back; 0 becomes null."""
    data = np.ascontiguousarray(ids).astype(">u8").view(np.uint8)
    offsets = pa.py_buffer(np.arange(0, 32 * len(ids) + 1, 32, dtype=np.int32))
    texts = pa.StringArray.from_buffers(len(ids), offsets, pa.py_buffer(_HEX[data]))
    there = (ids[:, 0] | ids[:, 1]) != 0
    return texts if there.all() else pc.if_else(pa.array(there), texts, None).cast(pa.string())


def rows_of(ids: Hashes, wanted: Hashes) -> npt.NDArray[np.int64]:
    """Row of each wanted id among sorted ids; -1 where it is not there."""
    place = np.searchsorted(ids[:, 0], wanted[:, 0])
    last = np.concatenate((ids, np.zeros((1, 2), np.uint64)))
    while True:  # ids are random: two with one first half are hardly ever met
        same = (place < len(ids)) & (last[place, 0] == wanted[:, 0])
        further = same & (last[place, 1] < wanted[:, 1])
        if not further.any():
            return np.where(same & (last[place, 1] == wanted[:, 1]), place, NOT_THERE)
        place = place + further


def _marked(tables: Iterable[pa.Table], is_own: bool) -> Iterator[tuple[pa.Table, bool]]:
    return ((table, is_own) for table in tables)


def _chunks(tables: Iterable[tuple[pa.Table, bool]], book: NameBook, beside: Executor) -> Iterator[Columns]:
    """The columns of each table; names are taken here while the rest is worked out beside."""
    waiting: deque[tuple[Future[Columns], list[Codes]]] = deque()
    for table, is_own in tables:
        rest = beside.submit(_without_names, table, is_own=is_own)
        waiting.append((rest, book.add([table.column(c) for c in NAME_COLUMNS])))
        if len(waiting) > _AHEAD:
            yield _named(*waiting.popleft())
    for part in waiting:
        yield _named(*part)


def _named(rest: Future[Columns], names: list[Codes]) -> Columns:
    return replace(rest.result(), names=np.stack(names, axis=1))


def _chunk(table: pa.Table, book: NameBook, *, is_own: bool) -> Columns:
    names = book.add([table.column(c) for c in NAME_COLUMNS])
    return replace(_without_names(table, is_own=is_own), names=np.stack(names, axis=1))


def _without_names(table: pa.Table, *, is_own: bool) -> Columns:
    rows = table.num_rows
    return Columns(
        ids=ids_from_text(table.column("record_id")), persons=ids_from_text(table.column("person_id")),
        own=np.full(rows, is_own),
        file=_hashed(table.column("file_id")), province=_hashed(table.column("province_code")),
        household=_hashed(table.column("household_key")),
        residence_text=_place_text(table.column("permanent_residence_text")),
        native_text=_place_text(table.column("native_place_text")),
        names=np.zeros((rows, len(NAME_COLUMNS)), np.int32),
        year=_whole(table.column("birth_year")).astype(np.int16),
        month=_whole(table.column("birth_month")).astype(np.int8),
        day=_whole(table.column("birth_day")).astype(np.int8),
        sex=_number(table.column("sex_code"), r"^\d$").astype(np.int8),
        relation=_number(table.column("relation_code"), r"^\d{1,4}$").astype(np.int16),
        residence=_unit(table.column("permanent_residence_code")), native=_unit(table.column("native_place_code")),
        personal=_full_number(table, "personal_number"), old=_full_number(table, "old_id_number"),
    )  # fmt: skip


def _nothing() -> pa.Table:
    from schemas.contract import empty

    return empty(MATCH_RECORDS)


def _joined(chunks: list[Columns], book: NameBook, beside: Executor) -> tuple[Columns, Names]:
    """The records of all chunks in the order of their ids, column by column: what is done is let go at once."""
    parts = {f.name: [getattr(c, f.name) for c in chunks] for f in fields(Columns)}
    chunks.clear()
    waiting = beside.submit(_order, np.concatenate(parts["ids"]), np.concatenate(parts["own"]))
    names, place = book.names()
    order = waiting.result()

    def ordered(name: str) -> npt.NDArray[np.generic]:
        whole = np.concatenate(parts.pop(name)).take(order, axis=0)
        return place.take(whole) if name == "names" else whole

    wanted = list(parts)
    return Columns(**dict(zip(wanted, beside.map(ordered, wanted), strict=True))), names  # type: ignore[arg-type]


def _order(ids: Hashes, own: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Rows by id, own before stored; ids are well mixed, so nearly always their first half decides."""
    first = np.ascontiguousarray(ids[:, 0])
    order = by_key(first)
    first = first.take(order)
    if (first[1:] == first[:-1]).any():
        return np.lexsort((~own, ids[:, 1], ids[:, 0]))
    return order


def _once(columns: Columns) -> Columns:
    same = np.zeros(len(columns), np.bool_)
    same[1:] = (columns.ids[1:] == columns.ids[:-1]).all(axis=1)
    if not same.any():
        return columns
    before = np.flatnonzero(same) - 1
    columns.persons[before] = columns.persons[before + 1]
    return columns.take(np.flatnonzero(~same))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _hashed(column: pa.ChunkedArray) -> Hashes:
    encoded = _one(column).dictionary_encode()
    return _spread(hash_texts(encoded.dictionary), encoded.indices)


def _place_text(column: pa.ChunkedArray) -> Hashes:
    encoded = _one(column).dictionary_encode()
    return _spread(hash_texts(place_words(encoded.dictionary)), encoded.indices)


def place_words(texts: pa.Array) -> pa.Array:
    """Folded texts with one blank for each run of anything but letters and digits; no text is null."""
    points = code_points(texts)
    letters = _place_letters().take(points.codes)
    starts = points.starts
    if not letters.all():  # of characters that folding takes out
        keep = letters != 0
        letters, starts = letters[keep], np.append(0, np.cumsum(keep))[starts]
    blank = letters == _BLANK
    again = blank.copy()
    again[1:] &= blank[:-1]
    again[starts[:-1][starts[:-1] < len(again)]] = False
    keep = ~again
    starts = np.append(0, np.cumsum(keep))[starts]
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(starts.astype(np.int32)), pa.py_buffer(letters[keep]))


@cache
def _place_letters() -> npt.NDArray[np.uint8]:
    """Per code point: its folded letter or digit, a blank for anything else, 0 for what folds to nothing."""
    table = folded()
    plain = (table >= ord("a")) & (table <= ord("z")) | (table >= ord("0")) & (table <= ord("9"))
    return np.where(plain | (table == 0), table, _BLANK).astype(np.uint8)


def _spread(hashes: Hashes, index: pa.Array) -> Hashes:
    return np.asarray(np.append(hashes, np.uint64(0))[pc.fill_null(index, -1).to_numpy()], np.uint64)


def _whole(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(column, 0).to_numpy()).astype(np.int64)


def _number(column: pa.ChunkedArray, pattern: str) -> npt.NDArray[np.int64]:
    """The digits of each distinct code as a number; 0 for anything else."""
    encoded = _one(column).dictionary_encode()
    good = pc.match_substring_regex(encoded.dictionary, pattern)
    values = pc.if_else(good, encoded.dictionary, None).cast(pa.int64())
    return _whole(pa.chunked_array([values.take(encoded.indices)]))


def _unit(column: pa.ChunkedArray) -> Codes:
    encoded = _one(column).dictionary_encode()
    values = _number(pa.chunked_array([encoded.dictionary]), r"^\d{2,5}$")
    sizes = pc.fill_null(pc.binary_length(encoded.dictionary), 0).to_numpy()
    coded = np.where(values > 0, sizes * 100_000 + values, 0).astype(np.int32)
    return np.asarray(np.append(coded, np.int32(0))[pc.fill_null(encoded.indices, -1).to_numpy()], np.int32)


def _full_number(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    """Numbers of so many digits, each digit looked at in all rows at once; 0 for anything else."""
    column, count = _one(table.column(name)), _DIGITS[name]
    values = np.zeros(len(column), np.int64)
    data, offsets = utf8_of(column)
    is_long = np.diff(offsets) == count
    if column.null_count:
        is_long &= pc.is_valid(column).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(is_long)
    starts = offsets.take(rows)
    number, is_number = np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_)
    for place in range(count):
        digit = data.take(starts + place) - _DIGIT
        is_number &= digit < 10
        number *= 10
        number += digit
    # One digit repeated is a filler that typists use for "none".
    is_number &= number % _ONES[count] != 0
    values[rows] = np.where(is_number, number, 0)
    return values
