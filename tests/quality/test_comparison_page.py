"""Each text of the page of a comparison is said; groups of few are named as such."""

from quality.comparison_page import change_label, render_comparison, side_label
from schemas.comparison import OTHERS, Comparison, FieldChange, GroupChange, Matching, Move
from schemas.messages import catalogue

MADE = Comparison(
    100, 90, (Move("accepted", "absent", 4), Move("birth_date.impossible", "accepted", 6)),
    (FieldChange("sex", 3, 1, 1),), Matching(80, 10, 2, 3, 9),
    (GroupChange("sex", "1", None, 60, 4, 0, None), GroupChange("sex", OTHERS, None, 4, 0, 0, None)),
)  # fmt: skip


def test_every_text_is_on_the_page() -> None:
    page = render_comparison(MADE)
    for language in ("vi", "en"):
        words = {k: v for k, v in catalogue(language).items() if k.startswith("comparison.") and isinstance(v, str)}
        left = [k for k, v in words.items() if "{" not in v and v not in page and k != "comparison.written"]
        assert left == []


def test_sides_and_groups_are_named() -> None:
    assert side_label("accepted", "en") == "accepted"
    assert side_label("birth_date.impossible", "vi") != "birth_date.impossible"
    assert change_label(MADE.groups[1], "en") == "small groups together"


def test_the_same_comparison_is_the_same_page() -> None:
    assert render_comparison(MADE) == render_comparison(MADE)
