"""One proposes, another approves just that: refusals of every other way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline import four_eyes
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import proposals
from store.engine import Store, open_store
from tests.store.contents import run

pytestmark = pytest.mark.store
SUBJECT = "ab" * 16
CONTENT = four_eyes.Content("plan", "Trần Lan", "nhầm")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.store_url, settings.home)
    yield store
    store.close()


def refused(store: Store, approver: str) -> str:
    with pytest.raises(UsageError) as error:
        four_eyes.open_proposal(store, "batch_undo", SUBJECT, approver)
    return error.value.code


def test_only_another_person_may_approve_and_only_in_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(store, "Hoa") == "approval.none"
    four_eyes.propose(store, "batch_undo", SUBJECT, (), CONTENT)
    found = four_eyes.open_proposal(store, "batch_undo", SUBJECT, "Hoa")
    assert (found.plan, found.author, found.reason) == ("plan", "Trần Lan", "nhầm")
    for same in ("Trần Lan", " trần  LAN ", "Tr\u00e2\u0300n Lan"):
        assert refused(store, same) == "approval.same_person"
    assert proposals.last(store, "person_unmerge", SUBJECT) is None
    assert proposals.last(store, "batch_undo", "'; --") is None
    monkeypatch.setattr(four_eyes, "GOOD_FOR", timedelta(0))
    assert refused(store, "Hoa") == "approval.stale"


def test_the_last_proposal_counts_until_it_is_carried_out(store: Store) -> None:
    four_eyes.propose(store, "batch_undo", SUBJECT, (), CONTENT)
    four_eyes.propose(store, "batch_undo", SUBJECT, (), four_eyes.Content("other", "Hoa", "nhầm"))
    assert four_eyes.open_proposal(store, "batch_undo", SUBJECT, "Trần Lan").plan == "other"
    run(store, f"""INSERT INTO batch_undos (batch_id, plan, author, reason, counts)
                   VALUES ('{SUBJECT}', 'other', 'Hoa', 'x', '{{}}')""")  # fmt: skip
    assert refused(store, "Trần Lan") == "approval.none"
    with pytest.raises(Exception, match="append_only"):
        run(store, "UPDATE proposals SET author = 'x'")


def test_one_person_is_one_however_typed() -> None:
    assert four_eyes.one_person("Lê  Thị Hoa", "lê thị hoa ")
    assert not four_eyes.one_person("Lê Thị Hoa", "Le Thi Hoa")
