"""Which number a person bears after corrections, merges, unmerges and rival claims, and what became of the old one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import numbers, person_changes
from pipeline.issuing_authority import KEY_FILE
from pipeline.settings import Settings
from schemas import messages
from schemas.errors import SettingsError, StoreMoved, UsageError
from store import invariants, load, queries
from store.batch import LoadBatch, LoadCounts
from store.engine import Store
from store.issuing import Issued, IssuingAuthority, issue_numbers
from store.tables import METADATA, NUMBER_ISSUE_KINDS, NUMBER_REASONS
from tests.store import made_batches as made
from tests.store.conftest import Superuser
from tests.store.contents import rows
from tests.store.merges import Person, regroup

pytestmark = pytest.mark.store

KEY = bytes(range(32))
ALL = IssuingAuthority(0, 999_999, is_test=True, key=KEY)
FIT: dict[str, object] = {"birth_registration_place_code": "79", "sex_code": "1", "birth_year": 1985}
CLAIM = "079085000007"
_OF_NUMBERS = "WHERE action = 'numbers.history_masked'"


@pytest.fixture(autouse=True)
def sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store's invariants hold afterwards."""
    yield
    assert invariants.store_check(store) == ()


def batch_of(folder: Path, seed: str, people: list[dict[str, object]], seen: int = 0) -> LoadBatch:
    names = sorted({name for person in people for name in person})
    kinds = {n: pa.int16() if n.endswith("_year") else pa.string() for n in names}
    values: dict[str, object] = {n: pa.array([p.get(n) for p in people], kinds[n]) for n in names}
    return made.make(folder / seed, made.Recipe(seed, rows=len(people), values=values), seen)


class Book:
    """A store and the batches that come to it, each row a person named by batch and row."""

    def __init__(self, store: Store, folder: Path, issuing: IssuingAuthority | None = ALL) -> None:
        self.store, self.folder, self.issuing = store, folder, issuing

    def load(self, seed: str, *people: dict[str, object]) -> LoadCounts:
        """New persons."""
        return self._load(batch_of(self.folder, seed, list(people), queries.version(self.store)))

    def say(self, seed: str, person: str, values: dict[str, object], *others: str) -> LoadCounts:
        """A later row about that person, which says what counts from now on; the others are one with it."""
        batch = batch_of(self.folder, seed, [values], queries.version(self.store))
        records = [r for p in (person, *others) for r in self.records(p)]
        one = Person(person, person, (0,), tuple(records))
        return self._load(regroup(self.folder / seed, batch, [one]))

    def _load(self, batch: LoadBatch) -> LoadCounts:
        return load.load_batch(self.store, replace(batch, issuing=self.issuing))

    def records(self, person: str) -> list[str]:
        found = rows(self.store, f"SELECT record_id::text FROM memberships WHERE person_id = '{person}' ORDER BY 1")
        return [str(r).replace("-", "") for (r,) in found]

    def number(self, person: str) -> str | None:
        ((number,),) = rows(self.store, f"SELECT personal_number FROM golden_persons WHERE person_id = '{person}'")
        return number  # type: ignore[return-value]

    def changes(self) -> list[tuple[object, ...]]:
        query = "SELECT replace(person_id::text, '-', ''), old_number, new_number, reason FROM number_changes"
        return rows(self.store, query + " ORDER BY number")

    def issues(self, *, are_open: bool = True) -> list[tuple[object, ...]]:
        query = "SELECT replace(person_id::text, '-', ''), personal_number, issue FROM number_issues WHERE closed_at IS"
        return sorted(rows(self.store, f"{query} {'' if are_open else 'NOT'} NULL"))  # type: ignore[type-var]


def people(seed: str, count: int) -> list[str]:
    return made.ids(f"person {seed}", count).to_pylist()


@pytest.fixture
def book(store: Store, tmp_path: Path) -> Book:
    return Book(store, tmp_path)


@pytest.mark.parametrize(
    ("now", "reason", "start"),
    [
        ({"sex_code": "2"}, "sex", "079185"),
        ({"birth_year": 1986}, "birth", "079086"),
        ({"birth_year": 2001}, "birth", "079201"),
    ],
)
def test_a_correction_by_a_later_batch_makes_a_new_number_and_keeps_the_old(
    book: Book, now: dict[str, object], reason: str, start: str
) -> None:
    book.load("a", FIT, FIT)
    one, other = people("a", 2)
    before, bystander = book.number(one), book.number(other)
    counts = book.say("b", one, FIT | now)
    after = book.number(one)
    assert counts.numbers_issued == 1
    assert after is not None
    assert after.startswith(start)
    assert book.changes() == [(one, before, None, reason), (one, before, after, reason)]
    assert rows(book.store, "SELECT DISTINCT batch_id IS NOT NULL FROM number_changes") == [(True,)]
    assert book.number(other) == bystander
    assert rows(book.store, "SELECT count(*) FROM issued_numbers") == [(3,)]


def test_a_correction_taken_back_gives_the_person_its_own_number_again(book: Book) -> None:
    book.load("a", FIT)
    (one,) = people("a", 1)
    first = book.number(one)
    book.say("b", one, FIT | {"sex_code": "2"})
    second = book.number(one)
    assert book.say("c", one, FIT).numbers_issued == 0
    assert book.number(one) == first
    assert book.changes()[-1] == (one, second, first, "sex")
    book.say("d", one, FIT | {"sex_code": "2"})
    assert book.number(one) == second


def test_a_correction_where_nobody_issues_leaves_no_number_until_somebody_does(book: Book) -> None:
    book.load("a", FIT)
    (one,) = people("a", 1)
    before = book.number(one)
    book.issuing = None
    book.say("b", one, FIT | {"sex_code": "2"})
    assert book.number(one) is None
    with book.store.writing() as connection:
        assert issue_numbers(connection, ALL).numbers == 1
    assert book.changes()[-1] == (one, before, book.number(one), "sex")


def test_a_corrected_place_leaves_the_number_and_is_told(book: Book) -> None:
    book.load("a", FIT)
    (one,) = people("a", 1)
    before = book.number(one)
    assert book.say("b", one, FIT | {"birth_registration_place_code": "01"}).number_issues == 1
    assert book.number(one) == before
    assert book.issues() == [(one, before, "province")]
    book.say("c", one, FIT)
    assert book.issues() == []


def test_a_merge_keeps_one_number_and_the_other_leads_to_the_person(book: Book) -> None:
    book.load("a", FIT)
    book.load("b", FIT)
    one, two = people("a", 1)[0], people("b", 1)[0]
    lives, ends = book.number(one), book.number(two)
    assert book.say("c", two, FIT, one).numbers_issued == 0
    assert book.number(two) == lives, "the one that was issued first"
    assert book.changes()[0] == (two, ends, lives, "merged")
    assert rows(book.store, "SELECT count(*) FROM issued_numbers") == [(2,)]


def test_an_unmerge_gives_each_its_own_number_back_and_a_merge_again_one(book: Book, tmp_path: Path) -> None:
    settings = settings_of(book, tmp_path)
    book.load("a", FIT)
    book.load("b", FIT)
    one, two = people("a", 1)[0], people("b", 1)[0]
    numbers = {one: book.number(one), two: book.number(two)}
    for _ in range(2):
        merged = person_changes.merge(one, two, "Lan", "một người", settings)
        assert book.number(merged["person"]) == numbers[one]
        moved = merged["records"]
        parted = person_changes.unmerge(merged["person"], moved, "Lan", "hai người", settings)
        assert {p: book.number(p) for p in (one, two)} == numbers
        assert {parted["person"], parted["other_person"]} == {one, two}
    told = rows(book.store, "SELECT reason, author, note, batch_id FROM number_changes WHERE old_number IS NOT NULL")
    assert {("merged", "Lan", "một người", None)} <= set(told)
    assert rows(book.store, "SELECT count(*) FROM issued_numbers") == [(2,)]


def test_a_number_goes_with_the_record_it_was_issued_on(book: Book, tmp_path: Path) -> None:
    """Whichever part keeps the id of the person."""
    settings = settings_of(book, tmp_path)
    book.load("a", FIT)
    (one,) = people("a", 1)
    number, (first,) = book.number(one), book.records(one)
    book.say("b", one, FIT)
    (later,) = set(book.records(one)) - {first}
    parted = person_changes.unmerge(one, [later], "Lan", "hai người", settings)
    held = {book.records(p)[0]: book.number(p) for p in (parted["person"], parted["other_person"])}
    assert held[first] == number
    assert held[later] not in (None, number)


def test_a_judged_merge_that_changes_the_year_makes_a_new_number(book: Book, tmp_path: Path) -> None:
    settings = settings_of(book, tmp_path)
    book.load("a", FIT)
    book.load("b", FIT | {"birth_year": 1990}, FIT | {"birth_year": 1990})
    one, (two, three) = people("a", 1)[0], people("b", 2)
    person_changes.merge(two, three, "Lan", "x", settings)
    merged = person_changes.merge(two, one, "Lan", "x", settings)["person"]
    number = book.number(merged)
    assert number is not None
    assert number.startswith("079090")


def settings_of(book: Book, folder: Path) -> Settings:
    url = book.store.engine.url.render_as_string(hide_password=False)
    key = folder / "home" / KEY_FILE
    key.parent.mkdir(parents=True)
    key.write_bytes(KEY)
    key.chmod(0o600)
    return Settings(folder / "home", store_url=url, issuing_range="0-999999")


def test_a_valid_number_of_the_records_is_kept_and_none_is_issued(book: Book) -> None:
    counts = book.load("a", FIT | {"personal_number": CLAIM})
    assert (counts.numbers_issued, counts.number_issues) == (0, 0)
    assert book.number(people("a", 1)[0]) == CLAIM


def test_a_number_of_the_records_wins_over_the_issued_one(book: Book) -> None:
    book.load("a", FIT)
    (one,) = people("a", 1)
    issued = book.number(one)
    book.say("b", one, FIT | {"personal_number": CLAIM})
    assert book.number(one) == CLAIM
    assert book.changes() == [(one, issued, CLAIM, "record")]


@pytest.mark.parametrize("together", [True, False])
def test_a_number_that_two_persons_claim_is_borne_by_none_until_one_claims_it(book: Book, together: bool) -> None:
    claim = FIT | {"personal_number": CLAIM}
    if together:
        book.load("a", claim, claim)
        one, two = people("a", 2)
    else:
        book.load("a", claim)
        book.load("b", claim)
        one, two = people("a", 1)[0], people("b", 1)[0]
        assert book.changes() == [(one, CLAIM, None, "contested")]
    assert [book.number(one), book.number(two)] == [None, None]
    assert book.issues() == sorted([(one, CLAIM, "two_persons"), (two, CLAIM, "two_persons")])
    assert rows(book.store, "SELECT count(*) FROM issued_numbers") == [(0,)], "who waits gets no other"
    assert book.say("c", two, FIT | {"birth_year": 1990}).numbers_issued == 1
    assert book.number(one) == CLAIM
    assert book.issues() == []
    assert len(book.issues(are_open=False)) == 2


def test_a_merge_of_the_two_claimants_ends_the_contest(book: Book) -> None:
    claim = FIT | {"personal_number": CLAIM}
    book.load("a", claim, claim)
    one, two = people("a", 2)
    book.say("b", one, claim, two)
    assert book.number(one) == CLAIM
    assert book.issues() == []


def test_a_claim_of_a_number_that_was_issued_to_another_waits(book: Book) -> None:
    book.load("a", FIT)
    (one,) = people("a", 1)
    issued = book.number(one)
    assert book.load("b", FIT | {"personal_number": issued}).number_issues == 1
    (two,) = people("b", 1)
    assert [book.number(one), book.number(two)] == [issued, None]
    assert book.issues() == [(two, issued, "of_issued")]
    book.say("c", one, FIT | {"personal_number": issued})
    assert book.number(one) == issued, "its own, whoever else claims it"


@pytest.mark.parametrize(("said", "issue"), [({"sex_code": "2"}, "sex"), ({"birth_year": 1990}, "birth")])
def test_a_claimed_number_of_somebody_else_is_not_borne(book: Book, said: dict[str, object], issue: str) -> None:
    counts = book.load("a", FIT | said | {"personal_number": CLAIM})
    (one,) = people("a", 1)
    assert (counts.numbers_issued, counts.number_issues) == (0, 1)
    assert book.number(one) is None
    assert book.issues() == [(one, CLAIM, issue)]


def test_a_corrected_person_whose_ledger_number_no_longer_fits_gets_a_new_one(book: Book) -> None:
    book.load("a", FIT | {"personal_number": CLAIM})
    (one,) = people("a", 1)
    book.say("b", one, FIT | {"birth_year": 1986, "personal_number": CLAIM})
    after = book.number(one)
    assert after is not None
    assert after.startswith("079086")
    assert book.changes() == [(one, CLAIM, None, "birth"), (one, CLAIM, after, "birth")]
    assert book.issues() == [(one, CLAIM, "birth")]
    book.say("c", one, FIT | {"birth_year": 1986, "personal_number": CLAIM})
    assert book.number(one) == after


def test_a_batch_run_again_after_a_loss_gives_the_same_numbers_in_any_order(
    book: Book, emptied: tuple[Store, Superuser], tmp_path: Path
) -> None:
    def all_numbers(folder: str, order: str) -> dict[str, str | None]:
        again = Book(book.store, tmp_path / folder)
        for seed in order:
            again.load(seed, *[FIT] * 40)
        found = {p: again.number(p) for seed in "ab" for p in people(seed, 40)}
        for table in set(METADATA.tables) - {"store_version"}:
            emptied[1].execute(f"DELETE FROM {table}")
        emptied[1].execute("UPDATE store_version SET version = 0")
        return found

    first = all_numbers("first", "ab")
    assert None not in first.values()
    assert all_numbers("second", "ab") == first
    assert all_numbers("third", "ba") == first


def test_ten_batches_at_once_never_give_one_number_twice(book: Book, tmp_path: Path) -> None:
    small = replace(ALL, range_to=299)

    def deliver(number: int) -> int:
        for attempt in range(100):
            batch = batch_of(tmp_path / str(attempt), f"at once {number}", [FIT] * 25, queries.version(book.store))
            try:
                return load.load_batch(book.store, replace(batch, issuing=small)).numbers_issued
            except StoreMoved:
                continue
        raise AssertionError("never its turn")

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(deliver, range(10))) == 250
    assert rows(book.store, "SELECT count(DISTINCT personal_number), count(*) FROM golden_persons") == [(250, 250)]


def test_another_key_than_the_store_was_begun_with_issues_nothing(book: Book) -> None:
    book.load("a", FIT)
    book.issuing = replace(ALL, key=KEY[::-1])
    with pytest.raises(SettingsError, match=r"numbers\.key\.other"):
        book.load("b", FIT)
    assert rows(book.store, "SELECT count(*) FROM golden_persons") == [(1,)]


def test_a_bucket_that_is_nearly_full_is_counted_before_it_is(book: Book) -> None:
    book.issuing = replace(ALL, range_to=9)
    lows = [book.load(f"s{n}", FIT).buckets_low for n in range(10)]
    assert lows == [0] * 7 + [1] * 3
    full = book.load("t", FIT)
    assert (full.numbers_issued, full.numbers_exhausted) == (0, 1)
    with book.store.writing() as connection:
        assert issue_numbers(connection, replace(ALL, range_to=10)) == Issued(1, 0, 1)


def test_every_number_ever_borne_leads_to_the_person_and_its_history_is_masked(book: Book, tmp_path: Path) -> None:
    settings = settings_of(book, tmp_path)
    book.load("a", FIT)
    (one,) = people("a", 1)
    first = book.number(one)
    book.say("b", one, FIT | {"sex_code": "2"})
    for given in (first, book.number(one), one):
        told = numbers.history(str(given), settings)
        assert {row["person"] for row in told} == {one}
        assert [row["event"] for row in told] == ["issued", "sex", "issued", "sex"]
        assert str(first) not in str(told)
    with pytest.raises(UsageError, match=r"numbers\.unknown"):
        numbers.history("079085000000", settings)
    told = rows(
        book.store, f"SELECT outcome, reason, count(*) FROM audit_events {_OF_NUMBERS} GROUP BY 1, 2 ORDER BY 1"
    )
    assert told == [("done", "", 3), ("refused", "numbers.unknown", 1)]
    assert len(rows(book.store, f"SELECT DISTINCT object FROM audit_events {_OF_NUMBERS}")) == 2, "a person, a stranger"


def test_buckets_say_what_is_used_and_who_waits(book: Book, tmp_path: Path) -> None:
    settings = replace(settings_of(book, tmp_path), issuing_range="0-9")
    book.issuing = replace(ALL, range_to=9)
    assert numbers.buckets(settings) == []
    book.load("a", *[FIT] * 8, FIT | {"sex_code": "2"})
    found = {row["bucket"]: (row["used"], row["free"], row["state"]) for row in numbers.buckets(settings)}
    assert found == {"079085": (8, 2, "low"), "079185": (1, 9, "low")}, "nine numbers last nine months"
    book.load("b", *[FIT] * 3)
    (full,) = (row for row in numbers.buckets(settings) if row["bucket"] == "079085")
    assert (full["free"], full["state"], full["waiting"]) == (0, "full", 1)
    assert numbers.issue(settings)["exhausted"] == 1
    with pytest.raises(SettingsError, match=r"numbers\.no_authority"):
        numbers.issue(replace(settings, issuing_range=None))
    told = rows(
        book.store, "SELECT action, outcome, reason FROM audit_events WHERE action LIKE 'numbers.%' ORDER BY sequence"
    )
    assert told == [
        *[("numbers.buckets_shown", "done", "")] * 3,
        ("numbers.issued", "done", ""), ("numbers.issued", "refused", "numbers.no_authority"),
    ]  # fmt: skip
    words = numbers.in_words([full], "vi")
    assert [row["state"] for row in words] == ["đã hết"]


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_event_state_and_heading_of_numbers_has_its_words(language: messages.Language) -> None:
    known = messages.catalogue(language)
    events = ("issued", *NUMBER_REASONS, *(f"waits:{kind}" for kind in NUMBER_ISSUE_KINDS))
    assert all(numbers.in_words([{"event": event}], language)[0]["event"] for event in events)
    columns = (
        "bucket", "used", "free", "share", "monthly", "months_left", "waiting", "state", "numbers", "exhausted",
        "low_buckets", "person", "day", "event", "old_number", "new_number", "batch", "author", "reason",
    )  # fmt: skip
    assert [column for column in columns if f"heading.{column}" not in known] == []
