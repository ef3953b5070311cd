"""The counts of the benchmark of scans: against definitions, not against our own figures."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scan_scores import ReadBox, auc, edits, grouped, least_share, score

_BOX = ReadBox(
    "1.png", 1, 1, "printed", "Lora", "register", "cell", "full_name_raw", "name", "Lê Thị Ba", "Lê Thị Ba",
    "full_name_raw", 0.9, True,
)  # fmt: skip
_WORDS = st.text("aăâbcd ", max_size=7)


def test_a_reading_is_right_whatever_its_blanks_and_unicode_form() -> None:
    assert replace(_BOX, read="Le\u0302  Thi\u0323 Ba ").is_right
    assert not replace(_BOX, read="Lê Thi Ba").is_right


def test_a_text_under_a_wrong_column_is_wrong() -> None:
    assert not replace(_BOX, read_column="native_place_raw").is_right


def test_a_box_that_was_not_found_is_wrong_and_not_accepted() -> None:
    lost = replace(_BOX, read=None, read_column=None, confidence=0.0, accepted=False)
    found = score([_BOX, lost])
    assert (found.exact, found.accepted, found.precision) == (0.5, 0.5, 1.0)


def test_what_is_read_where_nothing_stands_counts_against_the_precision() -> None:
    invented = replace(_BOX, truth="", read="Ba")
    found = score([_BOX, invented])
    assert (found.boxes, found.exact, found.precision) == (1, 1.0, 0.5)


def test_empty_places_read_as_empty_count_nowhere() -> None:
    assert score([_BOX, replace(_BOX, truth="", read="")]) == score([_BOX])


def test_letter_errors_with_and_without_marks() -> None:
    found = score([replace(_BOX, read="Le Thị Bo")])
    assert (found.letter_errors, found.bare_errors) == (2 / 9, 1 / 9)


def test_shares_of_nothing_are_no_number() -> None:
    assert math.isnan(score([]).exact)
    assert math.isnan(least_share(0, 0))


@given(_WORDS, _WORDS, _WORDS)
def test_edits_are_a_distance(a: str, b: str, c: str) -> None:
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, b) == edits(b, a)
    assert edits(a, c) <= edits(a, b) + edits(b, c)
    assert abs(len(a) - len(b)) <= edits(a, b) <= max(len(a), len(b))


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), max_size=12))
def test_auc_is_the_share_of_pairs_in_order(told: list[tuple[float, bool]]) -> None:
    rights, wrongs = [c for c, ok in told if ok], [c for c, ok in told if not ok]
    pairs = [(r > w) + 0.5 * (r == w) for r in rights for w in wrongs]
    found = auc(told)
    assert math.isnan(found) if not pairs else math.isclose(found, sum(pairs) / len(pairs))


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_least_share_is_below_the_share_and_grows_with_evidence(right: int, of: int) -> None:
    right = min(right, of)
    low = least_share(right, of)
    assert 0 <= low <= right / of
    assert least_share(right * 10, of * 10) >= low


def test_each_way_of_grouping_holds_each_box_once() -> None:
    boxes = [replace(_BOX, level=level, kind=kind) for level in (1, 3, 4, 5) for kind in ("cell", "header")]
    sizes: dict[str, int] = {}
    for what, _, group in grouped(boxes):
        sizes[what] = sizes.get(what, 0) + len(group)
    assert sizes.pop("levels") == 2 * len(boxes)
    assert set(sizes.values()) == {len(boxes)}
