"""The audit in the store: chained whatever comes, append-only, in the transaction of what it tells of."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.decisions import Decision
from schemas.errors import ContractError, Refused, SohoaError, UsageError
from store import audit, invariants, load, offices, reviews
from store.acting import Acting
from store.audit import COLUMNS, Event
from store.engine import Store
from store.offices import Author, Office
from tests.store import made_batches as made
from tests.store.conftest import Superuser
from tests.store.contents import digest, rows, run
from tests.store.tampering import head_of

pytestmark = pytest.mark.store

LAN = Acting("lan", b"k" * 32)
CHOSEN = ("sequence", "moment", "role")
"""Columns that the store fills in."""
SEEN = Event("person.how_masked", "person", "0f3c", said=("Nguyễn Thị Lan", "vì sao"))


def put_in(store: Store, count: int) -> None:
    """Many events at once, chained by the store."""
    run(
        store,
        f"""INSERT INTO audit_events (actor, action, outcome, object_kind, object, other_object, province_code, reason,
                said, before, after, request_id)
            SELECT 'lan', 'person.merged', 'done', 'person', md5(n::text), '', '01', '', '', '', '', md5('r')
            FROM generate_series(1, {count}) n""",
    )


def lines(store: Store) -> list[bytes]:
    with store.reading() as connection:
        return list(audit.lines(connection))


def test_an_event_is_written_with_who_and_when_and_no_text_of_it(store: Store) -> None:
    acting = Store(store.engine, store.server_version, LAN)
    audit.record(acting, SEEN)
    [line] = lines(store)
    cells = dict(zip((*COLUMNS, "hash"), line.decode().rstrip("\n").split("\t"), strict=True))
    assert (cells["sequence"], cells["actor"], cells["role"], cells["action"]) == ("1", "lan", "sohoa", SEEN.action)
    assert cells["object"] == LAN.pseudonym("person", "0f3c")
    assert cells["said"] == LAN.said("Nguyễn Thị Lan", "vì sao")
    assert cells["request_id"] == LAN.request_id
    assert line.isascii()
    assert "Lan" not in line.decode()
    assert audit.check_chain(store).findings == ()


def test_however_many_write_at_once_the_chain_has_no_gap(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: audit.record(store, SEEN), range(60)))
    found = audit.check_chain(store)
    assert (found.events, found.findings) == (60, ())


def test_what_is_rolled_back_leaves_no_gap(store: Store) -> None:
    audit.record(store, SEEN)
    with pytest.raises(RuntimeError), store.writing() as connection:
        audit.append(connection, store.acting, SEEN)
        raise RuntimeError
    audit.record(store, SEEN)
    assert (audit.check_chain(store).events, audit.check_chain(store).findings) == (2, ())


def test_the_store_chooses_place_time_role_and_hash(store: Store) -> None:
    put_in(store, 3)
    run(
        store,
        """INSERT INTO audit_events SELECT 77, '1999-01-01', actor, 'nobody', action, outcome, object_kind, object,
             other_object, province_code, reason, said, before, after, request_id, 'x' FROM audit_events LIMIT 1""",
    )
    assert rows(store, "SELECT sequence, role FROM audit_events ORDER BY 1 DESC LIMIT 1") == [(4, "sohoa")]
    assert audit.check_chain(store).findings == ()


@pytest.mark.parametrize("table", ["audit_events", "audit_heads"])
@pytest.mark.parametrize("change", ["UPDATE {} SET sequence = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_nothing_of_it_can_be_changed(store: Store, table: str, change: str) -> None:
    put_in(store, 2)
    with pytest.raises(ContractError) as error:
        run(store, change.format(table))
    assert error.value.code == "contract.append_only"
    assert audit.check_chain(store).events == 2


@pytest.mark.parametrize("column", [c for c in COLUMNS if c not in CHOSEN])
def test_no_column_takes_a_text_that_somebody_typed(store: Store, column: str) -> None:
    put_in(store, 1)
    names = [name for name in COLUMNS if name not in CHOSEN]
    values = ["'Nguyễn Thị Lan'" if name == column else name for name in names]
    with pytest.raises(ContractError) as error:
        run(store, f"INSERT INTO audit_events ({', '.join(names)}) SELECT {', '.join(values)} FROM audit_events")
    assert error.value.code == "contract.check"


TAMPERED = {
    "UPDATE audit_events SET actor = 'minh' WHERE sequence = 7": ("changed", 7),
    "UPDATE audit_events SET moment = moment + interval '1 microsecond' WHERE sequence = 7": ("changed", 7),
    "UPDATE audit_events SET hash = sha256('x') WHERE sequence = 7": ("changed", 7),
    "DELETE FROM audit_events WHERE sequence = 1": ("missing", 1),
    "DELETE FROM audit_events WHERE sequence = 7": ("missing", 7),
    "DELETE FROM audit_events WHERE sequence > 15": ("cut", 16),
    "DELETE FROM audit_events": ("cut", 1),
    """UPDATE audit_events a SET object = b.object FROM audit_events b
       WHERE a.sequence IN (5, 9) AND b.sequence = 14 - a.sequence""": ("changed", 5),
    """INSERT INTO audit_events SELECT 21, moment, actor, role, action, outcome, object_kind, object, other_object,
         province_code, reason, said, before, after, request_id, hash FROM audit_events
         WHERE sequence = 3""": ("changed", 21),
}  # fmt: skip


@pytest.mark.parametrize("change", TAMPERED)
def test_a_change_by_who_may_do_anything_is_found_in_the_store(
    emptied: tuple[Store, Superuser], store: Store, change: str
) -> None:
    put_in(store, 20)
    head = head_of(lines(store))
    emptied[1].execute(change)  # type: ignore[call-overload]
    found = audit.check_chain(store, [head]).findings[0]
    assert (found.kind, found.position) == TAMPERED[change]


def test_a_chain_written_anew_by_the_store_itself_is_found_by_a_kept_head(
    emptied: tuple[Store, Superuser], store: Store
) -> None:
    put_in(store, 20)
    head = head_of(lines(store))
    kept = rows(store, "SELECT count(*) FROM audit_events")
    emptied[1].execute("DELETE FROM audit_events WHERE sequence > 12")
    put_in(store, 8)
    assert rows(store, "SELECT count(*) FROM audit_events") == kept
    assert audit.check_chain(store).findings == ()
    found = audit.check_chain(store, [head]).findings
    assert [(f.kind, f.position) for f in found] == [("rewritten", 13)]


def test_a_refusal_leaves_an_event_of_its_own(store: Store) -> None:
    for refusal in (UsageError("person.unknown", person="x"), Refused("some.policy")):
        with pytest.raises(SohoaError), audit.refusals(store, SEEN):
            raise refusal
    with pytest.raises(RuntimeError), audit.refusals(store, SEEN):
        raise RuntimeError
    found = rows(store, "SELECT action, outcome, reason FROM audit_events ORDER BY sequence")
    assert found == [(SEEN.action, "refused", "person.unknown"), (SEEN.action, "refused", "some.policy")]


@pytest.fixture
def dumb(store: Store) -> Iterator[Store]:
    """A store whose audit takes no event."""
    silenced(store, is_silenced=True)
    yield store
    silenced(store, is_silenced=False)


def silenced(store: Store, *, is_silenced: bool) -> None:
    how = "ADD CONSTRAINT silent CHECK (false) NOT VALID" if is_silenced else "DROP CONSTRAINT IF EXISTS silent"
    run(store, f"ALTER TABLE audit_events {how}")


def test_without_its_event_no_batch_is_loaded_or_repeated(dumb: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe(rows=5))
    before = digest(dumb)
    with pytest.raises(ContractError):
        load.load_batch(dumb, batch)
    assert digest(dumb) == before
    silenced(dumb, is_silenced=False)
    load.load_batch(dumb, batch)
    silenced(dumb, is_silenced=True)
    before = digest(dumb)
    with pytest.raises(ContractError):
        load.load_batch(dumb, batch)
    assert digest(dumb) == before


def test_without_its_event_nothing_is_decided(dumb: Store) -> None:
    before = digest(dumb)
    office, author = Office("01", "x"), Author("lan", "why")
    with pytest.raises(ContractError):
        offices.remember(dumb, office, Decision("heading", "cot x", "full_name"), author)
    assert digest(dumb) == before


def test_decisions_made_and_undone_leave_one_event_each(loaded_store: Store) -> None:
    left, right = sorted(made.ids("record one", 40).to_pylist()[10:12])
    run(loaded_store, f"INSERT INTO scored_pairs VALUES ('{left}', '{right}', {'0, ' * 10} 'review', 0)")
    start = audit.check_chain(loaded_store).events
    judgement = reviews.Judgement(right, left, "same", "lan", "why")
    reviews.decide(loaded_store, judgement)
    reviews.undo(loaded_store, judgement)
    found = rows(
        loaded_store,
        f"""SELECT action, province_code, before <> '', after <> '', object <> other_object FROM audit_events
            WHERE sequence > {start} ORDER BY sequence""",
    )
    assert found == [("review.decided", "01", False, True, True), ("review.undone", "01", True, True, True)]
    assert invariants.store_check(loaded_store) == ()


def test_heads_come_back_as_they_were_added(store: Store) -> None:
    put_in(store, 5)
    heads = [head_of(lines(store)[:n]) for n in (3, 5)]
    for head in heads:
        audit.add_head(store, head)
    assert audit.stored_heads(store) == [(h.text, h.signature) for h in heads]
    assert invariants.store_check(store) == ()


def test_lines_go_on_after_a_sequence(store: Store) -> None:
    put_in(store, 9)
    with store.reading() as connection:
        assert list(audit.lines(connection, 4)) == lines(store)[4:]
