import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.page_scraps import RowText, scrap_rows

KINDS = st.sampled_from(["name", "date", "number", "code", "place", "relation", "text"])
WORD = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy", min_size=2, max_size=12).filter(lambda w: w not in ("nt",))


@pytest.mark.parametrize(
    "row",
    [
        [("name", "c")],
        [("name", "c"), ("place", "//")],
        [("date", "1"), ("name", ".")],
        [("serial", "7"), ("text", "l")],
        [("number", "11")],
        [("relation", '"')],
    ],
)
def test_a_row_of_scraps_is_none(row: list[tuple[str, str]]) -> None:
    assert scrap_rows(RowText(4, kind, text) for kind, text in row) == {4}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "row",
    [
        [("name", "Lê Ý")],
        [("name", "c"), ("date", "1961")],
        [("name", "c"), ("number", "301234567")],
        [("relation", "Vợ")],
        [("name", "c"), ("place", "//"), ("code", "x")],
        [("serial", "7")],
        [],
    ],
)
def test_a_row_that_says_something_or_nothing_at_all_holds_no_scraps(row: list[tuple[str, str]]) -> None:
    assert scrap_rows(RowText(0, kind, text) for kind, text in row) == frozenset()  # type: ignore[arg-type]


def test_what_somebody_read_is_no_scrap() -> None:
    assert scrap_rows([RowText(2, "name", "Ý", by_person=True), RowText(3, "name", "Ý")]) == {3}


@given(st.lists(st.tuples(KINDS, st.sampled_from(["c", "//", ".", "", "1", "l"])), max_size=6), WORD)
def test_a_word_keeps_its_row_whatever_stands_beside_it(scraps: list[tuple[str, str]], word: str) -> None:
    row = [RowText(0, kind, text) for kind, text in [*scraps, ("text", word)]]  # type: ignore[arg-type]
    assert not scrap_rows(row)


@given(st.permutations([RowText(0, "name", "c"), RowText(1, "name", "Lê An"), RowText(0, "text", "//")]))
def test_rows_are_told_from_each_other_in_any_order(cells: list[RowText]) -> None:
    assert scrap_rows(cells) == {0}
