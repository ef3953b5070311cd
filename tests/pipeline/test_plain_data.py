import json
from dataclasses import dataclass

import pytest
from hypothesis import given

from pipeline import plain_data
from pipeline.period_keeping import Frame, KeptNation, KeptPart
from quality.period_facts import EventCount, Part, Tally
from store.audit_marks import Mark
from tests.quality import made_months
from tests.quality.test_period_facts import tallies

FRAME = Frame("2026-12-01", "0.1.0", Mark(7, "a" * 64, "2026-12-01T01:00:00Z"), None)


@given(tallies)
def test_what_is_written_is_read_again(tally: Tally) -> None:
    assert plain_data.read(Tally, plain_data.written(tally)) == tally


def test_a_whole_province_is_read_again_and_no_name_of_a_member_is_written() -> None:
    kept = KeptPart(FRAME, made_months.province().parts[0])
    text = plain_data.written(kept)
    assert plain_data.read(KeptPart, text) == kept
    assert plain_data.read(KeptNation, plain_data.written(KeptNation(FRAME, made_months.ACCESS))).access == (
        made_months.ACCESS
    )
    assert "batch_id" not in text
    assert json.loads(text)[0][0] == "2026-12-01"


@dataclass(frozen=True)
class _Before:
    one: int


@dataclass(frozen=True)
class _Now:
    one: int
    two: tuple[EventCount, ...] = ()


def test_a_member_that_came_later_has_its_default() -> None:
    assert plain_data.read(_Now, plain_data.written(_Before(3))) == _Now(3)


def test_a_text_of_another_kind_is_an_error() -> None:
    with pytest.raises((TypeError, ValueError)):
        plain_data.read(Part, "7")
