"""Open the store: the embedded PostgreSQL of a home folder, or the server of a URL; migrated on demand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from schemas.errors import StoreUnavailable, UsageError
from store import embedded, handover, masks, migrate, provision
from store.access import NATIONAL, PROVINCE, PROVINCIAL, SCOPE
from store.acting import Acting, nobody
from store.faults import translated
from store.roles import Role, role_name

_DRIVER = "postgresql+psycopg"
_OLDEST_SERVER = (15, 0)
_CONNECT_SECONDS = 10
_NO_SUCH_ROLE = ("22023", "42501")
_PATH, _MASKED_PATH = "public", f"{masks.SCHEMA}, public"
_TAKE_ON = sa.text(f"""
    SELECT set_config('role', :role, true), set_config('{SCOPE}', :scope, true),
           set_config('{PROVINCE}', :province, true), set_config('search_path', :path, true)""")


@dataclass(frozen=True)
class Store:
    """An open store, for all provinces or for one.

    Attributes:
        engine: gives connections of the login, which by itself may do nothing.
        server_version: for example (18, 6).
        login: name of the role that connects; the roles of `store.roles` carry it.
        province: code of the 34 to whose rows this store is limited; None = the whole nation.
        acting: who its audit says acts.
    """

    engine: Engine
    server_version: tuple[int, ...]
    login: str
    province: str | None = None
    acting: Acting = field(default_factory=nobody)

    @contextmanager
    def writing(self, table: str = "store", role: Role = Role.LOAD) -> Iterator[Connection]:
        """One transaction in that role, committed at the end; errors as our own.

        Raises:
            UsageError: the role works for the whole nation, and this store is limited to a province.
            StoreUnavailable: the store was lost.
            ContractError: it did not take a row; `table` names the table if the server does not.
        """
        with translated(table), self.engine.begin() as connection:
            self._take_on(connection, role)
            yield connection

    @contextmanager
    def reading(self, role: Role = Role.LOAD) -> Iterator[Connection]:
        """One snapshot for any number of reads in that role; temporary tables may be written."""
        with translated(), self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            self._take_on(connection, role)
            yield connection
            connection.rollback()

    def _take_on(self, connection: Connection, role: Role) -> None:
        """Role and scope until the transaction ends: a connection goes back to the pool without any."""
        if self.province is not None and role not in PROVINCIAL:
            raise UsageError("store.national_only")
        try:
            connection.execute(_TAKE_ON, self._settings_of(role))
        except sa.exc.DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _NO_SUCH_ROLE:
                raise
            login = handover.Login(self.login, str(self.engine.url.database), self._version_number)
            raise StoreUnavailable("store.roles_missing", statements=handover.what_to_run(login)) from None

    @property
    def _version_number(self) -> int:
        return self.server_version[0] * 10_000 + self.server_version[-1]

    def _settings_of(self, role: Role) -> dict[str, str]:
        return {
            "role": role_name(self.login, role), "scope": NATIONAL if self.province is None else "",
            "province": self.province or "", "path": _MASKED_PATH if role is Role.REPORT else _PATH,
        }  # fmt: skip

    def close(self) -> None:
        """Give the connections back; the server keeps running."""
        self.engine.dispose()


def open_store(url: str | None, home: Path, acting: Acting | None = None, province: str | None = None) -> Store:
    """Open the store, starting the embedded server when `url` is None, and bring its tables up to date.

    Args:
        url: SQLAlchemy or libpq URL of a PostgreSQL server, 15 or newer, whose role may take on those of the store.
        home: folder of the embedded server; not touched when a URL is given.
        acting: who acts, for the audit.
        province: code of the 34 to whose rows the store is limited; None = the whole nation.

    Raises:
        StoreUnavailable: it cannot be started, reached or migrated; the code's text says what to do.
    """
    target = _embedded_url(home, provision.STORE) if url is None else _server_url(url)
    engine = sa.create_engine(
        target, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS}, hide_parameters=True
    )
    try:
        with translated():
            version, login = _checked_version(engine)
            migrate.ensure_current(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, version, login, province, acting or nobody())


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


def _checked_version(engine: Engine) -> tuple[tuple[int, ...], str]:
    try:
        with engine.connect() as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
            login = str(connection.exec_driver_sql("SELECT session_user").scalar_one())
            version = connection.dialect.server_version_info or (0,)
    except sa.exc.OperationalError:
        raise StoreUnavailable("store.unreachable") from None
    if encoding != "UTF8":
        raise StoreUnavailable("store.wrong_encoding", encoding=encoding)
    if version < _OLDEST_SERVER:
        raise StoreUnavailable("store.too_old", version=".".join(map(str, version)))
    return tuple(int(part) for part in version), login
