"""Which record of a person gives a field: by keys in order, in columns over all persons at once."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.hashing import Hashes, combine
from schemas.field import EmptyReason, Field, FieldKind
from schemas.fields import FIELDS

Rows = npt.NDArray[np.int64]
_NEVER = -(2**31)
_FILLED = ord(EmptyReason.FILLED.value)
_ONLY, _NEWEST, _MOST_COMPLETE, _MOST_FREQUENT = range(4)


@dataclass(frozen=True)
class Groups:
    """Rows sorted by person: the number of the person of each row, the first row and the count of each person."""

    owner: Rows
    starts: Rows
    sizes: Rows

    @classmethod
    def of(cls, persons: pa.ChunkedArray) -> "Groups":
        """Groups of equal neighbours."""
        codes = persons.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
        starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
        sizes = np.diff(np.append(starts, len(codes)))
        return cls(np.repeat(np.arange(len(starts)), sizes), starts, sizes)


@dataclass(frozen=True)
class Choice:
    """For each person the row whose value survives, -1 where no record has one, and why (place in METHODS)."""

    METHODS: ClassVar[tuple[str, ...]] = ("only", "newest", "most_complete", "most_frequent")
    rows: Rows
    method: npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Key:
    values: Rows
    method: int


def reason_letters(members: pa.Table) -> npt.NDArray[np.uint8]:
    """The letters of empty_reasons as bytes, shape (rows, 17)."""
    texts = members.column("empty_reasons").combine_chunks().cast(pa.large_string())
    data = np.frombuffer(texts.buffers()[2], np.uint8)[len(FIELDS) * texts.offset :]
    return data[: len(texts) * len(FIELDS)].reshape(-1, len(FIELDS))


def choose(members: pa.Table, field: Field, groups: Groups, fits: Rows | None = None) -> Choice:
    """Choose the record that gives a field, for each person.

    Args:
        members: RECORDS columns, sorted by person and content id.
        field: the field; all its columns go together.
        groups: the persons.
        fits: 1 for each row whose value fits what is known of the person, which counts before all else; None = all do.
    """
    filled = _filled(members, field)
    newest = _Key(_entry_days(members), _NEWEST)
    complete = _Key(_completeness(members, field), _MOST_COMPLETE)
    values = _value_hash(members, field)
    frequent = _Key(_frequency(values, groups, filled), _MOST_FREQUENT)
    # A wife's newer book names her husband alone; the names of her parents should outlive that.
    keys = [complete, newest, frequent] if field.kind is FieldKind.RELATIVES else [newest, complete, frequent]
    if field.kind is FieldKind.PARTIAL_DATE:
        years = pc.fill_null(members.column(field.columns[0].name), 0).to_numpy().astype(np.uint64)
        keys = [_Key(_frequency(years, groups, filled), _MOST_FREQUENT), complete, newest, frequent]
    if fits is not None:
        keys = [_Key(fits, _MOST_COMPLETE), *keys]
    order = np.lexsort((np.arange(len(filled)), *(-k.values for k in reversed(keys)), ~filled, groups.owner))
    first = order[groups.starts]
    rows = np.where(filled[first], first, -1)
    return Choice(rows, _methods(order, first, filled, groups, keys))


def _methods(
    order: Rows, first: Rows, filled: npt.NDArray[np.bool_], groups: Groups, keys: list[_Key]
) -> npt.NDArray[np.int64]:
    """The first key on which the winner differs from the runner-up."""
    second = order[np.minimum(groups.starts + 1, len(order) - 1)]
    method = np.full(len(first), _MOST_FREQUENT)
    for key in reversed(keys):
        method = np.where(key.values[first] != key.values[second], key.method, method)
    rivals = np.add.reduceat(filled.astype(np.int64), groups.starts)
    return np.where(rivals == 1, _ONLY, method)


def _filled(members: pa.Table, field: Field) -> npt.NDArray[np.bool_]:
    if field.number is not None:
        return np.asarray(reason_letters(members)[:, field.number - 1] == _FILLED)
    return np.asarray(np.logical_or.reduce([members.column(c.name).is_valid().to_numpy() for c in field.columns]))


def _entry_days(members: pa.Table) -> Rows:
    days = pc.fill_null(members.column("entry_date").cast(pa.int32()), _NEVER)
    return np.asarray(days.to_numpy().astype(np.int64))


def _completeness(members: pa.Table, field: Field) -> Rows:
    """How much a value says: parts that are there; a date by its parts; a name by its syllables, then its marks."""
    there = sum(members.column(c.name).is_valid().to_numpy().astype(np.int64) for c in field.columns)
    if field.kind is FieldKind.NAME:
        text = members.column(field.columns[0].name)
        letters = pc.fill_null(pc.utf8_length(text), 0).to_numpy().astype(np.int64)
        size = pc.fill_null(pc.binary_length(text), 0).to_numpy().astype(np.int64)
        words = pc.fill_null(pc.count_substring(text, " "), 0).to_numpy().astype(np.int64)
        dots = pc.fill_null(pc.count_substring(text, "."), 0).to_numpy().astype(np.int64)
        return np.asarray((words - dots) * 2 + (size > letters))
    if field.kind is FieldKind.PARTIAL_DATE:
        month, day = (pc.fill_null(members.column(field.columns[i].name), 0).to_numpy() for i in (1, 2))
        # The first of January is what registers write for an unknown day, so any other day says more.
        return np.asarray(there * 2 - ((month == 1) & (day == 1)) * 3)
    return np.asarray(there)


def _value_hash(members: pa.Table, field: Field) -> Hashes:
    codes = []
    for column in field.columns:
        encoded = members.column(column.name).combine_chunks().dictionary_encode()
        codes.append(pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64))
    return combine(*codes)


def _frequency(values: Hashes, groups: Groups, filled: npt.NDArray[np.bool_]) -> Rows:
    """How many filled records of the person say the same."""
    together = combine(groups.owner, values)
    _, inverse = np.unique(together, return_inverse=True)
    counts = np.bincount(inverse, weights=filled).astype(np.int64)
    return np.asarray(counts[inverse])
