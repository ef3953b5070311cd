"""Another key draws the numbers: who has one keeps it, none comes twice, the store knows which key is in force."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import number_keys, numbers
from pipeline.issuing_authority import KEY_FILE, OLDER_KEYS, issuing_authority
from pipeline.number_keys import rotate
from pipeline.settings import Settings
from schemas.errors import SettingsError, SohoaError
from store import invariants, load, queries
from store.embedded import Server
from store.engine import Store, open_store
from tests.store import contents
from tests.store import made_batches as made
from tests.store.conftest import connected
from tests.store.contents import rows

pytestmark = pytest.mark.store

FIT: dict[str, object] = {"birth_registration_place_code": "79", "sex_code": "1", "birth_year": 1985}


class Town:
    """A store that issues, and the batches that come to it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.store: Store = open_store(settings.store_url, settings.home)

    def load(self, seed: str, persons: int) -> int:
        """New persons who may have a number; how many got one."""
        batch = made.make(
            self.folder / seed, made.Recipe(seed, rows=persons, values=dict(FIT)), queries.version(self.store)
        )
        counts = load.load_batch(self.store, replace(batch, issuing=issuing_authority(self.settings)))
        assert counts.numbers_issued + counts.numbers_exhausted == persons
        return counts.numbers_issued

    def borne(self) -> dict[str, str]:
        """The number of each person who has one."""
        found = rows(
            self.store, "SELECT person_id::text, personal_number FROM golden_persons WHERE personal_number > ''"
        )
        return {str(person): str(number) for person, number in found}

    def issued(self) -> list[str]:
        return [str(n) for (n,) in rows(self.store, "SELECT personal_number FROM issued_numbers ORDER BY 1")]


@pytest.fixture
def town(settings: Settings, tmp_path: Path) -> Iterator[Town]:
    made_town = Town(replace(settings, issuing_range="0-9"), tmp_path)
    yield made_town
    assert invariants.store_check(made_town.store) == ()
    made_town.store.close()


def test_who_has_a_number_keeps_it_and_none_comes_twice(town: Town) -> None:
    before: dict[str, str] = {}
    for seed, wanted in (("a", 4), ("b", 4), ("c", 2)):
        assert town.load(seed, 4) == wanted
        now = town.borne()
        assert before.items() <= now.items()
        assert len(set(now.values())) == len(now)
        before = now
        old = (town.settings.home / KEY_FILE).read_bytes()
        mark = rotate(town.settings)
        assert (town.settings.home / KEY_FILE).read_bytes() != old
        assert (town.settings.home / KEY_FILE).with_suffix(".id").read_text() == mark
        assert numbers.issue(town.settings)["numbers"] == 0
    assert town.borne() == before
    assert town.issued() == [f"07908500000{n}" for n in range(10)]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (town.settings.home / OLDER_KEYS).iterdir())
    assert len(list((town.settings.home / OLDER_KEYS).iterdir())) == 3
    told = rows(town.store, "SELECT outcome, reason FROM audit_events WHERE action = 'numbers.key_rotated'")
    assert told == [("done", "")] * 3


def test_the_next_numbers_hang_on_the_new_key(new_settings: Callable[[], Settings], tmp_path: Path) -> None:
    drawn = []
    for is_changed in (False, False, True):
        settings = replace(new_settings(), issuing_range="0-999999")
        (settings.home / KEY_FILE).parent.mkdir(parents=True)
        (settings.home / KEY_FILE).write_bytes(bytes(range(32)))
        (settings.home / KEY_FILE).chmod(0o600)
        here = Town(settings, tmp_path / settings.home.name)
        here.load("a", 3)
        first = here.borne()
        if is_changed:
            rotate(settings)
        here.load("b", 3)
        drawn.append((first, here.borne()))
        here.store.close()
    assert drawn[0] == drawn[1]
    assert drawn[0][0] == drawn[2][0]
    later = [set(all_of.values()) - set(first.values()) for first, all_of in drawn]
    assert not later[0] & later[2]


def test_numbers_of_erased_persons_stay_passed_over(town: Town) -> None:
    town.load("a", 1)
    (number,) = town.issued()
    authority = issuing_authority(town.settings)
    assert authority is not None
    gone = [n for n in (f"07908500000{n}" for n in range(6)) if n != number]
    digests = ", ".join(f"('{authority.retired(n)}')" for n in gone)
    contents.run(
        town.store, f"INSERT INTO retired_numbers VALUES {digests}",
        f"UPDATE number_buckets SET issued = issued + {len(gone)}",
    )  # fmt: skip
    for _ in range(2):
        rotate(town.settings)
    away = town.settings.home / "away"
    (town.settings.home / OLDER_KEYS).rename(away)
    with pytest.raises(SettingsError, match=r"numbers\.key\.(older_missing|other)"):
        town.load("b", 9)
    away.rename(town.settings.home / OLDER_KEYS)
    town.load("b", 9)
    assert not set(town.issued()) & set(gone)
    assert len(town.issued()) == 10 - len(gone)


class CutAt:
    """Ends the process, as far as a test can, before the nth call."""

    def __init__(self, point: int) -> None:
        self.left = point

    def around(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
            return real(*given, **named)

        return call


@pytest.mark.parametrize("point", range(1, 6))
def test_cut_at_any_write_the_same_command_goes_on(town: Town, monkeypatch: pytest.MonkeyPatch, point: int) -> None:
    town.load("a", 2)
    before, cut = town.borne(), CutAt(point)
    with monkeypatch.context() as patched:
        for name in ("make_key", "write_synced", "move", "issuing_authority", "change_number_key"):
            patched.setattr(number_keys, name, cut.around(getattr(number_keys, name)))
        with pytest.raises(KeyboardInterrupt):
            rotate(town.settings)
    rotate(town.settings)
    assert cut.left == 0
    assert town.load("b", 2) == 2
    assert before.items() <= town.borne().items()
    assert len(rows(town.store, "SELECT DISTINCT key_mark FROM number_allocations")) == 2
    assert len(list((town.settings.home / OLDER_KEYS).iterdir())) == 1


def test_a_restore_forgets_the_change_and_the_same_command_tells_it_again(town: Town, server: Server) -> None:
    town.load("a", 2)
    rotate(town.settings)
    key = (town.settings.home / KEY_FILE).read_bytes()
    with connected(server, str(rows(town.store, "SELECT current_database()")[0][0])) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM number_allocations WHERE number > 1")
    with pytest.raises(SettingsError, match=r"numbers\.key\.other"):
        town.load("b", 1)
    rotate(town.settings)
    assert (town.settings.home / KEY_FILE).read_bytes() == key
    assert town.load("b", 1) == 1


def test_a_home_with_the_key_of_before_issues_nothing(town: Town, tmp_path: Path) -> None:
    town.load("a", 2)
    stale = replace(town.settings, home=tmp_path / "stale")
    shutil.copytree(town.settings.home / "keys", stale.home / "keys")
    rotate(town.settings)
    for act in (numbers.issue, rotate):
        with pytest.raises(SettingsError, match=r"numbers\.key\.other"):
            act(stale)
    assert len(town.issued()) == 2


def made_key(path: Path, size: int = 32, mode: int = 0o600) -> Path:
    path.write_bytes(os.urandom(size))
    path.chmod(mode)
    return path


def test_a_key_kept_elsewhere_is_changed_by_whoever_keeps_it(town: Town, tmp_path: Path) -> None:
    one, two = made_key(tmp_path / "one.key"), made_key(tmp_path / "two.key")
    first = town.settings = replace(town.settings, numbers_key_file=one)
    town.load("a", 2)
    second, loose = replace(first, numbers_key_file=two), made_key(tmp_path / "loose", mode=0o640)
    refused: list[tuple[Settings, Path | None, str]] = [
        (second, None, "key.older_needed"), (first, one, "key.same"),
        (second, tmp_path / "none", "numbers.key.missing"),
        (second, made_key(tmp_path / "open.key", mode=0o644), "numbers.key.readable_by_others"),
        (second, made_key(tmp_path / "short.key", 31), "numbers.key.wrong_size"),
        (replace(first, numbers_key_file=loose), one, "numbers.key.readable_by_others"),
        (replace(first, issuing_range=None), one, "numbers.no_authority"),
        (second, made_key(tmp_path / "strange.key"), "numbers.key.other"),
    ]  # fmt: skip
    for given, older, code in refused:
        with pytest.raises(SohoaError) as error:
            rotate(given, older)
        assert error.value.code == code
    assert numbers.issue(first)["numbers"] == 0
    assert not list((first.home / OLDER_KEYS).glob("*"))
    assert rotate(second, one) == rotate(second, one)
    town.settings = second
    assert town.load("b", 2) == 2
    query = "SELECT outcome, count(*) FROM audit_events WHERE action = 'numbers.key_rotated' GROUP BY 1"
    assert sorted(rows(town.store, query)) == [("done", 1), ("refused", len(refused))]
