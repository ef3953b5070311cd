"""Opening the store: embedded or by URL, migrated on demand, refused with a reason."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.errors import ContractError, StoreUnavailable
from store import embedded, engine, load, provision, queries
from store.engine import Store, open_store
from tests.store import made_batches as made
from tests.store.conftest import Superuser
from tests.store.contents import rows, run

pytestmark = pytest.mark.store

INSERT = "INSERT INTO memberships VALUES (gen_random_uuid(), gen_random_uuid(), '01')"


@pytest.mark.parametrize("driver", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_a_server_by_url_whatever_driver_it_names(
    superuser: Superuser, url_of: Callable[[str], str], driver: str
) -> None:
    name = "by_" + driver.replace("+", "_")
    superuser.execute(f"CREATE DATABASE {name} OWNER sohoa TEMPLATE template0")
    store = open_store(url_of(name).replace("postgresql:", f"{driver}:"), Path("/nowhere"))
    assert store.server_version[0] >= 15
    assert queries.version(store) == 0
    store.close()
    assert not Path("/nowhere").exists()


def test_a_whole_load_by_url(store: Store, tmp_path: Path) -> None:
    assert load.load_batch(store, made.make(tmp_path, made.Recipe(rows=5))).sums.loaded == 5


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "store.url_unreadable"), ("sqlite:///x.db", "store.not_postgresql"),
        ("mysql://u:p@h/d", "store.not_postgresql"), ("postgresql://u:geheim@127.0.0.1:1/d", "store.unreachable"),
    ],
)  # fmt: skip
def test_a_url_that_leads_nowhere(url: str, code: str) -> None:
    with pytest.raises(StoreUnavailable) as error:
        open_store(url, Path("/nowhere"))
    assert (error.value.code, error.value.exit_code) == (code, 3)
    assert "geheim" not in str(error.value)


def test_a_database_of_another_encoding_is_refused(superuser: Superuser, url_of: Callable[[str], str]) -> None:
    superuser.execute(
        "CREATE DATABASE latin OWNER sohoa TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc"
    )
    with pytest.raises(StoreUnavailable) as error:
        open_store(url_of("latin"), Path("/nowhere"))
    assert error.value.code == "store.wrong_encoding"


def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch, migrated: str, url_of: Callable[[str], str]) -> None:
    monkeypatch.setattr(engine, "_OLDEST_SERVER", (99, 0))
    with pytest.raises(StoreUnavailable) as error:
        open_store(url_of(migrated), Path("/nowhere"))
    assert error.value.code == "store.too_old"


def test_a_failed_block_writes_nothing_and_errors_are_ours(store: Store) -> None:
    with pytest.raises(ContractError):
        run(
            store,
            "INSERT INTO memberships VALUES (gen_random_uuid(), gen_random_uuid(), '01')",
            "INSERT INTO memberships VALUES (NULL)",
        )
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        connection.execute(sa.text(INSERT))
        raise ZeroDivisionError
    assert rows(store, "SELECT count(*) FROM memberships") == [(0,)]


def test_reading_is_one_snapshot_and_leaves_nothing(store: Store) -> None:
    with store.reading() as reader:
        count = sa.text("SELECT count(*) FROM memberships")
        assert reader.execute(count).scalar_one() == 0
        run(store, INSERT)
        assert reader.execute(count).scalar_one() == 0
        reader.execute(sa.text(INSERT))
    assert rows(store, "SELECT count(*) FROM memberships") == [(1,)]


def test_the_embedded_store_opens_again_with_its_rows(home: Path, tmp_path: Path) -> None:
    store = open_store(None, home)
    version = queries.version(store)
    load.load_batch(store, made.make(tmp_path, made.Recipe(rows=5), version))
    store.close()
    engine.stop_store(home)
    again = open_store(None, home)
    assert queries.version(again) == version + 1
    assert again.engine.url.password is None
    again.close()


def test_a_borrowed_server_is_stopped_unless_it_ran_before_or_others_use_it(home: Path) -> None:
    with engine.borrowed(None, home):
        open_store(None, home).close()
        assert embedded.is_running(home)
    assert not embedded.is_running(home)
    with engine.borrowed(None, home):
        other = open_store(None, home)
        connection = other.engine.connect()
    assert embedded.is_running(home)
    connection.close()
    other.close()
    with engine.borrowed(None, home):
        pass
    assert embedded.is_running(home)


def test_a_borrowed_server_is_stopped_after_a_failure_too(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), engine.borrowed(None, home):
        open_store(None, home).close()
        raise ZeroDivisionError
    assert not embedded.is_running(home)


def test_nothing_is_borrowed_with_a_url(tmp_path: Path) -> None:
    with engine.borrowed("postgresql://somewhere", tmp_path / "h"):
        pass
    assert not (tmp_path / "h").exists()


def test_the_url_for_airflow_holds_no_password_and_opens_its_own_database(home: Path) -> None:
    url = engine.airflow_url(home)
    password = (home / "store" / f"{provision.AIRFLOW}.pgpass").read_text().rsplit(":", 1)[1].strip()
    assert password not in url
    with sa.create_engine(url).connect() as connection:
        assert connection.execute(sa.text("SELECT current_database(), current_user")).one() == ("airflow", "airflow")
