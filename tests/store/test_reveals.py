"""Wishes and grants: by the server's clock, once, of what the session sees, and never changed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.errors import ContractError, UsageError
from store import load, reveals
from store.engine import Store
from store.roles import Role
from tests.store.contents import run as run_sql
from tests.store.test_report_figures import first

pytestmark = pytest.mark.store
WAITS, LASTS = timedelta(days=7), timedelta(minutes=10)
NOBODY = "0" * 32


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    load.load_batch(store, first(tmp_path))
    return store


def one(store: Store, query: str) -> str:
    with store.reading(Role.REVIEW) as connection:
        return str(connection.execute(sa.text(query)).scalar_one())


def person(store: Store) -> str:
    return one(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons ORDER BY 1 LIMIT 1")


def asked(store: Store, author: str = "Lan") -> reveals.Reveal:
    subject = reveals.subject_of(store, person(store))
    assert subject is not None
    found = reveals.by_number(store, reveals.ask(store, subject, "plan", author, "mẫu số 12"), WAITS)
    assert found is not None
    return found


def test_a_subject_is_a_person_or_a_row_kept_out_and_nothing_else(filled: Store) -> None:
    found = reveals.subject_of(filled, person(filled))
    assert found is not None
    assert (found.kind, found.province_code) == ("person", "01")
    assert found.content
    kept_out = one(filled, "SELECT encode(uuid_send(record_id), 'hex') FROM quarantine ORDER BY 1 LIMIT 1")
    row = reveals.subject_of(filled, kept_out)
    assert row is not None
    assert (row.kind, row.id, len(row.content)) == ("record", kept_out, 1)
    place = reveals.kept_row(filled, kept_out)
    assert place is not None
    assert place.record_id == kept_out
    for nothing in (NOBODY, "", "x", "'; --"):
        assert reveals.subject_of(filled, nothing) is None
    assert reveals.kept_row(filled, NOBODY) is None


def test_another_province_sees_neither_person_nor_wish(filled: Store) -> None:
    number = asked(filled).number
    for province, sees in (("01", True), ("33", False)):
        limited = replace(filled, province=province)
        assert (reveals.subject_of(limited, person(filled)) is not None) == sees
        assert (reveals.by_number(limited, number, WAITS) is not None) == sees
        assert [r.number for r in reveals.waiting(limited, WAITS)] == [number] * sees


def test_a_wish_waits_is_open_and_expires_by_the_clock_of_the_server(filled: Store) -> None:
    found = asked(filled)
    assert found.state == "waiting"
    assert reveals.by_number(filled, found.number, -LASTS).state == "stale"  # type: ignore[union-attr]
    assert reveals.waiting(filled, -LASTS) == []
    reveals.grant(filled, found, "Minh", LASTS)
    now = reveals.by_number(filled, found.number, WAITS)
    assert now is not None
    assert (now.state, now.approver) == ("open", "Minh")
    assert now.expires_at is not None
    assert timedelta(0) < now.expires_at - now.asked_at <= LASTS + timedelta(seconds=30)
    assert reveals.waiting(filled, WAITS) == []
    with pytest.raises(UsageError, match=r"approval\.none"):
        reveals.grant(filled, found, "Hoa", LASTS)
    other = asked(filled)
    reveals.grant(filled, other, "Minh", -LASTS)
    assert reveals.by_number(filled, other.number, WAITS).state == "expired"  # type: ignore[union-attr]


def test_only_what_is_open_to_the_asker_counts(filled: Store) -> None:
    mine, expired, waits = asked(filled), asked(filled), asked(filled)
    reveals.grant(filled, expired, "Minh", -LASTS)
    subject = mine.subject

    def mine_is(author: str) -> bool:
        return author == "Lan"

    assert reveals.open_to(filled, subject, WAITS, mine_is) is None
    reveals.grant(filled, mine, "Minh", LASTS)
    found = reveals.open_to(filled, subject, WAITS, mine_is)
    assert found is not None
    assert found.number == mine.number != waits.number
    assert reveals.open_to(filled, subject, WAITS, lambda author: author == "Minh") is None
    assert reveals.open_to(filled, NOBODY, WAITS, mine_is) is None
    assert reveals.open_to(filled, "x", WAITS, mine_is) is None


@pytest.mark.parametrize("statement", [
    "UPDATE reveal_grants SET expires_at = 'infinity'", "UPDATE reveal_requests SET author = 'Hoa'",
    "DELETE FROM reveal_grants", "DELETE FROM reveal_requests", "TRUNCATE reveal_grants",
])  # fmt: skip
def test_nobody_changes_what_was_said(filled: Store, statement: str) -> None:
    reveals.grant(filled, asked(filled), "Minh", LASTS)
    with pytest.raises(ContractError, match="append_only"):
        run_sql(filled, statement)
