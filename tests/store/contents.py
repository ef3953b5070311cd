"""What a store holds, for comparisons."""

import sqlalchemy as sa

from store.engine import Store
from store.tables import METADATA

NO_PART_OF_A_BATCH = ("batch_events",)


def digest(store: Store, without: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    """Rows and a hash of all rows of each table."""
    hashed = "SELECT count(*), coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
    wanted = [name for name in METADATA.tables if name not in without]
    with store.reading() as connection:
        return {name: tuple(connection.execute(sa.text(hashed.format(name))).one()) for name in wanted}


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def run(store: Store, *statements: str) -> None:
    """Run statements in one transaction."""
    with store.writing() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
