"""What matching needs of the store beyond the first look: everything that a batch may change, and nothing else.

A match of a new record can link two households, and so change what was found between their stored members; it can join
two stored persons, and what joins can also come apart. So these come along: the members of the households that are
linked, and of all records at stake the rest of their persons, however many matches away. Results then do not depend on
which of the records came first.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.field import Column, TableSpec
from store.copying import copy_in, copy_out
from store.engine import Store
from store.queries import MATCHED, by_index, of_members, say_nothing, spoken_columns
from store.reviews import STANDING
from store.roles import Role

DECISIONS = TableSpec(
    "decisions",
    (
        Column("left_record_id", pa.string(), nullable=False),
        Column("right_record_id", pa.string(), nullable=False),
    ),
    ("left_record_id", "right_record_id"),
    "Pairs of stored records that were decided otherwise than by their weight.",
)
_LARGEST_HOUSEHOLD = 30
"""Records of a household that are looked into: larger ones (dormitories, wrong numbers) link nobody."""
_WORK_MEMORY = "128MB"
_ALONE, _LINKED = 1, 2


@dataclass(frozen=True)
class Asked:
    """What the first round of matching found.

    Attributes:
        partners: ids of stored records that own records may be.
        matched: those of them that match by themselves.
        homes: household_key of the batch's own records, in tables.
        replaced: ids of stored records whose place rows of the batch take.
        doubted: ids of stored records that somebody has to compare with rows of the batch.
    """

    partners: pa.Array
    matched: pa.Array
    homes: Iterable[pa.Table]
    replaced: pa.Array
    doubted: pa.Array


@dataclass(frozen=True)
class Neighbours:
    """What the store handed over; good within the block of `neighbours` only."""

    connection: Connection

    def ids(self) -> pa.Array:
        """Ids of the records whose persons the asked ones may change."""
        found = self.connection.execute(sa.text("SELECT encode(uuid_send(record_id), 'hex') FROM hood"))
        return pa.array(found.scalars().all(), pa.string())

    def records(self) -> Iterator[pa.Table]:
        """MATCH_RECORDS with person_id. Replaced records say nothing but whose they are."""
        columns = f"m.person_id, {spoken_columns(contracts.MATCH_RECORDS)}"
        query = f"""SELECT {columns} FROM (SELECT record_id FROM hood UNION SELECT record_id FROM partners ORDER BY 1) w
                    {by_index("memberships", "record_id", "w", "m")}
                    {of_members(MATCHED)}
                    LEFT JOIN silent s ON s.record_id = w.record_id"""
        yield from copy_out(self.connection, query, contracts.MATCH_RECORDS)

    def pairs(self) -> Iterator[pa.Table]:
        """SCORED_PAIRS between records of whole persons."""
        names = ", ".join(f"p.{c}" for c in contracts.SCORED_PAIRS.column_names)
        query = f"""SELECT {names} FROM hood a {_pairs_of("a", "left", "p")}
                    JOIN hood b ON b.record_id = p.right_record_id WHERE {_spoken("p")}"""
        yield from copy_out(self.connection, query, contracts.SCORED_PAIRS)

    def ties(self) -> pa.Table:
        """DECISIONS: one person. Judged so, one mended the other, or their person is not looked into."""
        return self._decisions(f"""
            SELECT record_id AS left_record_id, corrected_record_id AS right_record_id FROM taken
            UNION SELECT left_record_id, right_record_id FROM ({STANDING}) j WHERE decision = 'same'
            UNION SELECT first_record_id, record_id FROM (
                SELECT record_id, first_value(record_id) OVER (PARTITION BY person_id ORDER BY record_id)
                           AS first_record_id
                FROM partners JOIN memberships USING (record_id)
                WHERE record_id NOT IN (SELECT record_id FROM hood)) f
            WHERE first_record_id <> record_id""")

    def apart(self) -> pa.Table:
        """DECISIONS: two persons, judged so."""
        return self._decisions(
            f"SELECT left_record_id, right_record_id FROM ({STANDING}) j WHERE decision = 'different'"
        )

    def _decisions(self, query: str) -> pa.Table:
        here = "SELECT record_id FROM hood UNION SELECT record_id FROM partners"
        asked = f"""WITH here AS ({here}) SELECT d.* FROM ({query}) d
                    JOIN here a ON a.record_id = d.left_record_id JOIN here b ON b.record_id = d.right_record_id"""
        return pa.concat_tables([DECISIONS.schema.empty_table(), *copy_out(self.connection, asked, DECISIONS)])


@contextmanager
def neighbours(store: Store, asked: Asked) -> Iterator[Neighbours]:
    """Everything that the batch may change, in one snapshot."""
    with store.reading(Role.MATCH) as connection:
        _run(connection, f"SET LOCAL work_mem = '{_WORK_MEMORY}'")
        say_nothing(connection, asked.replaced)
        _ids(connection, "partners", asked.partners)
        _ids(connection, "matched", asked.matched)
        _ids(connection, "also", pa.concat_arrays([asked.replaced, asked.doubted]))
        _take_homes(connection, asked.homes)
        _spread(connection)
        yield Neighbours(connection)


def _take_homes(connection: Connection, homes: Iterable[pa.Table]) -> None:
    """The records to begin with: members of the households that the batch links, or may link, and what it matches."""
    _run(connection, "CREATE TEMP TABLE given (household_key uuid) ON COMMIT DROP")
    copy_in(connection, "given", (pa.table({"household_key": t["household_key"].unique().drop_null()}) for t in homes))
    _run(connection, "CREATE TEMP TABLE home ON COMMIT DROP AS SELECT DISTINCT household_key FROM given ORDER BY 1")
    _run(connection, "ANALYZE home")
    _run(connection, f"CREATE TEMP TABLE member ON COMMIT DROP AS {_members('home')}")
    _run(connection, "ANALYZE member")
    met = " UNION ".join(
        f"SELECT p.{other}_record_id AS record_id FROM member m {_pairs_of('m', one, 'p')} "
        f"WHERE p.basis & {_ALONE} > 0 AND {_spoken('p')}"
        for one, other in (("left", "right"), ("right", "left"))
    )
    _run(connection, f"CREATE TEMP TABLE met ON COMMIT DROP AS SELECT record_id FROM matched UNION {met} ORDER BY 1")
    _run(connection, "ANALYZE met")
    _run(
        connection,
        f"""CREATE TEMP TABLE other_home ON COMMIT DROP AS
           SELECT DISTINCT household_key FROM met {by_index("memberships", "record_id", "met", "m")}
           {of_members("household_key")}
           WHERE household_key IS NOT NULL AND household_key NOT IN (SELECT household_key FROM home) ORDER BY 1""",
    )
    _run(connection, "ANALYZE other_home")
    _run(
        connection,
        f"""CREATE TEMP TABLE front ON COMMIT DROP AS
            SELECT record_id FROM member UNION {_members("other_home")}
            UNION SELECT record_id FROM met UNION SELECT record_id FROM also ORDER BY 1""",
    )


def _spread(connection: Connection) -> None:
    """From the records to begin with to the rest of their persons, and on along the matches, until nothing is new."""
    _run(connection, "CREATE TEMP TABLE hood (record_id uuid PRIMARY KEY) ON COMMIT DROP")
    _run(
        connection,
        """CREATE TEMP TABLE taken ON COMMIT DROP AS SELECT record_id, corrected_record_id FROM replaced_records""",
    )
    _run(connection, f"CREATE TEMP TABLE same ON COMMIT DROP AS SELECT * FROM ({STANDING}) j WHERE decision = 'same'")
    steps = " UNION ".join(
        (
            f"""SELECT n.record_id FROM front {by_index("memberships", "record_id", "front", "m", "person_id")}
                {by_index("memberships", "person_id", "m", "n", "record_id")}""",
            *(
                f"""SELECT p.{other}_record_id FROM front {_pairs_of("front", one, "p")}
                    WHERE p.basis & {_LINKED} > 0 AND {_spoken("p")}"""
                for one, other in (("left", "right"), ("right", "left"))
            ),
            *(
                f"SELECT t.{other} FROM front f JOIN {table} t ON t.{one} = f.record_id"
                for table, sides in (
                    ("taken", ("record_id", "corrected_record_id")),
                    ("same", ("left_record_id", "right_record_id")),
                )
                for one, other in (sides, sides[::-1])
            ),
        )
    )
    while True:
        _run(connection, "ANALYZE front")
        there = by_index("memberships", "record_id", "front", "m", "person_id")
        _run(connection, f"INSERT INTO hood SELECT front.record_id FROM front {there}")
        _run(connection, "ANALYZE hood")
        _run(
            connection,
            f"""CREATE TEMP TABLE next_front ON COMMIT DROP AS
                SELECT record_id FROM ({steps}) s WHERE record_id NOT IN (SELECT record_id FROM hood) ORDER BY 1""",
        )
        _run(connection, "DROP TABLE front")
        _run(connection, "ALTER TABLE next_front RENAME TO front")
        if connection.execute(sa.text("SELECT NOT EXISTS (SELECT FROM front)")).scalar_one():
            return


def _members(homes: str) -> str:
    """Query of the records of households that are not too large."""
    return f"""SELECT record_id FROM (
        SELECT m.record_id, count(*) OVER (PARTITION BY household_key) AS records
        FROM {homes} {by_index("records", "household_key", homes, "m", "record_id")}) r
        WHERE records <= {_LARGEST_HOUSEHOLD}"""


def _pairs_of(beside: str, side: str, alias: str) -> str:
    """A join that looks up the scored pairs that have a record of the table beside it on that side."""
    found = f"SELECT * FROM scored_pairs WHERE {side}_record_id = {beside}.record_id OFFSET 0"
    return f"CROSS JOIN LATERAL ({found}) {alias}"


def _spoken(pair: str) -> str:
    """Neither record of the pair was replaced."""
    return " AND ".join(
        f"NOT EXISTS (SELECT FROM silent s WHERE s.record_id = {pair}.{side}_record_id)" for side in ("left", "right")
    )


def _ids(connection: Connection, table: str, ids: pa.Array) -> None:
    _run(connection, f"CREATE TEMP TABLE {table} (record_id uuid) ON COMMIT DROP")
    copy_in(connection, table, [pa.table({"record_id": ids.unique()})])
    _run(connection, f"ANALYZE {table}")


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
