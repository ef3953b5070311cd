"""Every action leaves exactly one event; without it nothing is done. Chains are verified, signed, exported, proved."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import (
    audit,
    error_files,
    household_inquiries,
    inquiries,
    numbers,
    offices,
    person_changes,
    person_history,
    person_inquiries,
    person_trace,
    reporting,
    retraining,
    review_pile,
    run,
    waiting_rows,
)
from pipeline.settings import Settings
from schemas.errors import ContractError, Refused, SettingsError, SohoaError, UsageError
from store import audit_verifier, provision
from store.embedded import Server
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger
from tests.store import contents
from tests.store.conftest import connected
from tests.store.contents import rows

pytestmark = pytest.mark.store

AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")
WHO = ("cán bộ Lan", "hai anh em")
NOBODY = "0" * 32
CANARIES = ("Lan", "Bách", "anh em", "010123456", "010100001", "010155555")


@dataclass(frozen=True)
class World:
    """A ledger in a store: a person of two records, a pair that waits, a row kept out."""

    settings: Settings
    store: Store
    batch: str
    person: str
    records: tuple[str, str]
    pair: tuple[str, str]
    other: str
    folder: Path


Action = Callable[[World], object]


@pytest.fixture(scope="module")
def world(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("audited")
    with provision._superuser(server) as connection:
        connection.execute("CREATE DATABASE audited OWNER sohoa TEMPLATE template0")
    passfile = server.home.passfile(provision.STORE)
    url = f"postgresql://sohoa@/audited?host={server.socket}&port={server.port}&passfile={passfile}"
    settings = Settings(folder / "home", store_url=url, workers=1, received_on=date(2024, 6, 1), keep_runs=3)
    batch = run.run_batch(
        [ledger(folder / "so.csv", [*FAMILY, AGAIN, NAMELESS])], "01", settings, errors=folder / "asked"
    ).batch_id
    store = open_store(url, settings.home)
    ids = "replace(person_id::text, '-', ''), array_agg(replace(record_id::text, '-', '') ORDER BY record_id)"
    persons = rows(store, f"SELECT {ids} FROM memberships GROUP BY person_id ORDER BY count(*) DESC, 1")
    (person, records), (other, [left]), (_, [right]) = persons[:3]  # type: ignore[misc, str-unpack]
    one, two = sorted((left, right))
    contents.run(store, f"INSERT INTO scored_pairs VALUES ('{one}', '{two}', {'0, ' * 10} 'review', 0)")
    yield World(settings, store, batch, str(person), tuple(records), (one, two), str(other), folder)
    store.close()
    with provision._superuser(server) as connection:
        connection.execute("DROP DATABASE audited WITH (FORCE)")


def last(store: Store) -> int:
    return int(str(rows(store, "SELECT coalesce(max(sequence), 0) FROM audit_events")[0][0]))


def events(store: Store, since: int) -> list[tuple[object, ...]]:
    return rows(store, f"SELECT action, outcome, reason FROM audit_events WHERE sequence > {since} ORDER BY sequence")


def decided(world: World, **changed: object) -> object:
    left, right = world.pair
    told = {"same": True, "different": False, "author": WHO[0], "reason": WHO[1], "settings": world.settings}
    return review_pile.decide(left, right, **(told | changed))  # type: ignore[arg-type]


def parted(world: World) -> object:
    return person_changes.unmerge(world.person, [world.records[1]], *WHO, world.settings)


def joined(world: World) -> object:
    members = dict(rows(world.store, "SELECT record_id::text, person_id::text FROM memberships"))
    persons = {person for record, person in members.items() if str(record).replace("-", "") in world.records}
    one, other = sorted(str(p).replace("-", "") for p in persons)
    return person_changes.merge(one, other, *WHO, world.settings)


SAID = offices.Reading((), ("Cột X=full_name",))


def drawn(world: World) -> object:
    folder = retraining.start(retraining.Wish(), world.settings)
    return retraining.run_step("draw_sample", folder, world.settings)


# In this order: some undo what the one before did.
DONE: Mapping[str, tuple[str, Action]] = {
    "how": ("person.how_masked", lambda w: person_inquiries.how(w.person, w.settings)),
    "trace": ("person.trace_masked", lambda w: person_trace.trace(w.person, None, w.settings)),
    "trace in clear": ("person.trace_revealed", lambda w: person_trace.trace(w.person, None, w.settings, WHO[1])),
    "history": ("person.history_masked", lambda w: person_history.history(w.person, None, w.settings)),
    "why": ("person.why_masked", lambda w: person_inquiries.why(w.person, w.other, w.settings)),
    "household": ("household.shown_masked", lambda w: household_inquiries.show_household("010100001", w.settings)),
    "stays": ("person.stays_shown_masked", lambda w: household_inquiries.show_stays(w.person, w.settings)),
    "rows": ("batch.rows_shown_masked", lambda w: inquiries.kept_out(w.batch, w.settings)),
    "names": ("batch.names_revealed", lambda w: inquiries.files(w.batch, w.settings, reveal=True)),
    "pile": ("review.shown_masked", lambda w: review_pile.pile(None, 5, w.settings)),
    "waiting rows": ("review.rows_shown_masked", lambda w: waiting_rows.pile(None, None, 5, w.settings)),
    "numbers": ("numbers.history_masked", lambda w: numbers.history(w.person, w.settings)),
    "buckets": ("numbers.buckets_shown", lambda w: numbers.buckets(w.settings)),
    "issue": ("numbers.issued", lambda w: numbers.issue(replace(w.settings, issuing_range="990000-999999"))),
    "decide": ("review.decided", decided),
    "undo": ("review.undone", lambda w: review_pile.undo(*w.pair, *WHO, w.settings)),
    "unmerge": ("person.unmerged", parted),
    "merge": ("person.merged", joined),
    "remember": ("office.remembered", lambda w: offices.remember("01", SAID, WHO[1], w.settings)),
    "forget": ("office.forgotten", lambda w: offices.forget("01", SAID, WHO[1], w.settings)),
    "report": ("report.written", lambda w: reporting.report_again(w.batch, w.settings, w.folder / "reports")),
    "errors": (
        "errors.written",
        lambda w: error_files.of_batch(w.batch, w.folder / "errors", w.settings, error_files.Wish()),
    ),
    "retrain": ("model.retrained", drawn),
    "check": ("store.checked", lambda w: inquiries.broken_invariants(w.settings)),
    "export": ("audit.exported", lambda w: audit.export(w.settings, w.folder / "export")),
}  # fmt: skip

REFUSED: Mapping[str, tuple[str, str, Action]] = {
    "how": ("person.how_masked", "person.unknown", lambda w: person_inquiries.how(NOBODY, w.settings)),
    "trace": ("person.trace_masked", "person.unknown", lambda w: person_trace.trace(NOBODY, None, w.settings)),
    "trace in clear": (
        "person.trace_revealed", "person.clear_needs_reason",
        lambda w: person_trace.trace(w.person, None, w.settings, " "),
    ),
    "history": ("person.history_masked", "person.unknown", lambda w: person_history.history(NOBODY, None, w.settings)),
    "why": ("person.why_masked", "person.unknown", lambda w: person_inquiries.why(w.person, NOBODY, w.settings)),
    "household": (
        "household.shown_masked", "household.unknown",
        lambda w: household_inquiries.show_household("019999999", w.settings),
    ),
    "stays": (
        "person.stays_shown_masked", "person.unknown", lambda w: household_inquiries.show_stays(NOBODY, w.settings)
    ),
    "rows": ("batch.rows_shown_masked", "batch.unknown", lambda w: inquiries.kept_out(NOBODY, w.settings)),
    "names": (
        "batch.names_revealed", "batch.unknown", lambda w: inquiries.files(NOBODY, w.settings, reveal=True)
    ),
    "numbers": ("numbers.history_masked", "numbers.unknown", lambda w: numbers.history(NOBODY, w.settings)),
    "issue": ("numbers.issued", "numbers.no_authority", lambda w: numbers.issue(w.settings)),
    "unsigned": ("review.decided", "review.who_and_why", lambda w: decided(w, author=" ")),
    "undo": ("review.undone", "store.judgement_unknown", lambda w: review_pile.undo(*w.pair, *WHO, w.settings)),
    "unmerge": (
        "person.unmerged", "person.not_its_record",
        lambda w: person_changes.unmerge(w.person, [w.pair[0]], *WHO, w.settings),
    ),
    "merge": (
        "person.merged", "person.one_already", lambda w: person_changes.merge(w.person, w.person, *WHO, w.settings)
    ),
    "anonymous": (
        "person.merged", "person.unsigned", lambda w: person_changes.merge(w.person, w.other, "", "", w.settings)
    ),
    "forget": (
        "office.forgotten", "office.decision_unknown", lambda w: offices.forget("01", SAID, WHO[1], w.settings)
    ),
    "report": ("report.written", "batch.unknown", lambda w: reporting.report_again(NOBODY, w.settings, None)),
    "errors": (
        "errors.written", "batch.unknown",
        lambda w: error_files.of_batch(NOBODY, w.folder / "errors", w.settings, error_files.Wish()),
    ),
}  # fmt: skip


@contextmanager
def silenced(store: Store) -> Iterator[None]:
    """Within the block the audit takes no event."""
    contents.run(store, "ALTER TABLE audit_events ADD CONSTRAINT silent CHECK (false) NOT VALID")
    try:
        yield
    finally:
        contents.run(store, "ALTER TABLE audit_events DROP CONSTRAINT silent")


def test_a_run_leaves_one_event_for_the_load_the_report_and_the_error_files(world: World) -> None:
    assert events(world.store, 0)[:3] == [
        ("batch.loaded", "done", ""), ("report.written", "done", "run"), ("errors.written", "done", "run"),
    ]  # fmt: skip
    since = last(world.store)
    run.run_batch([world.folder / "so.csv"], "01", world.settings)
    assert events(world.store, since)[:2] == [("batch.repeated", "done", ""), ("report.written", "done", "run")]


@pytest.mark.parametrize("name", DONE)
def test_every_action_leaves_exactly_one_event_and_is_not_done_without(world: World, name: str) -> None:
    action, do = DONE[name]
    before, written = (
        contents.digest(world.store),
        set(world.folder.glob("*/loi*")) | set(world.folder.glob("*/*.html")),
    )
    with silenced(world.store), pytest.raises(ContractError):
        do(world)
    assert contents.digest(world.store) == before
    assert set(world.folder.glob("*/loi*")) | set(world.folder.glob("*/*.html")) == written
    since = last(world.store)
    do(world)
    assert [event[:2] for event in events(world.store, since)] == [(action, "done")]


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_leaves_exactly_one_event_and_changes_nothing_else(world: World, name: str) -> None:
    action, code, do = REFUSED[name]
    since, before = last(world.store), contents.digest(world.store, ("audit_events",))
    with pytest.raises(SohoaError, match=code.replace(".", r"\.")):
        do(world)
    assert events(world.store, since) == [(action, "refused", code)]
    assert contents.digest(world.store, ("audit_events",)) == before


def test_without_its_event_a_run_loads_nothing_and_leaves_no_report(world: World) -> None:
    other = ledger(world.folder / "other.csv", FAMILY[:2])
    before = contents.digest(world.store)
    reports = set((world.settings.home / "reports").iterdir())
    with silenced(world.store), pytest.raises(ContractError):
        run.run_batch([other], "01", world.settings)
    assert contents.digest(world.store) == before
    assert set((world.settings.home / "reports").iterdir()) == reports


def test_the_audit_names_nobody_and_all_events_of_a_process_are_one_request(world: World) -> None:
    told = "\n".join(str(row) for row in rows(world.store, "SELECT a::text FROM audit_events a"))
    for canary in (*CANARIES, world.batch, world.person, *world.records):
        assert canary not in told
    assert len(rows(world.store, "SELECT DISTINCT request_id FROM audit_events WHERE sequence <= 3")) == 1


def test_heads_are_kept_and_find_what_was_cut_off_later(world: World, server: Server, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    first = audit.sign_head(world.settings, kept)
    person_inquiries.how(world.person, world.settings)
    second = audit.sign_head(world.settings, kept)
    assert (first.head.trail_from, second.head.trail_from) == (1, first.head.sequence + 1)
    assert len(second.head.trail) == 4
    found = audit.verified(world.settings, kept, kept / "audit.pub")
    assert (found.findings, found.heads >= 2) == ((), True)
    database = str(rows(world.store, "SELECT current_database()")[0][0])
    with connected(server, database) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM audit_heads")
        gone = connection.execute("DELETE FROM audit_events WHERE sequence = %s RETURNING *", [second.head.sequence])
        row = gone.fetchone()
        assert audit.verified(world.settings).findings == ()
        [cut] = audit.verified(world.settings, kept).findings
        assert (cut.kind, cut.position) == ("cut", second.head.sequence)
        with pytest.raises(Refused, match=r"audit\.broken"):
            audit.sign_head(world.settings, kept)
        person_inquiries.how(world.person, world.settings)
        [other] = audit.verified(world.settings, kept).findings
        assert (other.kind, other.position) == ("rewritten", second.head.sequence)
        connection.execute("DELETE FROM audit_events WHERE sequence = %s", [second.head.sequence])
        assert row is not None
        connection.execute(f"INSERT INTO audit_events VALUES ({', '.join(['%s'] * len(row))})", list(row))
    assert audit.verified(world.settings, kept).findings == ()


def alone(folder: Path, *arguments: object) -> tuple[int, str]:
    command = [sys.executable, "-I", "audit_verifier.py", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout


def test_an_export_is_verified_without_the_store(world: World, tmp_path: Path) -> None:
    audit.sign_head(world.settings)
    signed = audit.export(world.settings, tmp_path)
    assert signed is not None
    code, told = alone(tmp_path, ".")
    assert (code, told.startswith(f"sound: {signed.head.sequence} events")) == (0, True)
    lines = (tmp_path / "events.tsv").read_bytes().splitlines(keepends=True)
    (tmp_path / "events.tsv").write_bytes(b"".join([lines[0].replace(b"done", b"dine"), *lines[1:]]))
    assert alone(tmp_path, ".")[0] == 1


def test_an_event_is_proved_without_the_others(world: World, tmp_path: Path) -> None:
    out = tmp_path / "proof.json"
    audit.prove(world.settings, 2, out)
    assert out.stat().st_size <= 4096
    audit.sign_head(world.settings, tmp_path)
    shutil.copyfile(str(audit_verifier.__file__), tmp_path / "audit_verifier.py")
    assert alone(tmp_path, out)[0] == 0
    told = json.loads(out.read_text())
    out.write_text(json.dumps(told | {"event": told["event"].replace("report", "batch")}))
    assert alone(tmp_path, out)[0] == 1
    with pytest.raises(UsageError, match=r"audit\.no_event"):
        audit.prove(world.settings, 10_000, out)


def test_a_machine_without_the_signing_key_verifies_with_the_public_one_and_signs_nothing(
    world: World, tmp_path: Path
) -> None:
    audit.sign_head(world.settings, tmp_path / "kept")
    elsewhere = replace(world.settings, home=tmp_path / "home")
    with pytest.raises(SettingsError, match=r"audit\.no_signing_key"):
        audit.verified(elsewhere, tmp_path / "kept")
    with pytest.raises(SettingsError, match=r"audit\.no_signing_key"):
        audit.sign_head(elsewhere)
    assert audit.verified(elsewhere, tmp_path / "kept", tmp_path / "kept" / "audit.pub").findings == ()
    with pytest.raises(UsageError, match=r"audit\.no_heads"):
        audit.verified(world.settings, tmp_path)


def test_what_cannot_be_a_key_or_a_place_is_refused_with_a_sentence(world: World, tmp_path: Path) -> None:
    audit.sign_head(world.settings, tmp_path / "kept")
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"-----BEGIN PUBLIC KEY-----\n?")
    for key in (garbage, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=r"audit\.no_key"):
            audit.verified(world.settings, tmp_path / "kept", key)
    since = last(world.store)
    places: list[Callable[[], object]] = [
        lambda: audit.sign_head(world.settings, garbage), lambda: audit.export(world.settings, garbage),
        lambda: audit.prove(world.settings, 1, garbage / "proof"), lambda: audit.prove(world.settings, 1, tmp_path),
    ]  # fmt: skip
    for place in places:
        with pytest.raises(UsageError, match=r"path\.cannot_write"):
            place()
    assert last(world.store) == since


def test_a_forged_head_of_the_store_names_no_file_and_is_told(world: World, server: Server, tmp_path: Path) -> None:
    audit.sign_head(world.settings)
    text = "sohoa audit head 1\nsequence: 1\nhash: x\nroot: x\nmoment: /../../../escaped\ntrail: 1 \n"
    with connected(server, str(rows(world.store, "SELECT current_database()")[0][0])) as connection:
        connection.execute("SET session_replication_role = replica")
        for content in (text, "no head"):
            connection.execute(
                "INSERT INTO audit_heads (sequence, hash, content, signature) VALUES (1, %s, %s, %s)",
                [b"x" * 32, content, b"s" * 64],
            )
        try:
            found = audit.verified(world.settings)
            assert audit.export(world.settings, tmp_path / "a" / "b") is None
        finally:
            connection.execute("DELETE FROM audit_heads WHERE signature = %s", [b"s" * 64])
    assert [finding.kind for finding in found.findings] == ["head_forged"] * 2
    assert {path.name for path in tmp_path.iterdir()} == {"a"}
    assert alone(tmp_path / "a" / "b", ".", "--key", _public(world, tmp_path))[0] == 0


def _public(world: World, folder: Path) -> Path:
    audit.sign_head(world.settings, folder / "key")
    return folder / "key" / audit.PUBLIC_KEY


@pytest.mark.parametrize("name", ["audit_key_file", "audit_signing_key_file"])
def test_a_key_that_others_can_read_is_refused(world: World, tmp_path: Path, name: str) -> None:
    key = tmp_path / "some.key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o644)
    changed = replace(world.settings, home=tmp_path / "home", **{name: key})
    with pytest.raises(SettingsError, match=r"key\.readable_by_others"):
        audit.sign_head(changed)
