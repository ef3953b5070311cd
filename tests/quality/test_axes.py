"""The four axes, each counted by hand."""

from quality.axes import AXES, axes
from quality.report_facts import Balance, FieldFacts
from tests.quality import made_facts


def test_each_axis_counts_what_it_says() -> None:
    fields = [
        FieldFacts("sex", {".": 80, "b": 10, "f": 5, "n": 5}, 8),
        FieldFacts("religion", {".": 20, "i": 30, "f": 50}, 2),
    ]
    found = axes(Balance(200, 90, 10, 50, 30, 20), fields, {"personal_number": 25})
    assert [(found[name].part, found[name].whole) for name in AXES] == [(90, 100), (100, 140), (150, 200), (25, 100)]


def test_a_batch_of_nothing_has_no_share() -> None:
    assert {s.share for s in axes(Balance(), (), {}).values()} == {None}
    made = made_facts.facts()
    assert all(s.share is not None for s in axes(made.balance, made.fields, made.identifiers).values())
