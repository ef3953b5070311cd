"""Open the store: the embedded PostgreSQL of a home folder, or the server of a URL; migrated on demand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from schemas.errors import StoreUnavailable
from store import embedded, migrate, provision
from store.acting import Acting, nobody
from store.faults import translated

_DRIVER = "postgresql+psycopg"
_OLDEST_SERVER = (15, 0)
_CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Store:
    """An open store. `server_version` is for example (18, 6); `acting` is who its audit says acts."""

    engine: Engine
    server_version: tuple[int, ...]
    acting: Acting = field(default_factory=nobody)

    @contextmanager
    def writing(self, table: str = "store") -> Iterator[Connection]:
        """One transaction, committed at the end; errors as our own.

        Raises:
            StoreUnavailable: the store was lost.
            ContractError: it did not take a row; `table` names the table if the server does not.
        """
        with translated(table), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot for any number of reads; temporary tables may be written."""
        with translated(), self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
            connection.rollback()

    def close(self) -> None:
        """Give the connections back; the server keeps running."""
        self.engine.dispose()


def open_store(url: str | None, home: Path, acting: Acting | None = None) -> Store:
    """Open the store, starting the embedded server when `url` is None, and bring its tables up to date.

    Args:
        url: SQLAlchemy or libpq URL of a PostgreSQL server, 15 or newer, whose role owns the database.
        home: folder of the embedded server; not touched when a URL is given.
        acting: who acts, for the audit.

    Raises:
        StoreUnavailable: it cannot be started, reached or migrated; the code's text says what to do.
    """
    target = _embedded_url(home, provision.STORE) if url is None else _server_url(url)
    engine = sa.create_engine(
        target, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS}, hide_parameters=True
    )
    try:
        with translated():
            version = _checked_version(engine)
            migrate.ensure_current(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, version, acting or nobody())


def airflow_url(home: Path) -> str:
    """SQLAlchemy URL of the database `airflow` in the embedded server of that home, made on demand.

    Good for both Airflow settings, SQL_ALCHEMY_CONN and SQL_ALCHEMY_CONN_ASYNC; holds no password.
    """
    return _embedded_url(home, provision.AIRFLOW).render_as_string(hide_password=False)


@contextmanager
def borrowed(url: str | None, home: Path) -> Iterator[None]:
    """Within the block the embedded server may be started; one that did not run before is stopped at the end.

    It is left running if others are connected by then. With a URL nothing is done.
    """
    is_ours = url is None and not embedded.is_running(home)
    try:
        yield
    finally:
        if is_ours:
            embedded.down(home, is_needed=provision.is_used)


def stop_store(home: Path) -> None:
    """Stop the embedded server of that home; stop Airflow first if it keeps its metadata there."""
    embedded.down(home)


def _embedded_url(home: Path, name: str) -> URL:
    server = embedded.up(home)
    with translated():
        provision.ensure_database(server, name)
    query = {"host": str(server.socket), "port": str(server.port), "passfile": str(server.home.passfile(name))}
    return URL.create(_DRIVER, username=name, database=name, query=query)


def _server_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise StoreUnavailable("store.url_unreadable") from None
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise StoreUnavailable("store.not_postgresql", kind=parsed.get_backend_name())
    return parsed.set(drivername=_DRIVER)


def _checked_version(engine: Engine) -> tuple[int, ...]:
    try:
        with engine.connect() as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            version = connection.dialect.server_version_info or (0,)
    except sa.exc.OperationalError:
        raise StoreUnavailable("store.unreachable") from None
    if encoding != "UTF8":
        raise StoreUnavailable("store.wrong_encoding", encoding=encoding)
    if version < _OLDEST_SERVER:
        raise StoreUnavailable("store.too_old", version=".".join(map(str, version)))
    return tuple(int(part) for part in version)
