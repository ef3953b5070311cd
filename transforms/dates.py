"""Date columns: birth (field 2), death (field 17), entry dates and periods of residence (fields 11, 12).

Solar values; unknown parts stay null, never 01/01. The plain forms go through Arrow on distinct values, everything
else through `date_text.read_date`, which is also the oracle of the fast way in the tests. Law 59/2014/QH13 art. 9.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason
from transforms import date_doubts
from transforms.column import Finding, Standardised
from transforms.date_doubts import NO_YEAR, NOTE_REMOVED, SEVERAL, YEAR_OF_TEXT
from transforms.date_text import EARLIEST_YEAR, EMPTY, FAILED, Order, plain_text, read_date

_Ints = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]

FAR = date(2100, 1, 1)
"""Latest day of dates that no delivery date bounds, such as the end of a stay."""

_NUMERIC = r"^(?P<a>\d{1,2})[/.\-](?P<b>\d{1,2})[/.\-](?P<y>\d{4})$"
_ISO = r"^(?P<y>\d{4})-(?P<b>\d{2})-(?P<a>\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$"
_YEAR = r"^(?P<y>\d{4})$"
_TRIPLE = r"^\D*(?P<a>\d{1,2})\s*[/.\-]\s*(?P<b>\d{1,2})\s*[/.\-]\s*(?:\d{4}|\d{2})\b"
_DEATH_WORDS = re.compile(
    r"\b(?:da |ngay |bi |duoc |toa |an )*(?:tuyen bo |xac nhan |coi la )*(?:da )?"
    r"(?:chet|mat tich|mat(?! (?:so|giay|cmnd|cmt|cccd|the|khai sinh|chung minh)\b)|tu tran|qua doi"
    r"|hy sinh|hi sinh|tu vong|tu si|liet si)\b(?: ngay| nam)?[:,]?"
)
_ASKS = re.compile(r"\?|\b(?:khong|ko|chua) (?:ro|biet|nho)\b")
_TICK = re.compile(r"[x+†✝✓]+")  # a tick in the column of deaths says that someone died, to some clerks
_ALIVE = frozenset({"khong", "ko", "chua", "chua chet", "con song", "dang song", "con", "song", "khong co", "chua co"})
_DOUBTS = ("lunar", "excel_serial", "two_digit_year", "approximate", "calendar_unclear", "not_digits",
           "order_unclear", "leading_zero", "year_joined", SEVERAL, NOTE_REMOVED)  # fmt: skip
_DAYS_IN_MONTH = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_STRAY_SHARE, _LONE_STRAY_AMONG = 0.05, 10
_REASONS = {"missing": EmptyReason.BLANK, "stated_unknown": EmptyReason.STATED_UNKNOWN,
            "century_unknown": EmptyReason.AMBIGUOUS, NO_YEAR: EmptyReason.AMBIGUOUS}  # fmt: skip


@dataclass(frozen=True)
class ReadDates:
    """Distinct texts read: year, month, day (0 = unknown), lunar flags, the places where each mark stands."""

    year: _Ints
    month: _Ints
    day: _Ints
    is_lunar: _Flags
    marks: Mapping[str, list[int]]


def date_order(values: Iterable[str]) -> Order:
    """Order of day and month in a whole column: "dmy" unless the values say otherwise."""
    return decide_order(*order_evidence(pa.array(list(values), pa.string())))


def order_evidence(texts: pa.Array) -> tuple[int, int]:
    """How many texts can only be day-first and how many only month-first (a number above 12 settles it).

    A date that no order makes possible (02/30/1970, 31/06/1980) is a slip of the pen and says nothing of the order.
    """
    seen = pc.value_counts(texts)
    found = pc.extract_regex(seen.field("values"), _TRIPLE)
    count = np.asarray(seen.field("counts"))
    first, second = _group(found, "a"), _group(found, "b")
    day_first, month_first = _only_day_of(second, first), _only_day_of(first, second)
    return int(count[day_first].sum()), int(count[month_first].sum())


def _only_day_of(month: _Ints, day: _Ints) -> _Flags:
    """Where the second number can only be a day, and that month has it in some year."""
    longest = _DAYS_IN_MONTH[np.where(month <= 12, month, 0)] + (month == 2)
    return np.asarray((day > 12) & (day <= longest))


def decide_order(day_first: int, month_first: int) -> Order:
    """The order that the evidence allows.

    Strays of up to 5 %, or a single one among ten, are typing errors and become impossible dates: one slip of the pen
    must not make the order of a whole ledger unclear.
    """
    most = max(_STRAY_SHARE * (day_first + month_first), 1 if day_first + month_first >= _LONE_STRAY_AMONG else 0)
    if month_first <= most:
        return "dmy"
    return "mdy" if day_first <= most else "unclear"


def standardise_birth_date(raw: pa.Array, order: Order, received_on: date) -> Standardised:
    """birth_year, birth_month, birth_day, birth_calendar with the findings birth_date.*.

    Args:
        raw: text as read.
        order: of day and month in this column of the file.
        received_on: day of delivery; nobody is born after it.
    """
    encoded = raw.dictionary_encode()
    read = _with_years_of_texts(read_distinct(encoded.dictionary, order, received_on), encoded.dictionary, received_on)
    letters = np.full(len(encoded.dictionary), EmptyReason.FILLED.value, dtype=object)
    for mark in FAILED & set(read.marks):
        letters[read.marks[mark]] = _REASONS.get(mark, EmptyReason.INVALID).value
    letters[[i for i in read.marks.get(SEVERAL, ()) if not read.year[i]]] = EmptyReason.AMBIGUOUS.value
    missing = _rows(encoded.indices.is_null())
    findings = _spread_marks(read.marks, encoded.indices, "birth_date", "birth_date.")
    return Standardised(
        _date_columns("birth", read, encoded.indices),
        pc.fill_null(pa.array(letters, pa.string()).take(encoded.indices), EmptyReason.BLANK.value),
        _with_rows(findings, "birth_date.missing", "birth_date", missing),
    )


def _with_years_of_texts(read: ReadDates, texts: pa.Array, latest: date) -> ReadDates:
    """Births that no form fits keep the year that their words name; the rest of them stays unreadable."""
    marks = {mark: list(places) for mark, places in read.marks.items()}
    for i in read.marks.get("unreadable", ()):
        year = date_doubts.year_of(plain_text(texts[i].as_py()))
        if year is None or not EARLIEST_YEAR <= year <= latest.year:
            continue
        read.year[i] = year
        marks["unreadable"].remove(i)
        for mark in (YEAR_OF_TEXT, "year_only"):
            marks.setdefault(mark, []).append(i)
    return replace(read, marks=marks)


def standardise_death_date(raw: pa.Array, order: Order, received_on: date) -> Standardised:
    """death_year, death_month, death_day, death_calendar, death_kind with the findings death_date.*.

    death_kind is "dead", or "missing" where the text says mất tích; a text such as "đã chết" gives the kind alone.
    """
    encoded = raw.dictionary_encode()
    texts = [plain_text(t) for t in encoded.dictionary.to_pylist()]
    bare = [_DEATH_WORDS.sub(" ", t).strip(" ():;,") for t in texts]
    read = read_distinct(pa.array(bare, pa.string()), order, received_on)
    unread = (
        i for m in ("unreadable", "impossible", NO_YEAR) for i in read.marks.get(m, ()) if _DEATH_WORDS.search(texts[i])
    )
    beside = {i: found for i in unread if (found := date_doubts.one_date_of(bare[i]))}
    if beside:
        # words of how and where stand around the day: it is read, and waits to be looked at
        bare = [beside.get(i, text) for i, text in enumerate(bare)]
        read = read_distinct(pa.array(bare, pa.string()), order, received_on)
    kinds, letters, bad = _death_kinds(texts, read)
    columns = _date_columns("death", read, encoded.indices)
    columns["death_kind"] = pa.array(kinds, pa.string()).take(encoded.indices)
    doubtful = {i for m in _DOUBTS for i in read.marks.get(m, ())} | set(beside)
    marks = {"unreadable": bad, "uncertain": sorted(doubtful - set(bad))}
    return Standardised(
        columns,
        pc.fill_null(pa.array(letters, pa.string()).take(encoded.indices), EmptyReason.BLANK.value),
        _spread_marks(marks, encoded.indices, "death", "death_date."),
    )


def _death_kinds(texts: list[str], read: ReadDates) -> tuple[list[str | None], list[str], list[int]]:
    """For each distinct text: the kind, the letter of its reason, and which are unreadable."""
    nothing = {i: _REASONS[m] for m in EMPTY for i in read.marks.get(m, ())}
    kinds: list[str | None] = []
    letters: list[str] = []
    bad: list[int] = []
    for i, text in enumerate(texts):
        said = _DEATH_WORDS.search(text) is not None
        dated = bool(read.year[i])
        kinds.append(("missing" if "mat tich" in text else "dead") if said or dated else None)
        if text in _ALIVE or not text:
            letters.append((EmptyReason.NOT_APPLICABLE if text else EmptyReason.BLANK).value)
            continue
        empty = nothing.get(i, EmptyReason.INVALID)
        letters.append((EmptyReason.FILLED if said or dated else empty).value)
        if not dated and (said or i not in nothing or _ASKS.search(text) or _TICK.fullmatch(text)):
            bad.append(i)
    return kinds, letters, bad


def standardise_day(
    raw: pa.Array, order: Order, rule_id: str, field: str, latest: date = FAR
) -> tuple[pa.Array, tuple[Finding, ...]]:
    """Whole days as date32; a text that gives no whole day is null and a finding of `rule_id`."""
    encoded = raw.dictionary_encode()
    read = read_distinct(encoded.dictionary, order, latest)
    days = _days(read)
    unread = set(range(len(days))) - set(np.flatnonzero(~np.isnat(days)).tolist())
    unread -= {i for m in EMPTY for i in read.marks.get(m, ())}
    doubtful = {
        i
        for m in ("lunar", "excel_serial", "two_digit_year", "leading_zero", "year_joined")
        for i in read.marks.get(m, ())
    }
    findings = _spread_marks({"": sorted(unread | doubtful)}, encoded.indices, field, rule_id)
    return pa.array(days).cast(pa.date32()).take(encoded.indices), findings


def read_distinct(texts: pa.Array, order: Order, latest: date) -> ReadDates:
    """Read distinct texts: the plain forms in columns, the rest one by one."""
    size = len(texts)
    year, month, day = (np.zeros(size, np.int64) for _ in range(3))
    is_lunar = np.zeros(size, np.bool_)
    marks: dict[str, list[int]] = {}
    done = _read_plain_forms(texts, order, latest, (year, month, day), marks)
    for i in np.flatnonzero(~done).tolist():
        reading = read_date(texts[i].as_py(), order, latest)
        year[i], month[i], day[i] = reading.year or 0, reading.month or 0, reading.day or 0
        is_lunar[i] = reading.is_lunar
        for mark in reading.marks:
            marks.setdefault(mark, []).append(i)
    return ReadDates(year, month, day, is_lunar, marks)


def _read_plain_forms(
    texts: pa.Array, order: Order, latest: date, out: tuple[_Ints, _Ints, _Ints], marks: dict[str, list[int]]
) -> _Flags:
    numeric, iso, alone = (pc.extract_regex(texts, p) for p in (_NUMERIC, _ISO, _YEAR))
    first, second = ("b", "a") if order == "mdy" else ("a", "b")
    use_numeric = order != "unclear"
    day = _group(iso, "a") + (_group(numeric, first) if use_numeric else 0)
    month = _group(iso, "b") + (_group(numeric, second) if use_numeric else 0)
    year = _group(iso, "y") + (_group(numeric, "y") if use_numeric else 0)
    done = _is_whole_date(year, month, day, latest)
    only_year = _group(alone, "y")
    fits = (only_year >= EARLIEST_YEAR) & (only_year <= latest.year)
    for target, values in zip(out, (year, month, day), strict=True):
        target[done] = values[done]
    out[0][fits] = only_year[fits]
    if fits.any():
        marks["year_only"] = np.flatnonzero(fits).tolist()
    if order == "mdy":
        month_first = done & (_group(numeric, "y") > 0) & (day != month)
        marks["month_first"] = np.flatnonzero(month_first).tolist()
    return np.asarray(done | fits)


def _group(found: pa.Array, name: str) -> _Ints:
    """A named group of digits as numbers; 0 where the pattern did not match."""
    digits = pc.struct_field(found, name)
    digits = pc.if_else(pc.equal(digits, ""), None, digits)
    return np.asarray(pc.fill_null(pc.cast(digits, pa.int64()), 0).to_numpy(zero_copy_only=False))


def _is_whole_date(year: _Ints, month: _Ints, day: _Ints, latest: date) -> _Flags:
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS_IN_MONTH[np.where(month <= 12, month, 0)] + (is_leap & (month == 2))
    in_calendar = (year >= EARLIEST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)
    until = latest.year * 10_000 + latest.month * 100 + latest.day
    return np.asarray(in_calendar & (year * 10_000 + month * 100 + day <= until))


def _days(read: ReadDates) -> npt.NDArray[np.datetime64]:
    whole = (read.year > 0) & (read.month > 0) & (read.day > 0)
    months = (read.year - 1970) * 12 + np.maximum(read.month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + (np.maximum(read.day, 1) - 1)
    return np.asarray(np.where(whole, days, np.datetime64("NaT", "D")))


def _date_columns(stem: str, read: ReadDates, index: pa.Array) -> dict[str, pa.Array]:
    parts = (("year", read.year, pa.int16()), ("month", read.month, pa.int8()), ("day", read.day, pa.int8()))
    columns = {f"{stem}_{n}": pa.array(v, mask=v == 0).cast(kind).take(index) for n, v, kind in parts}
    words = pa.array(np.where(read.is_lunar, "lunar", "solar"), pa.string(), mask=read.year == 0)
    return columns | {f"{stem}_calendar": words.take(index)}


def _spread_marks(marks: Mapping[str, list[int]], index: pa.Array, field: str, subject: str) -> tuple[Finding, ...]:
    codes = pc.fill_null(index, -1).to_numpy(zero_copy_only=False)
    size = int(codes.max(initial=-1)) + 2
    found = []
    for mark, places in sorted(marks.items()):
        if not places:
            continue
        hit = np.zeros(size, np.bool_)
        hit[places] = True
        found.append(Finding(subject + mark, field, np.flatnonzero(hit[codes])))
    return tuple(found)


def _with_rows(findings: tuple[Finding, ...], rule_id: str, field: str, rows: _Ints) -> tuple[Finding, ...]:
    if not len(rows):
        return findings
    same = [f.rows for f in findings if f.rule_id == rule_id]
    others = tuple(f for f in findings if f.rule_id != rule_id)
    return (*others, Finding(rule_id, field, np.sort(np.concatenate([*same, rows]))))


def _rows(flags: pa.Array) -> _Ints:
    return np.flatnonzero(flags.to_numpy(zero_copy_only=False))
