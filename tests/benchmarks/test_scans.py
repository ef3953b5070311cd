"""The benchmark of scans finds the reading of each true box, on pages it makes itself."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scans import compared, holds
from data_samples.pages.render import make_page
from data_samples.pages.truth import truth_table


def _truth() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = truth_table("1.png", [make_page(5, "household_register", 4)]).to_pylist()
    return [r for r in rows if r["kind"] in ("cell", "header")]


def _reading(row: dict[str, Any]) -> dict[str, Any]:
    return {k: row[k] for k in ("file", "page", "kind", "column", "text", "quad")} | {
        "confidence": 1.0,
        "accepted": True,
    }


def test_the_truth_as_its_own_reading_is_right_everywhere() -> None:
    truth = _truth()
    assert all(box.is_right for box in compared(truth, [_reading(r) for r in truth]))


def test_the_truth_moved_by_a_column_is_wrong_where_texts_stand() -> None:
    truth = _truth()
    names = list(dict.fromkeys(r["column"] for r in truth if r["kind"] == "cell"))
    follows = dict(zip(names, [*names[1:], names[0]], strict=True))
    moved = [_reading(r | {"column": follows[r["column"]]}) for r in truth if r["kind"] == "cell"]
    assert not any(box.is_right for box in compared(truth, moved) if box.truth)


def test_a_page_without_readings_has_all_its_boxes_unread() -> None:
    truth = _truth()
    boxes = compared(truth, [])
    assert len(boxes) == len(truth)
    assert {(b.read, b.accepted) for b in boxes} == {(None, False)}


@given(st.floats(-2, 3), st.floats(-2, 3), st.booleans())
def test_a_quad_holds_what_lies_between_its_sides_either_way_round(x: float, y: float, turned: bool) -> None:
    quad = [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    if turned:
        quad = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert holds(quad, (x, y)) == (0 <= x <= 1 and 0 <= y <= 1)
