"""Personal identification numbers: unique, unpredictable without the key, never reused, the same again on a re-run.

Issued only by a configured authority, from its allocated range, to persons of whom all is known that a number says
(`store.number_rules`). Who draws which number: `store.number_draw`.
"""

import hashlib
import hmac
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import SettingsError
from schemas.field import Column, TableSpec
from store.copying import copy_in, copy_out
from store.number_draw import NONE_LEFT, SPACE, Waiting, draw_numbers
from store.number_rules import FEMALE, FIRST_YEAR, LAST_YEAR, MALE, bucket, make_units
from store.permutation import KEY_BYTES, Permutation, Whole, key_mark

_LOG = logging.getLogger(__name__)
_AT_ONCE = 500_000
LOW_SHARE = 0.8
"""A bucket as full as this is reported."""

Scope = Literal["batch", "staged", "store"]
_OF: dict[str, str] = {
    "batch": """
        AND p.person_id IN (SELECT person_id FROM row_outcomes WHERE file_id IN
            (SELECT file_id FROM batch_files WHERE batch_id = :batch_id) AND batch_id = :batch_id)""",
    "staged": "AND p.person_id IN (SELECT person_id FROM staged_golden_persons)",
    "store": "",
}
MAY_HAVE_ONE = f"""
    p.sex_code IN ('{MALE}', '{FEMALE}') AND p.birth_year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}
    AND p.death_year IS NULL AND p.death_kind IS NULL AND coalesce(p.nationality_code, 'VN') = 'VN'
    AND NOT EXISTS (
        SELECT FROM number_issues i WHERE i.person_id = p.person_id AND i.closed_at IS NULL AND i.issue <> 'province'
        AND NOT EXISTS (
            SELECT FROM number_changes c WHERE c.person_id = p.person_id AND c.old_number = i.personal_number
            AND c.reason IN ('sex', 'birth')))"""
"""Of a person `p` whose place of birth registration is a unit: whose ledgers claim a number that waits for somebody
gets none, unless that number is what a correction has replaced."""
_WAITING = TableSpec(
    "waiting",
    (
        Column("bucket", pa.int64(), nullable=False),
        Column("person_id", pa.string(), nullable=False),
        Column("record_id", pa.string(), nullable=False),
        Column("content_id", pa.string(), nullable=False),
    ),
    (),
    "Persons who are to have a number; the content of their main record is who they are.",
)


@dataclass(frozen=True)
class IssuingAuthority:
    """An allocation: both ends of the range of the six random digits, inclusive; a test range is marked so.

    Attributes:
        range_from: first number of the range.
        range_to: last number of the range.
        is_test: is it a range for tests?
        key: 32 bytes that numbers are drawn with.
        older: keys of before, under which numbers were retired.

    Raises:
        SettingsError: no such range, or a key that is not of 32 bytes.
    """

    range_from: int
    range_to: int
    is_test: bool
    key: bytes = field(repr=False)
    older: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.range_from <= self.range_to < SPACE:
            raise SettingsError("store.issuing_range")
        if {len(key) for key in (self.key, *self.older)} != {KEY_BYTES}:
            raise SettingsError("numbers.key.wrong_size")

    def retired(self, number: str) -> str:
        """The digest of a number whose bearer was erased: nobody reads it back who has not the key."""
        return _retired(self.key, number)

    def ever_retired(self, number: str) -> frozenset[str]:
        """Its digests under this key and those of before."""
        return frozenset(_retired(key, number) for key in (self.key, *self.older))

    @property
    def marks(self) -> frozenset[str]:
        """Marks of this key and of those of before."""
        return frozenset(map(key_mark, (self.key, *self.older)))

    @property
    def size(self) -> int:
        """Numbers of the range, for each province, sex and year of birth."""
        return self.range_to - self.range_from + 1


def _retired(key: bytes, number: str) -> str:
    return hmac.new(key, b"retired" + number.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Issued:
    """Numbers issued; persons for whom the range was used up; buckets of theirs that are nearly full by now."""

    numbers: int = 0
    exhausted: int = 0
    low_buckets: int = 0


def issue_numbers(
    connection: Connection, authority: IssuingAuthority, batch_id: str | None = None, scope: Scope | None = None
) -> Issued:
    """Issue a number to each person who may have one and has none.

    Who may: place of birth registration known as a unit of the 63 provinces, sex male or female, born 1900-2399, no
    death recorded, no other nationality recorded, no claimed number that waits for review. Numbers that any record
    claims, or that were ever issued, are passed over. The caller holds the load lock.

    Args:
        connection: the transaction.
        authority: the allocation.
        batch_id: the batch it is done for.
        scope: whose persons: of the batch, of those staged just now, of the whole store; None = of the batch if there
            is one, else of the store.

    Raises:
        SettingsError: numbers.key.other: the store's numbers were drawn with another key; numbers.key.older_missing.
    """
    _use(connection, authority)
    _list_waiting(connection, batch_id, scope or ("store" if batch_id is None else "batch"))
    permutation = Permutation(authority.key, authority.range_from, authority.size)
    issued = exhausted = 0
    touched: set[int] = set()
    for waiting in _chunks(connection):
        buckets = waiting["bucket"].to_numpy()
        people = Waiting(buckets, bytes.fromhex("".join(waiting["content_id"].to_pylist())))
        numbers = draw_numbers(permutation, people, _TakenInStore(connection, authority))
        drawn = numbers != NONE_LEFT
        _hand_out(connection, authority, waiting.filter(pa.array(drawn)), numbers[drawn], batch_id)
        issued, exhausted = issued + int(drawn.sum()), exhausted + int((~drawn).sum())
        touched.update(np.unique(buckets).tolist())
    connection.execute(sa.text("DROP TABLE waiting"))
    low = _count_low(connection, authority, touched)
    if exhausted or low:
        _LOG.warning("personal numbers: used up for %d persons, %d buckets nearly full", exhausted, low)
    return Issued(issued, exhausted, low)


def change_key(connection: Connection, authority: IssuingAuthority) -> bool:
    """Have the store issue with that key from now on; False if it does already. The caller holds the load lock.

    Raises:
        SettingsError: numbers.key.other: the key in use is not among those of before.
    """
    last = _last_allocation(connection)
    if last is not None and last.key_mark == key_mark(authority.key):
        return False
    if last is not None and last.key_mark not in authority.marks:
        raise SettingsError("numbers.key.other")
    _allocate(connection, authority)
    return True


def key_in_use(connection: Connection) -> str | None:
    """The mark of the key that the store issues with; None where nothing was ever issued."""
    last = _last_allocation(connection)
    return None if last is None else str(last.key_mark)


def _use(connection: Connection, authority: IssuingAuthority) -> None:
    """Note the allocation; another key than before would give re-runs other numbers, so it has to be said."""
    last = _last_allocation(connection)
    if last is not None and last.key_mark != key_mark(authority.key):
        raise SettingsError("numbers.key.other")
    mine = (authority.range_from, authority.range_to, authority.is_test)
    if last is None or tuple(last)[:-1] != mine:
        _allocate(connection, authority)


def _last_allocation(connection: Connection) -> sa.Row[Any] | None:
    return connection.execute(
        sa.text("SELECT range_from, range_to, is_test, key_mark FROM number_allocations ORDER BY number DESC LIMIT 1")
    ).one_or_none()


def _allocate(connection: Connection, authority: IssuingAuthority) -> None:
    given = (authority.range_from, authority.range_to, authority.is_test, key_mark(authority.key))
    connection.execute(
        sa.text("INSERT INTO number_allocations (range_from, range_to, is_test, key_mark) VALUES (:f, :t, :i, :m)"),
        dict(zip("ftim", given, strict=True)),
    )


def _list_waiting(connection: Connection, batch_id: str | None, scope: Scope) -> None:
    make_units(connection)
    connection.execute(
        sa.text(f"""
            CREATE TEMP TABLE waiting ON COMMIT DROP AS
            SELECT row_number() OVER (ORDER BY r.content_id, p.person_id) AS turn,
                   {bucket("p", "u")}::bigint AS bucket, p.person_id, r.record_id, r.content_id
            FROM golden_persons p JOIN number_units u ON u.code = p.birth_registration_place_code
            JOIN records r ON r.record_id = p.main_record_id
            WHERE p.personal_number IS NULL AND {MAY_HAVE_ONE} {_OF[scope]}"""),
        {"batch_id": batch_id} if scope == "batch" else {},
    )


def _chunks(connection: Connection) -> Iterator[pa.Table]:
    persons = int(connection.execute(sa.text("SELECT count(*) FROM waiting")).scalar_one())
    if persons > _AT_ONCE:
        connection.execute(sa.text("CREATE INDEX ON waiting (turn)"))
    for first in range(0, persons, _AT_ONCE):
        query = f"SELECT * FROM waiting WHERE turn > {first} AND turn <= {first + _AT_ONCE} ORDER BY turn"
        yield pa.concat_tables(list(copy_out(connection, query, _WAITING))).combine_chunks()


class _TakenInStore:
    """Numbers that were issued, also to who was erased since, or are claimed by a person, a record, a row kept out."""

    def __init__(self, connection: Connection, authority: IssuingAuthority) -> None:
        self._connection, self._authority = connection, authority
        self._retired = frozenset(connection.execute(sa.text("SELECT digest FROM retired_numbers")).scalars())
        if self._retired and not _marks_ever_used(connection) <= authority.marks:
            raise SettingsError("numbers.key.older_missing")

    def among(self, numbers: Whole) -> Whole:
        """Those of the numbers that are taken."""
        self._connection.execute(sa.text("CREATE TEMP TABLE asked (personal_number text) ON COMMIT DROP"))
        copy_in(self._connection, "asked", [pa.table({"personal_number": _text(numbers)})])
        self._connection.execute(sa.text("ANALYZE asked"))
        found = self._connection.execute(
            sa.text("""
                SELECT personal_number FROM asked JOIN issued_numbers USING (personal_number)
                UNION SELECT personal_number FROM asked JOIN golden_persons USING (personal_number)
                UNION SELECT personal_number FROM asked JOIN records USING (personal_number)
                UNION SELECT personal_number FROM asked JOIN quarantine ON field = 'personal_number'
                    AND regexp_replace(raw_value, '[^0-9]', '', 'g') = personal_number""")
        ).scalars()
        taken = np.array([int(number) for number in found], np.int64)
        self._connection.execute(sa.text("DROP TABLE asked"))
        return np.concatenate([taken, self._retired_among(numbers)])

    def between(self, first: int, last: int) -> Whole:
        """The taken numbers from first to last, both included."""
        inside = "BETWEEN :first AND :last"
        found = self._connection.execute(
            sa.text(f"""
                SELECT personal_number FROM issued_numbers WHERE personal_number {inside}
                UNION SELECT personal_number FROM golden_persons WHERE personal_number {inside}
                UNION SELECT personal_number FROM records WHERE personal_number {inside}
                UNION SELECT regexp_replace(raw_value, '[^0-9]', '', 'g') FROM quarantine
                    WHERE field = 'personal_number' AND regexp_replace(raw_value, '[^0-9]', '', 'g') {inside}"""),
            {"first": f"{first:012d}", "last": f"{last:012d}"},
        ).scalars()
        taken = np.array([int(number) for number in found if len(number) == 12], np.int64)
        return np.concatenate([taken, self._retired_among(np.arange(first, last + 1))])

    def _retired_among(self, numbers: Whole) -> Whole:
        asked = numbers.tolist() if self._retired else []
        retired = [n for n in asked if self._authority.ever_retired(f"{n:012d}") & self._retired]
        return np.array(retired, np.int64)


def _marks_ever_used(connection: Connection) -> frozenset[str]:
    return frozenset(connection.execute(sa.text("SELECT DISTINCT key_mark FROM number_allocations")).scalars())


def _text(numbers: Whole) -> pa.Array:
    return pa.array([f"{number:012d}" for number in numbers.tolist()], pa.string())


def _hand_out(
    connection: Connection, authority: IssuingAuthority, persons: pa.Table, numbers: Whole, batch_id: str | None
) -> None:
    """Write the numbers down, give them to their persons, count them, and say which number each one follows."""
    if not persons.num_rows:
        return
    connection.execute(
        sa.text("CREATE TEMP TABLE drawn (personal_number text, person_id uuid, record_id uuid) ON COMMIT DROP")
    )
    copy_in(connection, "drawn", [persons.select(["person_id", "record_id"]).append_column(
        "personal_number", _text(numbers))])  # fmt: skip
    connection.execute(sa.text("ANALYZE drawn"))
    connection.execute(
        sa.text("""
            INSERT INTO issued_numbers (personal_number, person_id, record_id, batch_id, is_test)
            SELECT personal_number, person_id, record_id, CAST(:batch_id AS uuid), :is_test FROM drawn"""),
        {"batch_id": batch_id, "is_test": authority.is_test},
    )
    for statement in _TELL:
        connection.execute(sa.text(statement))
    connection.execute(sa.text("DROP TABLE drawn"))


_TELL = (
    "UPDATE golden_persons p SET personal_number = d.personal_number FROM drawn d WHERE d.person_id = p.person_id",
    """INSERT INTO number_buckets (bucket, month, issued)
       SELECT left(personal_number, 6)::int, date_trunc('month', now() AT TIME ZONE 'UTC')::date, count(*)
       FROM drawn GROUP BY 1
       ON CONFLICT (bucket, month) DO UPDATE SET issued = number_buckets.issued + excluded.issued""",
    # Who lost a number by a correction and had to wait for the next.
    """INSERT INTO number_changes (person_id, old_number, new_number, reason, batch_id, author, note)
       SELECT d.person_id, c.old_number, d.personal_number, c.reason, c.batch_id, c.author, c.note FROM drawn d
       CROSS JOIN LATERAL (
           SELECT * FROM number_changes c WHERE c.person_id = d.person_id ORDER BY c.number DESC LIMIT 1) c
       WHERE c.new_number IS NULL AND c.reason IN ('sex', 'birth')""",
)


def _count_low(connection: Connection, authority: IssuingAuthority, buckets: set[int]) -> int:
    """How many of the buckets are nearly full."""
    enough = int(np.ceil(authority.size * LOW_SHARE))
    return int(
        connection.execute(
            sa.text("""
                SELECT count(*) FROM (
                    SELECT bucket FROM number_buckets WHERE bucket = ANY(:buckets)
                    GROUP BY bucket HAVING sum(issued) >= :enough) b
                WHERE (SELECT count(*) FROM issued_numbers WHERE personal_number
                       BETWEEN lpad((b.bucket::bigint * 1000000 + :first)::text, 12, '0')
                       AND lpad((b.bucket::bigint * 1000000 + :last)::text, 12, '0')) >= :enough"""),
            {"buckets": sorted(buckets), "enough": enough, "first": authority.range_from, "last": authority.range_to},
        ).scalar_one()
    )
