"""The second half of survive: in which households a person lived, from when to when, as far as the records say.

A record with a household key is a statement: on its day of entry the person belonged to that household. Statements of
one household in a row make a stay; a later statement of another household ends it. What no day orders is not ordered
by guess: the household that the golden record names stays, the other one ends for the reason "unclear". Everything
follows from the records of the person alone, so that the order in which batches came makes no difference.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import empty
from schemas.tables import HOUSEHOLD_MEMBERS

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HEAD_CODE = "01"
_UNDATED = -(2**31)
_BIRTH_REGISTERED_DAYS = 60
"""A birth is registered within 60 days (Law 60/2014 art. 15): who is entered that soon was born into the household."""
_FROM_REASONS = ("entered", "birth", "moved_in")
_TO_REASONS = ("moved_out", "unclear", "death", "missing")
_ENTERED, _BIRTH, _MOVED_IN = range(3)
_MOVED_OUT, _UNCLEAR, _DEATH, _MISSING = range(4)


def household_members(members: pa.Table, golden: pa.Table) -> pa.Table:
    """The stays of each person in households.

    Args:
        members: RECORDS columns and person_id; all records of a person are in the table, in any order.
        golden: GOLDEN_PERSONS of the same persons: the household that decides where days do not, and the death.

    Returns:
        HOUSEHOLD_MEMBERS by person and number of the stay. Persons without a household key have none.
    """
    members = members.filter(pc.is_valid(members.column("household_key"))).combine_chunks()
    if members.num_rows == 0:
        return empty(HOUSEHOLD_MEMBERS)
    facts = _facts(members, golden)
    stays = _stays(facts)
    return _table(members, golden, facts, stays)


@dataclass(frozen=True)
class _Facts:
    """Statements by person and day; within a day the household that counts first, then by content.

    Attributes:
        row: row of `members`.
        person: row of `golden`.
        home: number of the household.
        day: days since 1970; _UNDATED = unknown.
        is_unclear: another household is named for the same time.
    """

    row: Rows
    person: Rows
    home: Rows
    day: Rows
    is_unclear: Flags


@dataclass(frozen=True)
class _Stays:
    """First and last fact of each stay, by person, unclear ones first; is it unclear, is it the person's last one?"""

    first: Rows
    last: Rows
    is_unclear: Flags
    is_last: Flags


def _facts(members: pa.Table, golden: pa.Table) -> _Facts:
    person = _numpy(pc.index_in(_array(members, "person_id"), _array(golden, "person_id"))).astype(np.int64)
    homes = _array(members, "household_key").dictionary_encode()
    names = homes.dictionary
    # numbered in the order of their keys, so that ties do not depend on the order of rows
    rank = np.empty(len(names), np.int64)
    rank[_numpy(pc.sort_indices(names))] = np.arange(len(names))
    home = rank[_numpy(homes.indices)]
    chosen = _numpy(pc.fill_null(pc.index_in(_array(golden, "household_key"), names), -1)).astype(np.int64)
    chosen = np.where(chosen >= 0, rank[chosen], -1)
    day = _numpy(pc.fill_null(members.column("entry_date").cast(pa.int32()), _UNDATED)).astype(np.int64)
    by = [("content_id", "ascending"), ("record_id", "ascending")]
    ids = np.empty(members.num_rows, np.int64)
    ids[_numpy(pc.sort_indices(members, by))] = np.arange(members.num_rows)
    order = np.lexsort((ids, home, home != chosen[person], day, person))
    person, home, day = person[order], home[order], day[order]
    return _Facts(order, person, home, day, _unclear(person, home, day))


def _unclear(person: Rows, home: Rows, day: Rows) -> Flags:
    """Facts that another household of the same time outweighs, less those of a household that is clear elsewhere."""
    begins = _changes(person, day)
    winner = home[np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))]
    has_day = np.zeros(int(person[-1]) + 1, np.bool_)
    has_day[person[day != _UNDATED]] = True
    return np.asarray((home != winner) | ((day == _UNDATED) & has_day[person]))


def _stays(facts: _Facts) -> _Stays:
    pair = facts.person * (int(facts.home.max()) + 1) + facts.home
    clear = np.flatnonzero(~facts.is_unclear)
    # what is unclear says nothing new of a household that the person was in anyway
    doubtful = np.flatnonzero(facts.is_unclear & ~np.isin(pair, pair[clear]))
    dated = facts.day[doubtful] != _UNDATED
    doubtful = doubtful[dated | ~np.isin(pair[doubtful], pair[doubtful[dated]])]
    doubtful = doubtful[np.argsort(pair[doubtful], kind="stable")]
    runs = [_ends(pair[rows], rows) for rows in (doubtful, clear)]
    first, last = (np.concatenate([run[end] for run in runs]) for end in (0, 1))
    is_unclear = np.repeat([True, False], [len(run[0]) for run in runs])
    order = np.lexsort((np.where(is_unclear, facts.home[first], first), ~is_unclear, facts.person[first]))
    first, last, is_unclear = first[order], last[order], is_unclear[order]
    person = facts.person[first]
    is_last = np.append(person[1:] != person[:-1], True)
    return _Stays(first, last, is_unclear, is_last)


def _ends(labels: Rows, rows: Rows) -> tuple[Rows, Rows]:
    """First and last of `rows` in each run of equal labels."""
    begins = np.flatnonzero(_changes(labels))
    ends = np.append(begins[1:], len(rows)) - 1 if len(begins) else begins
    return rows[begins], rows[ends]


def _table(members: pa.Table, golden: pa.Table, facts: _Facts, stays: _Stays) -> pa.Table:
    person = facts.person[stays.first]
    first, last = facts.row[stays.first], facts.row[_latest_day(facts, stays)]
    start = facts.day[stays.first]
    number = np.arange(len(person)) - np.flatnonzero(_changes(person))[np.cumsum(_changes(person)) - 1]
    follows = (number > 0) & ~stays.is_unclear & np.append(False, ~stays.is_unclear[:-1])
    end, to_reason, to_record = _endings(members, golden, facts, stays)
    # A line that was written after the death was copied from an older book: it does not say when he came.
    start = np.where((end != _UNDATED) & (start > end), _UNDATED, start)
    relation = _latest_filled(_array(members, "relation_code"), facts, stays, last)
    ids = _array(members, "record_id")
    said_head = pc.equal(_array(members, "record_id"), _array(members, "head_record_id")).take(pa.array(last))
    columns = {
        "person_id": _array(golden, "person_id").take(pa.array(person)),
        "stay": pa.array(number + 1, pa.int16()),
        "household_key": _array(members, "household_key").take(pa.array(first)),
        "relation_code": relation,
        "is_head": pc.or_(pc.fill_null(pc.equal(relation, HEAD_CODE), False), pc.fill_null(said_head, False)),
        "household_position": _array(members, "household_position").take(pa.array(last)),
        "from_date": _dates(start),
        "from_reason": pa.array(_FROM_REASONS).take(pa.array(_beginnings(golden, person, start, follows))),
        "to_date": _dates(end),
        "to_reason": pa.array(_TO_REASONS).take(pa.array(to_reason, mask=to_reason < 0)),
        "record_id": ids.take(pa.array(last)),
        "from_record_id": ids.take(pa.array(first)),
        "to_record_id": ids.take(pa.array(to_record, mask=to_record < 0)),
    }
    return pa.table([columns[c] for c in HOUSEHOLD_MEMBERS.column_names], schema=HOUSEHOLD_MEMBERS.schema)


def _latest_day(facts: _Facts, stays: _Stays) -> Rows:
    """The first fact, by content, of the last day of each stay."""
    begins = np.maximum.accumulate(
        np.where(_changes(facts.person, facts.day, facts.home), np.arange(len(facts.row)), 0)
    )
    return np.asarray(np.maximum(begins[stays.last], stays.first))


def _latest_filled(values: pa.Array, facts: _Facts, stays: _Stays, last: Rows) -> pa.Array:
    """The value of the latest fact of each stay that has one; most often that of the last fact."""
    taken = values.take(pa.array(last))
    holes = np.flatnonzero(_numpy(pc.is_null(taken)))
    if not len(holes):
        return taken
    filled = _numpy(pc.is_valid(values))
    chosen = last.copy()
    for stay in holes[stays.first[holes] != stays.last[holes]].tolist():
        facts_of_stay = slice(stays.first[stay], stays.last[stay] + 1)
        rows, homes = facts.row[facts_of_stay], facts.home[facts_of_stay]
        told = rows[filled[rows] & (homes == homes[0])]
        chosen[stay] = told[-1] if len(told) else chosen[stay]
    return values.take(pa.array(chosen))


def _endings(members: pa.Table, golden: pa.Table, facts: _Facts, stays: _Stays) -> tuple[Rows, Rows, Rows]:
    """Day, reason and record of the end of each stay; -1 = no reason, no record."""
    person = facts.person[stays.first]
    count = len(person)
    following = np.minimum(np.arange(count) + 1, count - 1)
    moves = ~stays.is_last & ~stays.is_unclear
    end = np.where(moves, facts.day[stays.first[following]], _UNDATED)
    record = np.where(moves, facts.row[stays.first[following]], -1)
    reason = np.where(stays.is_unclear, _UNCLEAR, np.where(moves, _MOVED_OUT, -1))
    kind, died = _deaths(golden)
    gone = stays.is_last & ~stays.is_unclear & (kind[person] >= 0)
    end = np.where(gone, died[person], end)
    told = _record_of_death(members, facts)
    return end, np.where(gone, kind[person], reason), np.where(gone, told[person], record)


def _deaths(golden: pa.Table) -> tuple[Rows, Rows]:
    """Reason to end a stay, -1 = lives, and the day where it is known whole, of each person."""
    is_missing = _true(pc.equal(golden.column("death_kind"), "missing"))
    is_dead = _numpy(pc.or_(pc.is_valid(golden.column("death_year")), pc.is_valid(golden.column("death_kind"))))
    kind = np.where(is_missing, _MISSING, np.where(is_dead, _DEATH, -1))
    return kind, _whole_days(golden, "death")


def _record_of_death(members: pa.Table, facts: _Facts) -> Rows:
    """A row of `members` that tells the death of each person; -1 = none among those with a household."""
    told = _numpy(pc.or_(pc.is_valid(members.column("death_year")), pc.is_valid(members.column("death_kind"))))
    found = np.full(int(facts.person[-1]) + 1, -1, np.int64)
    tells = np.flatnonzero(told[facts.row])[::-1]
    found[facts.person[tells]] = facts.row[tells]
    return found


def _beginnings(golden: pa.Table, person: Rows, start: Rows, follows: Flags) -> Rows:
    born = _whole_days(golden, "birth")[person]
    known = (start != _UNDATED) & (born != _UNDATED)
    is_birth = known & (start >= born) & (start - born <= _BIRTH_REGISTERED_DAYS)
    return np.where(follows, _MOVED_IN, np.where(is_birth, _BIRTH, _ENTERED))


def _whole_days(golden: pa.Table, stem: str) -> Rows:
    """Days since 1970 of a partial solar date that is whole, else _UNDATED."""
    year, month, day = (
        _numpy(pc.fill_null(golden.column(f"{stem}_{part}").cast(pa.int64()), 0)) for part in ("year", "month", "day")
    )
    is_solar = _true(pc.equal(golden.column(f"{stem}_calendar"), "solar"))
    whole = (year > 0) & (month > 0) & (day > 0) & is_solar
    months = (np.where(whole, year, 1970) - 1970) * 12 + np.where(whole, month, 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + np.where(whole, day, 1) - 1
    return np.where(whole, days, _UNDATED)


def _dates(days: Rows) -> pa.Array:
    return pa.array(days, pa.int32(), mask=days == _UNDATED).cast(pa.date32())


def _changes(*columns: Rows) -> Flags:
    """Rows that differ from the one above in any of the columns; the first one does."""
    changes = np.ones(len(columns[0]), np.bool_)
    changes[1:] = np.logical_or.reduce([c[1:] != c[:-1] for c in columns])
    return changes


def _true(values: pa.Array | pa.ChunkedArray) -> Flags:
    return np.asarray(_numpy(pc.fill_null(values, False)), np.bool_)


def _array(table: pa.Table, column: str) -> pa.Array:
    found = table.column(column)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _numpy(values: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy())
