"""The store as it looks inside a transaction that is not committed yet: for those who read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from store.engine import Store


@dataclass(frozen=True)
class StoreWithin(Store):
    """A store whose reads see what its open transaction wrote; what is written goes through the connection."""

    connection: Connection = field(kw_only=True)

    @classmethod
    def of(cls, store: Store, connection: Connection) -> "StoreWithin":
        """The store, seen through that connection."""
        return cls(store.engine, store.server_version, store.acting, connection=connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Reads inside the transaction; temporary tables made meanwhile are gone at the end."""
        step = self.connection.begin_nested()
        try:
            yield self.connection
        finally:
            if step.is_active:
                step.rollback()
