"""Sealed names in a store: kept beside a batch, and those of older stores moved aside by the migration."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import file_names, migrate
from store.engine import open_store
from tests.store.conftest import Superuser

pytestmark = pytest.mark.store
BATCH, FILE = "a" * 32, "3f9a1c20" + "0" * 24
NAME = "Hộ ông Nguyễn Văn A.XLSX"


def test_the_names_of_an_older_store_leave_its_tables_and_wait_to_be_sealed(
    superuser: Superuser, url_of: Callable[[str], str]
) -> None:
    from alembic import command
    from alembic.config import Config

    superuser.execute("CREATE DATABASE named OWNER sohoa TEMPLATE template0")
    engine = sa.create_engine(url_of("named").replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        settings = Config(attributes={"connection": connection})
        settings.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        command.upgrade(settings, "0007")
        for name, outcome, reason in ((NAME, "file_rejected", "file.empty"), ("b.csv", "already_known", BATCH)):
            connection.execute(
                sa.text("INSERT INTO batch_files VALUES (:b, :f, :n, 'unknown', NULL, :o, :r, :c, 0, 0, :k, 0, :j)"),
                {"b": BATCH, "f": FILE, "n": name, "o": outcome, "r": reason, "c": 1 if reason != BATCH else 0, "k": 0,
                 "j": 1 if reason != BATCH else 0},
            )  # fmt: skip
        connection.execute(
            sa.text("INSERT INTO row_outcomes VALUES (:r, :b, :f, :n, NULL, NULL, 1, 'rejected', NULL, 'file.empty')"),
            {"r": "1" * 32, "b": BATCH, "f": FILE, "n": NAME},
        )
    engine.dispose()
    store = open_store(url_of("named"), Path("/nowhere"))
    with store.reading() as connection:
        files = connection.execute(sa.text("SELECT file FROM batch_files ORDER BY file")).scalars().all()
        assert files == ["tep-3f9a1c20.csv", "tep-3f9a1c20.xlsx"]
        assert connection.execute(sa.text("SELECT file FROM row_outcomes")).scalar_one() == "tep-3f9a1c20.xlsx"
    assert file_names.unsealed(store) == {(BATCH, "tep-3f9a1c20.xlsx"): NAME, (BATCH, "tep-3f9a1c20.csv"): "b.csv"}
    assert file_names.of_batch(store, BATCH) == {}
    file_names.replace_with(store, dict.fromkeys(file_names.unsealed(store), "s1.token"))
    assert file_names.unsealed(store) == {}
    assert set(file_names.of_batch(store, BATCH).values()) == {"s1.token"}
    store.close()
