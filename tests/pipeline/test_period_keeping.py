"""Months are kept in their order, all scopes or none; on a store without batches, so that it is quick."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline import period_counting, period_keeping
from pipeline.period import Period, bounds, following
from pipeline.period_keeping import of_period
from pipeline.settings import Settings
from quality.period_facts import NATION, AgeGroup, Cases, Part, Tally
from quality.report_facts import Balance, FieldFacts
from schemas.errors import UsageError
from store import period_figures
from store.engine import Store, open_store

pytestmark = pytest.mark.store

NOW = datetime(2026, 12, 24, tzinfo=UTC)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.store_url, settings.home)
    yield opened
    opened.close()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Months in the order in which they were counted; each count gives other figures; batches came from 2026-09 on."""
    months: list[str] = []

    def parts(
        store: Store, month: str, now: datetime, before: period_counting.Before, only: str | None = None
    ) -> tuple[Part, ...]:
        months.append(month)
        fields = (FieldFacts("sex", {".": len(months)}),)
        tally = Tally(Balance(len(months), len(months)), fields)
        cases = Cases((AgeGroup(0, len(months), 0),))
        codes = period_counting.provinces() if only is None else (only,)
        return tuple(Part(code, (), tally, before.get(code, ()), cases) for code in codes)

    monkeypatch.setattr(period_counting, "parts", parts)
    monkeypatch.setattr(period_figures, "has_batch_before", lambda store, moment: moment > bounds("2026-09")[0])
    return months


def test_a_month_is_counted_once_after_those_before_it(store: Store, counted: list[str]) -> None:
    first = of_period(store, Period("01", "2026-11"), NOW)
    assert counted == ["2026-09", "2026-10", "2026-11"]
    assert first.facts.is_final
    assert [f.by_reason["."] for f in first.facts.parts[0].before] == [2], "the month before, as it was kept"
    assert of_period(store, Period("01", "2026-11"), NOW) == first
    nation = of_period(store, Period(NATION, "2026-11"), NOW)
    assert len(nation.facts.parts) == 34
    assert next(p for p in nation.facts.parts if p.province_code == "01") == first.facts.parts[0]
    assert nation.frame == first.frame
    assert nation.facts.as_of is None or nation.frame.before is not None
    of_period(store, Period("33", "2026-09"), NOW)
    assert counted == ["2026-09", "2026-10", "2026-11"]


def test_a_month_that_is_not_over_is_counted_each_time_and_the_one_before_is_kept(
    store: Store, counted: list[str]
) -> None:
    first = of_period(store, Period("01", "2026-12"), NOW)
    again = of_period(store, Period("01", "2026-12"), NOW)
    assert counted == ["2026-09", "2026-10", "2026-11", "2026-12", "2026-12"]
    assert not first.facts.is_final
    assert first.facts.parts != again.facts.parts
    assert [f.by_reason["."] for f in again.facts.parts[0].before] == [3]
    assert period_figures.kept_of_all(store, "2026-12") == {}


def test_a_store_of_a_province_keeps_nothing_and_reads_its_own(store: Store, counted: list[str]) -> None:
    limited = replace(store, province="33")
    assert not of_period(limited, Period("33", "2026-11"), NOW).facts.is_final
    assert period_figures.kept_of_all(store, "2026-11") == {}
    whole = of_period(store, Period("33", "2026-11"), NOW)
    assert of_period(limited, Period("33", "2026-11"), NOW) == whole
    assert period_figures.kept(limited, "01", "2026-11") is None
    assert period_figures.kept(limited, NATION, "2026-11") is None
    assert set(period_figures.kept_of_all(limited, "2026-11")) == {"33"}


def test_who_comes_second_finds_what_the_first_kept(
    store: Store, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = period_figures.keep

    def another_was_faster(at: Store, month: str, contents: dict[str, str]) -> bool:
        monkeypatch.setattr(period_figures, "keep", keep)
        period_keeping._keep(at, month, NOW)
        return keep(at, month, contents)

    monkeypatch.setattr(period_figures, "keep", another_was_faster)
    found = of_period(store, Period("01", "2026-09"), NOW)
    assert counted == ["2026-09", "2026-09"]
    assert found.facts.parts[0].tally.balance.read == 2, "what the faster one counted"


def test_a_month_that_has_not_begun_is_refused(store: Store, counted: list[str]) -> None:
    with pytest.raises(UsageError, match=r"period\.future"):
        of_period(store, Period("01", following("2026-12")), NOW)
    assert counted == []
