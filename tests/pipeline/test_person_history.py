"""A person as the store knew it at each earlier moment is what was said of it then, whatever happened since."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import batch_undo, person_changes, person_history, person_inquiries, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import invariants
from store.digest import store_digest
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, ledger
from tests.store.contents import rows

pytestmark = pytest.mark.store

WHO = ("cán bộ Lan", "một người")
AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")
Said = dict[str, tuple[frozenset[str], dict[str, str]]]
"""Records and values of each person."""


def now_said(settings: Settings, store: Store) -> Said:
    """What `sohoa person how` says of every person."""
    found: Said = {}
    for (person,) in rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons ORDER BY 1"):
        built = person_inquiries.how(str(person), settings)
        values = {row["field"]: row["value"] for row in built.values if row["value"]}
        found[str(person)] = (frozenset(row["record_id"] for row in built.records), values)
    return found


def demand_as_it_was(settings: Settings, store: Store, moments: list[tuple[datetime, Said]]) -> int:
    """Ask for every person of every moment; how many answers had their values."""
    whole = 0
    for moment, said in moments:
        for person, (records, values) in said.items():
            (found,) = person_history.history(person, moment.isoformat(), settings)
            assert found["person"] == person
            assert {r["record_id"] for r in found["records"]} == records
            assert found["is_certain"]
            if found["is_whole"]:
                whole += 1
                assert {v["field"]: v["value"] for v in found["values"]} == values
            else:
                assert found["values"] == []
    assert invariants.store_check(store) == ()
    return whole


def test_each_moment_is_told_as_it_was(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a.csv", FAMILY)], "01", settings)
    store = open_store(settings.store_url, settings.home)
    assert rows(store, "SELECT count(*) FROM membership_history") == [(0,)]
    moments = [(datetime.now(UTC), now_said(settings, store))]
    later = run.run_batch([ledger(tmp_path / "b.csv", [AGAIN])], "01", settings).batch_id
    moments.append((datetime.now(UTC), now_said(settings, store)))
    before = store_digest(store)
    person, records = next((p, sorted(r)) for p, (r, _) in moments[-1][1].items() if len(r) > 1)
    parted = person_changes.unmerge(person, records[1:], *WHO, settings)
    moments.append((datetime.now(UTC), now_said(settings, store)))
    person_changes.merge(parted["person"], parted["other_person"], *WHO, settings)
    moments.append((datetime.now(UTC), now_said(settings, store)))
    assert store_digest(store) == before
    told = person_history.history(person, None, settings)
    assert [row["cause"] for row in told] == ["load", "load", "parted", "joined"]
    assert demand_as_it_was(settings, store, moments) == sum(len(said) for _, said in moments)
    batch_undo.undo(later, "sai sổ", "Lan", settings)
    moments.append((datetime.now(UTC), now_said(settings, store)))
    demand_as_it_was(settings, store, moments)
    shown = [title for title, _ in person_history.in_words(person_history.history(person, None, settings), "en")]
    assert len(shown) >= 4
    store.close()


def test_what_cannot_be_told_is_refused(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a.csv", FAMILY)], "01", settings)
    store = open_store(settings.store_url, settings.home)
    (person, *_) = now_said(settings, store)
    store.close()
    for given, at, code in (
        ("f" * 32, None, "person.unknown"), ("'; --", None, "person.unknown"),
        (person, "hôm qua", "person.moment_unreadable"), (person, "2001-01-01", "person.not_yet"),
    ):  # fmt: skip
        with pytest.raises(UsageError) as error:
            person_history.history(given, at, settings)
        assert error.value.code == code
