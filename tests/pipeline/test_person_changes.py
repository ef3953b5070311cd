"""A merge can be undone and made again: afterwards the store says what it said before, by a law over random persons."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from pipeline import person_changes, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import invariants, provision, reports, reviews
from store.embedded import Server
from store.engine import Store, open_store
from tests.pipeline import unmerge_campaign
from tests.pipeline.deliveries import FAMILY, ledger
from tests.store.contents import rows, said

pytestmark = pytest.mark.store

SAMPLE = Path(__file__).parents[2] / "data_samples" / "three_provinces" / "input" / "ha_noi.csv"
WHO = ("cán bộ Lan", "hai anh em")
AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")


@dataclass(frozen=True)
class Sample:
    """The sample ledger in a store, with the records of its persons of several."""

    settings: Settings
    store: Store
    persons: dict[str, list[str]]


def records_of(store: Store, several: bool = True) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for person, record in rows(store, "SELECT person_id::text, record_id::text FROM memberships ORDER BY 2"):
        found.setdefault(str(person).replace("-", ""), []).append(str(record).replace("-", ""))
    return {p: r for p, r in sorted(found.items()) if len(r) > 1 or not several}


@pytest.fixture(scope="module")
def sample(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with provision._superuser(server) as connection:
        connection.execute("CREATE DATABASE parted OWNER sohoa TEMPLATE template0")
    passfile = server.home.passfile(provision.STORE)
    url = f"postgresql://sohoa@/parted?host={server.socket}&port={server.port}&passfile={passfile}"
    settings = Settings(
        tmp_path_factory.mktemp("home"), store_url=url, workers=1, received_on=date(2024, 6, 1), keep_runs=3
    )
    run.run_batch([SAMPLE], "01", settings)
    store = open_store(url, settings.home)
    yield Sample(settings, store, records_of(store))
    store.close()
    with provision._superuser(server) as connection:
        connection.execute("DROP DATABASE parted WITH (FORCE)")


@given(data=st.data())
@tried(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_parted_and_joined_again_says_what_it_said(sample: Sample, data: st.DataObject) -> None:
    person, records = data.draw(st.sampled_from(sorted(sample.persons.items())))
    leave = data.draw(st.lists(st.sampled_from(records), min_size=1, max_size=len(records) - 1, unique=True))
    before = said(sample.store)
    parted = person_changes.unmerge(person, leave, *WHO, sample.settings)
    assert {frozenset(parted["records"]), frozenset(parted["other_records"])} == {
        frozenset(leave), frozenset(records) - frozenset(leave),
    }  # fmt: skip
    assert min(records) in parted["other_records"], "the part with the lowest record id keeps the person"
    assert parted["other_person"] == person
    assert said(sample.store) != before
    assert invariants.store_check(sample.store) == ()
    joined = person_changes.merge(parted["person"], person, *WHO, sample.settings)
    assert joined["person"] == person
    assert reports.current_person_id(sample.store, parted["person"]) == person
    assert said(sample.store) == before
    assert invariants.store_check(sample.store) == ()


@pytest.mark.slow
def test_random_changes_taken_back_in_any_order_leave_no_trace(sample: Sample) -> None:
    """A slice of `make unmerges`."""
    before = records_of(sample.store)
    found = unmerge_campaign.part_and_join(sample.store, sample.settings, times=20, seed=50, check_each=10)
    assert (found.unmerges, found.digests_differed, found.is_as_before) == (20, 2, True)
    assert records_of(sample.store) == before


def test_a_large_person_takes_two_persons_and_just_what_was_proposed(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person_changes, "MOST_ALONE", 1)
    settings, store, before = sample.settings, sample.store, said(sample.store)
    (person, records), (other, others), *_ = sorted(sample.persons.items())

    def approved(by: str, whom: str = person) -> str:
        with pytest.raises(UsageError) as error:
            person_changes.approve_unmerge(whom, by, settings)
        return error.value.code

    assert approved("Hoa") == "approval.none"
    proposed = person_changes.unmerge(person, records[:1], "Trần Lan", "hai anh em", settings)
    assert (proposed["kind"], said(store)) == ("proposed", before)
    assert approved(" trần  LAN ") == "approval.same_person"
    assert approved("Hoa", other) == "approval.none"
    assert approved(" ") == "person.unsigned"
    person_changes.unmerge(other, others[:1], "Trần Lan", "hai anh em", settings)
    with monkeypatch.context() as alone:
        alone.setattr(person_changes, "MOST_ALONE", 100)
        third = person_changes.merge(
            other, min(set(records_of(store, several=False)) - {person, other}), *WHO, settings
        )
    assert approved("Hoa", third["person"]) in ("approval.changed", "approval.none")
    parted = person_changes.approve_unmerge(person, "Hoa", settings)
    assert (parted["kind"], approved("Hoa")) == ("parted", "approval.none")
    assert rows(store, "SELECT author FROM person_changes ORDER BY number DESC LIMIT 1") == [("Trần Lan, Hoa",)]
    monkeypatch.setattr(person_changes, "MOST_ALONE", 100)
    person_changes.merge(parted["person"], person, *WHO, settings)
    apart = [r for p in (third["other_person"],) for r in third["records"]]
    person_changes.unmerge(third["person"], apart, *WHO, settings)
    assert invariants.store_check(store) == ()
    assert said(store) == before


@pytest.fixture
def joined(settings: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Store]]:
    """A family, and a second row of its head in a later batch."""
    run.run_batch([ledger(tmp_path / "a" / "so.csv", FAMILY)], "01", settings)
    run.run_batch([ledger(tmp_path / "b" / "moi.csv", [AGAIN])], "01", settings)
    store = open_store(settings.store_url, settings.home)
    yield settings, store
    store.close()


def test_each_pair_across_the_parts_is_judged_and_the_last_judgement_stands(joined: tuple[Settings, Store]) -> None:
    settings, store = joined
    ((person, records),) = records_of(store).items()
    parted = person_changes.unmerge(person, records[:1], *WHO, settings)
    (judged,) = reviews.judgements(store).to_pylist()
    assert [judged["left_record_id"], judged["right_record_id"]] == records
    assert (judged["decision"], judged["author"], judged["reason"]) == ("different", *WHO)
    person_changes.merge(person, parted["person"], "cán bộ Hoa", "một người", settings)
    assert reviews.judgements(store)["decision"].to_pylist() == ["same"]
    assert rows(store, "SELECT decision FROM judgements ORDER BY number") == [("different",), ("same",)]
    assert rows(store, "SELECT kind, author FROM person_changes ORDER BY number") == [
        ("parted", WHO[0]), ("joined", "cán bộ Hoa"),
    ]  # fmt: skip


def test_a_former_id_comes_back_with_the_record_that_bore_it(joined: tuple[Settings, Store]) -> None:
    settings, store = joined
    alone = records_of(store, several=False)
    one, other, third = [p for p, r in alone.items() if len(r) == 1][:3]
    first = person_changes.merge(one, other, *WHO, settings)
    whole = person_changes.merge(first["person"], third, *WHO, settings)["person"]
    gone = sorted({one, other, third} - {whole})
    assert {reports.current_person_id(store, p) for p in gone} == {whole}
    leave = [record for p in gone for record in alone[p]]
    parted = person_changes.unmerge(whole, leave, *WHO, settings)
    assert parted["person"] in gone
    assert {reports.current_person_id(store, p) for p in gone} == {parted["person"]}, "the other one leads there too"
    assert records_of(store, several=False)[whole] == alone[whole]
    last = person_changes.unmerge(parted["person"], alone[max(gone, key=lambda p: alone[p])], *WHO, settings)
    assert {last["person"], last["other_person"]} == set(gone)
    assert invariants.store_check(store) == ()


@pytest.mark.parametrize(
    ("person", "records", "why", "code"),
    [
        ("0" * 32, ["0" * 32], "x", "person.unknown"), ("'; --", ["x"], "x", "person.unknown"),
        ("mine", ["0" * 32], "x", "person.not_its_record"), ("mine", [], "x", "person.not_its_record"),
        ("mine", "all", "x", "person.nothing_left"), ("mine", "one", "  ", "person.unsigned"),
    ],
)  # fmt: skip
def test_what_cannot_be_parted_is_refused_and_changes_nothing(
    joined: tuple[Settings, Store], person: str, records: object, why: str, code: str
) -> None:
    settings, store = joined
    ((mine, own),) = records_of(store).items()
    before = said(store)
    wanted = {"all": own, "one": own[:1]}.get(str(records), records)
    with pytest.raises(UsageError) as error:
        person_changes.unmerge(mine if person == "mine" else person, wanted, "Lan", why, settings)  # type: ignore[arg-type]
    assert error.value.code == code
    with pytest.raises(UsageError, match=r"person\.one_already"):
        person_changes.merge(mine, mine, *WHO, settings)
    assert said(store) == before


def test_a_mended_record_goes_with_the_one_that_it_replaced(joined: tuple[Settings, Store]) -> None:
    settings, store = joined
    ((person, records),) = records_of(store).items()
    with store.writing() as connection:
        batch = connection.exec_driver_sql("SELECT batch_id FROM batches LIMIT 1").scalar_one()
        connection.exec_driver_sql("INSERT INTO replaced_records VALUES (%s, %s, %s)", (*records, batch))
    with pytest.raises(UsageError, match=r"person\.nothing_left"):
        person_changes.unmerge(person, records[:1], *WHO, settings)


def test_a_batch_that_comes_in_between_is_no_reason_to_give_up(
    joined: tuple[Settings, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, store = joined
    ((person, records),) = records_of(store).items()
    planned, calls = person_changes.plan_part, []

    def late(*given: object) -> object:
        calls.append(planned(*given))  # type: ignore[arg-type]
        return replace(calls[-1], seen_version=calls[-1].seen_version - (len(calls) == 1))

    monkeypatch.setattr(person_changes, "plan_part", late)
    assert person_changes.unmerge(person, records[1:], *WHO, settings)["records"] == records[1:]
    assert len(calls) == 2
    assert not list(settings.home.glob("change-*")), "nothing of what people say stays behind"


def test_a_later_batch_keeps_apart_what_was_parted(joined: tuple[Settings, Store], tmp_path: Path) -> None:
    """A third row fits both alike: it joins neither, and the two stay two."""
    settings, store = joined
    ((person, records),) = records_of(store).items()
    parted = person_changes.unmerge(person, records[:1], *WHO, settings)
    third = ("010155556", *AGAIN[1:])
    run.run_batch([ledger(tmp_path / "c" / "nua.csv", [third])], "01", settings)
    alone = records_of(store, several=False)
    assert {p: alone[p] for p in (person, parted["person"])} == {
        person: [min(records)], parted["person"]: [max(records)],
    }  # fmt: skip
    assert invariants.store_check(store) == ()


def test_two_persons_judged_the_same_are_one_from_the_next_batch_that_meets_them(
    joined: tuple[Settings, Store], tmp_path: Path
) -> None:
    settings, store = joined
    ((person, records),) = records_of(store).items()
    parted = person_changes.unmerge(person, records[:1], *WHO, settings)
    reviews.decide(store, reviews.Judgement(*records, "same", *WHO))
    third = ("010155556", *AGAIN[1:])
    run.run_batch([ledger(tmp_path / "c" / "nua.csv", [third])], "01", settings)
    assert reports.current_person_id(store, parted["person"]) == person
    assert set(records) < set(records_of(store)[person])
    assert len(records_of(store)[person]) == 3
    assert invariants.store_check(store) == ()
