"""Database errors become ours, and never carry a value."""

import re
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from schemas import messages
from schemas.errors import ContractError, SohoaError, StoreUnavailable
from store.engine import Store
from store.faults import translated

SECRET = "Nguyễn Thị Bí Mật"


def _raised(error: Exception) -> Exception:
    with pytest.raises(Exception) as found, translated("records"):
        raise error
    return found.value


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (psycopg.errors.DiskFull(SECRET), "store.disk_full"),
        (psycopg.errors.TooManyConnections(SECRET), "store.busy"),
        (psycopg.errors.ReadOnlySqlTransaction(SECRET), "store.read_only"),
        (psycopg.errors.AdminShutdown(SECRET), "store.connection_lost"),
        (psycopg.errors.DeadlockDetected(SECRET), "store.conflict"),
        (psycopg.errors.SerializationFailure(SECRET), "store.conflict"),
        (psycopg.OperationalError(SECRET), "store.connection_lost"),
        (psycopg.InterfaceError(SECRET), "store.connection_lost"),
    ],
)
def test_a_lost_full_or_busy_store_may_pass_on_retry(error: Exception, code: str) -> None:
    raised = _raised(error)
    assert isinstance(raised, StoreUnavailable)
    assert (raised.code, raised.exit_code) == (code, 3)
    assert SECRET not in str(raised)


@pytest.mark.parametrize(
    ("error", "aspect"),
    [
        (psycopg.errors.UniqueViolation(SECRET), "key"),
        (psycopg.errors.CheckViolation(SECRET), "check"),
        (psycopg.errors.NotNullViolation(SECRET), "nulls"),
        (psycopg.errors.CharacterNotInRepertoire(SECRET), "text"),
        (psycopg.errors.NumericValueOutOfRange(SECRET), "types"),
        (psycopg.errors.RaiseException(SECRET), "append_only"),
        (psycopg.errors.SyntaxError(SECRET), "statement"),
    ],
)
def test_a_row_that_is_not_taken_breaks_a_contract(error: Exception, aspect: str) -> None:
    raised = _raised(error)
    assert isinstance(raised, ContractError)
    assert raised.code == f"contract.{aspect}"
    assert SECRET not in str(raised)
    assert raised.__cause__ is None
    assert raised.__suppress_context__


def test_other_errors_pass() -> None:
    assert isinstance(_raised(KeyError("x")), KeyError)
    assert isinstance(_raised(SohoaError("batch.stopped")), SohoaError)


@pytest.mark.store
@pytest.mark.parametrize(
    ("statement", "table", "aspect"),
    [
        ("INSERT INTO memberships SELECT record_id, person_id FROM memberships", "memberships", "key"),
        ("UPDATE records SET empty_reasons = NULL", "records", "nulls"),
        ("UPDATE batch_files SET read = read + 1", "batch_files", "check"),
        ("UPDATE golden_persons SET birth_year = 99999", "store", "types"),
        ("DELETE FROM batch_events", "store", "append_only"),
        (f"INSERT INTO memberships VALUES ('{SECRET}', '{SECRET}')", "store", "types"),
    ],
)
def test_what_the_server_really_says(read_store: Store, statement: str, table: str, aspect: str) -> None:
    with pytest.raises(ContractError) as error, read_store.writing() as connection:
        connection.execute(sa.text(statement))
    assert (error.value.code, error.value.details["table"]) == (f"contract.{aspect}", table)
    assert SECRET not in str(error.value)


@pytest.mark.store
def test_the_log_of_the_server_holds_no_value(read_store: Store, server: object) -> None:
    with pytest.raises(ContractError), read_store.writing() as connection:
        connection.execute(sa.text("INSERT INTO memberships VALUES (:x, :x)"), {"x": SECRET})
    log: Path = server.home.log  # type: ignore[attr-defined]
    assert SECRET not in log.read_text(errors="replace")


def test_every_code_of_the_store_has_a_sentence_in_both_languages() -> None:
    folder = Path(__file__).parents[2] / "store"
    codes = {c for p in folder.glob("*.py") for c in re.findall(r'"(store\.[a-z_]+)"', p.read_text("utf-8"))}
    assert len(codes) > 20
    for language in messages.LANGUAGES:
        assert [c for c in codes if c not in messages.catalogue(language)] == []
