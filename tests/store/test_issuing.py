"""Numbers of the structure that Decree 137/2015 demands, each once, unpredictable, to those who may have one."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.errors import SettingsError
from store import invariants, load, queries, reports
from store.batch import LoadBatch, LoadCounts
from store.engine import Store
from store.issuing import Issued, IssuingAuthority, issue_numbers
from tests.store import made_batches as made
from tests.store.contents import rows, run
from tests.store.merges import Person, regroup

KEY = bytes(range(32))
ALL = IssuingAuthority(0, 999_999, is_test=True, key=KEY)
FIT = {"birth_registration_place_code": "79", "sex_code": "1", "birth_year": 1985}


def batch_of(folder: Path, seed: str, people: list[dict[str, object]], seen: int = 0) -> LoadBatch:
    """A batch of these people, whoever may have a number or not."""
    names = sorted({name for person in people for name in person})
    values = {n: pa.array([p.get(n) for p in people], _type(n)) for n in names}
    return made.make(folder, made.Recipe(seed, rows=len(people), values=values), seen)


def _type(name: str) -> pa.DataType:
    return pa.int16() if name.endswith("_year") else pa.string()


def load_issuing(store: Store, batch: LoadBatch, authority: IssuingAuthority = ALL) -> LoadCounts:
    return load.load_batch(store, replace(batch, issuing=authority))


def numbers(store: Store, seed: str, count: int) -> list[str | None]:
    people = made.ids(f"person {seed}", count).to_pylist()
    found = dict(rows(store, "SELECT replace(person_id::text, '-', ''), personal_number FROM golden_persons"))
    return [found[p] for p in people]  # type: ignore[misc]


@pytest.mark.store
@pytest.mark.parametrize(
    ("province", "sex", "year", "start"),
    [
        ("01", "1", 1900, "001000"), ("01", "2", 1900, "001100"), ("79", "1", 1985, "079085"),
        ("79", "2", 1999, "079199"), ("96", "1", 2000, "096200"), ("96", "2", 2025, "096325"),
        ("48", "1", 2100, "048400"), ("48", "2", 2199, "048599"), ("02", "1", 2234, "002634"),
        ("02", "2", 2299, "002799"), ("04", "1", 2399, "004899"), ("04", "2", 2300, "004900"),
    ],
)  # fmt: skip
def test_the_structure_of_a_number(
    store: Store, tmp_path: Path, province: str, sex: str, year: int, start: str
) -> None:
    person = {"birth_registration_place_code": province, "sex_code": sex, "birth_year": year}
    assert load_issuing(store, batch_of(tmp_path, "a", [person])).numbers_issued == 1
    [number] = numbers(store, "a", 1)
    assert number is not None
    assert number.startswith(start)
    assert len(number) == 12
    assert number.isdigit()


UNFIT = {
    "no province": {"birth_registration_place_code": None}, "unknown": {"birth_registration_place_code": "00"},
    "no such unit": {"birth_registration_place_code": "99999"}, "no sex": {"sex_code": None},
    "no year": {"birth_year": None},
    "another sex": {"sex_code": "3"}, "too early": {"birth_year": 1899}, "too late": {"birth_year": 2400},
    "dead": {"death_year": 2001}, "missing person": {"death_kind": "missing"}, "foreign": {"nationality_code": "LA"},
    "has one": {"personal_number": "079085000001"},
}  # fmt: skip


@pytest.mark.store
@pytest.mark.parametrize("why", UNFIT)
def test_none_is_issued_where_it_must_not_be(store: Store, tmp_path: Path, why: str) -> None:
    counts = load_issuing(store, batch_of(tmp_path, "a", [FIT | UNFIT[why], FIT | {"nationality_code": "VN"}]))
    assert (counts.numbers_issued, counts.numbers_exhausted) == (1, 0)
    [unfit, fit] = numbers(store, "a", 2)
    assert unfit == UNFIT[why].get("personal_number")
    assert fit is not None


@pytest.mark.store
def test_a_store_without_a_range_issues_nothing(store: Store, tmp_path: Path) -> None:
    assert load.load_batch(store, batch_of(tmp_path, "a", [FIT] * 3)).numbers_issued == 0
    assert numbers(store, "a", 3) == [None] * 3


@pytest.mark.store
def test_numbers_are_unique_and_inside_the_range(store: Store, tmp_path: Path) -> None:
    load_issuing(store, batch_of(tmp_path, "a", [FIT] * 300), IssuingAuthority(500_000, 500_999, is_test=True, key=KEY))
    found = numbers(store, "a", 300)
    assert len(set(found)) == 300
    assert all(number and "500000" <= number[6:] <= "500999" for number in found)
    assert rows(store, "SELECT count(*) FROM issued_numbers WHERE is_test") == [(300,)]
    assert invariants.store_check(store) == ()


@pytest.mark.store
def test_a_full_range_is_used_to_its_last_number_and_then_reported(store: Store, tmp_path: Path) -> None:
    small = IssuingAuthority(7, 16, is_test=False, key=KEY)
    other_sex = FIT | {"sex_code": "2"}
    counts = load_issuing(store, batch_of(tmp_path, "a", [*[FIT] * 13, other_sex]), small)
    assert (counts.numbers_issued, counts.numbers_exhausted) == (11, 3)
    found = numbers(store, "a", 14)
    assert sorted(n[6:] for n in found[:13] if n) == [f"{n:06d}" for n in range(7, 17)]
    assert found[13] is not None
    assert rows(store, "SELECT DISTINCT is_test FROM issued_numbers") == [(False,)]


@pytest.mark.store
def test_numbers_that_anybody_claims_are_passed_over(store: Store, tmp_path: Path) -> None:
    claimed = [FIT | {"personal_number": f"07908500000{n}"} for n in range(3)]
    batch = batch_of(tmp_path / "a", "a", [*claimed, *[FIT] * 3])
    counts = load_issuing(store, batch, IssuingAuthority(0, 4, is_test=True, key=KEY))
    assert (counts.numbers_issued, counts.numbers_exhausted) == (2, 1)
    assert sorted(n for n in numbers(store, "a", 6) if n) == [f"07908500000{n}" for n in range(5)]


@pytest.mark.store
def test_a_number_that_waits_in_quarantine_is_passed_over(store: Store, tmp_path: Path) -> None:
    waiting = made.make(tmp_path / "q", made.Recipe("q", rows=0, quarantined=1))
    load.load_batch(store, waiting)
    run(store, "UPDATE quarantine SET field = 'personal_number', raw_value = ' 079.085.000.001 '")
    load_issuing(store, batch_of(tmp_path / "a", "a", [FIT] * 2, 1), IssuingAuthority(0, 2, is_test=True, key=KEY))
    assert "079085000001" not in numbers(store, "a", 2)


@pytest.mark.store
def test_running_again_issues_nothing_twice_and_changes_no_number(store: Store, tmp_path: Path) -> None:
    batch = batch_of(tmp_path, "a", [FIT] * 20)
    load_issuing(store, batch)
    before = numbers(store, "a", 20)
    assert load_issuing(store, batch).is_repeated
    with store.writing() as connection:
        assert issue_numbers(connection, ALL) == Issued()
    assert numbers(store, "a", 20) == before
    assert rows(store, "SELECT count(*) FROM issued_numbers") == [(20,)]


@pytest.mark.store
def test_an_authority_that_comes_later_serves_the_whole_store(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, batch_of(tmp_path, "a", [FIT, FIT | {"sex_code": None}]))
    with store.writing() as connection:
        assert issue_numbers(connection, ALL) == Issued(1)
    assert rows(store, "SELECT batch_id FROM issued_numbers") == [(None,)]


@pytest.mark.store
def test_an_issued_number_stays_with_its_person_when_a_record_joins(store: Store, tmp_path: Path) -> None:
    load_issuing(store, batch_of(tmp_path / "a", "a", [FIT] * 2))
    before = numbers(store, "a", 2)
    people, records = made.ids("person a", 2).to_pylist(), made.ids("record a", 2).to_pylist()
    batch = batch_of(tmp_path / "b", "b", [FIT], queries.version(store))
    batch = regroup(tmp_path / "b", batch, [Person(people[0], people[0], (0,), (records[0],))])
    assert load_issuing(store, batch).numbers_issued == 0
    assert numbers(store, "a", 2) == before
    [source] = [r for r in reports.person_sources(store, people[0]).to_pylist() if r["field"] == "personal_number"]
    assert (source["method"], source["record_id"], source["file"]) == ("issued", None, None)
    assert invariants.store_check(store) == ()


@pytest.mark.store
def test_when_two_persons_are_one_a_number_stands_and_neither_is_issued_again(store: Store, tmp_path: Path) -> None:
    load_issuing(store, batch_of(tmp_path / "a", "a", [FIT] * 2))
    first, second = numbers(store, "a", 2)
    people, records = made.ids("person a", 2).to_pylist(), made.ids("record a", 2).to_pylist()
    batch = batch_of(tmp_path / "b", "b", [FIT], queries.version(store))
    load_issuing(store, regroup(tmp_path / "b", batch, [Person(people[1], people[1], (0,), tuple(records))]))
    [row] = reports.person(store, people[0]).to_pylist()
    assert row["person_id"] == people[1]
    assert row["personal_number"] in {first, second}
    assert rows(store, "SELECT count(*) FROM issued_numbers") == [(2,)]
    assert invariants.store_check(store) == ()


@pytest.mark.store
def test_a_failed_load_issues_nothing(store: Store, tmp_path: Path) -> None:
    batch = batch_of(tmp_path, "a", [FIT] * 3)
    with pytest.raises(Exception, match="contract"):
        load_issuing(store, replace(batch, files=batch.files.slice(0, 0)))
    assert rows(store, "SELECT count(*) FROM issued_numbers") == [(0,)]


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 4), (0, 1_000_000)])
def test_a_range_has_six_digits(first: int, last: int) -> None:
    with pytest.raises(SettingsError) as error:
        IssuingAuthority(first, last, is_test=True, key=KEY)
    assert error.value.code == "store.issuing_range"
