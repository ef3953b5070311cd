"""A person erased is found nowhere: not in the store, not in the home folder; the sums of every batch stay."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import drafts, erasure, four_eyes, holding, inquiries, retention, run
from pipeline.settings import Settings
from pipeline.shredding import folders_with
from schemas.errors import ContractError, Refused, UsageError
from schemas.tables import OUTCOMES
from store import erasures, holds, invariants
from store.engine import Store, open_store
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.pipeline.test_files_at_rest import found_in
from tests.store.contents import rows
from tests.store.contents import run as run_sql
from transforms.text import fold

pytestmark = pytest.mark.store
NAME, NUMBER = FAMILY[0][1], FAMILY[0][8]
WIFE = (*FAMILY[1][:8], "010234567")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.store_url, settings.home)
    yield opened
    opened.close()


@pytest.fixture
def batches(settings: Settings, tmp_path: Path) -> tuple[str, str]:
    """Two batches: the first brings the person, the second a namesake that matching compares with him."""
    lines = [FAMILY[0], WIFE, *FAMILY[2:], NO_SUCH_DAY]
    first = run.run_batch([ledger(tmp_path / "a.csv", lines)], "01", settings)
    twin = ("010155555", NAME, "Chủ hộ", "12/3/1956", "Nam", "Kinh", "", "Số 5 phố Vọng, Hà Nội", "")
    second = run.run_batch([ledger(tmp_path / "b.csv", [twin, *[(f"01019{i:04d}", *r[1:8], "") for i, r in
                            enumerate(FAMILY[3:])]])], "01", settings)  # fmt: skip
    return first.batch_id, second.batch_id


def person_of(store: Store) -> str:
    query = """SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons
               WHERE :n IN (personal_number, old_id_number)"""
    with store.reading() as connection:
        return str(connection.execute(sa.text(query), {"n": NUMBER}).scalar_one())


def one(store: Store, query: str) -> Any:
    with store.reading() as connection:
        return connection.execute(sa.text(query)).scalar_one()


def sums(store: Store) -> list[tuple[Any, ...]]:
    with store.reading() as connection:
        query = f"SELECT batch_id::text, read, {', '.join(OUTCOMES)} FROM batches ORDER BY 1"
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_two_people_erase_a_person_and_nothing_of_him_is_left(
    settings: Settings, store: Store, batches: tuple[str, str]
) -> None:
    before, people, person = sums(store), one(store, "SELECT count(*) FROM golden_persons"), person_of(store)
    draft = drafts.begin("01", "", settings)
    drafts.add_original(draft, ledger(settings.home.parent / "up.csv", [FAMILY[3], (*FAMILY[2][:8], NUMBER)]), "up.csv")
    assert erasures.hits(store, [NUMBER]) > 0
    erasure.propose(store, person, "đơn số 12", "Trần A")
    assert [e["state"] for e in erasures.listed(store)] == ["proposed"]
    for approver in ("Trần A", " trần a ", ""):
        with pytest.raises(Refused, match=r"erase\.same_person"):
            erasure.approve(store, settings, person, approver)
    done = erasure.approve(store, settings, person, "Lê B")
    assert sums(store) == before
    assert invariants.store_check(store) == ()
    assert one(store, "SELECT count(*) FROM golden_persons") == people - 1
    assert erasures.hits(store, [NUMBER]) == 0
    home = f"SELECT household_key FROM golden_households WHERE household_id = '{FAMILY[0][0]}'"
    own = f"""SELECT count(*) FROM records WHERE household_key IN ({home})
              AND '{NAME}' IN (full_name, head_name, father_name, spouse_name)"""
    assert one(store, own) == 0
    assert found_in(settings.home) == []
    assert not (settings.home / "runs" / batches[0]).exists()
    proof = json.loads(Path(done["path"]).read_text())
    assert (proof["hits_in_store"], proof["invariants_broken"]) == (0, [])
    assert (proof["state"], proof["run_folders_destroyed"]) == ("done", 2)
    assert (proof["drafts_destroyed"], proof["drafts_not_read"], draft.standing.state) == (1, 0, "erased")
    assert proof["rows"]["golden_persons"] == 1
    assert NAME not in str(proof)
    assert NUMBER not in str(proof)
    again = erasure.approve(store, settings, person, "Lê B")
    assert again["path"] == done["path"]
    assert sums(store) == before


NAMED = ("Họ và tên", "Ngày sinh", "Giới tính", "Nơi đăng ký khai sinh", "Quốc tịch")
BORN = ("Nguyễn Văn Bách", "12/03/1956", "Nam", "Hà Nội", "Việt Nam")


def test_a_number_that_was_issued_is_never_issued_again_and_nobody_reads_whose_it_was(
    settings: Settings, tmp_path: Path
) -> None:
    authority = replace(settings, issuing_range="500000-500000", issuing_is_test=True)
    paths = [ledger(tmp_path / f"{i}.csv", [(name, *BORN[1:])], headings=NAMED)
             for i, name in enumerate((BORN[0], "Lý Quốc Trọng"))]  # fmt: skip
    run.run_batch(paths[:1], "01", authority)
    store = open_store(settings.store_url, settings.home)
    person, number = rows(store, "SELECT encode(uuid_send(person_id), 'hex'), personal_number FROM issued_numbers")[0]
    assert rows(store, f"SELECT count(*) FROM golden_persons WHERE personal_number = '{number}'") == [(1,)]
    erasure.propose(store, str(person), "r", "a")
    with pytest.raises(UsageError, match=r"erase\.numbers_key"):
        erasure.approve(store, settings, str(person), "b")
    erasure.approve(store, authority, str(person), "b")
    assert invariants.store_check(store) == ()
    assert erasures.hits(store, [str(number)]) == 0
    assert run.run_batch(paths[1:], "01", authority).counts["loaded"] == 1
    assert rows(store, "SELECT personal_number FROM golden_persons") == [(None,)], (
        "the only number of the range is gone"
    )
    assert invariants.store_check(store) == ()
    store.close()


def test_no_text_of_any_table_and_no_file_name_says_the_name_any_more(settings: Settings, tmp_path: Path) -> None:
    batch = run.run_batch([ledger(tmp_path / "so_Nguyen-van BACH.csv", FAMILY)], "01", settings).batch_id
    store = open_store(settings.store_url, settings.home)
    typed = f"'hỏi ông {NAME.upper()} rồi'"
    pair = "SELECT min(record_id::text)::uuid, max(record_id::text)::uuid FROM records WHERE household_id = '010100002'"
    run_sql(
        store,
        f"INSERT INTO judgements (left_record_id, right_record_id, decision, author, reason) "
        f"SELECT p.*, 'different', 'x', {typed} FROM ({pair}) p",
        f"INSERT INTO holds (subject, is_lifted, author, reason) VALUES ('{'e' * 32}', false, 'x', {typed})",
        f"INSERT INTO batch_undos (batch_id, plan, author, reason, counts) VALUES ('{batch}', '', 'x', {typed}, '')",
        f"INSERT INTO proposals (kind, subject_id, record_ids, plan, author, reason) "
        f"VALUES ('batch_undo', '{batch}', '{{}}', '', 'x', {typed})",
    )
    person = person_of(store)
    erasure.propose(store, person, f"đơn của {NAME}", "a")
    erasure.approve(store, settings, person, "b")
    words = [form for name in (NAME, fold(NAME)) for form in (name, name.lower(), name.upper())]
    assert erasures.hits(store, words) == 0
    assert rows(store, "SELECT count(*) FROM judgements WHERE reason = '-'") == [(1,)], "of others: the decision stays"
    store.close()
    (file,) = inquiries.files(batch, settings, reveal=True)
    assert file["path"] == file["file"]


def test_a_run_folder_that_took_him_from_the_store_goes_too(
    settings: Settings, store: Store, batches: tuple[str, str]
) -> None:
    person = person_of(store)
    erasure.propose(store, person, "r", "a")
    found = erasures.approve(store, person, "b", four_eyes.one_person, four_eyes.GOOD_FOR)
    assert [f.name for f in folders_with(found.record_ids, found.batches, settings)] == sorted(batches)
    assert "erasures.unfinished" in [v.invariant for v in invariants.store_check(store)]


def test_a_run_at_work_on_his_rows_is_not_cut_off(settings: Settings, store: Store, batches: tuple[str, str]) -> None:
    person, living = person_of(store), settings.home / "runs" / batches[1] / "0001"
    erasure.propose(store, person, "r", "a")
    assert holding.take(living)
    with pytest.raises(Refused, match=r"erase\.running"):
        erasure.approve(store, settings, person, "b")
    assert erasures.hits(store, [NUMBER]) > 0
    assert retention.apply(store, settings, retention.day_of_now().replace(year=2099)).counts["runs"] == 1
    assert living.is_dir()
    holding.let_go(living)
    erasure.approve(store, settings, person, "b")
    assert invariants.store_check(store) == ()
    assert not living.exists()


@pytest.mark.parametrize("where", ["shredding.shred", "erasures.carry_out", "erasures.keep_proof"])
def test_a_command_cut_anywhere_goes_on(
    settings: Settings, store: Store, batches: tuple[str, str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    person = person_of(store)
    erasure.propose(store, person, "r", "a")

    def cut(*given: Any, **named: Any) -> Any:
        raise OSError("cut")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="cut"):
        module, name = where.split(".")
        patch.setattr(getattr(erasure, module), name, cut)
        erasure.approve(store, settings, person, "b")
    whole = one(store, f"SELECT count(*) FROM records JOIN memberships USING (record_id) WHERE person_id = '{person}'")
    gone = one(store, "SELECT count(*) FROM removed_rows")
    assert (whole > 0) != (gone > 0), "never half of a person"
    erasure.approve(store, settings, person, "b")
    assert invariants.store_check(store) == ()
    assert erasures.hits(store, [NUMBER]) == 0
    assert found_in(settings.home) == []


def test_files_that_did_not_go_go_when_the_command_is_given_again(
    settings: Settings, store: Store, batches: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses to remove leaves files whose key is gone, and private folders of who was killed."""
    person, folder = person_of(store), settings.home / "runs" / batches[0]
    erasure.propose(store, person, "r", "a")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        erasure.approve(store, settings, person, "b")
    left = settings.home / "work" / "left" / "match_records"
    left.mkdir(parents=True)
    assert folder.exists()
    assert not (folder / "batch.key").exists(), "nothing of it opens any more"
    begun = settings.home / "runs" / "begun"
    begun.mkdir()
    erasure.approve(store, settings, person, "b")
    assert not folder.exists()
    assert not left.exists()
    assert begun.exists(), "a run that begins makes its folder before its key"
    assert (settings.home / "runs" / batches[1]).exists() == (
        (settings.home / "runs" / batches[1] / "batch.key").exists()
    )


def test_a_person_who_changed_since_is_proposed_anew(
    settings: Settings, store: Store, batches: tuple[str, str], tmp_path: Path
) -> None:
    person = person_of(store)
    erasure.propose(store, person, "r", "a")
    moved = ("010155556", NAME, "Chủ hộ", "12/3/1956", "Nam", "Kinh", "", "Số 6 phố Vọng, Hà Nội", NUMBER)
    assert run.run_batch([ledger(tmp_path / "c.csv", [moved])], "01", settings).counts["merged"] == 1
    with pytest.raises(Refused, match=r"erase\.stale"):
        erasure.approve(store, settings, person_of(store), "b")
    erasure.propose(store, person_of(store), "r", "a")
    erasure.approve(store, settings, person_of(store), "b")
    with pytest.raises(UsageError, match=r"erase\.none"):
        erasure.approve(store, settings, "f" * 32, "b")


def test_a_hold_keeps_a_person_and_his_batches(settings: Settings, store: Store, batches: tuple[str, str]) -> None:
    person, late = person_of(store), retention.day_of_now().replace(year=retention.day_of_now().year + 5)
    holds.add(store, person, "điều tra", "x")
    with pytest.raises(UsageError, match=r"hold\.there"):
        holds.add(store, person, "điều tra", "x")
    with pytest.raises(Refused, match=r"hold\.blocks"):
        erasure.propose(store, person, "r", "a")
    retention.apply(store, settings, late)
    assert (settings.home / "runs" / batches[0]).exists()
    holds.remove(store, person, "xong", "y")
    holds.add(store, batches[0], "điều tra", "x")
    assert [h["subject"] for h in holds.in_force(store)] == [batches[0]]
    with pytest.raises(Refused, match=r"hold\.blocks"):
        erasure.propose(store, person, "r", "a")
    holds.remove(store, batches[0], "xong", "y")
    for subject, code in ((batches[0], "hold.none"), ("f" * 32, "hold.none")):
        with pytest.raises(UsageError, match=code):
            holds.remove(store, subject, "r", "y")
    with pytest.raises(UsageError, match=r"hold\.unknown"):
        holds.add(store, "f" * 32, "r", "y")
    assert erasure.propose(store, person, "r", "a")["person"] == person


def test_guards_of_the_store_open_for_nobody_else(store: Store, batches: tuple[str, str]) -> None:
    for given in ("", "1", "999"):
        with pytest.raises(ContractError), store.writing() as connection:
            connection.execute(sa.text("SELECT set_config('sohoa.erasure', :n, true)"), {"n": given})
            connection.execute(sa.text("DELETE FROM batch_events"))
    erasure.propose(store, person_of(store), "r", "a")
    with pytest.raises(ContractError), store.writing() as connection:
        number = connection.execute(sa.text("SELECT max(number) FROM erasures")).scalar_one()
        connection.execute(sa.text("SELECT set_config('sohoa.erasure', :n, true)"), {"n": str(number)})
        connection.execute(sa.text("DELETE FROM batch_events"))
