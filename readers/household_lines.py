"""Heading lines of households above their members: "Hộ số 12: Nguyễn Văn A", "Hộ ông Trần Bình - Sổ HK 380100012".

Such a line is no person. Its number, and the head's name where it stands there, belong to the rows below, down to the
next such line or the end of the sheet; what a row says itself counts before it. A line that names the head alone gives
no number, and none is made up.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.grid import Grid, filled_counts
from readers.source_rows import SourceRows, check_results

RULE = "household.line_above"
_NUMBER, _HEAD = "household_id_raw", "head_name_raw"
_MOST_CELLS = 2
_LONGEST = 200
_LINE = re.compile(
    r"^\W*(?:(?:sổ|số|so)\s+)?(?:hộ|ho)(?:\s+(?:khẩu|khau|gia\s+đình|gia\s+dinh|dân|dan))?"
    r"(?:\s*(?:số|so|thứ|thu))?\s*[:.]?\s*(?P<number>\d{1,12})\s*(?:[:.,;()–—-]+\s*(?P<rest>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(
    r"^\W*(?:(?:họ\s+(?:và\s+)?tên\s+)?(?:chủ\s*hộ|chu\s*ho)\s*(?:là)?\s*[:.-]?\s*)?(?:(?:ông|bà|ong|ba)\s+)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"^[^\W\d_]+(?:[ '’-]+[^\W\d_]+){1,7}")
_OPENS = re.compile(
    r"^\W*(?:(?:\d{1,4}|[ivxlc]{1,6})\s*[.)/:–—-]+\s*)?(?:"
    r"(?:hộ|ho|gia\s+đình|gia\s+dinh)(?:\s+(?:gia\s+đình|gia\s+dinh|của|cua|do))?\s*:?\s*"
    r"(?:ông\s*[/(,]?\s*bà\)?|ong\s*[/(,]?\s*ba\)?|ông|bà|ong|ba|anh|chị|chi|cụ|cu)\b"
    r"|(?:hộ|ho)?\s*(?:chủ\s*hộ|chu\s*ho)\s*(?:là)?\s*:)\s*[:.]?\s*(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_LABELLED = re.compile(
    r"(?:\b(?:sổ|số|so)\s+)?\b(?:(?:sổ|số|so)\s*(?:hkgđ|hkgd|hktt|hk|hộ\s*khẩu|ho\s*khau|hộ|ho|sổ|so)|shk|hk|hộ\s*khẩu|ho\s*khau"
    r"|mã\s*(?:số\s*)?hộ|ma\s*(?:so\s*)?ho|sổ|số)(?:\s*(?:gia\s+đình|gia\s+dinh))?(?:\s*(?:số|so))?\s*[:.]?\s*(?P<number>\d{1,12})\b",
    re.IGNORECASE,
)
_ENDS_NAME = re.compile(r"\s+[–—-]+\s*|\s*[–—-]+\s+|[,;:(\[|/]|\d|\bsinh\b|\s+(?:và|và vợ|cùng)\s", re.IGNORECASE)
_ROMAN = re.compile(r"[ivxlc]{1,6}", re.IGNORECASE)


@dataclass(frozen=True)
class Above:
    """The household that a line names: by its number, or by its head alone."""

    number: str | None
    head: str | None


def household_line(text: str) -> Above | None:
    """What a line says of the household below it; None if it is no such line."""
    line = unicodedata.normalize("NFC", text[:_LONGEST]).strip()
    found = _LINE.match(line)
    if found is None:
        return _of_its_head(line)
    name = _NAME.match(_TITLE.sub("", found["rest"] or "", count=1))
    return Above(found["number"], name.group().strip() if name else None)


def _of_its_head(line: str) -> Above | None:
    """As in "Hộ ông: Phạm Quốc Toản - Sổ HK 220456781", "Hộ bà Lê Thị Hoa": the number may be missing, the name not."""
    opened = _OPENS.match(line)
    if opened is None:
        return None
    labelled = _LABELLED.search(opened["rest"])
    if _has_no_marks(line[: opened.start("rest")]) and not (line.isascii() and (labelled or ":" in line)):
        return None  # "Ho Ba Cam Tu" may be a name: Hồ Bá Cẩm Tú
    before = opened["rest"][: labelled.start()] if labelled else opened["rest"]
    name = _NAME.fullmatch(_ENDS_NAME.split(before, maxsplit=1)[0].strip(" .,"))
    if name is None or not all(word[0].isupper() for word in re.split(r"[ '’-]+", name.group()) if word):
        return None
    return Above(labelled["number"] if labelled else None, name.group())


def _has_no_marks(start: str) -> bool:
    return re.search(r"\b(?:ho|chu|dinh)\b", start, re.IGNORECASE) is not None


class HouseholdLines:
    """The heading lines of one sheet; remembers the last one from grid to grid."""

    def __init__(self) -> None:
        self._seen: list[Above] = []
        self._above = np.empty(0, np.int64)
        self._void = -1

    def find(self, grid: Grid) -> npt.NDArray[np.bool_]:
        """Which rows are such lines; `put_in` then knows the line above each row of this grid."""
        is_line = np.zeros(grid.rows, np.bool_)
        self._above = np.full(grid.rows, len(self._seen) - 1, np.int64)
        filled = filled_counts(grid)
        few = np.flatnonzero((filled > 0) & (filled <= _MOST_CELLS))
        columns = [c.take(pa.array(few)).to_pylist() for c in grid.columns] if len(few) else []
        for at, row in enumerate(few.tolist()):
            texts = [str(column[at]) for column in columns if column[at]]
            found = _found_in(texts)
            if found is not None:
                self._seen.append(found)
                is_line[row] = True
        self._above += np.cumsum(is_line)
        return is_line

    def put_in(self, rows: SourceRows, keep: npt.NDArray[np.bool_]) -> SourceRows:
        """The kept rows of the last grid with number and head of the line above where they say none, and a finding."""
        above = self._above[keep]
        told = (above >= 0) & ~self._own_since(rows.records, above)
        if not told.any():
            return rows
        records, taken = rows.records, pa.array(np.maximum(above, 0))
        has_number = np.array([a.number is not None for a in self._seen], np.bool_)[np.maximum(above, 0)]
        unsaid = told & has_number & np.asarray(pc.is_null(records.column(_NUMBER)).to_numpy())
        for column, values in ((_NUMBER, [a.number for a in self._seen]), (_HEAD, [a.head for a in self._seen])):
            given = pc.if_else(pa.array(told), pa.array(values, pa.string()).take(taken), pa.scalar(None, pa.string()))
            place = records.schema.get_field_index(column)
            both = pc.coalesce(records.column(column).combine_chunks(), given)
            records = records.set_column(place, records.schema.field(column), both)
        found = check_results(
            records.column("record_id").combine_chunks(), [(RULE, np.flatnonzero(unsaid))], "household"
        )
        return SourceRows(records, pa.concat_tables([rows.findings, found]))

    def _own_since(self, records: pa.Table, above: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Rows at or below one that gives another number than the line above it: the line counts no longer."""
        own = records.column(_NUMBER).combine_chunks()
        numbers = pa.array([a.number for a in self._seen], pa.string())
        line = numbers.take(pa.array(above, mask=above < 0))
        says_other = pc.or_(pc.fill_null(pc.not_equal(own, line), False), pc.and_(pc.is_valid(own), pc.is_null(line)))
        differs = np.asarray(says_other.to_numpy(zero_copy_only=False))
        places = np.arange(len(above))
        starts = np.maximum.accumulate(np.where(np.append(True, above[1:] != above[:-1]), places, 0))
        since = np.maximum.accumulate(np.where(differs, places, -1)) >= starts
        since |= above == self._void
        self._void = int(above[-1]) if len(above) and since[-1] else -1
        return np.asarray(since)


def _found_in(texts: list[str]) -> Above | None:
    """A line of its own, or beside a running number, or in two cells of which the second has the number."""
    if len(texts) == 1 or any(t.strip(" .").isdecimal() or _ROMAN.fullmatch(t.strip(" .)")) for t in texts):
        return next(filter(None, map(household_line, texts)), None)
    both = household_line(" - ".join(texts))
    return both if both is not None and both.number is not None and both.head is not None else None
