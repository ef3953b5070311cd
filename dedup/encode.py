"""MATCH_RECORDS as integers: about 150 bytes a record stay in memory, whatever the text.

Codes are only compared for equality; hashes are the same in each run. Records stand in the order of their ids, so
nothing that follows depends on how they were split into parts.
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.hashing import Hashes, hash_texts
from dedup.names import Codes, NameBook, Names
from schemas.errors import ContractError
from schemas.tables import MATCH_RECORDS, PART_ROWS
from transforms.text import fold_text

Tables = Iterable[Path] | Iterable[pa.Table]
NAME_COLUMNS: tuple[str, ...] = ("full_name", "father_name", "mother_name", "spouse_name", "head_name")
_NIBBLES = np.full(256, 255, np.uint8)
_NIBBLES[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16, dtype=np.uint8)
_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_AHEAD = 2
"""Chunks that may wait for the rest of their columns."""
_FULL_NUMBER = {"personal_number": r"^\d{12}$", "old_id_number": r"^\d{9}$"}


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
        return Columns(*(getattr(self, f.name)[rows] for f in fields(self)))

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
            for batch in file.iter_batches(PART_ROWS, columns=list(MATCH_RECORDS.column_names)):
                yield pa.Table.from_batches([batch])


def encode(own: Iterable[pa.Table], stored: Iterable[pa.Table] = ()) -> Records:
    """Encode MATCH_RECORDS chunks, sorted by record id.

    A record that is both own and stored counts once: as own, but belonging to its stored person.

    Raises:
        ContractError: if a record or person id is not 32 hexadecimal digits.
    """
    book = NameBook()
    with ThreadPoolExecutor(1) as beside:
        chunks = list(_chunks(itertools.chain(_marked(own, True), _marked(stored, False)), book, beside))
    names, place = book.names()
    columns = _concatenate(chunks or [_chunk(_nothing(), book, is_own=True)])
    columns = replace(columns, names=place[columns.names])
    order = np.lexsort((~columns.own, columns.ids[:, 1], columns.ids[:, 0]))
    return Records(_once(columns.take(order)), names)


def encode_in_order(table: pa.Table) -> Records:
    """Encode one chunk and keep its order: what `block_keys` needs."""
    book = NameBook()
    columns = _chunk(table, book, is_own=True)
    names, place = book.names()
    return Records(replace(columns, names=place[columns.names]), names)


def ids_from_text(ids: pa.ChunkedArray) -> Hashes:
    """Ids of 32 hexadecimal digits as two 64-bit halves, shape (rows, 2); null is 0."""
    column = pc.fill_null(ids, "0" * 32).combine_chunks().cast(pa.large_string())
    if len(column) == 0:
        return np.zeros((0, 2), np.uint64)
    if pc.any(pc.not_equal(pc.binary_length(column), 32)).as_py():
        raise ContractError("match_records", "ids", "not 32 hexadecimal digits")
    data = np.frombuffer(column.buffers()[2], np.uint8)[column.offset * 32 :][: len(column) * 32]
    nibbles = _NIBBLES[data].reshape(-1, 32)
    if (nibbles == 255).any():
        raise ContractError("match_records", "ids", "not 32 hexadecimal digits")
    return ((nibbles[:, ::2] << 4) | nibbles[:, 1::2]).view(">u8").astype(np.uint64)


def ids_to_text(ids: Hashes) -> pa.Array:
    """The way back; 0 becomes null."""
    data = np.ascontiguousarray(ids).astype(">u8").view(np.uint8).reshape(-1, 16)
    digits = np.empty((len(data), 32), np.uint8)
    digits[:, ::2], digits[:, 1::2] = _DIGITS[data >> 4], _DIGITS[data & 15]
    offsets = pa.py_buffer(np.arange(0, 32 * len(data) + 1, 32, dtype=np.int32))
    texts = pa.StringArray.from_buffers(len(data), offsets, pa.py_buffer(digits))
    return pc.if_else(pa.array((ids != 0).any(axis=1)), texts, None).cast(pa.string())


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


def _concatenate(chunks: list[Columns]) -> Columns:
    return Columns(*(np.concatenate([getattr(c, f.name) for c in chunks]) for f in fields(Columns)))


def _once(columns: Columns) -> Columns:
    same = np.zeros(len(columns), np.bool_)
    same[1:] = (columns.ids[1:] == columns.ids[:-1]).all(axis=1)
    if not same.any():
        return columns
    before = np.flatnonzero(same) - 1
    columns.persons[before] = columns.persons[before + 1]
    return columns.take(np.flatnonzero(~same))


def _hashed(column: pa.ChunkedArray) -> Hashes:
    encoded = column.combine_chunks().dictionary_encode()
    return _spread(hash_texts(encoded.dictionary), encoded.indices)


def _place_text(column: pa.ChunkedArray) -> Hashes:
    encoded = column.combine_chunks().dictionary_encode()
    words = pc.replace_substring_regex(fold_text(encoded.dictionary), r"[^a-z0-9]+", " ")
    return _spread(hash_texts(words), encoded.indices)


def _spread(hashes: Hashes, index: pa.Array) -> Hashes:
    return np.asarray(np.append(hashes, np.uint64(0))[pc.fill_null(index, -1).to_numpy()], np.uint64)


def _whole(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(column, 0).to_numpy()).astype(np.int64)


def _number(column: pa.ChunkedArray, pattern: str) -> npt.NDArray[np.int64]:
    """The digits of each distinct code as a number; 0 for anything else."""
    encoded = column.combine_chunks().dictionary_encode()
    good = pc.match_substring_regex(encoded.dictionary, pattern)
    values = pc.if_else(good, encoded.dictionary, None).cast(pa.int64())
    return _whole(pa.chunked_array([values.take(encoded.indices)]))


def _unit(column: pa.ChunkedArray) -> Codes:
    encoded = column.combine_chunks().dictionary_encode()
    values = _number(pa.chunked_array([encoded.dictionary]), r"^\d{2,5}$")
    sizes = pc.fill_null(pc.binary_length(encoded.dictionary), 0).to_numpy()
    coded = np.where(values > 0, sizes * 100_000 + values, 0).astype(np.int32)
    return np.asarray(np.append(coded, np.int32(0))[pc.fill_null(encoded.indices, -1).to_numpy()], np.int32)


def _full_number(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    column = table.column(name).combine_chunks()
    whole = pc.if_else(pc.match_substring_regex(column, _FULL_NUMBER[name]), column, None).cast(pa.int64())
    values = _whole(pa.chunked_array([whole]))
    # One digit repeated is a filler that typists use for "none".
    filler = 111_111_111_111 if name == "personal_number" else 111_111_111
    return np.where(values % filler == 0, 0, values)
