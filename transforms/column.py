"""What a column function of this floor returns: standardised columns, why cells are empty, and what was found.

Column functions take a `pa.Array` of text as read and work on its distinct values only; `by_distinct` does
the encoding and the way back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason
from transforms.text import INVISIBLE_RULE, has_invisible


@dataclass(frozen=True)
class Finding:
    """A rule that fired on some rows of the column: its id, the field, the row numbers (int64, ascending)."""

    rule_id: str
    field: str
    rows: np.ndarray


@dataclass(frozen=True)
class Standardised:
    """One field of a chunk: standardised columns by name, one EmptyReason letter a row, the findings."""

    columns: Mapping[str, pa.Array]
    reasons: pa.Array
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One distinct value standardised: a value for each column, why it is empty, rule ids that fired."""

    values: tuple[object, ...]
    reason: EmptyReason = EmptyReason.FILLED
    rules: tuple[str, ...] = field(default=())


def column_of(table: pa.Table, name: str) -> pa.Array:
    """A column as one array, which is not copied where it is one already."""
    return whole(table.column(name))


def whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The values as one array, which is not copied where it is one already."""
    if not isinstance(values, pa.ChunkedArray):
        return values
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def encode(raw: pa.Array) -> pa.DictionaryArray:
    """The column as distinct texts and their places; a column that is encoded already stays as it is."""
    return raw if pa.types.is_dictionary(raw.type) else raw.dictionary_encode()


@dataclass(frozen=True)
class Plain:
    """Texts that could be read all at once: which ones (a flag a text), and their values by column."""

    hit: np.ndarray
    columns: Mapping[str, pa.Array]


@dataclass(frozen=True)
class Reading:
    """How the distinct texts of a column are read.

    Attributes:
        read: from one text to its value.
        names: columns that `Value.values` fill, in order.
        types: their types.
        field: field that findings speak of.
        clean: what is done to the texts before they are read; null after it is a blank cell.
        blank_rule: rule that fires on blank cells, if any.
        plain: a quick way for the texts that raise no question; must say the same of them as `read`.
    """

    read: Callable[[str], Value]
    names: Sequence[str]
    types: Sequence[pa.DataType]
    field: str
    clean: Callable[[pa.Array], pa.Array] | None = None
    blank_rule: str | None = None
    plain: Callable[[pa.Array], Plain] | None = None


class Remembered(dict[str, Value]):
    """What texts were read as: a text that came before costs one look. At most `most` are held when a column begins."""

    def __init__(self, read: Callable[[str], Value], most: int) -> None:
        super().__init__()
        self._read, self._most = read, most

    def __missing__(self, text: str) -> Value:
        self[text] = value = self._read(text)
        return value

    def forget_much(self) -> None:
        """Begin anew if much is held; nothing depends on it but speed."""
        if len(self) > self._most:
            self.clear()


def by_distinct(raw: pa.Array, reading: Reading) -> Standardised:
    """Read each distinct non-null text of the column and spread the results over its rows.

    A null cell is empty with reason BLANK. Where the texts are cleaned first, odd blanks and invisible characters in
    them are a finding too.
    """
    encoded = encode(raw)
    texts = reading.clean(encoded.dictionary) if reading.clean else encoded.dictionary
    plain = reading.plain(texts) if reading.plain else Plain(np.zeros(len(texts), bool), {})
    asked = np.flatnonzero(~plain.hit)
    nothing = Value((None,) * len(reading.names), EmptyReason.BLANK)
    values = [nothing if t is None else reading.read(t) for t in texts.take(pa.array(asked)).to_pylist()]
    index = encoded.indices
    by_column = zip(*(v.values for v in values), strict=True) if values else ([] for _ in reading.names)
    columns = {
        name: _merged(plain, name, pa.array(read, kind), asked).take(index)
        for name, kind, read in zip(reading.names, reading.types, by_column, strict=True)
    }
    letters = np.full(len(texts), ord(EmptyReason.FILLED), np.uint8)
    letters[asked] = np.frombuffer("".join([v.reason for v in values]).encode(), np.uint8)
    reasons = pc.fill_null(_of_one_letter(letters).take(index), EmptyReason.BLANK.value)
    places = rows_of(index)
    findings = [*_findings(values, asked, len(texts), (places, reading.field))]
    if reading.blank_rule:
        is_blank = np.append(_flags(texts.is_null()), True)
        findings += found(reading.blank_rule, reading.field, is_blank[places])
    if reading.clean:
        findings += found(INVISIBLE_RULE, reading.field, np.append(has_invisible(encoded.dictionary), False)[places])
    return Standardised(columns, reasons, joined(findings))


def _of_one_letter(letters: np.ndarray) -> pa.Array:
    """Strings of one ASCII letter each."""
    offsets = pa.py_buffer(np.arange(len(letters) + 1, dtype=np.int32))
    return pa.StringArray.from_buffers(len(letters), offsets, pa.py_buffer(letters))


def rows_of(index: pa.Array) -> np.ndarray:
    """Place of each row among the distinct texts; -1, which is the last of an appended list, for null."""
    return np.asarray(pc.fill_null(index, -1).to_numpy(zero_copy_only=False))


def _merged(plain: Plain, name: str, read: pa.Array, asked: np.ndarray) -> pa.Array:
    """Values of all distinct texts: the plain ones and those that were read one by one."""
    if len(asked) == len(plain.hit):
        return read
    place = np.zeros(len(plain.hit), np.int64)
    place[asked] = np.arange(len(asked))
    spread = read.take(pa.array(place, mask=plain.hit))
    return pc.if_else(pa.array(plain.hit), plain.columns[name], spread)


def _findings(
    values: Sequence[Value], asked: np.ndarray, size: int, where: tuple[np.ndarray, str]
) -> tuple[Finding, ...]:
    hits: dict[str, list[int]] = {}
    for place, value in zip(asked.tolist(), values, strict=True):
        for rule in value.rules:
            hits.setdefault(rule, []).append(place)
    fired = []
    for rule, hit in sorted(hits.items()):
        flags = np.zeros(size + 1, bool)
        flags[hit] = True
        fired.append(Finding(rule, where[1], np.flatnonzero(flags[where[0]]).astype(np.int64)))
    return tuple(fired)


def _flags(values: pa.Array) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False))


def found(rule_id: str, field_name: str, hit: np.ndarray) -> tuple[Finding, ...]:
    """One finding on the rows where `hit` is true; none if there is no such row."""
    rows = np.flatnonzero(hit).astype(np.int64)
    return (Finding(rule_id, field_name, rows),) if len(rows) else ()


def joined(*groups: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of several sources, one for each rule and field, rows ascending and each once."""
    rows: dict[tuple[str, str], list[np.ndarray]] = {}
    for finding in (f for group in groups for f in group):
        rows.setdefault((finding.rule_id, finding.field), []).append(finding.rows)
    return tuple(Finding(rule, name, np.unique(np.concatenate(parts))) for (rule, name), parts in rows.items())
