"""Seen in clear by whoever asked, after another allowed it, for ten minutes; all else is refused, and audited."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from pipeline import person_changes, reveals, run
from pipeline.cli import app
from pipeline.settings import Settings
from schemas.errors import UsageError
from store.engine import Store, open_store
from store.roles import Role
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger

pytestmark = pytest.mark.store
AUDITOR, OFFICER, WHY = "Trần Lan", "Lê Minh", "đối chiếu mẫu số 12"
NOBODY = "0" * 32


@dataclass(frozen=True)
class World:
    settings: Settings
    store: Store
    person: str
    kept_out: str


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> Iterator[World]:
    made = replace(settings, keep_runs=3)
    run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", made)
    store = open_store(settings.store_url, settings.home)
    with store.reading(Role.REVIEW) as connection:
        one = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = :name"
        person = str(connection.execute(sa.text(one), {"name": FAMILY[0][1]}).scalar_one())
        kept = str(
            connection.execute(sa.text("SELECT encode(uuid_send(record_id), 'hex') FROM quarantine")).scalar_one()
        )
    yield World(made, store, person, kept)
    store.close()


def refused(call: object, *given: object) -> str:
    with pytest.raises(UsageError) as error:
        call(*given)  # type: ignore[operator]
    return error.value.code


def events(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as connection:
        query = "SELECT action, outcome, reason FROM audit_events WHERE action LIKE 'reveal.%' ORDER BY sequence"
        return [tuple(map(str, row)) for row in connection.execute(sa.text(query))]  # type: ignore[misc]


def allowed(world: World, subject: str) -> int:
    number = reveals.ask(world.store, subject, AUDITOR, WHY).number
    reveals.approve(world.store, number, OFFICER)
    return number


def test_a_person_is_seen_in_clear_by_who_asked_after_another_allowed_it(world: World) -> None:
    asked = reveals.ask(world.store, world.person, f" {AUDITOR} ", WHY)
    assert (asked.state, asked.author, asked.kind, asked.province_code) == ("waiting", AUDITOR, "person", "01")
    assert [r.number for r in reveals.waiting(world.store)] == [asked.number]
    assert reveals.open_to(world.store, world.person, AUDITOR) is None
    granted = reveals.approve(world.store, asked.number, OFFICER)
    assert (granted.state, granted.approver) == ("open", OFFICER)
    assert reveals.open_to(world.store, world.person, AUDITOR.upper()) == granted
    assert reveals.open_to(world.store, world.person, OFFICER) is None
    shown = reveals.in_clear(world.store, asked.number, AUDITOR, world.settings)
    assert FAMILY[0][1] in shown.values.values()
    assert any(cell["text"] == FAMILY[0][1] for row in shown.sources for cell in row["cells"])
    assert events(world.store) == [
        ("reveal.asked", "done", ""), ("reveal.approved", "done", ""), ("reveal.shown", "done", ""),
    ]  # fmt: skip


def test_a_row_kept_out_is_seen_with_all_its_cells(world: World) -> None:
    shown = reveals.in_clear(world.store, allowed(world, world.kept_out), AUDITOR, world.settings)
    assert (shown.texts, shown.reveal.kind) == ("kept", "record")
    assert shown.place is not None
    assert shown.cells is not None
    assert {NO_SUCH_DAY[1], NO_SUCH_DAY[3]} <= set(shown.cells.values())


def test_every_other_way_is_refused_and_each_try_is_an_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    store, settings = world.store, world.settings
    for author, why in ((" ", WHY), (AUDITOR, "  ")):
        assert refused(reveals.ask, store, world.person, author, why) == "reveal.unsigned"
    for nothing in (NOBODY, "x"):
        assert refused(reveals.ask, store, nothing, AUDITOR, WHY) == "reveal.unknown"
    number = reveals.ask(store, world.person, AUDITOR, WHY).number
    assert refused(reveals.in_clear, store, number, AUDITOR, settings) == "reveal.waiting"
    for same in (AUDITOR, " trần  LAN "):
        assert refused(reveals.approve, store, number, same) == "approval.same_person"
    assert refused(reveals.approve, store, number, " ") == "reveal.unsigned"
    assert refused(reveals.approve, store, 99, OFFICER) == "approval.none"
    reveals.approve(store, number, OFFICER)
    assert refused(reveals.approve, store, number, "Hoa") == "approval.none", "once"
    assert refused(reveals.in_clear, store, number, OFFICER, settings) == "reveal.none", "who allows does not see"
    assert refused(reveals.in_clear, store, 99, AUDITOR, settings) == "reveal.none"
    monkeypatch.setattr(reveals, "LASTS", timedelta(0))
    late = allowed(world, world.person)
    assert refused(reveals.in_clear, store, late, AUDITOR, settings) == "reveal.expired"
    assert [e for e in events(store) if e[1] == "refused"] == [
        ("reveal.asked", "refused", "reveal.unsigned"), ("reveal.asked", "refused", "reveal.unsigned"),
        ("reveal.asked", "refused", "reveal.unknown"), ("reveal.asked", "refused", "reveal.unknown"),
        ("reveal.shown", "refused", "reveal.waiting"),
        ("reveal.approved", "refused", "approval.same_person"), ("reveal.approved", "refused", "approval.same_person"),
        ("reveal.approved", "refused", "reveal.unsigned"), ("reveal.approved", "refused", "approval.none"),
        ("reveal.approved", "refused", "approval.none"), ("reveal.shown", "refused", "reveal.none"),
        ("reveal.shown", "refused", "reveal.none"), ("reveal.shown", "refused", "reveal.expired"),
    ]  # fmt: skip


def test_a_wish_that_waited_too_long_is_stale(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = reveals.ask(world.store, world.person, AUDITOR, WHY).number
    monkeypatch.setattr(reveals, "GOOD_FOR", timedelta(0))
    assert refused(reveals.approve, world.store, number, OFFICER) == "approval.stale"
    assert reveals.waiting(world.store) == []


def test_a_person_that_changed_is_another_one(world: World) -> None:
    waits, granted = reveals.ask(world.store, world.person, AUDITOR, WHY).number, allowed(world, world.person)
    with world.store.reading(Role.REVIEW) as connection:
        query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = :name"
        other = str(connection.execute(sa.text(query), {"name": FAMILY[1][1]}).scalar_one())
    person_changes.merge(world.person, other, "Hoa", "thử", world.settings)
    assert refused(reveals.approve, world.store, waits, OFFICER) == "approval.changed"
    assert refused(reveals.in_clear, world.store, granted, AUDITOR, world.settings) == "approval.changed"


def test_the_commands_do_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_HOME", str(world.settings.home))
    monkeypatch.setenv("SOHOA_STORE_URL", str(world.settings.store_url))

    def said(*words: str, code: int = 0) -> str:
        found = CliRunner().invoke(app, ["reveal", *words])
        assert found.exit_code == code, found.output
        return found.output

    number = str(json.loads(said("ask", world.person, "--reason", WHY, "--by", AUDITOR, "--json"))["number"])
    assert f"reveal approve {int(number) + 1} " in said("ask", world.kept_out, "--reason", WHY, "--by", AUDITOR)
    assert [r["number"] for r in json.loads(said("list", "--json"))] == [int(number), int(number) + 1]
    assert OFFICER not in said("list")
    assert AUDITOR in said("approve", number, "--by", OFFICER)
    assert json.loads(said("approve", str(int(number) + 1), "--by", OFFICER, "--json"))["state"] == "open"
    assert FAMILY[0][1] in said("show", number, "--by", AUDITOR)
    assert NO_SUCH_DAY[3] in said("show", str(int(number) + 1), "--by", AUDITOR)
    assert FAMILY[0][1] in json.dumps(json.loads(said("show", number, "--by", AUDITOR, "--json")), ensure_ascii=False)
