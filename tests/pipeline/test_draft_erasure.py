"""A person who is erased is in no draft: by his number in any form, by the batch that brought him; others stay."""

from pathlib import Path

import pytest

from pipeline import draft_erasure, drafts, holding
from pipeline.acting import acting_as
from pipeline.draft_erasure import Sought
from pipeline.drafts import Draft
from pipeline.settings import Settings
from schemas.errors import Refused
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger

NUMBER = "001056012345"
_HIM = Sought(frozenset(), frozenset(), (NUMBER, "010999888"))


def drafted(settings: Settings, path: Path) -> Draft:
    with acting_as("nga"):
        draft = drafts.begin("01", "", settings)
        drafts.add_original(draft, path, path.name)
    return draft


def looked(settings: Settings, sought: Sought = _HIM) -> draft_erasure.LookedInto:
    store = open_store(settings.store_url, settings.home)
    try:
        return draft_erasure.look(sought, settings, store)
    finally:
        store.close()


@pytest.mark.parametrize("written", [NUMBER, "1056012345", "001 056 012 345", "001.056.012.345", "số 001056012345"])
def test_his_number_is_found_however_it_is_written_and_nobody_elses(
    settings: Settings, tmp_path: Path, written: str
) -> None:
    other = drafted(settings, ledger(tmp_path / "other.csv", [*FAMILY, (*NO_SUCH_DAY[:8], f"9{NUMBER[1:]}")]))
    his = drafted(settings, ledger(tmp_path / "his.csv", [*FAMILY, (*FAMILY[2][:8], written)]))
    found = looked(settings)
    assert [d.draft_id for d in found.holding] == [his.draft_id]
    assert found.unread == 0
    draft_erasure.destroy(his)
    assert [p.name for p in his.folder.iterdir()] == ["state.json"]
    assert drafts.standing_of(his.draft_id, settings).state == "erased"
    assert [d.draft_id for d in drafts.all_drafts(settings)] == [other.draft_id]
    assert looked(settings).holding == ()


def test_a_correction_that_names_him_counts(settings: Settings, tmp_path: Path) -> None:
    from tests.pipeline.test_draft_sending import checked, corrected

    draft = drafted(settings, ledger(tmp_path / "a.csv", FAMILY))
    corrected(draft, checked(draft, settings), {(0, 8): NUMBER})
    assert [d.draft_id for d in looked(settings).holding] == [draft.draft_id]


def test_what_cannot_be_read_is_counted_and_an_empty_draft_is_not(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("không phải sổ\n")
    drafted(settings, tmp_path / "bad.csv")
    drafts.begin("01", "", settings)
    assert looked(settings) == draft_erasure.LookedInto((), 1)


def test_a_draft_that_is_being_loaded_has_to_be_waited_for(settings: Settings, tmp_path: Path) -> None:
    draft = drafted(settings, ledger(tmp_path / "a.csv", FAMILY))
    drafts.set_standing(draft, "loading")
    with pytest.raises(Refused):
        looked(settings)
    drafts.set_standing(draft, "queued")
    assert holding.take(draft.folder)
    with pytest.raises(Refused):
        looked(settings)
    holding.let_go(draft.folder)
    assert looked(settings).holding == ()
