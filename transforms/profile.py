"""Profile of a file: what has to be known of all its rows before any row is standardised.

One pass over the chunks, in the order of the file. Kept in memory: counts, a sample of hashes a column, 37 bytes for
each of a million rows with a personal number (the others on disk), and what `household_lists` keeps of a list.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import lineage
from schemas.contract import empty
from schemas.tables import PROFILE, RAW_COLUMNS
from transforms import ditto
from transforms.bearer_log import BearerLog
from transforms.column import column_of
from transforms.date_orders import OrderEvidence
from transforms.household_lists import HouseholdLists, keep_common, localities, short_numbers
from transforms.household_order import HouseholdOrder
from transforms.number_conflicts import bearers, digits
from transforms.number_everywhere import Named, everywhere, often_borne
from transforms.number_habits import NumberHabits
from transforms.row_context import household_rows
from transforms.sex_digits import Votes, verdict, votes

_Hashes = npt.NDArray[np.uint64]
_ALL, _ABOVE = "*", "number above"
DATE_COLUMNS: tuple[str, ...] = (
    "birth_date_raw", "death_date_raw", "entry_date_raw", "temporary_residence_raw", "temporary_absence_raw",
)  # fmt: skip
_SAMPLE = 1024
_SPIKE_SHARE, _SPIKE_ROWS = 0.05, 20
_ONE_LOCALITY = 0.5
_DIGITS = r"^\s*\d+(?:\.0)?\s*$"
_WHOLE_DAY = r"^\s*(?:\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|\d{4}-\d\d-\d\d(?:[T ]00:00.*)?)\s*$"
_ROW_ID = r"^'?[0-9a-f]{32}-(?P<flags>[a-z]*)-"  # readers/error_file.py: what the whole original told
_NEW_YEAR = r"^\s*(?:0?1\s*[/.\-]\s*0?1\s*[/.\-]\s*\d{4}|\d{4}-01-01(?:[T ]00:00.*)?)\s*$"


@dataclass
class _File:
    """Running figures of one file."""

    file: str
    numbers: BearerLog
    rows: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    dittos: Counter[str] = field(default_factory=Counter)
    samples: dict[str, _Hashes] = field(default_factory=dict)
    orders: OrderEvidence = field(default_factory=OrderEvidence)
    sex_digits: int = 0
    sex_votes: Votes = field(default_factory=Counter)
    returned: set[str] = field(default_factory=set)
    whole_days: int = 0
    new_years: int = 0
    habits: NumberHabits = field(default_factory=NumberHabits)
    cards: Named = field(default_factory=dict)
    localities: Counter[str] = field(default_factory=Counter)
    last: dict[str, str | None] = field(default_factory=dict)
    last_sheet: tuple[str | None, int | None] | None = None
    carried: list[tuple[str, str, str]] = field(default_factory=list)
    lists: HouseholdLists = field(default_factory=HouseholdLists)
    runs: HouseholdLists = field(default_factory=lambda: HouseholdLists(by_runs=True))
    order: HouseholdOrder = field(default_factory=HouseholdOrder)


def profile_chunks(chunks: Iterable[pa.Table], spill: Path | None = None) -> pa.Table:
    """PROFILE of all files in the chunks of SOURCE_RECORDS; the rows of a file come in order.

    What does not fit in memory lies in the folder `spill` meanwhile (None = the system's own), in a file without name.

    Measures of a column: filled, distinct (exact up to 1 024, then estimated to about 3 %), date_order, ditto,
    ``date_order:<sheet>`` (of a sheet that keeps to another order than the file),
    ``carry:<record_id>``, in_words (sex is not written in digits), digits (what 0 and 1
    mean there), ``default_day`` (spike of 01/01), fill_down
    (household number on the head's row only), ``number_conflict:<n>`` (hash of a personal number of two people),
    ``number_owned:<n>`` (hash of one that fits a row and contradicts the row of another person),
    ``number_everywhere:<n>`` (hash of a card number beside people of several surnames). Of
    the file ("*"): file, rows, household_scope (end of most addresses: where its short household numbers count), those
    of `household_lists` where the file joins several lists, and of `household_order` where it has no numbers.
    """
    files: dict[str, _File] = {}
    with duckdb.connect(config={"threads": 1}) as sql, ExitStack() as open_logs:
        for chunk in chunks:
            file_ids = pc.unique(chunk.column("file_id")).to_pylist()
            for file_id in file_ids:
                part = chunk if len(file_ids) == 1 else chunk.filter(pc.equal(chunk.column("file_id"), file_id))
                part = part.combine_chunks()
                if file_id not in files:
                    log = open_logs.enter_context(BearerLog(spill))
                    files[file_id] = _File(part.column("file")[0].as_py(), log)
                _add(files[file_id], part, sql)
        rows = [(file_id, *row) for file_id in sorted(files) for row in _measures(files[file_id], file_id)]
    if not rows:
        return empty(PROFILE)
    return pa.table([pa.array(v) for v in zip(*rows, strict=True)], names=PROFILE.column_names).cast(PROFILE.schema)


def _add(known: _File, part: pa.Table, sql: duckdb.DuckDBPyConnection) -> None:
    filled = [c for c in RAW_COLUMNS if part.column(c).null_count < part.num_rows]
    known.rows += part.num_rows
    for column in filled:
        known.filled[column] += part.num_rows - part.column(column).null_count
    _add_samples(known, part, filled, sql)
    for column in set(DATE_COLUMNS) & set(filled):
        known.orders.add(part, column)
    known.returned.update(_flags_of_returned(column_of(part, "corrects_raw")))
    known.sex_digits += int(ditto.flags(pc.match_substring_regex(column_of(part, "sex_raw"), _DIGITS)).sum())
    known.sex_votes.update(votes(column_of(part, "sex_raw"), column_of(part, "full_name_raw")))
    _add_birth_days(known, column_of(part, "birth_date_raw"))
    in_a_list = pa.array(short_numbers(column_of(part, "household_id_raw")))
    known.localities.update(_localities(column_of(part, "permanent_residence_raw").filter(in_a_list)))
    keep_common(known.localities)
    _add_repeats(known, part, filled)
    known.lists.add(part)
    if not known.lists.heads:
        known.runs.add(part)
    known.order.add(part)
    if {"personal_number_raw", "old_id_number_raw"} & set(filled):
        known.numbers.add(bearers(part, sql))
    if "old_id_number_raw" in filled:
        often_borne(part, known.cards)


def _flags_of_returned(row_ids: pa.Array) -> set[str]:
    """The flags of the row ids of a returned error file that is a part of its original."""
    if row_ids.null_count == len(row_ids):
        return set()
    flags = pc.struct_field(pc.extract_regex(row_ids, _ROW_ID), "flags").unique().drop_null().to_pylist()
    return {flag for found in flags if "p" in found for flag in found}


def _add_samples(known: _File, part: pa.Table, filled: list[str], sql: duckdb.DuckDBPyConnection) -> None:
    """Keep the smallest hashes of each column: their spread tells how many distinct values there are."""
    if not filled:
        return
    hashes = sql.from_arrow(part.select(filled)).project(", ".join(f"hash({c}) AS {c}" for c in filled)).fetchnumpy()
    for column in filled:
        found = np.asarray(hashes[column])[ditto.flags(pc.is_valid(part.column(column)))]
        before = known.samples.get(column, np.empty(0, np.uint64))
        if len(before) == _SAMPLE:
            found = found[found < before[-1]]
        known.samples[column] = np.unique(np.concatenate([before, found]))[:_SAMPLE]


def _add_birth_days(known: _File, births: pa.Array) -> None:
    seen = pc.value_counts(births)
    texts, counts = seen.field("values"), np.asarray(seen.field("counts"))
    known.whole_days += int(counts[ditto.flags(pc.match_substring_regex(texts, _WHOLE_DAY))].sum())
    known.new_years += int(counts[ditto.flags(pc.match_substring_regex(texts, _NEW_YEAR))].sum())


def _localities(residences: pa.Array) -> dict[str, int]:
    """Rows by locality."""
    seen = pc.value_counts(residences.drop_null())
    ends = localities(seen.field("values")).to_pylist()
    rows: Counter[str] = Counter()
    for end, count in zip(ends, seen.field("counts").to_pylist(), strict=True):
        if end is not None:
            rows[end] += count
    return rows


def _add_repeats(known: _File, part: pa.Table, filled: list[str]) -> None:
    """Count ditto marks and household numbers, and write down what a part that begins in a repeat takes over."""
    starts = ditto.sheet_starts(part)
    sheet = (part.column("sheet")[0].as_py(), part.column("page")[0].as_py())
    if sheet != known.last_sheet:
        known.last = {}
    known.last_sheet = (part.column("sheet")[-1].as_py(), part.column("page")[-1].as_py())
    first_id = part.column("record_id")[0].as_py()
    last_start = int(np.flatnonzero(starts)[-1])
    for column in ditto.DITTO_COLUMNS:
        values = column_of(part, column)
        marks = ditto.is_ditto(values) if column in filled else np.zeros(len(values), np.bool_)
        known.dittos[column] += int(marks.sum())
        takes, anchors = marks, ~marks
        if column == ditto.HOUSEHOLD_NUMBER:
            takes, anchors = _count_households(known, part, values, marks)
        if takes[0] and known.last.get(column) is not None:
            known.carried.append((column, first_id, known.last[column] or ""))
        own = np.flatnonzero(anchors[last_start:])
        if len(own):
            known.last[column] = values[last_start + int(own[-1])].as_py()
        elif last_start:
            known.last.pop(column, None)


def _count_households(
    known: _File, part: pa.Table, values: pa.Array, marks: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    heads = ditto.is_head(column_of(part, "relation_raw"))
    takes, anchors = household_rows(part, values, marks, heads)
    has_number = ditto.flags(pc.is_valid(values)) & ~marks
    unrelated = ditto.flags(pc.is_null(column_of(part, "relation_raw")))
    leading = has_number & unrelated & _differ_from_above(known, values, ditto.sheet_starts(part))
    known.habits.add(column_of(part, "sheet"), heads, has_number, takes & ~marks, leading)
    return takes, anchors


def _differ_from_above(known: _File, values: pa.Array, starts: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which filled cells say something else than the filled one above in their sheet."""
    filled = np.flatnonzero(ditto.flags(pc.is_valid(values)))
    found = np.zeros(len(values), np.bool_)
    sheets = np.cumsum(starts)
    if len(filled):
        texts = values.take(pa.array(filled))
        codes = texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
        of_sheet = sheets[filled]
        found[filled[1:]] = (codes[1:] != codes[:-1]) | (of_sheet[1:] != of_sheet[:-1])
        found[filled[0]] = of_sheet[0] > 1 or texts[0].as_py() != known.last.get(_ABOVE)
    last = filled[sheets[filled] == sheets[-1]]
    if len(last):
        known.last[_ABOVE] = values[int(last[-1])].as_py()
    elif sheets[-1] > 1:
        known.last.pop(_ABOVE, None)
    return found


_Measure = tuple[str, str, str | None, int | None]


def _measures(known: _File, file_id: str) -> Iterator[_Measure]:
    yield _ALL, "file", known.file, None
    yield _ALL, "rows", None, known.rows
    for column in RAW_COLUMNS:
        yield column, "filled", None, known.filled[column]
        if column in known.samples:
            yield column, "distinct", None, _distinct(known.samples[column])
        if known.dittos[column]:
            yield column, "ditto", None, known.dittos[column]
    yield from known.orders.measures(is_returned=bool(known.returned))
    if known.localities:
        locality, rows = known.localities.most_common(1)[0]
        if rows > _ONE_LOCALITY * known.filled["permanent_residence_raw"]:
            yield _ALL, "household_scope", locality, rows
    yield from _households(known, file_id)
    yield from _habits(known)
    yield from _repeats(known)
    for measure, numbers in zip(("number_conflict", "number_owned"), known.numbers.conflicts(), strict=True):
        for place, number in enumerate(numbers.tolist()):
            yield "personal_number_raw", f"{measure}:{place}", lineage.hash_text(digits(number)), None
    for place, number in enumerate(everywhere(known.cards)):
        yield "old_id_number_raw", f"number_everywhere:{place}", lineage.hash_text(number), None


def _households(known: _File, file_id: str) -> Iterator[_Measure]:
    """Where its household numbers count, or how its rows tell households without any."""
    lists = known.lists if known.lists.heads else known.runs
    for measure, value, count in (*lists.measures(file_id), *known.order.measures()):
        yield _ALL, measure, value, count
    for mode, record_id, home in known.order.carries():
        yield mode, f"carry:{record_id}", home, None


def _habits(known: _File) -> Iterator[_Measure]:
    """How this clerk writes an unknown birthday, and the sex."""
    if known.new_years > max(_SPIKE_ROWS, _SPIKE_SHARE * known.whole_days):
        yield "birth_date_raw", "default_day", f"{known.new_years / known.whole_days:.3f}", known.new_years
    meaning = verdict(known.sex_votes)
    if meaning is not None and 2 * known.sex_votes.total() > known.filled["sex_raw"]:
        yield "sex_raw", "digits", meaning, known.sex_votes.total()
    in_words = "w" in known.returned if known.returned else 2 * known.sex_digits < known.filled["sex_raw"]
    if in_words:
        yield "sex_raw", "in_words", None, known.filled["sex_raw"] - known.sex_digits


def _repeats(known: _File) -> Iterator[_Measure]:
    habits = list(known.habits.measures())
    for measure, count in habits:
        yield ditto.HOUSEHOLD_NUMBER, measure, None, count
    for column, record_id, value in known.carried:
        if column != ditto.HOUSEHOLD_NUMBER or habits or known.dittos[column]:
            yield column, f"carry:{record_id}", value, None


def _distinct(sample: _Hashes) -> int:
    if len(sample) < _SAMPLE:
        return len(sample)
    return round((_SAMPLE - 1) / (float(sample[-1]) / 2.0**64))
