"""Whose rows a session sees: by option, by setting, and what each command says of another's."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import household_inquiries, inquiries, person_inquiries, reporting, review_pile
from pipeline.inquiries import asked
from pipeline.scope import limited, scope_of
from pipeline.settings import Settings
from schemas import tables as t
from schemas.errors import SohoaError, UsageError
from store import load, queries
from store.engine import open_store
from tests.store import made_batches as made
from tests.store.merges import pairs


def test_a_province_is_told_by_its_code_of_the_34_or_the_63(tmp_path: Path) -> None:
    nation = Settings(tmp_path)
    assert scope_of(nation) is None
    assert limited(nation, None) == nation
    assert [scope_of(limited(nation, code)) for code in ("01", "001", "02")] == ["01", "01", "08"]
    assert scope_of(dataclasses.replace(nation, province="02")) == "08"


def test_an_option_does_not_widen_the_setting(tmp_path: Path) -> None:
    province = Settings(tmp_path, province="01")
    assert scope_of(limited(province, "001")) == "01"
    with pytest.raises(UsageError, match=r"scope\.other_province"):
        limited(province, "92")
    with pytest.raises(UsageError, match=r"province\.unknown"):
        limited(Settings(tmp_path), "77x")


@pytest.fixture
def stored(settings: Settings, tmp_path: Path) -> Settings:
    """A store with one batch of province 01 with a pair that waits."""
    store = open_store(settings.store_url, settings.home)
    records = made.ids("record a", 8).to_pylist()
    batch = made.make(tmp_path, made.Recipe("a", rows=8, quarantined=2))
    waiting = pairs(records[:1], records[1:2], "review")
    load.load_batch(store, made.with_table(batch, "scored_pairs", tmp_path / "pairs", t.SCORED_PAIRS, waiting))
    store.close()
    return settings


def _code(act: Callable[[], object]) -> str:
    try:
        act()
    except SohoaError as error:
        return error.code
    return "done"


@pytest.mark.store
def test_another_province_hears_what_is_said_of_nothing(stored: Settings) -> None:
    batch = inquiries.batches(stored)[0]["batch_id"]
    person, other = made.ids("person a", 8).to_pylist()[:2]
    nothing = "0" * 32
    acts: tuple[Callable[[Settings, bool], object], ...] = (
        lambda s, real: inquiries.kept_out(batch if real else nothing, s),
        lambda s, real: inquiries.files(batch if real else nothing, s, reveal=False),
        lambda s, real: person_inquiries.how(person if real else nothing, s),
        lambda s, real: person_inquiries.why(person if real else nothing, other if real else nothing, s),
        lambda s, real: household_inquiries.show_stays(person if real else nothing, s),
        lambda s, real: reporting.report_again(batch if real else nothing, s, None),
    )
    own, foreign = limited(stored, "01"), limited(stored, "92")
    for place, act in enumerate(acts):
        assert _code(lambda act=act: act(own, True)) == "done", place  # type: ignore[misc]
        said = [_code(lambda act=act, real=real: act(foreign, real)) for real in (True, False)]  # type: ignore[misc]
        assert said[0] == said[1] != "done", place
    assert inquiries.batches(foreign) == []
    assert [review_pile.pile(code, 5, stored).waiting for code in ("01", "92", None)] == [1, 0, 1]


@pytest.mark.store
def test_a_session_of_a_province_does_not_match(stored: Settings) -> None:
    with pytest.raises(UsageError, match=r"store\.national_only"), asked(limited(stored, "01")) as store:
        queries.version(store)
