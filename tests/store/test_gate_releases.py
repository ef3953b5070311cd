"""What a release covers, who may give one, and that nobody changes what was said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.gate_releases import Broken, Released, still_broken

_BROKEN = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(1, 50), min_size=1)


def _released(seen: dict[str, int]) -> dict[str, Released]:
    return {rule: Released(rule, rows, "Lan", datetime(2026, 1, 1, tzinfo=UTC)) for rule, rows in seen.items()}


@given(_BROKEN)
def test_a_release_covers_what_was_seen(seen: dict[str, int]) -> None:
    broken = [Broken(rule, rows) for rule, rows in seen.items()]
    assert still_broken(broken, _released(seen)) == ()
    assert still_broken(broken, {}) == tuple(seen)


@given(_BROKEN, st.data())
def test_what_is_broken_more_or_anew_stops_again(seen: dict[str, int], data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(sorted(seen)))
    more = [Broken(r, rows + (r == rule)) for r, rows in seen.items()]
    assert still_broken(more, _released(seen)) == (rule,)
    fewer = {r: rows for r, rows in seen.items() if r != rule}
    assert still_broken([Broken(r, rows) for r, rows in seen.items()], _released(fewer)) == (rule,)


@pytest.mark.parametrize("broken", [[], [Broken("a", 0)]])
def test_what_is_not_broken_needs_no_release(broken: list[Broken]) -> None:
    assert still_broken(broken, _released({"a": 0})) == ()
