"""Personal identification numbers: unique, unpredictable, never reused; issued only by a configured authority.

Structure (Decree 137/2015/NĐ-CP art. 13; Circular 07/2016/TT-BCA art. 7 and annex 1): three digits for the province
of birth registration ("0" and its code of 63), one for century and sex, two for the year of birth, six random.
"""

import logging
import secrets
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import SettingsError
from schemas.units import provinces_of_units
from store.copying import copy_in

_LOG = logging.getLogger(__name__)
_SPACE = 1_000_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2399
_MALE, _FEMALE = "1", "2"
_DRAWS = 8
_WORDS = 1 << 32


@dataclass(frozen=True)
class IssuingAuthority:
    """An allocation: both ends of the range of the six random digits, inclusive; a test range is marked so.

    Raises:
        SettingsError: no such range.
    """

    range_from: int
    range_to: int
    is_test: bool

    def __post_init__(self) -> None:
        if not 0 <= self.range_from <= self.range_to < _SPACE:
            raise SettingsError("store.issuing_range")

    @property
    def size(self) -> int:
        """Numbers of the range, for each province, sex and year of birth."""
        return self.range_to - self.range_from + 1


@dataclass(frozen=True)
class Issued:
    """How many numbers were issued, and for how many persons the range was used up."""

    numbers: int = 0
    exhausted: int = 0


def issue_numbers(connection: Connection, authority: IssuingAuthority, batch_id: str | None = None) -> Issued:
    """Issue a number to each person who may have one and has none: of that batch, or of the whole store.

    Who may: place of birth registration known as a unit of the 63 provinces, sex male or female, born 1900-2399, no
    death recorded, no other nationality recorded. The caller holds the load lock. Numbers that any record claims, or
    that were ever issued, are passed over.
    """
    persons = _without_number(connection, batch_id)
    if not persons.num_rows:
        return Issued()
    waiting = _prefixes(persons)
    connection.execute(sa.text("CREATE TEMP TABLE drawn (personal_number text, person_id uuid) ON COMMIT DROP"))
    people = persons["person_id"].to_numpy(zero_copy_only=False)
    pending = np.arange(len(people))
    for _ in range(_DRAWS):
        pending = _draw(connection, authority, waiting, people, pending)
        if not len(pending):
            break
    exhausted = _draw_from_what_is_left(connection, authority, waiting, people, pending)
    issued = len(people) - exhausted
    _hand_out(connection, authority, batch_id)
    if exhausted:
        _LOG.warning("range of personal numbers used up for %d persons", exhausted)
    return Issued(issued, exhausted)


def _without_number(connection: Connection, batch_id: str | None) -> pa.Table:
    places = sorted(provinces_of_units())
    of_batch = (
        "AND p.person_id IN (SELECT person_id FROM row_outcomes WHERE file_id IN "
        "(SELECT file_id FROM batch_files WHERE batch_id = :batch_id) AND batch_id = :batch_id)"
        if batch_id is not None
        else ""
    )
    found = connection.execute(
        sa.text(f"""
            SELECT encode(uuid_send(person_id), 'hex'), birth_registration_place_code, sex_code, birth_year
            FROM golden_persons p
            WHERE personal_number IS NULL AND birth_registration_place_code = ANY(:places)
              AND sex_code IN ('{_MALE}', '{_FEMALE}') AND birth_year BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR}
              AND death_year IS NULL AND death_kind IS NULL AND coalesce(nationality_code, 'VN') = 'VN' {of_batch}
            ORDER BY person_id"""),
        {"places": places} | ({"batch_id": batch_id} if batch_id is not None else {}),
    )
    columns = list(zip(*found.all(), strict=True)) or [(), (), (), ()]
    names = ("person_id", "place", "sex", "year")
    kinds = (pa.string(), pa.string(), pa.string(), pa.int32())
    return pa.table({n: pa.array(c, k) for n, c, k in zip(names, columns, kinds, strict=True)})


def _prefixes(persons: pa.Table) -> np.ndarray:
    """The first six digits of each person's number, as int64."""
    provinces = provinces_of_units()
    province = np.array([provinces[place] for place in persons["place"].to_pylist()], dtype=np.int64)
    is_female = np.array(persons["sex"].to_pylist()) == _FEMALE
    year = persons["year"].to_numpy().astype(np.int64)
    century_and_sex = (year - _FIRST_YEAR) // 100 * 2 + is_female
    return np.asarray(province * 1000 + century_and_sex * 100 + year % 100)


def _draw(
    connection: Connection, authority: IssuingAuthority, prefixes: np.ndarray, people: np.ndarray, pending: np.ndarray
) -> np.ndarray:
    """Draw a number for each pending person, keep those that are free; returns who still waits."""
    numbers = prefixes[pending] * _SPACE + authority.range_from + random_below(authority.size, len(pending))
    first = np.zeros(len(pending), bool)
    first[np.unique(numbers, return_index=True)[1]] = True
    free = np.isin(numbers, _taken(connection, numbers[first]), invert=True) & first
    _keep(connection, numbers[free], people[pending[free]])
    return pending[~free]


def _draw_from_what_is_left(
    connection: Connection, authority: IssuingAuthority, prefixes: np.ndarray, people: np.ndarray, pending: np.ndarray
) -> int:
    """Where a range is nearly used up, choose among the free numbers; returns for how many none was left."""
    exhausted = 0
    chance = secrets.SystemRandom()
    for prefix in np.unique(prefixes[pending]):
        persons = pending[prefixes[pending] == prefix]
        every = int(prefix) * _SPACE + np.arange(authority.range_from, authority.range_to + 1, dtype=np.int64)
        free = np.setdiff1d(every, _taken(connection, every)).tolist()
        chosen = np.array(chance.sample(free, min(len(persons), len(free))), dtype=np.int64)
        _keep(connection, chosen, people[persons[: len(chosen)]])
        exhausted += len(persons) - len(chosen)
    return exhausted


def random_below(limit: int, count: int) -> np.ndarray:
    """`count` unpredictable whole numbers below `limit`, all equally likely, as int64."""
    highest = _WORDS - _WORDS % limit  # words above it would favour small numbers
    words = np.empty(0, np.int64)
    while len(words) < count:
        drawn = np.frombuffer(secrets.token_bytes(4 * (count - len(words))), np.uint32).astype(np.int64)
        words = np.concatenate([words, drawn[drawn < highest]])
    return words % limit


def _text(numbers: np.ndarray) -> pa.Array:
    return pa.array([f"{number:012d}" for number in numbers.tolist()], pa.string())


def _taken(connection: Connection, numbers: np.ndarray) -> np.ndarray:
    """Which of the numbers were issued, drawn just now, or claimed by a person, a record or a row in quarantine."""
    connection.execute(sa.text("CREATE TEMP TABLE asked (personal_number text)"))
    copy_in(connection, "asked", [pa.table({"personal_number": _text(numbers)})])
    connection.execute(sa.text("ANALYZE asked"))
    found = connection.execute(
        sa.text("""
            SELECT personal_number FROM asked JOIN issued_numbers USING (personal_number)
            UNION SELECT personal_number FROM asked JOIN drawn USING (personal_number)
            UNION SELECT personal_number FROM asked JOIN golden_persons USING (personal_number)
            UNION SELECT personal_number FROM asked JOIN records USING (personal_number)
            UNION SELECT personal_number FROM asked JOIN quarantine ON field = 'personal_number'
                AND regexp_replace(raw_value, '[^0-9]', '', 'g') = personal_number""")
    ).scalars()
    taken = np.array([int(number) for number in found], np.int64)
    connection.execute(sa.text("DROP TABLE asked"))
    return taken


def _keep(connection: Connection, numbers: np.ndarray, people: np.ndarray) -> None:
    drawn = pa.table({"personal_number": _text(numbers), "person_id": pa.array(people.tolist(), pa.string())})
    copy_in(connection, "drawn", [drawn])


def _hand_out(connection: Connection, authority: IssuingAuthority, batch_id: str | None) -> None:
    connection.execute(
        sa.text("""
            INSERT INTO issued_numbers (personal_number, person_id, batch_id, is_test)
            SELECT personal_number, person_id, CAST(:batch_id AS uuid), :is_test FROM drawn"""),
        {"batch_id": batch_id, "is_test": authority.is_test},
    )
    connection.execute(
        sa.text("""
            UPDATE golden_persons p SET personal_number = d.personal_number FROM drawn d
            WHERE d.person_id = p.person_id"""),
    )
    connection.execute(sa.text("DROP TABLE drawn"))
