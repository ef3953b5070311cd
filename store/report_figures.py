"""The figures of a batch report, counted in one snapshot from what a batch wrote and nothing changes later.

Outcomes, records, findings and pairs of a batch stand as they were loaded, so the same figures come out at any time:
persons are counted by the rows of this batch, and pairs with rows of later batches belong to those.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.tables import LEVEL_NAMES, OUTCOMES
from store.engine import Store
from store.partitions import partition_of
from store.queries import each_record, pages_of
from store.roles import Role
from store.tables import ENTERED

PLACES = 5
"""First places named of each rule."""

EXAMPLES = 3
"""Example pairs of each kind."""

_WORK_MEMORY = "128MB"
_ROWS_A_PAGE = 3
"""Wanted rows a page of 8 KiB from which on to read a table costs less than to look them up; a page holds some 14."""
_ID = re.compile(r"[0-9a-f]{32}")
Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class PairSide:
    """One record of an example pair: where it stands and its id, no value of it."""

    file: str
    sheet: str | None
    line: int
    record_id: str


@dataclass(frozen=True)
class ExamplePair:
    """A pair with its levels in the order of LEVEL_NAMES."""

    outcome: str
    with_store: bool
    match_weight: float
    levels: tuple[int, ...]
    left: PairSide
    right: PairSide


@dataclass(frozen=True)
class BatchFigures:
    """Figures of one batch; rows are those that it brought into the store (loaded and merged).

    Attributes:
        recount: rows by outcome, counted again row by row; files delivered before count as known.
        patterns: (empty_reasons, rows).
        reviews: (field, empty_reasons, rows with a finding of severity review in that field).
        numbers: rows with a personal number, rows with an old number.
        merged_within: rows merged with a person that the batch brought.
        merged_with_store: rows merged with a person that was there before.
        pairs: (outcome, with_store, weight rounded down, pairs).
        examples: the weakest matches and the strongest reviews, within the batch and with the store.
        same_number: (pairs, file, sheet, line, file, sheet, line): pairs of persons with one personal number, of which
            one came with the batch and that wait for review; the first places.
        other_nationality: the same of persons merged from rows of different nationalities.
        quarantine: (rule_id, rows, file, sheet, line): the first places of each rule.
        people: (birth_year, sex_code, is_dead, persons).
        codes: (field, code_list, code, persons) of ethnic groups and religions.
        households: (living members, living heads, households), by the rows of this batch alone.
        states: persons living, dead, missing; and those without_household.
        waiting: (batch_id, rows) of known rows that were kept out in an earlier batch and not mended until this one.
    """

    recount: dict[str, int]
    patterns: Rows
    reviews: Rows
    numbers: tuple[int, int]
    merged_within: int
    merged_with_store: int
    pairs: Rows
    examples: tuple[ExamplePair, ...]
    same_number: Rows
    other_nationality: Rows
    quarantine: Rows
    people: Rows
    codes: Rows
    households: Rows
    states: dict[str, int]
    waiting: Rows


def figures(store: Store, batch_id: str) -> BatchFigures:
    """The figures of a batch, all 0 for one that the store does not know or that was stopped."""
    if not _ID.fullmatch(batch_id):
        raise ValueError("no batch id")
    with store.reading(Role.REPORT) as connection:
        _prepare(connection, batch_id)
        within, with_store = _one(connection, _MERGED)
        personal, old = _one(connection, _NUMBERS)
        return BatchFigures(
            recount=_recount(connection, batch_id),
            patterns=_all(connection, "SELECT empty_reasons, count(*) FROM report_records GROUP BY 1 ORDER BY 1"),
            reviews=_all(connection, _REVIEWS),
            numbers=(int(personal), int(old)),
            merged_within=int(within),
            merged_with_store=int(with_store),
            pairs=_all(connection, _PAIRS),
            examples=tuple(_example(row) for row in _all(connection, _EXAMPLES)),
            same_number=_all(connection, _SAME_NUMBER),
            other_nationality=_all(connection, _OTHER_NATIONALITY),
            quarantine=_all(connection, _QUARANTINE.format(id=batch_id)),
            people=_all(connection, _PEOPLE),
            codes=_all(connection, _CODES),
            households=_all(connection, _HOUSEHOLDS),
            states={str(state): int(persons) for state, persons in _all(connection, _STATES)},
            waiting=_all(connection, _WAITING.format(id=batch_id)),
        )


def note(store: Store, batch_id: str, name: str) -> str | None:
    """A note that was kept beside a batch; None if there is none."""
    if not _ID.fullmatch(batch_id):
        return None
    with store.reading(Role.REPORT) as connection:
        query = sa.text("SELECT content FROM batch_notes WHERE batch_id = CAST(:b AS uuid) AND note = :n")
        found = connection.execute(query, {"b": batch_id, "n": name}).scalar_one_or_none()
    return None if found is None else str(found)


def keep_note(store: Store, batch_id: str, name: str, content: str) -> None:
    """Keep a note beside a batch, in place of the one of that name. Raises UsageError where a province limits it."""
    of = {"b": batch_id, "n": name}
    with store.writing("batch_notes") as connection:
        connection.execute(sa.text("DELETE FROM batch_notes WHERE batch_id = CAST(:b AS uuid) AND note = :n"), of)
        connection.execute(
            sa.text("""
                INSERT INTO batch_notes (batch_id, note, content) VALUES (:b, :n, :content)
                ON CONFLICT (batch_id, note) DO NOTHING"""),
            of | {"content": content},
        )  # fmt: skip


def entry(store: Store, batch_id: str) -> int:
    """The number of the event by which a batch was loaded or stopped last; 0 where there is none."""
    if not _ID.fullmatch(batch_id):
        return 0
    with store.reading(Role.REPORT) as connection:
        query = (
            "SELECT max(number) FROM batch_events WHERE batch_id = CAST(:b AS uuid) AND event IN ('loaded', 'stopped')"
        )
        return int(connection.execute(sa.text(query), {"b": batch_id}).scalar_one() or 0)


def is_batch_id(text: str) -> bool:
    """Is it the id of a batch, 32 hexadecimal digits?"""
    return _ID.fullmatch(text) is not None


def _prepare(connection: Connection, batch_id: str) -> None:
    connection.execute(sa.text(f"SET LOCAL work_mem = '{_WORK_MEMORY}'"))
    for statement in _ROWS:
        connection.execute(sa.text(statement.format(id=batch_id)))
    _take_records(connection, batch_id)
    for statement in _OF_RECORDS:
        connection.execute(sa.text(statement.format(id=batch_id)))


def _take_records(connection: Connection, batch_id: str) -> None:
    """What the records of the batch say: the records of its province as a whole, if it is a good part of them."""
    query = "SELECT province_code FROM batches WHERE batch_id = CAST(:b AS uuid)"
    province = connection.execute(sa.text(query), {"b": batch_id}).scalar_one_or_none() or ""
    rows = int(_one(connection, "SELECT count(*) FROM report_rows")[0])
    is_read = rows > _ROWS_A_PAGE * pages_of(connection, partition_of("records", province))
    query = _RECORDS_READ if is_read else _RECORDS_LOOKED_UP
    connection.execute(sa.text(f"CREATE TEMP TABLE report_records ON COMMIT DROP AS {query}"), {"province": province})
    if is_read:  # a record that lies elsewhere
        rest = "NOT EXISTS (SELECT FROM report_records d WHERE d.record_id = q.record_id)"
        connection.execute(sa.text(f"INSERT INTO report_records {_RECORDS_LOOKED_UP} WHERE {rest}"))


def _recount(connection: Connection, batch_id: str) -> dict[str, int]:
    counted = {str(outcome): int(rows) for outcome, rows in _all(connection, _OWN_ROWS.format(id=batch_id))}
    before = int(_one(connection, _ROWS_BEFORE.format(id=batch_id))[0])
    sums = {o: counted.get(o, 0) + (before if o == "known" else 0) for o in OUTCOMES}
    return {"read": sum(sums.values()), **sums}


def _example(row: tuple[Any, ...]) -> ExamplePair:
    levels = len(LEVEL_NAMES)
    sides = row[3 + levels :]
    return ExamplePair(
        row[0], row[1], row[2], tuple(row[3 : 3 + levels]), PairSide(*sides[:4]), PairSide(*sides[4:])
    )  # fmt: skip


def _all(connection: Connection, query: str) -> Rows:
    return [tuple(row) for row in connection.execute(sa.text(query))]


def _one(connection: Connection, query: str) -> tuple[Any, ...]:
    return tuple(connection.execute(sa.text(query)).one())


# Records are looked up one by one, or read with their province: joined as it stands, the masked view is worked out for
# the whole nation.
_SAID_OF_A_RECORD = """
    empty_reasons, birth_year, sex_code, personal_number, old_id_number, death_year, death_kind, household_key,
    relation_code, head_record_id, ethnic_group_list, ethnic_group_code, religion_code"""
_OWN_FILES = "file_id IN (SELECT file_id FROM batch_files WHERE batch_id = '{id}')"
_ROWS = (
    # What this batch brought in; the other tables are joined to it.
    f"""CREATE TEMP TABLE report_rows ON COMMIT DROP AS
        SELECT record_id, person_id, outcome, file, sheet, line FROM row_outcomes
        WHERE batch_id = '{{id}}' AND outcome IN ('loaded', 'merged') AND {_OWN_FILES}""",
    "CREATE UNIQUE INDEX ON report_rows (record_id)",
    "ANALYZE report_rows",
)
_RECORDS = """
    SELECT q.record_id, q.person_id, q.outcome, r.empty_reasons, r.birth_year, r.sex_code,
           r.personal_number IS NOT NULL AS has_personal, r.old_id_number IS NOT NULL AS has_old,
           r.death_year IS NOT NULL OR r.death_kind IS NOT NULL AS is_dead,
           coalesce(r.death_kind = 'missing', false) AS is_missing, r.household_key,
           coalesce(r.relation_code = '01' OR r.head_record_id = q.record_id, false) AS is_head,
           r.ethnic_group_list, r.ethnic_group_code, r.religion_code
    FROM report_rows q {joined}"""
_RECORDS_LOOKED_UP = _RECORDS.format(joined=each_record("q.record_id", _SAID_OF_A_RECORD))
_RECORDS_READ = _RECORDS.format(
    joined=f"""JOIN (SELECT record_id, {_SAID_OF_A_RECORD} FROM records
               WHERE province_code = :province OFFSET 0) r USING (record_id)"""
)
"""The same of all that lie with the province of the batch, read from front to back."""
_OF_RECORDS = (
    "ANALYZE report_records",
    """CREATE TEMP TABLE report_persons ON COMMIT DROP AS
       SELECT DISTINCT ON (person_id) birth_year, sex_code, ethnic_group_list, ethnic_group_code, religion_code,
              bool_or(is_dead) OVER (PARTITION BY person_id) AS is_dead
       FROM report_records ORDER BY person_id, outcome = 'loaded' DESC, record_id""",
    # Pairs of this batch: the other side was here, or came with a batch that was loaded before it.
    """CREATE TEMP TABLE report_pairs ON COMMIT DROP AS
       SELECT s.*, l.record_id IS NULL OR r.record_id IS NULL AS with_store
       FROM (SELECT s.* FROM scored_pairs s JOIN report_rows m ON m.record_id = s.left_record_id
             UNION SELECT s.* FROM scored_pairs s JOIN report_rows m ON m.record_id = s.right_record_id) s
       LEFT JOIN report_rows l ON l.record_id = s.left_record_id
       LEFT JOIN report_rows r ON r.record_id = s.right_record_id
       WHERE (l.record_id IS NOT NULL AND r.record_id IS NOT NULL) OR EXISTS (
           SELECT FROM row_outcomes o JOIN batch_events e ON e.batch_id = o.batch_id AND e.event = 'loaded'
           WHERE o.record_id = CASE WHEN l.record_id IS NULL THEN s.left_record_id ELSE s.right_record_id END
             AND o.outcome IN ('loaded', 'merged')
             AND e.number < (SELECT max(number) FROM batch_events WHERE batch_id = '{id}' AND event = 'loaded'))""",
)  # fmt: skip

_OWN_ROWS = f"SELECT outcome, count(*) FROM row_outcomes WHERE batch_id = '{{id}}' AND {_OWN_FILES} GROUP BY 1"
# Files that name an earlier delivery: its rows are this one's known rows.
_ROWS_BEFORE = f"""
    SELECT count(*) FROM batch_files f
    JOIN (SELECT file_id, batch_id FROM batch_files WHERE {ENTERED}) first USING (file_id)
    JOIN row_outcomes o ON o.file_id = f.file_id AND o.batch_id = first.batch_id
    WHERE f.batch_id = '{{id}}' AND f.outcome = 'already_known' AND f.reason IS NOT NULL"""
_REVIEWS = """
    SELECT field, empty_reasons, count(*) FROM (
        SELECT DISTINCT c.field, c.record_id, r.empty_reasons FROM check_results c
        JOIN report_records r USING (record_id) WHERE c.severity = 'review' AND c.field <> '') found
    GROUP BY 1, 2 ORDER BY 1, 2"""
_NUMBERS = "SELECT count(*) FILTER (WHERE has_personal), count(*) FILTER (WHERE has_old) FROM report_records"
_MERGED = """
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM (
        SELECT outcome, bool_or(outcome = 'loaded') OVER (PARTITION BY person_id) AS is_new FROM report_rows) rows
    WHERE outcome = 'merged'"""
_PAIRS = """
    SELECT outcome, with_store, floor(match_weight)::integer, count(*) FROM report_pairs
    WHERE outcome IN ('match', 'review') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
_SIDE = "o{n}.file, o{n}.sheet, o{n}.line, encode(uuid_send(o{n}.record_id), 'hex')"
_LEVELS = ", ".join(LEVEL_NAMES)
_EXAMPLES = f"""
    SELECT p.outcome, p.with_store, p.match_weight, {_LEVELS}, {_SIDE.format(n=1)}, {_SIDE.format(n=2)}
    FROM (SELECT *, row_number() OVER (PARTITION BY outcome, with_store ORDER BY
              CASE outcome WHEN 'match' THEN match_weight ELSE -match_weight END, left_record_id, right_record_id
          ) AS place FROM report_pairs WHERE outcome IN ('match', 'review')) p
    JOIN row_outcomes o1 ON o1.record_id = p.left_record_id AND o1.outcome <> 'rejected'
    JOIN row_outcomes o2 ON o2.record_id = p.right_record_id AND o2.outcome <> 'rejected'
    WHERE p.place <= {EXAMPLES} ORDER BY p.outcome, p.with_store, p.place"""
_ROW_PAIRS = f"""
    SELECT count(*) OVER () AS pairs, {", ".join(f"{c}{n}" for n in (1, 2) for c in ("file", "sheet", "line"))} FROM (
        SELECT DISTINCT ON (least(o1.person_id, o2.person_id), greatest(o1.person_id, o2.person_id))
               o1.file AS file1, o1.sheet AS sheet1, o1.line AS line1,
               o2.file AS file2, o2.sheet AS sheet2, o2.line AS line2
        FROM report_pairs p {{said}}
        JOIN row_outcomes o1 ON o1.record_id = p.left_record_id AND o1.outcome IN ('loaded', 'merged')
        JOIN row_outcomes o2 ON o2.record_id = p.right_record_id AND o2.outcome IN ('loaded', 'merged')
        WHERE {{condition}}
        ORDER BY least(o1.person_id, o2.person_id), greatest(o1.person_id, o2.person_id), p.left_record_id,
                 p.right_record_id) pairs
    ORDER BY file1, sheet1 NULLS FIRST, line1, file2, sheet2 NULLS FIRST, line2 LIMIT {PLACES}"""
_SAME_NUMBER = _ROW_PAIRS.format(
    said="",
    condition="""p.outcome = 'review' AND o1.person_id <> o2.person_id AND EXISTS (
        SELECT FROM same_number_pairs n
        WHERE n.left_record_id = p.left_record_id AND n.right_record_id = p.right_record_id OFFSET 0)""",
)
_OTHER_NATIONALITY = _ROW_PAIRS.format(
    said=" ".join(
        each_record(f"p.{side}_record_id", "nationality_code", n) for n, side in (("1", "left"), ("2", "right"))
    ),
    condition="p.outcome = 'match' AND r1.nationality_code <> r2.nationality_code AND o1.person_id = o2.person_id",
)
_QUARANTINE = f"""
    SELECT rule_id, rows, file, sheet, line FROM (
        SELECT rule_id, file, sheet, line, count(*) OVER (PARTITION BY rule_id) AS rows,
               row_number() OVER (PARTITION BY rule_id ORDER BY file, sheet NULLS FIRST, line, record_id) AS place
        FROM row_outcomes WHERE batch_id = '{{id}}' AND outcome = 'quarantined' AND {_OWN_FILES}) waiting
    WHERE place <= {PLACES} ORDER BY rows DESC, rule_id, place"""
_PEOPLE = """
    SELECT birth_year, sex_code, is_dead, count(*) FROM report_persons GROUP BY 1, 2, 3
    ORDER BY 1 NULLS LAST, 2 NULLS LAST, 3"""
_CODES = """
    SELECT 'ethnic_group', coalesce(ethnic_group_list, ''), ethnic_group_code, count(*) FROM report_persons
    GROUP BY 2, 3
    UNION ALL SELECT 'religion', 'religions', religion_code, count(*) FROM report_persons GROUP BY 3
    ORDER BY 1, 4 DESC, 2, 3"""
_HOUSEHOLDS = """
    SELECT members::integer, heads::integer, count(*) FROM (
        SELECT count(*) FILTER (WHERE NOT is_gone) AS members, count(*) FILTER (WHERE is_head AND NOT is_gone) AS heads
        FROM (SELECT household_key, person_id, bool_or(is_dead) AS is_gone, bool_or(is_head) AS is_head
              FROM report_records WHERE household_key IS NOT NULL GROUP BY 1, 2) people
        GROUP BY household_key) homes
    GROUP BY 1, 2 ORDER BY 1, 2"""
_STATES = """
    SELECT CASE WHEN is_missing THEN 'missing' WHEN is_gone THEN 'dead' ELSE 'living' END, count(*)
    FROM (SELECT person_id, bool_or(is_dead) AS is_gone, bool_or(is_missing) AS is_missing
          FROM report_records GROUP BY 1) people GROUP BY 1
    UNION ALL SELECT 'without_household', count(*) FROM (
        SELECT FROM report_records GROUP BY person_id HAVING count(household_key) = 0) alone
    ORDER BY 1"""
# A known row says what a row kept out said, or is one, of a file that was delivered before.
_WAITING = f"""
    WITH known AS (
        SELECT known_record_id AS record_id FROM row_outcomes
        WHERE batch_id = '{{id}}' AND outcome = 'known' AND {_OWN_FILES}
        UNION ALL SELECT CASE o.outcome WHEN 'known' THEN o.known_record_id ELSE o.record_id END FROM batch_files f
        JOIN row_outcomes o ON o.file_id = f.file_id AND o.batch_id = CAST(f.reason AS uuid) AND o.outcome <> 'rejected'
        WHERE f.batch_id = '{{id}}' AND f.outcome = 'already_known' AND f.reason IS NOT NULL)
    SELECT encode(uuid_send(w.batch_id), 'hex'), count(*)
    FROM known k JOIN row_outcomes w ON w.record_id = k.record_id AND w.outcome = 'quarantined'
    WHERE w.batch_id <> '{{id}}' AND NOT EXISTS (
        SELECT FROM corrections c JOIN batch_events e ON e.batch_id = c.batch_id AND e.event = 'loaded'
        WHERE c.corrected_record_id = w.record_id AND e.number <= (
            SELECT max(number) FROM batch_events WHERE batch_id = '{{id}}' AND event = 'loaded'))
    GROUP BY w.batch_id ORDER BY 2 DESC, 1"""
