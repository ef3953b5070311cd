"""The step survive: one golden record a person, each field from one of its records, with the source of each value.

All columns of a field survive together from one record, so a golden value never mixes two records. A person with one
record, which is nearly every person, is copied in columns.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.field_choice import Choice, Groups, choose, reason_letters
from schemas.contract import empty
from schemas.fields import ALL_FIELDS, FIELDS
from schemas.tables import GOLDEN_PERSONS, VALUE_SOURCES
from transforms.text import fold_text, sort_keys

Rows = npt.NDArray[np.int64]
_NUMBER = "personal_number"
_ORDER = [("person_id", "ascending"), ("content_id", "ascending"), ("record_id", "ascending")]
"""What a record says before where it stands: the same content delivered twice is stored from whichever came first."""


def survive(members: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Choose the value of each field of each person.

    The newest entry wins, then the most complete value, then the most frequent one, then the lowest content id; a date
    of birth or death first needs the year that most records say, then counts by its completeness; of relatives the
    record that names most of them counts before the newest; of personal numbers one that fits the chosen sex and
    year of birth counts before the newest.

    Args:
        members: RECORDS columns and person_id; all records of a person are in the table, in any order.

    Returns:
        GOLDEN_PERSONS and VALUE_SOURCES, sorted by person: values that do not come from the main record.
    """
    if members.num_rows == 0:
        return empty(GOLDEN_PERSONS), empty(VALUE_SOURCES)
    members = members.combine_chunks()
    persons = members.column("person_id").combine_chunks().dictionary_encode().indices.to_numpy()
    alone = np.bincount(persons)[persons] == 1
    golden = [_of_one(members.filter(pa.array(alone)) if not alone.all() else members)]
    sources = empty(VALUE_SOURCES)
    if not alone.all():
        several = members.filter(pa.array(~alone)).sort_by(_ORDER)
        merged, sources = _of_several(several.combine_chunks())
        golden.append(merged)
    return pa.concat_tables(golden).sort_by("person_id").combine_chunks(), sources


def _of_one(members: pa.Table) -> pa.Table:
    columns = {c: members.column(c) for c in members.column_names}
    columns["main_record_id"] = members.column("record_id")
    columns["record_count"] = pa.array(np.ones(members.num_rows, np.int32))
    return _golden(columns)


def _of_several(members: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Persons with more than one record; `members` is sorted by person and content."""
    groups = Groups.of(members.column("person_id"))
    choices = _choices(members, groups)
    main = _main_rows(choices, groups)
    winner = {f.name: np.where(c.rows >= 0, c.rows, main) for f, c in zip(ALL_FIELDS, choices, strict=True)}
    columns = {c.name: members.column(c.name).take(pa.array(winner[f.name])) for f in ALL_FIELDS for c in f.columns}
    columns["person_id"] = members.column("person_id").take(pa.array(groups.starts))
    columns["main_record_id"] = members.column("record_id").take(pa.array(main))
    columns["record_count"] = pa.array(groups.sizes.astype(np.int32))
    columns["province_code"] = members.column("province_code").take(pa.array(winner["permanent_residence"]))
    columns["household_key"] = members.column("household_key").take(pa.array(winner["household"]))
    columns["entry_date"] = _newest(members, groups)
    columns["empty_reasons"] = _reasons(members, [winner[f.name] for f in FIELDS])
    return _golden(columns), _sources(members, choices, main, groups)


def _choices(members: pa.Table, groups: Groups) -> list[Choice]:
    """A choice for each field; a personal number that fits the chosen sex and birth goes before the others."""
    chosen = {f.name: choose(members, f, groups) for f in ALL_FIELDS if f.name != _NUMBER}
    fits = number_fits(
        members.column(_NUMBER), _of_owner(members, "birth_year", chosen["birth_date"], groups),
        _of_owner(members, "sex_code", chosen["sex"], groups),
    )  # fmt: skip
    return [chosen.get(f.name) or choose(members, f, groups, fits) for f in ALL_FIELDS]


def _of_owner(members: pa.Table, column: str, choice: Choice, groups: Groups) -> pa.ChunkedArray:
    """For each row what was chosen for its person; null where nothing was."""
    rows = choice.rows[groups.owner]
    return members.column(column).take(pa.array(rows, mask=rows < 0))


def number_fits(numbers: pa.ChunkedArray, years: pa.ChunkedArray, sexes: pa.ChunkedArray) -> Rows:
    """1 where a number of 12 digits is one of that year of birth and sex, as far as both are known, else 0."""
    fits = []
    for number, year, sex in zip(numbers.to_pylist(), years.to_pylist(), sexes.to_pylist(), strict=True):
        is_whole = number is not None and len(number) == 12 and number.isdigit()
        digit = int(number[3]) if is_whole else 0
        said = 1900 + digit // 2 * 100 + int(number[4:6]) if is_whole else 0
        fits.append(is_whole and year in (None, said) and (sex not in ("1", "2") or sex == "12"[digit % 2]))
    return np.array(fits, np.int64)


def _golden(columns: dict[str, pa.ChunkedArray]) -> pa.Table:
    name = columns["full_name"]
    name = name.combine_chunks() if isinstance(name, pa.ChunkedArray) else name
    columns["sort_key"] = pc.fill_null(sort_keys(name), "")
    columns["search_key"] = pc.fill_null(fold_text(name), "")
    return pa.table([columns[c] for c in GOLDEN_PERSONS.column_names], schema=GOLDEN_PERSONS.schema)


def _main_rows(choices: Sequence[Choice], groups: Groups) -> Rows:
    """The record of each person that gives most fields; the lowest content id among equals."""
    given = np.zeros(len(groups.owner), np.int64)
    for choice in choices:
        np.add.at(given, choice.rows[choice.rows >= 0], 1)
    order = np.lexsort((np.arange(len(given)), -given, groups.owner))
    return np.asarray(order[groups.starts])


def _newest(members: pa.Table, groups: Groups) -> pa.Array:
    days = pc.fill_null(members.column("entry_date").cast(pa.int32()), -(2**31)).to_numpy()
    newest = np.maximum.reduceat(days, groups.starts)
    return pa.array(newest, mask=newest == -(2**31)).cast(pa.date32())


def _reasons(members: pa.Table, winners: Sequence[Rows]) -> pa.Array:
    """The letters of the records that gave the fields."""
    letters = reason_letters(members)
    chosen = np.stack([letters[rows, place] for place, rows in enumerate(winners)], axis=1)
    offsets = pa.py_buffer(np.arange(0, chosen.size + 1, chosen.shape[1], dtype=np.int32))
    return pa.StringArray.from_buffers(len(chosen), offsets, pa.py_buffer(np.ascontiguousarray(chosen)))


def _sources(members: pa.Table, choices: Sequence[Choice], main: Rows, groups: Groups) -> pa.Table:
    ids, persons = members.column("record_id"), members.column("person_id")
    rows, names, methods = [], [], []
    for field, choice in zip(ALL_FIELDS, choices, strict=True):
        other = np.flatnonzero((choice.rows >= 0) & (choice.rows != main))
        rows.append(choice.rows[other])
        names.append(np.full(len(other), ALL_FIELDS.index(field)))
        methods.append(choice.method[other])
    taken = pa.array(np.concatenate(rows))
    field_names = pa.array([f.name for f in ALL_FIELDS]).take(pa.array(np.concatenate(names)))
    method = pa.array(Choice.METHODS).take(pa.array(np.concatenate(methods)))
    table = pa.table([persons.take(taken), field_names, ids.take(taken), method], schema=VALUE_SOURCES.schema)
    return table.sort_by([("person_id", "ascending"), ("field", "ascending")])
