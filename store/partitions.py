"""Tables partitioned by province: which, into what, and with which indexes.

Indexes belong to the partitions and not to the table: a province's first load builds those of its own partition at the
end, however full the others are, and a partition can be taken off, saved and put back by itself. What that costs: the
server does not know that a key is unique beyond its partition. A record id is a hash of file and line, and a file is
loaded once in the nation, so two provinces cannot have one; `row_outcomes` refuses it all the same.
"""

from collections.abc import Iterator, Mapping

from schemas.code_lists import rows

OTHER = "other"
COLUMN = "province_code"
INDEXES: Mapping[str, Mapping[str, str]] = {
    "records": {
        "content_id": "",
        "file_id": "",
        "personal_number": "WHERE personal_number IS NOT NULL",
        "household_key": "WHERE household_key IS NOT NULL",
    }
}
"""Table -> column with an index -> which rows it holds."""
KEYS: Mapping[str, str] = {"records": "record_id"}
"""Table -> column of the primary key of each partition."""


def provinces() -> list[str]:
    """Codes of the 34 that have a partition of their own, in order."""
    return sorted(row["code"] for row in rows("provinces_34"))


def partition_of(table: str, province_code: str) -> str:
    """Name of the partition that holds the rows of a province."""
    return f"{table}_{province_code if province_code in provinces() else OTHER}"


def partitions(table: str) -> list[str]:
    """Names of all partitions of a table."""
    return [f"{table}_{code}" for code in (*provinces(), OTHER)]


def every_partition() -> Iterator[str]:
    """Names of all partitions of all tables."""
    for table in KEYS:
        yield from partitions(table)


def made(table: str) -> Iterator[str]:
    """Statements that make the partitions of an empty table, without indexes."""
    for code in provinces():
        yield f"CREATE TABLE {table}_{code} PARTITION OF {table} FOR VALUES IN ('{code}')"
    yield f"CREATE TABLE {table}_{OTHER} PARTITION OF {table} DEFAULT"


def indexed(table: str) -> Iterator[str]:
    """Statements that make the keys and indexes of all partitions."""
    for part in partitions(table):
        yield f"ALTER TABLE {part} ADD CONSTRAINT {part}_pkey PRIMARY KEY ({KEYS[table]})"
        for column, condition in INDEXES[table].items():
            yield f"CREATE INDEX {part}_{column}_idx ON {part} ({column}) {condition}".rstrip()


def whole_of(table: str) -> str:
    """The table that a partition belongs to; any other table is itself."""
    start, _, end = table.rpartition("_")
    return start if start in KEYS and (end == OTHER or end in provinces()) else table
